"""Test collections: a folder with partners.jsonl, needs.jsonl and optionally qrels.txt."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from matcher.errors import InvalidInputError, UnreadableFileError
from matcher.evaluation.fields import (
    Fields,
    read_id,
    read_keywords,
    read_objects,
    read_text,
    read_year,
)
from matcher.records import Evidence, EvidenceType, Need, Partner, PartnerKind

Qrels = dict[str, dict[str, int]]
Record = TypeVar("Record", Partner, Need)

_GRADE = re.compile(r"-?[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class Collection:
    """Needs to rank partners for, and what is known to be right; `qrels` is empty if unknown."""

    partners: list[Partner]
    needs: list[Need]
    qrels: Qrels


def read_collection(folder: Path) -> Collection:
    """Read a collection.

    Partners: `{"id", "kind", "name", "profile", "evidence": [{"id", "type", "title", "text",
    "year"}]}`, of which only id, kind and name are needed. Needs: `{"id", "title", "text",
    "industry", "keywords": []}`, of which only id and one of title and text are needed. Fields
    not named here are passed over. `qrels.txt` has lines `need 0 partner relevance`.

    Raises:
        UnreadableFileError: a file is missing, or a line of it is not what it should be.
    """
    return Collection(
        partners=_records(folder / "partners.jsonl", "对象", _partner),
        needs=_records(folder / "needs.jsonl", "需求", _need),
        qrels=_qrels(folder / "qrels.txt"),
    )


def _records(path: Path, what: str, read: Callable[[Fields], Record]) -> list[Record]:
    """The records of a file, whose ids must differ."""
    records: dict[str, Record] = {}
    for values, where in _lines(path):
        try:
            record = read(values)
        except KeyError as error:
            raise UnreadableFileError(f"{where}：{what}缺少 {error}") from error
        except (InvalidInputError, ValueError) as error:
            raise UnreadableFileError(f"{where}：{what}不合要求（{error}）") from error
        if record.id in records:
            raise UnreadableFileError(f"{where}：{what}的 id “{record.id}” 前面已经有了")
        records[record.id] = record
    return list(records.values())


def _partner(values: Fields) -> Partner:
    return Partner(
        id=read_id(values),
        kind=PartnerKind.parse(read_text(values, "kind", required=True), field="kind"),
        name=read_text(values, "name", required=True),
        profile=read_text(values, "profile"),
        evidence=_distinct(map(_evidence, read_objects(values, "evidence"))),
    )


def _evidence(values: Fields) -> Evidence:
    return Evidence(
        id=read_text(values, "id"),
        type=EvidenceType.parse(read_text(values, "type") or EvidenceType.PAPER, field="type"),
        title=read_text(values, "title"),
        text=read_text(values, "text"),
        year=read_year(values),
        keywords=read_keywords(values),
    )


def _distinct(evidence: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """The evidence with ids that differ: an author's list may name one paper twice."""
    repeats: Counter[str] = Counter()
    distinct: dict[str, Evidence] = {}
    for item in evidence:
        identifier = item.id
        while identifier in distinct:
            repeats[item.id] += 1
            identifier = f"{item.id}#{repeats[item.id] + 1}"
        distinct[identifier] = replace(item, id=identifier)
    return tuple(distinct.values())


def _need(values: Fields) -> Need:
    need = Need(
        id=read_id(values),
        title=read_text(values, "title"),
        problem=read_text(values, "text"),
        industry=read_text(values, "industry"),
        keywords=read_keywords(values),
    )
    if not need.text.strip():
        raise ValueError("title 和 text 都是空的")
    return need


def _lines(path: Path) -> Iterator[tuple[Fields, str]]:
    """The objects of a JSON lines file, each with where it stands."""
    for number, line in _text_lines(path):
        where = f"{path} 第 {number} 行"
        try:
            values = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise UnreadableFileError(f"{where}：不是合法的 JSON（{error}）") from error
        if not isinstance(values, dict):
            raise UnreadableFileError(f"{where}：应是一个 JSON 对象")
        yield values, where


def _qrels(path: Path) -> Qrels:
    qrels: Qrels = {}
    if not path.exists():
        return qrels
    for number, line in _text_lines(path):
        parts = line.split()
        if len(parts) != 4 or not _GRADE.fullmatch(parts[3]):
            raise UnreadableFileError(
                f"{path} 第 {number} 行：应为“需求 0 对象 相关度”四列，相关度是整数"
            )
        qrels.setdefault(parts[0], {})[parts[2]] = int(parts[3])
    return qrels


def _text_lines(path: Path) -> Iterator[tuple[int, str]]:
    try:
        with path.open(encoding="utf-8-sig") as file:
            for number, line in enumerate(file, start=1):
                if line.strip():
                    yield number, line
    except FileNotFoundError as error:
        raise UnreadableFileError(f"找不到文件 {path}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableFileError(f"无法读取 {path}：{error}") from error
