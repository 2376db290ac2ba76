"""The written-out examples that likeness is fitted on: needs, rewrites of them, and neighbours."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from matcher.errors import TrainingError
from matcher.screening.duplicates import LikenessKind
from matcher.screening.jsonrows import read_rows

REWRITES_FILE = "rewrites.jsonl"
PAIRS_FILE = "demo_pairs.jsonl"
FIT = "fit"
CHECK = "check"
UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Example:
    """A need or a rewrite of one.

    Attributes:
        id: its id.
        source: id of the need that it goes back to; of a need its own id.
        kind: what it is to the source: None for the source itself.
        edit: how a version was made: edited, shortened, reordered, typos, reformatted, reworded,
            extract; empty for others.
        half: FIT or CHECK, the same for all that goes back to one need.
        enterprise_id: of the firm that sent it.
        text: title and all else, a line each.
    """

    id: str
    source: str
    kind: LikenessKind | None
    edit: str
    half: str
    enterprise_id: str
    text: str


@dataclass(frozen=True)
class Examples:
    """All examples, and which needs are of one problem without being rewrites.

    `pairs` holds for two sources how they are related; None where opinions may differ. Two
    sources that are not in it are of different problems.
    """

    texts: tuple[Example, ...]
    pairs: Mapping[frozenset[str], LikenessKind | None]

    def relation(self, one: Example, other: Example) -> LikenessKind | None:
        """What two different examples are to each other; None where opinions may differ."""
        kinds = {one.kind, other.kind}
        if LikenessKind.DIFFERENT in kinds:
            return LikenessKind.DIFFERENT
        if one.source != other.source:
            pair = frozenset((one.source, other.source))
            return self.pairs.get(pair, LikenessKind.DIFFERENT)
        if LikenessKind.SAME_PROBLEM in kinds:
            return LikenessKind.SAME_PROBLEM
        return LikenessKind.SAME


def read_examples(needs_file: Path, folder: Path) -> Examples:
    """Read the needs of the demo library and what was written to them.

    Args:
        needs_file: needs.jsonl of the demo library.
        folder: holds rewrites.jsonl and demo_pairs.jsonl; see the README there.

    Raises:
        TrainingError: a file is missing or malformed.
    """
    pairs = dict(read_rows(folder / PAIRS_FILE, _pair))
    rewrites = tuple(read_rows(folder / REWRITES_FILE, _rewrite))
    halves = {rewrite.source: rewrite.half for rewrite in rewrites}
    for pair in pairs:  # what is of one problem stays in one half
        known = {halves[need] for need in pair if need in halves}
        halves |= {need: min(known) for need in pair - halves.keys() if known}
    needs = tuple(read_rows(needs_file, _need))
    missing = halves.keys() - {need.id for need in needs}
    if missing:
        raise TrainingError(f"{folder.name} 引用的需求不存在：{'、'.join(sorted(missing))}")
    placed = tuple(replace(need, half=halves.get(need.id, CHECK)) for need in needs)
    return Examples(placed + rewrites, pairs)


def _pair(row: dict[str, Any]) -> tuple[frozenset[str], LikenessKind | None]:
    kind = None if row["kind"] == UNCLEAR else LikenessKind.parse(row["kind"])
    return frozenset((row["first"], row["second"])), kind


def _need(row: dict[str, Any]) -> Example:
    parts = (row["title"], row["problem"], row["indicators"], row["goal"])
    identifier = str(row["id"])
    return Example(
        id=identifier,
        source=identifier,
        kind=None,
        edit="",
        half=CHECK,
        enterprise_id=str(row["enterprise"]),
        text="\n".join((*parts, " ".join(row["keywords"]))),
    )


def _rewrite(row: dict[str, Any]) -> Example:
    if row["half"] not in (FIT, CHECK):
        raise ValueError(f"half 应为 {FIT} 或 {CHECK}")
    return Example(
        id=str(row["id"]),
        source=str(row["source"]),
        kind=LikenessKind.parse(row["kind"]),
        edit=str(row.get("edit", "")),
        half=row["half"],
        enterprise_id=str(row["enterprise"]),
        text=f"{row['title']}\n{row['text']}",
    )
