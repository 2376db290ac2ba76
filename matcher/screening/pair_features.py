"""What two texts have in common, letter by letter and word by word."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Final

from matcher.screening.term_candidates import is_quantity, term_words
from matcher.text.fold import fold

OVERLAPS: Final = ("shared_trigrams", "shared_words", "shared_numbers")

Rarity = Callable[[str], float]
"""How telling a folded word is: its inverse document frequency."""

_LETTERS = re.compile(r"[一-鿿㐀-䶿a-z0-9α-ω]+")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_FEW_TRIGRAMS = 10
_FEW_WORDS = 20.0
"""Added to what an overlap is divided by: all of a short text may stand in another by chance."""
_FEWEST_NUMBERS = 3


@dataclass(frozen=True, slots=True)
class TextFacts:
    """A text taken apart.

    Attributes:
        trigrams: runs of three letters, punctuation and blanks left out.
        words: words of two letters or more with their rarity.
        numbers: numbers of two digits or more.
    """

    trigrams: frozenset[str]
    words: Mapping[str, float]
    numbers: frozenset[str]


def text_facts(text: str, rarity: Rarity) -> TextFacts:
    """Take a text apart."""
    folded = fold(text)
    letters = "".join(_LETTERS.findall(folded))
    words = {word for word in term_words(folded) if len(word) > 1 and not is_quantity(word)}
    return TextFacts(
        trigrams=frozenset(map("".join, zip(letters, letters[1:], letters[2:], strict=False))),
        words={word: rarity(word) for word in words},
        numbers=frozenset(number for number in _NUMBER.findall(folded) if len(number) > 1),
    )


def overlaps(one: TextFacts, other: TextFacts) -> tuple[float, float, float]:
    """`OVERLAPS` of two texts, each as a share of what the lesser of them has, 0 to 1.

    A share of the lesser (containment: A. Broder, "On the resemblance and containment of
    documents", 1997), so that a shortened text is found in the full one. Words count by their
    rarity. Numbers count where both texts have some.
    """
    least_trigrams = min(len(one.trigrams), len(other.trigrams))
    least_words = min(sum(one.words.values()), sum(other.words.values()))
    least_numbers = min(len(one.numbers), len(other.numbers))
    common_words = sum(one.words[word] for word in one.words.keys() & other.words.keys())
    common_numbers = len(one.numbers & other.numbers)
    return (
        len(one.trigrams & other.trigrams) / (least_trigrams + _FEW_TRIGRAMS),
        common_words / (least_words + _FEW_WORDS),
        common_numbers / least_numbers if least_numbers >= _FEWEST_NUMBERS else 0.0,
    )


def common_words(one: TextFacts, other: TextFacts, most: int) -> tuple[str, ...]:
    """The rarest words that both texts have, rarest first."""
    common = one.words.keys() & other.words.keys()
    return tuple(islice(sorted(common, key=lambda word: (-one.words[word], word)), most))
