"""Importing a file: check all of it, then write all of it, or nothing.

The file is read once. What is sound waits in a temporary file until the last row is checked, so
that neither memory nor the time that others wait for the write lock grows with the checking.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from sqlalchemy.orm import Session

from matcher.intake import (
    Fault,
    IntakeReport,
    ParsedNeed,
    RowResult,
    Subject,
    read_records,
    summarise,
)
from matcher.intake.spool import RecordSpool
from matcher.records import Enterprise, Need, Partner, PartnerKind
from matcher.store.batches import batched
from matcher.store.database import Database
from matcher.store.enterprises import find_enterprises, get_enterprises, save_enterprises
from matcher.store.needs import save_needs
from matcher.store.partners import save_partners
from matcher.store.saving import SaveCounts

Report = Callable[[str, int, int], None]
Record = ParsedNeed | Partner | Enterprise
Item = TypeVar("Item")

_AT_ONCE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportResult:
    """What an import found and did.

    `imported` is False where faults or a dry run kept everything out; `counts` are then zero.
    `new_enterprises` counts those that needs named and that were not known.
    """

    report: IntakeReport
    imported: bool
    counts: SaveCounts = field(default_factory=SaveCounts)
    new_enterprises: int = 0


def import_file(
    database: Database,
    path: Path,
    subject: Subject,
    *,
    keep_good: bool = False,
    dry_run: bool = False,
    default_kind: PartnerKind | None = None,
    progress: Report | None = None,
) -> ImportResult:
    """Import a .jsonl, .csv or .xlsx file in one transaction.

    Args:
        database: where to.
        path: the file.
        subject: what it is about.
        keep_good: import the rows without faults although others have some.
        dry_run: check only.
        default_kind: kind of partners in a file that does not say it.
        progress: called with the step, rows done, and rows in all (0 while that is unknown).

    Raises:
        UnreadableFileError: the file cannot be read as a whole.
        OSError: there is no room for the temporary file.
    """
    report = progress or (lambda step, done, total: None)
    results = checked_references(database, read_records(path, subject, default_kind=default_kind))
    with RecordSpool[Record]() as spool:
        if not dry_run:
            results = _spooled(results, spool, keep_good=keep_good)
        checked = summarise(_counted(results, lambda done: report("检查", done, 0)))
        if dry_run or not checked.good or (checked.fault_count and not keep_good):
            return ImportResult(report=checked, imported=False)
        counts, new_enterprises, done = SaveCounts(), 0, 0
        with database.writing() as session:
            for batch in spool.batches():
                saved, created = _save(session, batch)
                counts += saved
                new_enterprises += created
                done += len(batch)
                report("导入", done, checked.good)
    return ImportResult(
        report=checked, imported=True, counts=counts, new_enterprises=new_enterprises
    )


def resolve_enterprises(session: Session, parsed: list[ParsedNeed]) -> tuple[list[Need], int]:
    """Needs that refer to stored enterprises, and how many had to be created for that.

    An enterprise is known by its id, its unified social credit code, or its name. A need without
    a county has that of its enterprise.
    """
    needs, created = resolved(session, parsed)
    save_enterprises(session, created)
    return needs, len(created)


def resolved(session: Session, parsed: Sequence[ParsedNeed]) -> tuple[list[Need], list[Enterprise]]:
    """The same without saving: the needs, and the enterprises that would have to be created."""
    named = [item.enterprise for item in parsed if item.enterprise is not None]
    known = find_enterprises(
        session,
        ids=(item.need.enterprise_id for item in parsed if item.need.enterprise_id),
        names=(enterprise.name for enterprise in named),
        credit_codes=(enterprise.credit_code for enterprise in named),
    )
    register = _Register(known)
    needs = []
    for item in parsed:
        enterprise = register.find(item)
        if enterprise is None:
            needs.append(item.need)
        else:
            county = item.need.county or enterprise.county
            needs.append(replace(item.need, enterprise_id=enterprise.id, county=county))
    return needs, list(register.created.values())


class _Register:
    """Enterprises by all that they are known by, and those that had to be created."""

    def __init__(self, known: Iterable[Enterprise]) -> None:
        self._by_id: dict[str, Enterprise] = {}
        self._by_name: dict[str, Enterprise] = {}
        self._by_code: dict[str, Enterprise] = {}
        self.created: dict[str, Enterprise] = {}
        for enterprise in known:
            self._enter(enterprise)

    def find(self, item: ParsedNeed) -> Enterprise | None:
        """The enterprise of a need, created if the need only names it; None if it has none."""
        named = item.enterprise
        found = self._by_id.get(item.need.enterprise_id or "")
        if found is not None or named is None:
            return found
        found = self._by_code.get(named.credit_code) or self._by_name.get(named.name)
        if found is None:
            self.created[named.id] = found = named
            self._enter(named)
        return found

    def _enter(self, enterprise: Enterprise) -> None:
        self._by_id[enterprise.id] = enterprise
        self._by_name[enterprise.name] = enterprise
        if enterprise.credit_code:
            self._by_code[enterprise.credit_code] = enterprise


def _save(session: Session, batch: list[Record]) -> tuple[SaveCounts, int]:
    """Save records of one kind; returns the counts and how many enterprises were created."""
    needs, created = resolve_enterprises(session, [b for b in batch if isinstance(b, ParsedNeed)])
    counts = save_needs(session, needs)
    counts += save_partners(session, [b for b in batch if isinstance(b, Partner)])
    counts += save_enterprises(session, [b for b in batch if isinstance(b, Enterprise)])
    return counts, created


def checked_references(
    database: Database,
    results: Iterable[RowResult[ParsedNeed] | RowResult[Partner] | RowResult[Enterprise]],
) -> Iterator[RowResult[ParsedNeed] | RowResult[Partner] | RowResult[Enterprise]]:
    """The results, with a fault in place of a need whose enterprise is named by an unknown id."""
    for batch in batched(results, _AT_ONCE):
        wanted = {
            result.record.need.enterprise_id
            for result in batch
            if isinstance(result.record, ParsedNeed) and result.record.enterprise is None
        }
        with database.reading() as session:
            known = get_enterprises(session, (key for key in wanted if key))
        for result in batch:
            record = result.record
            if isinstance(record, ParsedNeed) and record.enterprise is None:
                missing = record.need.enterprise_id
                if missing and missing not in known:
                    yield replace(
                        result, record=None, faults=(_unknown_enterprise(result, missing),)
                    )
                    continue
            yield result


def _unknown_enterprise(
    result: RowResult[ParsedNeed] | RowResult[Partner] | RowResult[Enterprise], missing: str
) -> Fault:
    return Fault(
        field="enterprise_id",
        label="企业编号",
        value=missing,
        message=f"企业库中没有编号“{missing}”，请先导入企业，或改填企业名称",
        row=result.row,
    )


def _spooled(
    results: Iterable[RowResult[ParsedNeed] | RowResult[Partner] | RowResult[Enterprise]],
    spool: RecordSpool[Record],
    *,
    keep_good: bool,
) -> Iterator[RowResult[ParsedNeed] | RowResult[Partner] | RowResult[Enterprise]]:
    """The results; their records are spooled as long as it looks as if they would be imported."""
    is_wanted = True
    for result in results:
        is_wanted = is_wanted and (keep_good or not result.faults)
        if is_wanted and result.record is not None:
            spool.add(result.record)
        yield result


def _counted(items: Iterable[Item], report: Callable[[int], None]) -> Iterator[Item]:
    """The items, reporting how many there were every so often and at the end."""
    number = 0
    for number, item in enumerate(items, start=1):
        yield item
        if number % _AT_ONCE == 0:
            report(number)
    report(number)
