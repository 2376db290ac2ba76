"""Reading the corpus that keywords are learned from: a folder of JSON-lines files."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from matcher.screening.jsonrows import read_rows
from matcher.screening.term_candidates import LONGEST_TERM, is_quantity
from matcher.screening.term_statistics import TaggedText
from matcher.text.fold import fold

PARTS = 5

_TERM = re.compile(rf"[一-鿿㐀-䶿a-z0-9α-ω+./-]{{2,{LONGEST_TERM}}}")
_CLASS_NUMBER = re.compile(r"[a-z]{1,2}\d+(?:\.\d+)?")
"""G250, TP391.1: numbers of a library classification, which got among the keywords."""


@dataclass(frozen=True)
class KeywordCorpus:
    """What keywords are learned from.

    Attributes:
        parts: the papers with their keywords, dealt out by a hash of their ids into `PARTS` parts;
            a title stands in the first line, an abstract without a title is one line.
        plain: texts without keywords: further abstracts, and needs in the words of firms.
        terms: technical terms, folded, of the glossary and the thesaurus.
    """

    parts: tuple[tuple[TaggedText, ...], ...]
    plain: tuple[TaggedText, ...]
    terms: frozenset[str]


def read_keyword_corpus(folder: Path) -> KeywordCorpus:
    """Read the corpus folder.

    Args:
        folder: holds abstracts.jsonl (id, abstract, keywords), chinaxiv.jsonl.xz (id, title,
            abstract, keywords), needpairs.jsonl (title, text), glossary.jsonl (zh) and
            thesaurus.jsonl (technical, several terms with blanks between). Of papers with the
            same text only the first counts.

    Raises:
        TrainingError: a file is missing, empty or malformed; the message names the row.
    """
    parts: list[list[TaggedText]] = [[] for _ in range(PARTS)]
    plain: list[TaggedText] = []
    seen: set[str] = set()
    for identifier, text in _papers(folder):
        if not text.text or fold(text.text) in seen:
            continue
        seen.add(fold(text.text))
        if text.keywords:
            parts[sha256(identifier.encode()).digest()[0] % PARTS].append(text)
        else:
            plain.append(text)
    plain += read_rows(folder / "needpairs.jsonl", _need)
    terms = frozenset().union(
        *read_rows(folder / "glossary.jsonl", _glossary_terms),
        *read_rows(folder / "thesaurus.jsonl", _thesaurus_terms),
    )
    return KeywordCorpus(tuple(map(tuple, parts)), tuple(plain), terms)


def clean_term(keyword: str) -> str | None:
    """A keyword as it would stand in a folded text; None if it could not be a candidate.

    Keywords read from print are noisy: some are run together, some are class numbers.
    """
    term = re.sub(r"\s+", "", fold(keyword)).strip("*,.;:，。；：、“”‘’\"'")
    if not _TERM.fullmatch(term) or _CLASS_NUMBER.fullmatch(term) or is_quantity(term):
        return None
    return term


def _papers(folder: Path) -> Iterator[tuple[str, TaggedText]]:
    def paper(row: dict[str, Any]) -> tuple[str, TaggedText]:
        lines = _lines(row.get("title"), row.get("abstract"))
        return str(row["id"]), TaggedText(lines, _terms(row.get("keywords") or ()))

    yield from read_rows(folder / "abstracts.jsonl", paper)
    yield from read_rows(folder / "chinaxiv.jsonl.xz", paper)


def _need(row: dict[str, Any]) -> TaggedText:
    return TaggedText(_lines(row["title"], row["text"]))


def _glossary_terms(row: dict[str, Any]) -> frozenset[str]:
    return _terms([row["zh"]])


def _thesaurus_terms(row: dict[str, Any]) -> frozenset[str]:
    return _terms(row["technical"].split())


def _terms(keywords: Iterable[str]) -> frozenset[str]:
    return frozenset(term for keyword in keywords if (term := clean_term(keyword)))


def _lines(*parts: str | None) -> str:
    """The parts that are there, a line each."""
    return "\n".join(" ".join(part.split()) for part in parts if part)
