"""The vocabulary: Unigram pieces counted on segmented text.

Pieces are counted, not trained: Chinese words and characters, Latin words, fragments of Latin
words, and numbers. A piece's score is the logarithm of its relative frequency, so that the
tokenizer prefers whole words and falls back to characters or fragments.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

import rjieba
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers

from matcher.embedding.training.config import TrainingConfig
from matcher.embedding.training.corpus import Corpus

UNKNOWN = "[UNK]"
HAN = re.compile(r"[\u3400-\u9fff]+")
LATIN = re.compile(r"[a-z]+")

_RUNS = r"\p{Han}+|[a-z]+|\p{N}+|\p{L}+"
_RUN = re.compile(r"[\u3400-\u9fff]+|[a-z]+|[0-9]+|[^\W\d_]")
_SINGLES = "abcdefghijklmnopqrstuvwxyz0123456789"
_MIN_CHARACTER_COUNT = 3
_MIN_SYMBOL_COUNT = 20
_LONGEST_HAN = 5
_LONGEST_LATIN = 16
_LONGEST_NUMBER = 4
_FRAGMENT_LENGTHS = range(2, 6)
_FRAGMENT_DISCOUNT = 50
_EVERY_NTH_PAPER_PARAGRAPH = 3


def fit_tokenizer(corpus: Corpus, config: TrainingConfig) -> Tokenizer:
    """Make the tokenizer of the model.

    Text is normalised (NFKC, lower case) and cut into runs of one script; punctuation is dropped.
    """
    normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase()])
    words: Counter[str] = Counter()
    for text in _sample(corpus):
        for word in rjieba.cut(normalizer.normalize_str(text)):
            words.update(_RUN.findall(word))
    total = words.total()
    pieces = sorted(_pieces(words, config).items(), key=lambda item: (-item[1], item[0]))
    scored = [(UNKNOWN, 0.0)] + [(piece, math.log(count / total)) for piece, count in pieces]
    tokenizer = Tokenizer(models.Unigram(scored, unk_id=0, byte_fallback=False))
    tokenizer.normalizer = normalizer
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(_RUNS), behavior="removed", invert=True)
    return tokenizer


def _sample(corpus: Corpus) -> Iterable[str]:
    """The texts that are counted; needs and terms several times, as they are few but central."""
    for paper in corpus.papers:
        yield paper.title
        yield paper.abstract
        yield from paper.paragraphs[::_EVERY_NTH_PAPER_PARAGRAPH]
    for abstract in corpus.abstracts:
        yield from [abstract.text] * 3
    for need in corpus.needs:
        yield from [need.title, need.text] * 3
    for pair in corpus.parallel:
        yield pair.right
    for pair in (*corpus.glossary, *corpus.thesaurus):
        yield from [pair.left, pair.right] * 10


@dataclass
class _Counts:
    """Occurrences by kind of piece; fragments are counted once per distinct word."""

    characters: Counter[str] = field(default_factory=Counter)
    han: Counter[str] = field(default_factory=Counter)
    latin: Counter[str] = field(default_factory=Counter)
    fragments: Counter[str] = field(default_factory=Counter)
    numbers: Counter[str] = field(default_factory=Counter)
    symbols: Counter[str] = field(default_factory=Counter)

    def add(self, word: str, count: int) -> None:
        if HAN.fullmatch(word):
            for character in word:
                self.characters[character] += count
            if 2 <= len(word) <= _LONGEST_HAN:
                self.han[word] += count
        elif LATIN.fullmatch(word):
            self._add_latin(word, count)
        elif word.isdecimal():
            if len(word) <= _LONGEST_NUMBER:
                self.numbers[word] += count
        else:
            self.symbols[word] += count

    def _add_latin(self, word: str, count: int) -> None:
        if not 2 <= len(word) <= _LONGEST_LATIN:
            return
        self.latin[word] += count
        if count >= _MIN_CHARACTER_COUNT:
            for length in _FRAGMENT_LENGTHS:
                for start in range(len(word) - length + 1):
                    self.fragments[word[start : start + length]] += 1


def _pieces(words: Counter[str], config: TrainingConfig) -> dict[str, int]:
    """Pieces with the count that their score is made of."""
    counts = _Counts()
    for word, count in words.items():
        counts.add(word, count)
    pieces: dict[str, int] = {}
    for character, count in counts.characters.items():
        if count >= _MIN_CHARACTER_COUNT:
            # Its count as a word by itself: inside words it must not compete with the words.
            pieces[character] = max(words[character], 1)
    for symbol, count in counts.symbols.items():
        if count >= _MIN_SYMBOL_COUNT:
            pieces[symbol] = count
    pieces.update(counts.han.most_common(config.han_words))
    pieces.update(counts.latin.most_common(config.latin_words))
    for fragment, count in counts.fragments.most_common(config.latin_fragments):
        pieces.setdefault(fragment, max(1, count // _FRAGMENT_DISCOUNT))
    for number, count in counts.numbers.most_common(config.numbers):
        pieces.setdefault(number, count)
    for single in _SINGLES:
        # Cheap letters would let the tokenizer spell words that have fragments.
        pieces[single] = max(1, min(pieces.get(single, 1), _MIN_CHARACTER_COUNT))
    return pieces
