"""Reading the fields of one record, gathering every fault instead of stopping at the first."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import TypeVar

from matcher.errors import InvalidInputError
from matcher.intake import values as value
from matcher.intake.codes import read_credit_code, read_id, read_industry_code
from matcher.intake.columns import Table
from matcher.intake.dates import read_date
from matcher.intake.money import is_open, read_money
from matcher.intake.results import Fault, Note, shorten
from matcher.records import LabelledEnum
from matcher.text.mask import mask_personal

TEXT_LIMIT = 10_000
"""Longest free text of one field, in characters."""

Value = TypeVar("Value")
Member = TypeVar("Member", bound=LabelledEnum)


class Form:
    """The values of one record by field name, read field by field.

    Each method reads one field and gives its empty value when the field is blank or wrong; what
    was wrong stands in `faults` afterwards, what was changed or left out in `notes`.
    """

    def __init__(self, values: Mapping[str, object], table: Table, *, prefix: str = "") -> None:
        """Take the values; `prefix` says in messages which part of the record they are."""
        self._values = values
        self._table = table
        self._prefix = prefix
        self.faults: list[Fault] = []
        self.notes: list[Note] = []

    def line(self, field: str, limit: int, *, required: bool = False) -> str:
        """A text of one line of at most `limit` characters."""
        before = len(self.faults)
        text = self._read(field, value.read_line) or ""
        if required and not text and len(self.faults) == before:
            self.fault(field, "不能为空")
        return text if self._fits(field, text, limit) else ""

    def text(self, field: str, limit: int = TEXT_LIMIT, *, advice: str = "请删减") -> str:
        """A free text; personal numbers in it are masked."""
        text = self._read(field, value.read_text) or ""
        return self._masked(field, text) if self._fits(field, text, limit, advice) else ""

    def masked_line(self, field: str, limit: int) -> str:
        """A free text of one line; personal numbers in it are masked."""
        return self._masked(field, self.line(field, limit))

    def identifier(self, field: str) -> str:
        """An id, empty when none was given."""
        return self._read(field, read_id) or ""

    def choice(self, field: str, choices: type[Member]) -> Member | None:
        """A member of a closed list."""
        return self._read(field, lambda given: value.read_choice(given, choices, field=field))

    def choice_or_note(self, field: str, choices: type[Member], note: str) -> Member | None:
        """A member of a closed list; what is outside of it is left empty, with a note."""
        try:
            return value.read_choice(self._values.get(field), choices, field=field)
        except InvalidInputError:
            self.note(field, f"“{shorten(self._values.get(field))}”{note}")
            return None

    def flag(self, field: str) -> bool | None:
        """Yes, no or not said."""
        return self._read(field, value.read_flag)

    def whole(self, field: str) -> int | None:
        """A whole number from 0."""
        return self._read(field, value.read_whole)

    def year(self, field: str, latest: int) -> int | None:
        """A year from 1900 to `latest`."""
        return self._read(field, lambda given: value.read_year(given, latest=latest))

    def day(self, field: str, *, last_of_month: bool = False) -> date | None:
        """A date."""
        return self._read(field, lambda given: read_date(given, last_of_month=last_of_month))

    def money(self, field: str) -> float | None:
        """An amount in 万元; one left to negotiation is None, with a note."""
        given = self._values.get(field)
        if self._read(field, is_open):
            self.note(field, f"“{shorten(given)}”没有金额，已留空")
            return None
        return self._read(field, read_money)

    def listed(self, field: str, *, most: int, by_blanks: bool = False) -> tuple[str, ...]:
        """Short texts of at most 100 characters each, at most `most` of them."""
        items = self._read(field, lambda given: value.read_list(given, by_blanks=by_blanks)) or ()
        if len(items) > most:
            self.fault(field, f"有 {len(items)} 个，最多 {most} 个，请删减")
        elif any(len(item) > 100 for item in items):
            longest = max(items, key=len)
            self.fault(field, f"“{shorten(longest)}”太长，每个最多 100 字，用顿号分开")
        return items

    def credit_code(self, field: str) -> str:
        """A unified social credit code."""
        return self._read(field, read_credit_code) or ""

    def industry_code(self, field: str) -> str:
        """A four-digit class of industry."""
        return self._read(field, read_industry_code) or ""

    def fault(self, field: str, message: str) -> None:
        """Say that a field is wrong."""
        shown = shorten(self._values.get(field)) if self._values.get(field) is not None else ""
        self.faults.append(
            Fault(field=field, label=self._label(field), value=shown, message=message)
        )

    def note(self, field: str, message: str) -> None:
        """Say something about a field that is no fault."""
        self.notes.append(Note(field=field, label=self._label(field), message=message))

    def _label(self, field: str) -> str:
        return self._prefix + self._table.column(field).label

    def _read(self, field: str, parser: Callable[[object], Value]) -> Value | None:
        try:
            return parser(self._values.get(field))
        except InvalidInputError as error:
            self.fault(field, error.message)
            return None

    def _fits(self, field: str, text: str, limit: int, advice: str = "请删减") -> bool:
        if len(text) > limit:
            label = self._label(field)
            self.fault(field, f"{label}有 {len(text)} 字，最多 {limit} 字，{advice}")
        return len(text) <= limit

    def _masked(self, field: str, text: str) -> str:
        masked, hidden = mask_personal(text)
        for name in dict.fromkeys(hidden):
            self.note(field, f"已隐去 {hidden.count(name)} 处{name}")
        return masked
