"""Noticing that two rows of a file have the same id."""

from array import array
from collections.abc import Hashable

from matcher.intake.columns import Table
from matcher.intake.results import Fault, Note

REPEATED = "有内容完全相同的行，只导入一次"


class Repeats:
    """Remembers of each row its id, its number and a hash of its content, no more."""

    def __init__(self, table: Table) -> None:
        self._label = table.column("id").label
        self._noun = table.noun
        self._places: dict[str, int] = {}
        self._rows = array("q")
        self._hashes = array("q")

    def __contains__(self, identifier: str) -> bool:
        return identifier in self._places

    def check(self, row: int, identifier: str, record: Hashable) -> Fault | Note | None:
        """Compare a row with those before it.

        Returns:
            None if the id is new, a note if an earlier row says the same, otherwise a fault that
            names the earlier row.
        """
        place = self._places.setdefault(identifier, len(self._rows))
        if place == len(self._rows):
            self._rows.append(row)
            self._hashes.append(hash(record))
            return None
        earlier = self._rows[place]
        if self._hashes[place] == hash(record):
            return Note(field="id", label=self._label, message=REPEATED)
        message = (
            f"与第 {earlier} 行是同一个编号“{identifier}”，内容却不同；"
            f"如果是同一{self._noun}请合并成一行，否则请填不同的编号"
        )
        return Fault(field="id", label=self._label, value=identifier, message=message)
