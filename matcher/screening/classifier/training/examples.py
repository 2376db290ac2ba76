"""The texts that each list is learned from."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.records import TechField
from matcher.screening.classifier.parts import DIVISION_LENGTH
from matcher.screening.classifier.terms import TermVector, Vocabulary, text_terms
from matcher.screening.classifier.training.config import ListWeights
from matcher.screening.classifier.training.corpus import ScreeningCorpus

Encode = Callable[[list[str]], NDArray[np.float32]]


@dataclass(frozen=True)
class Example:
    """A text with its entry in a list.

    Attributes:
        text: the text.
        code: the entry.
        weight: what it counts in training.
        source: id of the abstract that the text is, or was written for; texts of one source
            are held out together. Empty for a text that is only trained on.
        kind: "need" or "abstract" where suggestions for the text are judged, else empty.
    """

    text: str
    code: str
    weight: float
    source: str = ""
    kind: str = ""


@dataclass(frozen=True)
class ExampleSet:
    """The examples of one list as the fitting functions take them.

    Attributes:
        codes: entries of the list.
        labels: their Chinese names.
        targets: entry of each example, shape (n,).
        weights: shape (n,).
        sources: ids, empty ones for texts that are only trained on.
        kinds: "need", "abstract" or empty.
        terms: term vectors of the texts.
        embeddings: of the texts, shape (n, dimension).
    """

    codes: tuple[str, ...]
    labels: tuple[str, ...]
    targets: NDArray[np.int64]
    weights: NDArray[np.float64]
    sources: tuple[str, ...]
    kinds: tuple[str, ...]
    terms: tuple[TermVector, ...]
    embeddings: NDArray[np.float32]


def discipline_examples(corpus: ScreeningCorpus, weights: ListWeights) -> list[Example]:
    """Abstracts with a discipline, the needs written for them, and technical terms."""
    known = set(corpus.disciplines.values())
    examples = [
        Example(corpus.abstracts[source], discipline, weights.abstract, source, "abstract")
        for source, discipline in corpus.disciplines.items()
    ]
    examples += [
        Example(text, corpus.disciplines[source], weights.need, source, "need")
        for source, text in corpus.needs.items()
        if source in corpus.disciplines
    ]
    examples += [
        Example(text, discipline, weights.term)
        for discipline, text in corpus.terms
        if discipline in known
    ]
    return examples


def field_examples(corpus: ScreeningCorpus, weights: ListWeights) -> list[Example]:
    """Labelled needs and the abstracts they were written for."""
    return _labelled(corpus, {label.id: label.field.value for label in corpus.labels}, weights)


def industry_examples(corpus: ScreeningCorpus, weights: ListWeights) -> list[Example]:
    """Labelled needs, their abstracts, and the standard's names of groups and classes."""
    labels = {label.id: label.industry_group for label in corpus.labels}
    length = DIVISION_LENGTH + 1
    names = [
        Example(name, code[:length], weights.name)
        for code, name in corpus.industries.items()
        if len(code) >= length
    ]
    return _labelled(corpus, labels, weights) + names


def entries_of(corpus: ScreeningCorpus) -> dict[str, dict[str, str]]:
    """Code and Chinese name of the entries of each list."""
    return {
        "fields": {field.value: field.label for field in TechField},
        "disciplines": {name: name for name in sorted(set(corpus.disciplines.values()))},
        "industry_groups": corpus.groups,
    }


def make_vocabulary(texts: Iterable[str], fewest_texts: int) -> Vocabulary:
    """The terms that stand in at least so many texts, with ln((1 + texts) / (1 + frequency)).

    Only the texts are looked at, not their labels.
    """
    frequencies: Counter[str] = Counter()
    number = 0
    for text in texts:
        number += 1
        frequencies.update(set(text_terms(text)))
    terms = tuple(sorted(term for term, count in frequencies.items() if count >= fewest_texts))
    counts = np.array([frequencies[term] for term in terms], dtype=np.float64)
    return Vocabulary(terms, np.log((1 + number) / (1 + counts)).astype(np.float32))


def make_set(
    examples: list[Example], entries: dict[str, str], vocabulary: Vocabulary, encode: Encode
) -> ExampleSet:
    """Turn examples into numbers.

    Args:
        examples: of one list.
        entries: code and name of the list's entries.
        vocabulary: of the model.
        encode: embeds texts, (n texts) → shape (n, dimension).
    """
    columns = {code: column for column, code in enumerate(entries)}
    return ExampleSet(
        codes=tuple(entries),
        labels=tuple(entries.values()),
        targets=np.array([columns[each.code] for each in examples]),
        weights=np.array([each.weight for each in examples]),
        sources=tuple(each.source for each in examples),
        kinds=tuple(each.kind for each in examples),
        terms=tuple(vocabulary.vector(each.text) for each in examples),
        embeddings=encode([each.text for each in examples]),
    )


def _labelled(
    corpus: ScreeningCorpus, labels: dict[str, str], weights: ListWeights
) -> list[Example]:
    needs = [
        Example(corpus.needs[source], code, weights.need, source, "need")
        for source, code in labels.items()
    ]
    abstracts = [
        Example(corpus.abstracts[source], code, weights.abstract, source)
        for source, code in labels.items()
    ]
    return needs + abstracts
