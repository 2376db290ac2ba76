"""Learning of the keyword model: a corpus folder in, the files of the model out."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from matcher.errors import TrainingError
from matcher.screening.keyword_corpus import PARTS, KeywordCorpus, read_keyword_corpus
from matcher.screening.keyword_features import FEATURES, term_features
from matcher.screening.keyword_files import write_keyword_model
from matcher.screening.keyword_model import KeywordModel, KeywordTables, TermRow, WordRow
from matcher.screening.keywords import KeywordSuggester
from matcher.screening.logistic import Logistic, fit_logistic
from matcher.screening.term_candidates import find_terms
from matcher.screening.term_statistics import TaggedText, TermCounts, merged, word_roles

OnProgress = Callable[[str, int, int], None]
"""Called with a step, how much of it is done, and how much there is."""

_HELD_OUT = 0
_WEIGHED_ON = PARTS - 1
"""The part of the papers that weights are fitted on; the tables they are fitted with do not know
it, or every keyword of it would be a known one."""
_LEAST_WORD_COUNT = 3
_NO_WEIGHING = Logistic(dict.fromkeys(FEATURES, 0.0), 0.0)


@dataclass(frozen=True)
class KeywordScores:
    """How well suggested keywords are those of the authors, as means over texts.

    Attributes:
        texts: texts measured.
        precision: share of the suggestions (five, or fewer) that are keywords of the text.
        recall: share of the keywords, be they in the text or not, that are suggested.
        f1: harmonic mean of both, text by text.
    """

    texts: int
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True)
class KeywordReport:
    """What a training made, and how a model without the held-out papers did on these.

    `with_title` and `without_title` are None where no held-out paper is of that kind.
    """

    terms: int
    words: int
    bytes: int
    with_title: KeywordScores | None
    without_title: KeywordScores | None


def train_keyword_model(
    corpus_folder: Path, out: Path, on_progress: OnProgress | None = None
) -> KeywordReport:
    """Learn from a corpus folder and write the model; see `read_keyword_corpus`.

    A fifth of the papers is first held out to measure a model of the others; the model that is
    written has seen all. The same corpus gives the same bytes.

    Raises:
        TrainingError: the corpus is incomplete, malformed or too small.
    """
    corpus = read_keyword_corpus(corpus_folder)
    progress = on_progress or _ignore
    if not all(corpus.parts):
        raise TrainingError(f"语料中带关键词的论文太少，分不成 {PARTS} 份")
    counts = _count(corpus, progress)
    progress("weights", 0, 2)
    trial = _fit(corpus, counts, [p for p in range(PARTS) if p != _HELD_OUT])
    held_out = corpus.parts[_HELD_OUT]
    titled = [text for text in held_out if "\n" in text.text]
    untitled = [text for text in held_out if "\n" not in text.text]
    scores = [measure_keywords(KeywordSuggester(trial), texts) for texts in (titled, untitled)]
    progress("weights", 1, 2)
    model = _fit(corpus, counts, range(PARTS))
    size = write_keyword_model(out, model)
    progress("weights", 2, 2)
    return KeywordReport(len(model.tables.terms), len(model.tables.words), size, *scores)


def measure_keywords(
    suggester: KeywordSuggester, texts: Sequence[TaggedText]
) -> KeywordScores | None:
    """Compare suggestions with the keywords of texts; None if there are no texts."""
    rows = []
    for text in texts:
        suggested = {keyword.term for keyword in suggester.suggest(text.text)}
        hits = len(suggested & text.keywords)
        precision = hits / len(suggested) if suggested else 0.0
        recall = hits / len(text.keywords)
        rows.append((precision, recall, 2 * hits / (len(suggested) + len(text.keywords))))
    if not rows:
        return None
    precision, recall, f1 = np.mean(rows, axis=0).tolist()
    return KeywordScores(len(rows), precision, recall, f1)


@dataclass(frozen=True)
class _Counts:
    """Counts of each part of the papers, and of the texts without keywords."""

    parts: tuple[TermCounts, ...]
    plain: TermCounts


def _count(corpus: KeywordCorpus, progress: OnProgress) -> _Counts:
    groups = (*corpus.parts, corpus.plain)
    vocabulary = _vocabulary(corpus, range(PARTS))
    total, done = sum(map(len, groups)), 0
    counted = []
    for group in groups:
        counts = TermCounts()
        for text in group:
            counts.add(text, vocabulary)
            done += 1
            if done % 100 == 0 or done == total:
                progress("counting", done, total)
        counted.append(counts)
    return _Counts(tuple(counted[:-1]), counted[-1])


def _vocabulary(corpus: KeywordCorpus, parts: Iterable[int]) -> frozenset[str]:
    """The terms of the glossary and the thesaurus, and the keywords of some parts."""
    keywords = (text.keywords for part in parts for text in corpus.parts[part])
    return corpus.terms.union(*keywords)


def _fit(corpus: KeywordCorpus, counts: _Counts, parts: Collection[int]) -> KeywordModel:
    """A model of some parts of the papers, weighed on one that its first tables do not know."""
    known = [part for part in parts if part != _WEIGHED_ON]
    weighing = _weigh(
        KeywordModel(_tables(corpus, counts, known), _NO_WEIGHING), corpus.parts[_WEIGHED_ON]
    )
    return KeywordModel(_tables(corpus, counts, parts), weighing)


def _weigh(model: KeywordModel, papers: Sequence[TaggedText]) -> Logistic:
    rows, outcomes = [], []
    for paper in papers:
        names, features = term_features(find_terms(paper.text), model)
        rows.append(features)
        outcomes += [name in paper.keywords for name in names]
    try:
        return fit_logistic(FEATURES, np.vstack(rows), np.array(outcomes, dtype=np.bool_))
    except ValueError as error:
        raise TrainingError("语料中的关键词都没有在正文里出现，无法训练") from error


def _tables(corpus: KeywordCorpus, counts: _Counts, parts: Collection[int]) -> KeywordTables:
    total = merged([counts.plain, *(counts.parts[part] for part in parts)])
    vocabulary = _vocabulary(corpus, parts)
    roles = word_roles(vocabulary)
    terms = {
        term: TermRow(total.term_texts[term], total.term_papers[term], total.term_keyworded[term])
        for term in vocabulary
    }
    words = {}
    for word in total.in_papers.keys() | total.elsewhere.keys() | roles.anywhere.keys():
        occurrences = total.in_papers[word]
        if not roles.anywhere[word]:
            occurrences += total.elsewhere[word]
        if occurrences + roles.anywhere[word] >= _LEAST_WORD_COUNT:
            words[word] = WordRow(
                total.word_texts[word],
                occurrences,
                total.first[word],
                total.last[word],
                total.inside[word],
                total.before[word],
                total.after[word],
                roles.first[word],
                roles.last[word],
                roles.anywhere[word],
            )
    return KeywordTables(total.texts, terms, words)


def _ignore(step: str, done: int, total: int) -> None:
    """Tell nobody."""
