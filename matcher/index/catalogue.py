"""Which passages are indexed, at which row, whose they are, and which of them a filter allows."""

import json
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from matcher.errors import IndexStateError
from matcher.index.arrays import Growing, damaged, read_array, write_array
from matcher.index.idmap import ABSENT, RowMap
from matcher.index.selection import Selection
from matcher.records import OwnerFacts, SearchFilter

Ids = NDArray[np.int64]
Rows = NDArray[np.int64]
Mask = NDArray[np.bool_]
Scripts = NDArray[np.uint8]

_FILTERS_KEPT = 4
_NAMES = "names.json"


@dataclass(frozen=True, slots=True, eq=False)
class OwnersBlock:
    """Some owners with their passages, as a catalogue takes them.

    Attributes:
        facts: of the owners.
        counts: how many passages each has, shape (owners,).
        ids: of the passages, owner by owner, shape (passages,).
        scripts: in which each is written, shape (passages,).
    """

    facts: Sequence[OwnerFacts]
    counts: NDArray[np.int64]
    ids: Ids
    scripts: Scripts


class Allowed:
    """What a filter allows, worked out once and kept."""

    def __init__(self, rows: Mask, ids: Ids) -> None:
        """Take for each row whether it is allowed, and the ids of all rows."""
        self.rows = rows
        self._ids = ids

    @cached_property
    def selection(self) -> Selection:
        """The same by passage id."""
        return Selection(np.sort(self._ids[self.rows]))


class _Names:
    """Numbers for the few different values of a field."""

    def __init__(self, names: Sequence[str] = ()) -> None:
        self.all = list(names)
        self._numbers = {name: number for number, name in enumerate(names)}

    def number(self, name: str) -> int:
        number = self._numbers.setdefault(name, len(self.all))
        if number == len(self.all):
            self.all.append(name)
        return number


