"""Reading the training corpus: a folder of JSON-lines files."""

import json
import lzma
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from matcher.errors import TrainingError


@dataclass(frozen=True)
class Paper:
    """A full text: title, abstract, keywords in one line, and its longer paragraphs in order.

    Title, abstract and keywords may be empty.
    """

    title: str
    abstract: str
    keywords: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True)
class Abstract:
    """An abstract without full text, with its keywords in one line (empty when unknown)."""

    id: str
    text: str
    keywords: str


@dataclass(frozen=True)
class NeedPair:
    """An enterprise need and the id of the abstract whose author could meet it."""

    abstract_id: str
    title: str
    text: str


@dataclass(frozen=True)
class TextPair:
    """Two texts that say the same: Chinese and English, or workshop words and terms."""

    left: str
    right: str


@dataclass(frozen=True)
class Corpus:
    """Everything that the model is trained on.

    `parallel` holds Chinese title and abstract with the English abstract, `glossary` Chinese with
    English terms, `thesaurus` workshop words with the terms of papers.
    """

    papers: tuple[Paper, ...]
    abstracts: tuple[Abstract, ...]
    needs: tuple[NeedPair, ...]
    parallel: tuple[TextPair, ...]
    glossary: tuple[TextPair, ...]
    thesaurus: tuple[TextPair, ...]


def hold_out(corpus: Corpus, count: int, seed: int = 0) -> tuple[Corpus, tuple[NeedPair, ...]]:
    """Set needs aside, with their abstracts, for fitting and measuring what stands on the model.

    Returns:
        The corpus without them, and the needs set aside, at most `count`.
    """
    random = np.random.default_rng([seed, 3])
    chosen = random.permutation(len(corpus.needs))[:count]
    aside = tuple(corpus.needs[int(row)] for row in sorted(chosen))
    ids = {need.abstract_id for need in aside}
    rest = replace(
        corpus,
        needs=tuple(need for need in corpus.needs if need.abstract_id not in ids),
        abstracts=tuple(abstract for abstract in corpus.abstracts if abstract.id not in ids),
    )
    return rest, aside


def read_corpus(folder: Path, *, paragraph_characters: int = 60) -> Corpus:
    """Read the corpus folder.

    Args:
        folder: holds chinaxiv.jsonl.xz, abstracts.jsonl, needpairs.jsonl, parallel.jsonl,
            glossary.jsonl and thesaurus.jsonl.
        paragraph_characters: shorter paragraphs of the full texts are left out.

    Raises:
        TrainingError: a file is missing, empty or malformed (named with its row and field), or a
            need names an abstract that is not there.
    """
    abstracts = tuple(
        Abstract(
            _text(row, "id", where),
            _text(row, "abstract", where),
            _joined(row.get("keywords")),
        )
        for where, row in _rows(folder / "abstracts.jsonl")
    )
    needs = tuple(
        NeedPair(_text(row, "id", where), _text(row, "title", where), _text(row, "text", where))
        for where, row in _rows(folder / "needpairs.jsonl")
    )
    known = {abstract.id for abstract in abstracts}
    for need in needs:
        if need.abstract_id not in known:
            raise TrainingError(
                f"needpairs.jsonl 中的 {need.abstract_id} 在 abstracts.jsonl 中没有对应的摘要"
            )
    return Corpus(
        papers=tuple(
            _paper(row, paragraph_characters) for _, row in _rows(folder / "chinaxiv.jsonl.xz")
        ),
        abstracts=abstracts,
        needs=needs,
        parallel=_pairs(folder / "parallel.jsonl", "zh", "en"),
        glossary=_pairs(folder / "glossary.jsonl", "zh", "en"),
        thesaurus=_pairs(folder / "thesaurus.jsonl", "plain", "technical"),
    )


def _paper(row: dict[str, Any], paragraph_characters: int) -> Paper:
    paragraphs = row.get("paragraphs") or []
    return Paper(
        title=str(row.get("title") or ""),
        abstract=str(row.get("abstract") or ""),
        keywords=_joined(row.get("keywords")),
        paragraphs=tuple(text for text in paragraphs if len(text) >= paragraph_characters),
    )


def _pairs(path: Path, left: str, right: str) -> tuple[TextPair, ...]:
    return tuple(
        TextPair(_text(row, left, where), _text(row, right, where)) for where, row in _rows(path)
    )


def _joined(keywords: list[str] | None) -> str:
    return " ".join(keywords or [])


def _text(row: dict[str, Any], field: str, where: str) -> str:
    value = row.get(field)
    if not isinstance(value, str) or not value.strip():
        raise TrainingError(f"{where}：字段 {field} 缺失或为空")
    return value


def _rows(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Rows of a JSON-lines file, packed with xz or not, each with where it stands."""
    if not path.is_file():
        raise TrainingError(f"训练语料文件夹 {path.parent} 中缺少文件 {path.name}")
    number = 0
    opened = lzma.open if path.suffix == ".xz" else open
    with opened(path, "rt", encoding="utf-8") as lines:
        try:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    yield f"{path.name} 第 {number} 行", _record(line)
        except (ValueError, lzma.LZMAError) as error:
            raise TrainingError(f"{path.name} 第 {number} 行无法读取：{error}") from error
    if number == 0:
        raise TrainingError(f"训练语料文件 {path.name} 是空的")


def _record(line: str) -> dict[str, Any]:
    record = json.loads(line)
    if not isinstance(record, dict):
        raise ValueError("不是 JSON 对象")
    return record
