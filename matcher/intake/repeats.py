"""Noticing that two rows of a file have the same id."""

from hashlib import blake2b

from matcher.intake.columns import Table
from matcher.intake.results import Fault, Note

REPEATED = "有内容完全相同的行，只导入一次"


class Repeats:
    """Remembers of each row its id and a digest of its content, no more."""

    def __init__(self, table: Table) -> None:
        self._label = table.column("id").label
        self._noun = table.noun
        self._seen: dict[str, tuple[int, bytes]] = {}

    def __contains__(self, identifier: str) -> bool:
        return identifier in self._seen

    def check(self, row: int, identifier: str, record: object) -> Fault | Note | None:
        """Compare a row with those before it.

        Returns:
            None if the id is new, a note if an earlier row says the same, otherwise a fault that
            names the earlier row.
        """
        digest = blake2b(repr(record).encode(), digest_size=16).digest()
        earlier, known = self._seen.setdefault(identifier, (row, digest))
        if earlier == row:
            return None
        if digest == known:
            return Note(field="id", label=self._label, message=REPEATED)
        message = (
            f"与第 {earlier} 行是同一个编号“{identifier}”，内容却不同；"
            f"如果是同一{self._noun}请合并成一行，否则请填不同的编号"
        )
        return Fault(field="id", label=self._label, value=identifier, message=message)
