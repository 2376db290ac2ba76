"""Records of a file, row by row, each with its faults and notes."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Literal, TypeVar, overload

from matcher.intake.columns import Subject, Table
from matcher.intake.enterprise_columns import ENTERPRISES
from matcher.intake.enterprises import parse_enterprise
from matcher.intake.filecheck import check_file
from matcher.intake.mapping import ColumnMapping
from matcher.intake.need_columns import NEEDS
from matcher.intake.needs import parse_need
from matcher.intake.partner_files import read_partners
from matcher.intake.repeats import Repeats
from matcher.intake.results import Fault, Note, Parsed, ParsedNeed, RowResult
from matcher.intake.rows import read_rows
from matcher.intake.tablerows import FieldRow, field_rows
from matcher.records import Enterprise, Partner, PartnerKind

Record = TypeVar("Record")
AnyResult = RowResult[ParsedNeed] | RowResult[Partner] | RowResult[Enterprise]


@overload
def read_records(
    path: Path, subject: Literal[Subject.NEEDS]
) -> Iterator[RowResult[ParsedNeed]]: ...
@overload
def read_records(
    path: Path,
    subject: Literal[Subject.PARTNERS],
    *,
    default_kind: PartnerKind | None = None,
    today: date | None = None,
) -> Iterator[RowResult[Partner]]: ...
@overload
def read_records(
    path: Path, subject: Literal[Subject.ENTERPRISES]
) -> Iterator[RowResult[Enterprise]]: ...
@overload
def read_records(
    path: Path,
    subject: Subject,
    *,
    default_kind: PartnerKind | None = None,
    today: date | None = None,
) -> Iterator[AnyResult]: ...
def read_records(
    path: Path,
    subject: Subject,
    *,
    default_kind: PartnerKind | None = None,
    today: date | None = None,
) -> Iterator[AnyResult]:
    """Read a file row by row; call it again for a second pass.

    Args:
        path: a .jsonl, .csv or .xlsx file.
        subject: what the file is about.
        default_kind: kind of partners in a file that has no column for it.
        today: what years of evidence are checked against, the present day if not given.

    Yields:
        For each row its record, or its faults, or neither if it is an example, or repeats or
        completes another one, as the rows of a sheet of evidence do.

    Raises:
        UnreadableFileError: the file cannot be read as a whole.
    """
    match subject:
        case Subject.NEEDS:
            return _read(path, NEEDS, parse_need, lambda parsed: parsed.need.id)
        case Subject.ENTERPRISES:
            return _read(path, ENTERPRISES, parse_enterprise, lambda enterprise: enterprise.id)
        case Subject.PARTNERS:
            return read_partners(path, default_kind=default_kind, today=today)


def _read(
    path: Path,
    table: Table,
    parse: Callable[[Mapping[str, object]], Parsed[Record]],
    identify: Callable[[Record], str],
) -> Iterator[RowResult[Record]]:
    is_table = check_file(path) != ".jsonl"
    repeats = Repeats(table)
    for row in field_rows(read_rows(path), ColumnMapping(table), is_table=is_table):
        yield _judge(row, parse, identify, repeats) if row.is_usable else row.result()


def _judge(
    row: FieldRow,
    parse: Callable[[Mapping[str, object]], Parsed[Record]],
    identify: Callable[[Record], str],
    repeats: Repeats,
) -> RowResult[Record]:
    parsed = parse(row.mapped.values)
    if parsed.record is None:
        return row.result(faults=parsed.faults, notes=parsed.notes)
    match repeats.check(row.number, identify(parsed.record), parsed.record):
        case Fault() as fault:
            return row.result(faults=[fault])
        case Note() as note:
            return row.result(notes=[note])
        case _:
            empty = row.result(notes=parsed.notes)
            return RowResult(row=empty.row, record=parsed.record, notes=empty.notes)
