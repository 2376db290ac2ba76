"""Which passages are indexed and whose they are."""

import json
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from matcher.errors import IndexStateError
from matcher.index.idmap import ABSENT, RowMap
from matcher.records import OwnerFacts, SearchFilter

Ids = NDArray[np.int64]
_NOBODY = np.empty(0, dtype=np.int64)


class Catalogue:
    """Owners with their facts and passage ids; answers which passages a filter allows."""

    def __init__(self) -> None:
        self._facts: list[OwnerFacts | None] = []
        self._row_of_owner: dict[str, int] = {}
        self._passages: list[Ids] = []
        self._owner_of_passage = RowMap()

    def __len__(self) -> int:
        """Number of owners."""
        return len(self._row_of_owner)

    @property
    def owner_ids(self) -> tuple[str, ...]:
        """Ids of the owners present."""
        return tuple(self._row_of_owner)

    def passage_ids(self) -> Ids:
        """Ids of all passages present, ascending."""
        return np.sort(np.concatenate([_NOBODY, *self._passages]))

    def put(self, facts: OwnerFacts, passage_ids: Iterable[int]) -> None:
        """Add an owner, or give it other facts and passages."""
        ids = np.fromiter(passage_ids, dtype=np.int64)
        row = self._row_of_owner.get(facts.id)
        if row is None:
            row = self._row_of_owner[facts.id] = len(self._facts)
            self._facts.append(facts)
            self._passages.append(ids)
        else:
            self._owner_of_passage.forget(self._passages[row])
            self._facts[row], self._passages[row] = facts, ids
        self._owner_of_passage.assign(ids, np.full(len(ids), row))

    def drop(self, owner_id: str) -> None:
        """Remove an owner; one not there is passed over."""
        row = self._row_of_owner.pop(owner_id, None)
        if row is not None:
            self._owner_of_passage.forget(self._passages[row])
            self._facts[row], self._passages[row] = None, _NOBODY

    def passages_of(self, owner_id: str) -> Ids:
        """Passage ids of an owner, none for one not there."""
        row = self._row_of_owner.get(owner_id)
        return _NOBODY if row is None else self._passages[row]

    def owners_of(self, passage_ids: Ids) -> tuple[NDArray[np.int64], tuple[str, ...]]:
        """For each passage the position of its owner in the tuple of owner ids returned.

        Passages of nobody must not be asked for.
        """
        rows, positions = np.unique(self._owner_of_passage.rows(passage_ids), return_inverse=True)
        if len(rows) and rows[0] == ABSENT:
            raise IndexStateError("索引内部不一致：有段落没有归属，请运行 matcher index build")
        return positions, tuple(self._require(row).id for row in rows)

    def all_passages_of_owners(self, passage_ids: Ids) -> Ids:
        """The passages of everybody who owns one of `passage_ids`, ascending."""
        rows = np.unique(self._owner_of_passage.rows(passage_ids))
        return np.sort(np.concatenate([_NOBODY, *(self._passages[row] for row in rows)]))

    def allowed(self, restriction: SearchFilter) -> Ids | None:
        """Ids of the passages that the filter allows, ascending; None if it allows all."""
        if restriction == SearchFilter():
            return None
        kept = [
            self._passages[row]
            for row, facts in enumerate(self._facts)
            if facts is not None and _passes(facts, restriction)
        ]
        return np.sort(np.concatenate([_NOBODY, *kept]))

    def save(self, path: Path) -> None:
        """Write the catalogue to a file."""
        owners = [
            [facts.id, facts.kind, facts.region, ids.tolist()]
            for facts, ids in zip(self._facts, self._passages, strict=True)
            if facts is not None
        ]
        path.write_text(json.dumps(owners, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> "Catalogue":
        """Read a catalogue that `save` wrote.

        Raises:
            IndexStateError: the file is missing or not a catalogue.
        """
        catalogue = cls()
        try:
            for owner_id, kind, region, ids in json.loads(path.read_text(encoding="utf-8")):
                catalogue.put(OwnerFacts(owner_id, kind, region), ids)
        except (OSError, ValueError, TypeError) as error:
            raise IndexStateError(
                f"索引目录 {path} 无法读取，请运行 matcher index build"
            ) from error
        return catalogue

    def _require(self, row: int) -> OwnerFacts:
        facts = self._facts[row]
        if facts is None:
            raise IndexStateError("索引内部不一致：段落的归属已删除，请运行 matcher index build")
        return facts


def _passes(facts: OwnerFacts, restriction: SearchFilter) -> bool:
    return (
        (not restriction.kinds or facts.kind in restriction.kinds)
        and restriction.region in facts.region
        and facts.id not in restriction.exclude
    )