class Catalogue:
    """Owners with their facts, and the rows of their passages, which follow one another.

    A row is given to a passage once; that of a removed passage stays empty.
    """

    def __init__(self) -> None:
        self._ids = Growing(np.empty(0, dtype=np.int64))
        self._owners = Growing(np.empty(0, dtype=np.int32))
        self._scripts = Growing(np.empty(0, dtype=np.uint8))
        self._present = Growing(np.empty(0, dtype=bool))
        self._rows = RowMap()
        self._owner_ids: list[str] = []
        self._owner_kinds = Growing(np.empty(0, dtype=np.int32))
        self._owner_regions = Growing(np.empty(0, dtype=np.int32))
        self._owner_firsts = Growing(np.empty(0, dtype=np.int32))
        self._owner_counts = Growing(np.empty(0, dtype=np.int32))
        self._owner_present = Growing(np.empty(0, dtype=bool))
        self._kinds, self._regions = _Names(), _Names()
        self._numbers: dict[str, int] | None = {}
        self._removed = 0
        self._removed_owners = 0
        self._filters: OrderedDict[SearchFilter, Allowed] = OrderedDict()

    def __len__(self) -> int:
        """Number of owners."""
        return len(self._owner_ids) - self._removed_owners

    @property
    def row_count(self) -> int:
        """Number of rows, empty ones included."""
        return len(self._ids)

    @property
    def passage_count(self) -> int:
        """Number of passages."""
        return len(self._ids) - self._removed

    @property
    def owner_ids(self) -> tuple[str, ...]:
        """Ids of the owners present."""
        return tuple(self._owner_ids[number] for number in self._owners_present())

    def passage_ids(self) -> Ids:
        """Ids of all passages present, ascending."""
        return np.sort(self._ids.values[self._present.values])

    def put(self, block: OwnersBlock) -> None:
        """Add owners that are not there."""
        first, first_owner = self.row_count, len(self._owner_ids)
        count = len(block.ids)
        owners = np.repeat(np.arange(len(block.facts)), block.counts) + first_owner
        self._rows.assign(block.ids, np.arange(first, first + count, dtype=np.int64))
        self._ids.append(block.ids)
        self._owners.append(owners)
        self._scripts.append(block.scripts)
        self._present.append(np.ones(count, dtype=bool))
        numbers = self._owner_numbers()
        for offset, facts in enumerate(block.facts):
            numbers[facts.id] = first_owner + offset
        self._owner_ids.extend(facts.id for facts in block.facts)
        self._owner_kinds.append(np.array([self._kinds.number(f.kind) for f in block.facts], int))
        self._owner_regions.append(
            np.array([self._regions.number(f.region) for f in block.facts], int)
        )
        self._owner_firsts.append(first + np.cumsum(block.counts) - block.counts)
        self._owner_counts.append(block.counts)
        self._owner_present.append(np.ones(len(block.facts), dtype=bool))
        self._filters.clear()

    def drop(self, owner_ids: Sequence[str]) -> Rows:
        """Remove owners, those not there passed over; returns the rows that became empty."""
        numbers = self._owner_numbers()
        dropped = [numbers.pop(owner) for owner in owner_ids if owner in numbers]
        if not dropped:
            return np.empty(0, dtype=np.int64)
        owners = np.array(dropped, dtype=np.int64)
        rows = self._rows_of(owners)
        self._rows.forget(self._ids.values[rows])
        self._present.put(rows, values=False)
        self._owner_present.put(owners, values=False)
        self._removed += len(rows)
        self._removed_owners += len(owners)
        self._filters.clear()
        return rows

    def rows(self, passage_ids: Ids) -> Rows:
        """Rows of passages, shape as `passage_ids`; those not there are left out."""
        found: Rows = self._rows.rows(passage_ids).astype(np.int64)
        present: Rows = found[found != ABSENT]
        return present

    def ids(self, rows: Rows) -> Ids:
        """Ids of the passages at these rows, shape as `rows`."""
        ids: Ids = self._ids.values[rows]
        return ids

    def scripts(self, rows: Rows) -> Scripts:
        """In which script the passages at these rows are written, shape as `rows`."""
        scripts: Scripts = self._scripts.values[rows]
        return scripts

    def passages_of(self, owner_id: str) -> Ids:
        """Passage ids of an owner, none for one not there."""
        number = self._owner_numbers().get(owner_id)
        return self.ids(self._rows_of(np.array([] if number is None else [number], dtype=np.int64)))

    def owners_of(self, rows: Rows) -> tuple[NDArray[np.int64], tuple[str, ...]]:
        """For each row the position of its owner in the tuple of owner ids returned.

        Raises:
            IndexStateError: one of the rows is empty.
        """
        if not self._present.values[rows].all():
            raise IndexStateError("索引内部不一致：有段落没有归属，请运行 matcher index build")
        numbers, positions = np.unique(self._owners.values[rows], return_inverse=True)
        return positions, tuple(self._owner_ids[number] for number in numbers)

    def all_rows_of_owners(self, rows: Rows) -> Rows:
        """The rows of everybody who owns one of `rows`, ascending."""
        return self._rows_of(np.unique(self._owners.values[rows]).astype(np.int64))

    def allowed(self, restriction: SearchFilter) -> Allowed | None:
        """What the filter allows; None if it allows all and no row is empty."""
        if restriction == SearchFilter() and not self._removed:
            return None
        kept = self._filters.get(restriction)
        if kept is None:
            owners = self._owners_allowed(restriction)
            rows = owners[self._owners.values] & self._present.values
            kept = self._filters[restriction] = Allowed(rows, self._ids.values)
            while len(self._filters) > _FILTERS_KEPT:
                self._filters.popitem(last=False)
        return kept

    def blocks(self, at_once: int) -> Iterator[tuple[OwnersBlock, Rows]]:
        """All owners present, some at a time with about so many passages, and their rows."""
        owners = self._owners_present()
        ends = np.cumsum(self._owner_counts.values[owners])
        bounds = np.arange(at_once, int(ends[-1]) if len(ends) else 0, at_once)
        for some in np.split(owners, np.unique(np.searchsorted(ends, bounds))):
            if len(some) == 0:
                continue
            rows = self._rows_of(some)
            block = OwnersBlock(
                [self._facts(int(owner)) for owner in some],
                self._owner_counts.values[some].astype(np.int64),
                self.ids(rows),
                self.scripts(rows),
            )
            yield block, rows

    def save(self, folder: Path) -> None:
        """Write into a folder that exists; no row may be empty."""
        names = {"kinds": self._kinds.all, "regions": self._regions.all, "owners": self._owner_ids}
        (folder / _NAMES).write_text(json.dumps(names, ensure_ascii=False), encoding="utf-8")
        for name, array in self._arrays().items():
            write_array(folder / name, array.values)

    @classmethod
    def load(cls, folder: Path) -> "Catalogue":
        """Read what `save` wrote.

        Raises:
            IndexStateError: a file is missing or damaged.
        """
        catalogue = cls()
        try:
            names = json.loads((folder / _NAMES).read_text(encoding="utf-8"))
            catalogue._owner_ids = list(names["owners"])
            catalogue._kinds, catalogue._regions = _Names(names["kinds"]), _Names(names["regions"])
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise damaged(folder / _NAMES) from error
        owners, rows = len(catalogue._owner_ids), None
        for name, array in catalogue._arrays().items():
            length = owners if name.startswith("owner_") else rows
            array.begin(read_array(folder / name, array.values.dtype, length))
            rows = len(catalogue._ids)
        catalogue._present.append(np.ones(len(catalogue._ids), dtype=bool))
        catalogue._owner_present.append(np.ones(owners, dtype=bool))
        catalogue._rows.assign(catalogue._ids.values, np.arange(len(catalogue._ids)))
        catalogue._numbers = None
        return catalogue

    def _arrays(self) -> dict[str, Growing]:
        """What is written to files, by their names; ids first."""
        return {
            "ids.i64": self._ids,
            "owners.i32": self._owners,
            "scripts.u8": self._scripts,
            "owner_kinds.i32": self._owner_kinds,
            "owner_regions.i32": self._owner_regions,
            "owner_firsts.i32": self._owner_firsts,
            "owner_counts.i32": self._owner_counts,
        }

    def _owner_numbers(self) -> dict[str, int]:
        """Number of each owner by id; made when it is first needed, for a search needs it not."""
        if self._numbers is None:
            self._numbers = {owner: number for number, owner in enumerate(self._owner_ids)}
        return self._numbers

    def _owners_present(self) -> NDArray[np.int64]:
        return np.flatnonzero(self._owner_present.values)

    def _rows_of(self, owners: NDArray[np.int64]) -> Rows:
        """The rows of some owners, in the order of the owners."""
        counts = self._owner_counts.values[owners].astype(np.int64)
        ends = np.cumsum(counts)
        firsts = self._owner_firsts.values[owners] - (ends - counts)
        return np.repeat(firsts, counts) + np.arange(int(counts.sum()))

    def _owners_allowed(self, restriction: SearchFilter) -> Mask:
        allowed = self._owner_present.values.copy()
        if restriction.kinds:
            kinds = np.array([kind in restriction.kinds for kind in self._kinds.all], dtype=bool)
            allowed &= kinds[self._owner_kinds.values]
        if restriction.region:
            regions = np.array([restriction.region in name for name in self._regions.all], bool)
            allowed &= regions[self._owner_regions.values]
        if restriction.exclude:
            numbers = self._owner_numbers()
            out = [numbers[owner] for owner in restriction.exclude if owner in numbers]
            allowed[np.array(out, dtype=np.int64)] = False
        return allowed

    def _facts(self, owner: int) -> OwnerFacts:
        return OwnerFacts(
            self._owner_ids[owner],
            self._kinds.all[self._owner_kinds.values[owner]],
            self._regions.all[self._owner_regions.values[owner]],
        )
