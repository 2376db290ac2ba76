"""What reading gives: records, or faults that say where and what; and notes, which stop nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from matcher.errors import InvalidInputError
from matcher.records import Enterprise, Need
from matcher.text.fold import tidy

_SHOWN = 30

Record_co = TypeVar("Record_co", covariant=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Why a row cannot be taken.

    Attributes:
        field: name of the field, empty for the row as a whole.
        label: the Chinese name of the field, as people see it.
        value: what stood there, shortened.
        message: what is wrong and what to do.
        row: number of the row in the spreadsheet or of the line; the reader of files adds it.
        sheet: name of the sheet, if it is not the first.
    """

    field: str
    label: str
    value: str
    message: str
    row: int | None = None
    sheet: str = ""


class RecordFaultsError(InvalidInputError):
    """A record that intake refused; `faults` holds everything that is wrong with it."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(f"有 {len(faults)} 处需要修改", field=faults[0].field)
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Something worth knowing that keeps no record out."""

    field: str
    label: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedNeed:
    """A need, and the enterprise as far as the need names it.

    `enterprise` is None when the need gives no name of an enterprise. Otherwise it carries the
    id that `need.enterprise_id` has; where the store knows the enterprise by its name or credit
    code under another id, that one replaces both.
    """

    need: Need
    enterprise: Enterprise | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed(Generic[Record_co]):
    """Outcome of parsing: a record, or at least one fault."""

    record: Record_co | None
    faults: tuple[Fault, ...] = ()
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RowResult(Generic[Record_co]):
    """Outcome of one row of a file.

    Without record and faults the row is an example, or repeats or completes another one. `sheet` is
    the name of the sheet, if it is not the first.
    """

    row: int
    sheet: str = ""
    record: Record_co | None = None
    faults: tuple[Fault, ...] = ()
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RawRow:
    """A row as it stands in a file.

    Attributes:
        number: row of the spreadsheet, or line of the file, counted from 1.
        values: cell by column name; every row of a table has all its columns.
        fault: why the row could not be read at all, or empty.
    """

    number: int
    values: Mapping[str, object] = field(default_factory=dict)
    fault: str = ""


def shorten(value: object) -> str:
    """A value as it is quoted in a message: one line of at most 30 characters."""
    try:
        text = " ".join(tidy(str(value)[:500]).split())
    except (ValueError, RecursionError):
        return "（无法显示）"
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
