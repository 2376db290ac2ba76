"""Training pairs: which text should lie near which other one."""

from dataclasses import dataclass

import numpy as np

from matcher.embedding.training.bags import Bags, Ids, Mask, concatenate, draw
from matcher.embedding.training.tokenised import TokenisedCorpus

SHORT, LONG = 60, 200
"""Token limits of titles, terms and keywords, and of running text."""

_DROPOUT = 0.1
_SHARES = (("neighbours", 0.42), ("halves", 0.16), ("titles", 0.20), ("bilingual", 0.22))


@dataclass(frozen=True)
class Pairs:
    """Queries and their texts, row by row; `english` marks the rows whose text is English."""

    queries: Bags
    texts: Bags
    english: Mask


def pretraining_pairs(corpus: TokenisedCorpus, random: np.random.Generator, size: int) -> Pairs:
    """About `size` pairs of texts that belong together, no paper twice for the same reason."""
    makers = {
        "neighbours": _neighbours,
        "halves": _halves,
        "titles": _titles,
        "bilingual": _bilingual,
    }
    queries: list[Bags] = []
    texts: list[Bags] = []
    english: list[Mask] = []
    for name, share in _SHARES:
        for query, text in makers[name](corpus, random, max(1, int(size * share))):
            used = np.flatnonzero((query.lengths > 0) & (text.lengths > 0))
            queries.append(query.select(used))
            texts.append(text.select(used))
            english.append(np.full(len(used), name == "bilingual"))
    return Pairs(concatenate(queries), concatenate(texts), np.concatenate(english))


def term_pairs(corpus: TokenisedCorpus, random: np.random.Generator, size: int) -> Pairs:
    """Chinese with English terms, and workshop words with terms, half of each."""
    queries: list[Bags] = []
    texts: list[Bags] = []
    for left, right in (corpus.glossary, corpus.thesaurus):
        rows = draw(random, np.arange(len(left)), size // 2)
        queries.append(left.sample(rows, random, SHORT))
        texts.append(right.sample(rows, random, SHORT))
    english = np.repeat([True, False], [len(bags) for bags in queries])
    return Pairs(concatenate(queries), concatenate(texts), english)


def without_overlap(
    queries: Bags, texts: Bags, random: np.random.Generator, probability: float
) -> Bags:
    """Leave out, with this probability, a query's tokens that its text also has.

    A firm rarely has the words of the paper; the pairs were written by readers of the abstract.
    """
    pieces = 1 + max(queries.ids.max(initial=0), texts.ids.max(initial=0))
    shared = np.isin(queries.owners * pieces + queries.ids, texts.owners * pieces + texts.ids)
    return queries.keep(~(shared & (random.random(len(queries.ids)) < probability)))


_Made = list[tuple[Bags, Bags]]


def _neighbours(corpus: TokenisedCorpus, random: np.random.Generator, size: int) -> _Made:
    """A part of a paragraph, and the next paragraph of the same paper."""
    counts = np.diff(corpus.paper_bounds)
    papers = draw(random, np.flatnonzero(counts >= 2), size)
    rows = _one_of(corpus.paper_bounds[papers], counts[papers] - 1, random)
    start = random.random(len(rows)) * 0.6
    end = np.minimum(1.0, start + 0.2 + 0.6 * random.random(len(rows)))
    return [
        (
            corpus.paragraphs.sample(rows, random, 96, dropout=_DROPOUT, part=(start, end)),
            corpus.paragraphs.sample(rows + 1, random, 160, dropout=_DROPOUT),
        )
    ]


def _halves(corpus: TokenisedCorpus, random: np.random.Generator, size: int) -> _Made:
    """Two parts of an abstract; or its keywords and the abstract."""
    rows = draw(random, np.arange(len(corpus.abstracts)), size)
    split, named = np.array_split(rows, 2)
    cut = 0.3 + 0.4 * random.random(len(split))
    swap = random.random(len(split)) < 0.5
    first = (np.where(swap, 0.0, cut), np.where(swap, cut, 1.0))
    second = (np.where(swap, cut, 0.0), np.where(swap, 1.0, cut))
    return [
        (
            corpus.abstracts.sample(split, random, 160, dropout=_DROPOUT, part=first),
            corpus.abstracts.sample(split, random, 160, dropout=_DROPOUT, part=second),
        ),
        (
            corpus.abstract_keywords.sample(named, random, SHORT),
            corpus.abstracts.sample(named, random, LONG, dropout=_DROPOUT),
        ),
    ]


def _titles(corpus: TokenisedCorpus, random: np.random.Generator, size: int) -> _Made:
    """A title and its abstract, a title and any paragraph, keywords and the abstract."""
    counts = np.diff(corpus.paper_bounds)
    usable = np.flatnonzero((corpus.summaries.lengths > 0) & (counts > 0))
    summarised, inside, named = np.array_split(draw(random, usable, size), 3)
    rows = _one_of(corpus.paper_bounds[inside], counts[inside], random)
    return [
        (
            corpus.titles.sample(summarised, random, SHORT),
            corpus.summaries.sample(summarised, random, LONG, dropout=_DROPOUT),
        ),
        (
            corpus.titles.sample(inside, random, SHORT),
            corpus.paragraphs.sample(rows, random, LONG, dropout=_DROPOUT),
        ),
        (
            corpus.paper_keywords.sample(named, random, SHORT),
            corpus.summaries.sample(named, random, LONG, dropout=_DROPOUT),
        ),
    ]


def _bilingual(corpus: TokenisedCorpus, random: np.random.Generator, size: int) -> _Made:
    """A Chinese title or abstract and the English abstract; Chinese and English terms."""
    rows = draw(random, np.arange(len(corpus.chinese)), size * 4 // 5)
    titled, whole = np.array_split(rows, 2)
    terms = draw(random, np.arange(len(corpus.glossary[0])), size - len(rows))
    left, right = corpus.glossary
    return [
        (
            corpus.parallel_titles.sample(titled, random, SHORT),
            corpus.english.sample(titled, random, LONG, dropout=_DROPOUT),
        ),
        (
            corpus.chinese.sample(whole, random, LONG, dropout=0.3),
            corpus.english.sample(whole, random, LONG, dropout=0.3),
        ),
        (left.sample(terms, random, SHORT), right.sample(terms, random, SHORT)),
    ]


def _one_of(first: Ids, counts: Ids, random: np.random.Generator) -> Ids:
    """For each row one of `counts` indexes from `first` on."""
    return first + (random.random(len(first)) * counts).astype(np.int64)
