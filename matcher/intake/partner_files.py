"""Partners of a file, with evidence that stands inside them, in repeated rows or in a sheet.

Evidence that stands apart is checked and spooled first; then the partners come by in their order
and take what is theirs.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

from matcher.errors import InvalidInputError
from matcher.intake.codes import read_id
from matcher.intake.evidence import parse_evidence
from matcher.intake.filecheck import check_file
from matcher.intake.mapping import OWN_EVIDENCE, ColumnMapping
from matcher.intake.partner_columns import EVIDENCE, PARTNERS
from matcher.intake.partners import parse_partner
from matcher.intake.repeats import Repeats
from matcher.intake.results import Fault, Note, Parsed, RowResult
from matcher.intake.rows import read_rows
from matcher.intake.spool import EvidenceSpool
from matcher.intake.tablerows import FieldRow, field_rows
from matcher.intake.tables import EVIDENCE_SHEET
from matcher.intake.workbook import read_evidence_sheet
from matcher.records import Partner, PartnerKind


def read_partners(
    path: Path, *, default_kind: PartnerKind | None = None, today: date | None = None
) -> Iterator[RowResult[Partner]]:
    """Read partners row by row, joined with their evidence; see `files.read_records`."""
    with EvidenceSpool() as spool:
        yield from _PartnerFile(path, spool, default_kind, today or date.today()).results()


class _PartnerFile:
    """One pass over a file of partners."""

    def __init__(
        self, path: Path, spool: EvidenceSpool, default_kind: PartnerKind | None, today: date
    ) -> None:
        self._path = path
        self._suffix = check_file(path)
        self._spool = spool
        self._default_kind = default_kind
        self._today = today
        self._repeats = Repeats(PARTNERS)
        self._owners: set[str] = set()

    def results(self) -> Iterator[RowResult[Partner]]:
        if self._suffix != ".jsonl":
            self._spool_repeated_rows()
        if self._suffix == ".xlsx":
            self._spool_sheet()
        for row in self._rows():
            yield row.result() if row.is_example else self._judge(row)
        if self._suffix == ".xlsx":
            for row in self._sheet_rows():
                faults = [] if row.is_example else self._sheet_faults(row)
                yield row.result(faults=faults, sheet=EVIDENCE_SHEET)

    def _rows(self) -> Iterator[FieldRow]:
        return field_rows(
            read_rows(self._path),
            ColumnMapping(PARTNERS),
            is_table=self._suffix != ".jsonl",
            given=("kind",) if self._default_kind else (),
        )

    def _sheet_rows(self) -> Iterator[FieldRow]:
        return field_rows(
            read_evidence_sheet(self._path),
            ColumnMapping(EVIDENCE),
            is_table=True,
            id_field="partner_id",
        )

    def _spool_sheet(self) -> None:
        """Spool the sheet of evidence; faults are told when its partners are known."""
        for row in self._sheet_rows():
            owner = _owner(row, [])
            if owner and row.is_usable and self._is_sound(row.mapped.values):
                self._spool.add(owner, row.mapped.values)

    def _sheet_faults(self, row: FieldRow) -> list[Fault]:
        faults = list(parse_evidence(row.mapped.values, today=self._today).faults)
        owner = _owner(row, faults)
        if owner and owner not in self._owners:
            message = f"第一张表里没有编号为“{owner}”的对象，请检查是否抄错"
            faults.append(_owner_fault(owner, message))
        return faults

    def _spool_repeated_rows(self) -> None:
        """Spool the evidence in columns of the partners' own table; faults are told later."""
        first = next(read_rows(self._path), None)
        if first is None or not ColumnMapping(PARTNERS).has_own_evidence(first.values):
            return
        for row in self._rows():
            own = row.mapped.values.get(OWN_EVIDENCE)
            key = self._key(row.mapped.values)
            if isinstance(own, dict) and key and self._is_sound(own):
                self._spool.add(key, own)

    def _judge(self, row: FieldRow) -> RowResult[Partner]:
        values = dict(row.mapped.values)
        own = values.pop(OWN_EVIDENCE, None)
        if isinstance(own, dict) and self._suffix == ".jsonl":
            values["evidence"] = [*_items(values), own]
            own = None
        key = self._key(values)
        if self._suffix == ".xlsx":
            self._owners.add(key)
        faults = list(self._own_faults(own))
        if key in self._repeats and _has_only_id(values):
            return row.result(faults=faults)
        parsed = self._parse(values)
        faults += parsed.faults
        if faults or row.mapped.faults or parsed.record is None:
            return row.result(faults=faults, notes=parsed.notes)
        match self._repeats.check(row.number, parsed.record.id, parsed.record):
            case Fault() as fault:
                return row.result(faults=[fault])
            case Note() as note:
                return row.result(notes=[] if own else [note])
        items = self._spool.of(parsed.record.id)
        if items:
            parsed = self._parse({**values, "evidence": [*_items(values), *items]})
        located = row.result(faults=parsed.faults, notes=parsed.notes)
        return RowResult(
            row=row.number, record=parsed.record, faults=located.faults, notes=located.notes
        )

    def _parse(self, values: Mapping[str, object]) -> Parsed[Partner]:
        return parse_partner(values, default_kind=self._default_kind, today=self._today)

    def _key(self, values: Mapping[str, object]) -> str:
        """The id a row has or will get, empty if it cannot be told."""
        try:
            given = read_id(values.get("id"))
        except InvalidInputError:
            return ""
        record = None if given else self._parse({**values, "evidence": None}).record
        return record.id if record else given

    def _is_sound(self, item: Mapping[str, object]) -> bool:
        return parse_evidence(item, today=self._today).record is not None

    def _own_faults(self, own: object) -> tuple[Fault, ...]:
        if not isinstance(own, dict):
            return ()
        return parse_evidence(own, today=self._today).faults


def _items(values: Mapping[str, object]) -> list[object]:
    nested = values.get("evidence")
    return list(nested) if isinstance(nested, list) else []


def _has_only_id(values: Mapping[str, object]) -> bool:
    return all(value is None or value == "" for name, value in values.items() if name != "id")


def _owner(row: FieldRow, faults: list[Fault]) -> str:
    """The partner's id in a row of evidence; what is wrong with it goes to `faults`."""
    try:
        owner = read_id(row.mapped.values.get("partner_id"))
    except InvalidInputError as error:
        faults.append(_owner_fault("", error.message))
        return ""
    if not owner:
        faults.append(_owner_fault("", "不能为空，请填第一张表里的对象编号"))
    return owner


def _owner_fault(value: str, message: str) -> Fault:
    label = EVIDENCE.column("partner_id").label
    return Fault(field="partner_id", label=label, value=value, message=message)
