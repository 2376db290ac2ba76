"""Rows of a file by field name: columns checked and mapped, example rows marked."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Never

from matcher.intake.mapping import ColumnMapping, Mapped
from matcher.intake.results import Fault, Note, RawRow, RowResult
from matcher.intake.tables import EXAMPLE_PREFIX

_SKIPPED = Note(field="id", label="", message=f"编号以“{EXAMPLE_PREFIX}”开头的是示例行，已跳过")


@dataclass(frozen=True, slots=True)
class FieldRow:
    """A row by field name, with its number; of an example row the values are left out."""

    number: int
    mapped: Mapped
    is_example: bool = False

    @property
    def is_usable(self) -> bool:
        """Whether the row is to be parsed."""
        return not (self.is_example or self.mapped.faults)

    def result(
        self, *, faults: Iterable[Fault] = (), notes: Iterable[Note] = (), sheet: str = ""
    ) -> RowResult[Never]:
        """The outcome of a row that gives no record; what the mapping met comes first."""
        located = (
            replace(fault, row=self.number, sheet=sheet) for fault in (*self.mapped.faults, *faults)
        )
        return RowResult(
            row=self.number,
            sheet=sheet,
            faults=tuple(located),
            notes=(*self.mapped.notes, *notes),
        )


def field_rows(
    rows: Iterable[RawRow],
    mapping: ColumnMapping,
    *,
    is_table: bool,
    given: Collection[str] = (),
    id_field: str = "id",
) -> Iterator[FieldRow]:
    """Map rows by field name.

    Args:
        rows: the rows of a file.
        mapping: what its columns mean.
        is_table: whether all rows have the same columns, so that the first tells which are
            missing; a JSON line leaves out what it has nothing for.
        given: fields whose value does not come from the file.
        id_field: the field that marks the example rows of templates.

    Raises:
        UnreadableFileError: required columns are missing altogether.
    """
    is_checked = False
    for raw in rows:
        if raw.values and not is_checked:
            is_checked = True
            if is_table or not mapping.fields(raw.values):
                mapping.require(raw.values, given)
        if raw.fault:
            fault = Fault(field="", label="", value="", message=raw.fault)
            yield FieldRow(raw.number, Mapped(faults=[fault]))
        elif mapping.value(id_field, raw.values).startswith(EXAMPLE_PREFIX):
            yield FieldRow(raw.number, Mapped(notes=[_SKIPPED]), is_example=True)
        else:
            yield FieldRow(raw.number, mapping.map(raw.values))
