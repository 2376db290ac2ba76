"""Test collections: a folder with partners.jsonl, needs.jsonl and optionally qrels.txt."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from matcher.errors import InvalidInputError, UnreadableFileError
from matcher.records import Evidence, EvidenceType, Need, Partner, PartnerKind

Qrels = dict[str, dict[str, int]]


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
        partners=[_partner(values, where) for values, where in _lines(folder / "partners.jsonl")],
        needs=[_need(values, where) for values, where in _lines(folder / "needs.jsonl")],
        qrels=_qrels(folder / "qrels.txt"),
    )


def _partner(values: dict[str, Any], where: str) -> Partner:
    try:
        kind = PartnerKind.parse(str(values["kind"]), field="kind")
        evidence = _distinct(map(_evidence, values.get("evidence") or []))
        return Partner(
            id=_identifier(values["id"]),
            kind=kind,
            name=str(values["name"]),
            profile=str(values.get("profile") or ""),
            evidence=evidence,
        )
    except (InvalidInputError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise UnreadableFileError(f"{where}：对象不合要求（{_cause(error)}）") from error


def _distinct(evidence: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """The evidence with ids that differ: an author's list may name one paper twice."""
    seen: Counter[str] = Counter()
    distinct = []
    for item in evidence:
        seen[item.id] += 1
        repeated = seen[item.id] > 1
        distinct.append(replace(item, id=f"{item.id}#{seen[item.id]}") if repeated else item)
    return tuple(distinct)


def _evidence(item: dict[str, Any]) -> Evidence:
    year = item.get("year")
    return Evidence(
        id=str(item.get("id") or ""),
        type=EvidenceType.parse(str(item.get("type") or EvidenceType.PAPER), field="type"),
        title=str(item.get("title") or ""),
        text=str(item.get("text") or ""),
        year=int(year) if year else None,
        keywords=tuple(map(str, item.get("keywords") or ())),
    )


def _need(values: dict[str, Any], where: str) -> Need:
    try:
        need = Need(
            id=_identifier(values["id"]),
            title=str(values.get("title") or ""),
            problem=str(values.get("text") or ""),
            industry=str(values.get("industry") or ""),
            keywords=tuple(map(str, values.get("keywords") or ())),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise UnreadableFileError(f"{where}：需求不合要求（{_cause(error)}）") from error
    if not need.text.strip():
        raise UnreadableFileError(f"{where}：需求的 title 和 text 都是空的")
    return need


def _identifier(value: object) -> str:
    """An id as TREC files can carry it, without blanks."""
    identifier = str(value)
    if not identifier or any(character.isspace() for character in identifier):
        raise ValueError(f"id “{identifier}” 为空或含有空白")
    return identifier


def _cause(error: Exception) -> str:
    return f"缺少 {error}" if isinstance(error, KeyError) else str(error)


def _lines(path: Path) -> Iterator[tuple[dict[str, Any], str]]:
    """The objects of a JSON lines file, each with where it stands."""
    for number, line in _text_lines(path):
        where = f"{path} 第 {number} 行"
        try:
            values = json.loads(line)
        except ValueError as error:
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
        if len(parts) != 4 or not parts[3].lstrip("-").isdigit():
            raise UnreadableFileError(f"{path} 第 {number} 行：应为“需求 0 对象 相关度”四列")
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
