"""What of a candidate is weighed when it is asked whether it is a keyword."""

import math
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matcher.screening.keyword_model import KeywordModel, TermFacts, WordFacts
from matcher.screening.term_candidates import Place, TextTerms
from matcher.screening.term_statistics import RUN_END, RUN_START

FEATURES: Final = (
    # of the term in the text
    *("frequency", "position", "title", "part_of_longer", "before", "after"),
    # of the term in the corpus
    *("known", "idf", "keyphraseness"),
    # of its words
    *("first", "last", "inside", "least_inside", "terms_first", "terms_last", "least_terms"),
    *("mean_idf", "most_idf", "strange_word"),
    # of its form
    *("words", "one_word", "latin", "two_characters", "three_characters", "four_characters"),
    *("five_characters", "six_or_seven_characters", "longer"),
)

_LEAST_AT_ENDS = -2.5
_LEAST_INSIDE = -3.0
_NEVER_IN_NEW_TERMS = frozenset({"m", "r", "d", "c", "p", "u", "uj", "ul", "uv", "ug", "ud", "y"})
"""jieba's tags of numerals, pronouns, adverbs, conjunctions, prepositions and particles."""


def term_features(terms: TextTerms, model: KeywordModel) -> tuple[list[str], NDArray[np.float64]]:
    """The candidates worth weighing, with a row of `FEATURES` each.

    A candidate of the model's vocabulary always is. Another one must be made of words that stand
    in terms, and stand in the title or more than once: the talk of a workshop is full of rows of
    nouns and verbs that are said once and are no terms.

    Returns:
        Terms, and features of shape (terms, features).
    """
    facts = {word: model.word(word) for run in terms.runs for word in run.words}
    facts |= {edge: model.word(edge) for edge in (RUN_START, RUN_END)}
    names: list[str] = []
    rows: list[tuple[float, ...]] = []
    for term, places in terms.candidates.items():
        number, first, end = places[0]
        run = terms.runs[number]
        words = [facts[word] for word in run.words[first:end]]
        known = model.term(term)
        in_title = run.bounds[first] < terms.title_end
        if known is None and not (
            (in_title or len(places) > 1) and _could_be_new(words, run.tags[first:end])
        ):
            continue
        names.append(term)
        rows.append(
            (
                math.log(len(places)),
                run.bounds[first] / terms.length,
                float(in_title),
                *_surroundings(terms, term, places, facts),
                *_in_corpus(known, words, model),
                *_of_words(words),
                *_of_form(term, len(words)),
            )
        )
    return names, np.array(rows, dtype=np.float64).reshape(len(rows), len(FEATURES))


def _could_be_new(words: Sequence[WordFacts], tags: Sequence[str]) -> bool:
    return (
        words[0].first > _LEAST_AT_ENDS
        and words[-1].last > _LEAST_AT_ENDS
        and min(word.inside for word in words) > _LEAST_INSIDE
        and _NEVER_IN_NEW_TERMS.isdisjoint(tags)
    )


def _surroundings(
    terms: TextTerms, term: str, places: Sequence[Place], facts: Mapping[str, WordFacts]
) -> tuple[float, float, float]:
    """Share of its places in which one longer candidate has it too, and what stands around it."""
    longer = 0
    before = after = 0.0
    for number, first, end in places:
        run = terms.runs[number]
        left = run.words[first - 1] if first else ""
        right = run.words[end] if end < len(run.words) else ""
        before += facts[left or RUN_START].before
        after += facts[right or RUN_END].after
        if left:
            longer = max(longer, len(terms.candidates.get(left + term, ())))
        if right:
            longer = max(longer, len(terms.candidates.get(term + right, ())))
    count = len(places)
    return longer / count, before / count, after / count


def _in_corpus(
    known: TermFacts | None, words: Sequence[WordFacts], model: KeywordModel
) -> tuple[float, float, float]:
    if known is None:
        return 0.0, max(word.idf for word in words), model.unknown_keyphraseness
    return 1.0, known.idf, known.keyphraseness


def _of_words(words: Sequence[WordFacts]) -> tuple[float, ...]:
    inside = [word.inside for word in words]
    idf = [word.idf for word in words]
    least_terms = min(word.terms for word in words)
    return (
        words[0].first,
        words[-1].last,
        sum(inside) / len(inside),
        min(inside),
        words[0].terms_first,
        words[-1].terms_last,
        least_terms,
        sum(idf) / len(idf),
        max(idf),
        float(least_terms == 0.0),
    )


def _of_form(term: str, words: int) -> tuple[float, ...]:
    length = len(term)
    return (
        float(words),
        float(words == 1),
        float(any("a" <= character <= "z" for character in term)),
        float(length == 2),
        float(length == 3),
        float(length == 4),
        float(length == 5),
        float(length in (6, 7)),
        float(length > 7),
    )
