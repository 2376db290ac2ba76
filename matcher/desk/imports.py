"""Importing a spreadsheet: what it would do, and doing it.

The same checks are made for the preview and, in the session that writes, for the import itself;
between the two the library may have changed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Final, TypeVar

from sqlalchemy.orm import Session

from matcher.casework.needs import NeedStatus
from matcher.desk.core import Act, Desk, changed_fields
from matcher.desk.core import Subject as Logged
from matcher.desk.need_saving import begin_all, log_change
from matcher.errors import ConflictError, InvalidInputError, MatcherError, UnreadableFileError
from matcher.importing import checked_references, resolved
from matcher.intake import (
    Fault,
    IntakeReport,
    ParsedNeed,
    RawRow,
    RowResult,
    Subject,
    read_records,
    read_rows,
    summarise,
)
from matcher.people import Permission
from matcher.people.days import today
from matcher.records import Enterprise, Need
from matcher.screener import SimilarNeed
from matcher.screening.duplicates import LikenessKind
from matcher.store.enterprises import get_enterprises, save_enterprises
from matcher.store.needs import get_needs, save_needs

MOST_ROWS: Final = 5000
"""Rows that the wizard takes; more are for the command line."""
IMPORT_STATUSES: Final = (NeedStatus.PENDING, NeedStatus.LISTED)
IMPORTED: Final = (Subject.NEEDS, Subject.ENTERPRISES)

_SHOWN = 8
_COMPARED = 200
_AT_ONCE = 1000
_LOGGED = {Subject.NEEDS: Logged.NEED, Subject.ENTERPRISES: Logged.ENTERPRISE}

Result = RowResult[ParsedNeed] | RowResult[Enterprise]
Record = TypeVar("Record", Need, Enterprise)


@dataclass(frozen=True, slots=True)
class Repeat:
    """A new need of a file that seems to be in the library already."""

    row: int
    need: Need
    similar: tuple[SimilarNeed, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportPlan:
    """What importing a file would do.

    Attributes:
        report: rows read, and all that is wrong with them.
        first: the first rows as they were read.
        created: records that are new.
        changed: records that would be changed.
        unchanged: records that are in the library as they stand in the file.
        new_enterprises: enterprises that the needs name and that are not known.
        repeats: new needs that seem to be in the library already.
        compared: how many new needs were compared for that.
        trouble: why none were, if it could not be done.
    """

    report: IntakeReport
    first: tuple[RawRow, ...]
    created: int
    changed: int
    unchanged: int
    new_enterprises: int
    repeats: tuple[Repeat, ...]
    compared: int
    trouble: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What an import did."""

    created: int
    changed: int
    unchanged: int
    new_enterprises: int


@dataclass(frozen=True, slots=True)
class _Judged:
    """Rows after all checks, and what their records do to the library."""

    results: list[Result]
    created: list[tuple[int, Need | Enterprise]]
    changed: list[tuple[Need | Enterprise, Need | Enterprise]]
    unchanged: int
    enterprises: list[Enterprise]

    @property
    def faulty(self) -> bool:
        return any(result.faults for result in self.results)


def plan(desk: Desk, path: Path, subject: Subject) -> ImportPlan:
    """What importing a file would do; nothing is changed.

    Raises:
        UnreadableFileError: the file cannot be read as a whole, or has too many rows.
        ForbiddenError: the actor may not import.
    """
    desk.actor.require(Permission.EDIT)
    first = tuple(islice(read_rows(path), _SHOWN))
    results = _read(desk, path, subject)
    with desk.reading() as session:
        judged = _judge(desk, session, subject, results)
    new = [(row, record) for row, record in judged.created if isinstance(record, Need)]
    repeats, trouble = _repeats(desk, new[:_COMPARED])
    return ImportPlan(
        report=summarise(judged.results),
        first=first,
        created=len(judged.created),
        changed=len(judged.changed),
        unchanged=judged.unchanged,
        new_enterprises=len(judged.enterprises),
        repeats=repeats,
        compared=min(len(new), _COMPARED),
        trouble=trouble,
    )


def carry_out(
    desk: Desk,
    path: Path,
    subject: Subject,
    *,
    status: NeedStatus = NeedStatus.PENDING,
    keep_good: bool = False,
) -> Imported:
    """Import a file, all of it or its good rows, in one transaction.

    Args:
        desk: whoever imports.
        path: the file.
        subject: what it is about, one of `IMPORTED`.
        status: where new needs begin, one of `IMPORT_STATUSES`; others stay where they are.
        keep_good: import the rows without faults although others have some.

    Raises:
        UnreadableFileError: the file cannot be read as a whole, or has too many rows.
        ForbiddenError: the actor may not import.
        InvalidInputError: there is nothing to import, or new needs do not begin there.
        ConflictError: rows have faults, and good ones were not asked for alone.
    """
    if status not in IMPORT_STATUSES:
        raise InvalidInputError("导入的需求只能存为待审核或已入库", field="status")
    desk.actor.require(Permission.EDIT)
    results = _read(desk, path, subject)
    with desk.writing() as session:
        judged = _judge(desk, session, subject, results)
        if judged.faulty and not keep_good:
            raise ConflictError("文件里有错误的行，没有导入。请改正文件，或选择只导入没有错误的行")
        if not (judged.created or judged.changed or judged.unchanged):
            raise InvalidInputError("文件里没有可以导入的行，没有导入")
        _write(desk, session, judged, status)
        done = Imported(
            created=len(judged.created),
            changed=len(judged.changed),
            unchanged=judged.unchanged,
            new_enterprises=len(judged.enterprises),
        )
        told = f"{path.name}：新增 {done.created} 条，修改 {done.changed} 条"
        county = desk.actor.county
        desk.log(session, Act.IMPORT, _LOGGED[subject], "", county=county, summary=told)
        return done


def _read(desk: Desk, path: Path, subject: Subject) -> list[Result]:
    if subject not in IMPORTED:
        raise InvalidInputError("这里只能导入需求和企业", field="subject")
    rows = checked_references(desk.matcher.database, read_records(path, subject))
    results = list(islice(rows, MOST_ROWS + 1))
    if len(results) > MOST_ROWS:
        raise UnreadableFileError(
            f"“{path.name}”超过 {MOST_ROWS} 行，请拆成几个文件，或请管理员用命令行导入"
        )
    return results  # type: ignore[return-value]  # partners are not among `IMPORTED`


def _judge(desk: Desk, session: Session, subject: Subject, results: list[Result]) -> _Judged:
    """Check whose the records are, and compare them with what is stored."""
    good = [result for result in results if result.record is not None]
    records: Sequence[Need | Enterprise]
    stored: dict[str, Need] | dict[str, Enterprise]
    created_enterprises: list[Enterprise] = []
    if subject is Subject.NEEDS:
        parsed = [result.record for result in good if isinstance(result.record, ParsedNeed)]
        found, created_enterprises = resolved(session, parsed)
        known = get_needs(session, [need.id for need in found])
        own = [_in_own_county(desk, need) for need in found]
        records = [_dated(need, known.get(need.id)) for need in own]
        stored = known
    else:
        firms = [result.record for result in good if isinstance(result.record, Enterprise)]
        records = [_in_own_county(desk, firm) for firm in firms]
        stored = get_enterprises(session, [firm.id for firm in firms])
    hidden = _hidden_enterprises(desk, session, records)
    refused: dict[int, Fault] = {}
    created: list[tuple[int, Need | Enterprise]] = []
    changed: list[tuple[Need | Enterprise, Need | Enterprise]] = []
    unchanged = 0
    for result, record in zip(good, records, strict=True):
        before: Need | Enterprise | None = stored.get(record.id)
        by_id = isinstance(result.record, ParsedNeed) and result.record.enterprise is None
        fault = _not_theirs(desk, record, before, hidden if by_id else frozenset())
        if fault is not None:
            refused[id(result)] = replace(fault, row=result.row, sheet=result.sheet)
        elif before is None:
            created.append((result.row, record))
        elif before != record:
            changed.append((before, record))
        else:
            unchanged += 1
    wanted = {
        need.enterprise_id
        for need in (*(r for _, r in created), *(r for _, r in changed))
        if isinstance(need, Need)
    }
    return _Judged(
        [_refused(result, refused.get(id(result))) for result in results],
        created,
        changed,
        unchanged,
        [_in_own_county(desk, firm) for firm in created_enterprises if firm.id in wanted],
    )


def _refused(result: Result, fault: Fault | None) -> Result:
    return result if fault is None else replace(result, record=None, faults=(fault,))


def _in_own_county(desk: Desk, record: Record) -> Record:
    """The same; where it says no county and the actor has one, in that."""
    if record.county or not desk.actor.county:
        return record
    return replace(record, county=desk.actor.county)


def _dated(need: Need, before: Need | None) -> Need:
    """The need with the day that it was handed in: the one known, or today."""
    if need.submitted:
        return need
    return replace(need, submitted=before.submitted if before else today())


def _hidden_enterprises(
    desk: Desk, session: Session, records: Sequence[Need | Enterprise]
) -> frozenset[str]:
    """Enterprises of the needs that are not the actor's to see."""
    if not desk.actor.county:
        return frozenset()
    ids = {need.enterprise_id for need in records if isinstance(need, Need)} - {None}
    found = get_enterprises(session, (key for key in ids if key))
    return frozenset(key for key, firm in found.items() if not desk.actor.covers(firm.county))


def _not_theirs(
    desk: Desk,
    record: Need | Enterprise,
    before: Need | Enterprise | None,
    hidden: frozenset[str],
) -> Fault | None:
    """Why the actor may not write this record; None if they may."""
    own = desk.actor.county
    if not desk.actor.covers(record.county):
        message = f"只能导入{own}的，这一行是{record.county}的，请删去这一行"
        return Fault(field="county", label="县区", value=record.county, message=message)
    if before is not None and not desk.actor.covers(before.county):
        message = f"编号“{record.id}”已由其他县区使用，请换一个编号，或不填由系统编号"
        return Fault(field="id", label="编号", value=record.id, message=message)
    if isinstance(record, Need) and record.enterprise_id in hidden:
        message = f"企业库中没有编号“{record.enterprise_id}”，请先导入企业，或改填企业名称"
        value = record.enterprise_id or ""
        return Fault(field="enterprise_id", label="企业编号", value=value, message=message)
    return None


def _write(desk: Desk, session: Session, judged: _Judged, status: NeedStatus) -> None:
    save_enterprises(session, judged.enterprises)
    new = [record for _, record in judged.created]
    written = [*new, *(record for _, record in judged.changed)]
    for start in range(0, len(written), _AT_ONCE):
        batch = written[start : start + _AT_ONCE]
        save_needs(session, [record for record in batch if isinstance(record, Need)])
        save_enterprises(session, [record for record in batch if isinstance(record, Enterprise)])
    begin_all(desk, session, [record for record in new if isinstance(record, Need)], status)
    for enterprise in (*judged.enterprises, *new):
        if isinstance(enterprise, Enterprise):
            _log_enterprise(desk, session, Act.CREATE, enterprise)
    for before, record in judged.changed:
        if isinstance(before, Need) and isinstance(record, Need):
            log_change(desk, session, before, record)
        elif isinstance(record, Enterprise):
            _log_enterprise(desk, session, Act.CHANGE, record, before)


def _log_enterprise(
    desk: Desk, session: Session, act: Act, firm: Enterprise, before: object = None
) -> None:
    desk.log(
        session,
        act,
        Logged.ENTERPRISE,
        firm.id,
        county=firm.county,
        summary=firm.name,
        details=changed_fields(before, firm) if before else None,
    )


def _repeats(desk: Desk, new: Sequence[tuple[int, Need]]) -> tuple[tuple[Repeat, ...], str]:
    """Which of these needs seem to be in the library already, or why that cannot be told."""
    needs = [need for _, need in new]
    try:
        found = desk.matcher.screener.similar_to_each(needs, county=desk.actor.county)
    except MatcherError as error:
        return (), error.message
    same = [
        tuple(each for each in similar if each.likeness.kind is LikenessKind.SAME)
        for similar in found
    ]
    repeats = (Repeat(*row, alike) for row, alike in zip(new, same, strict=True) if alike)
    return tuple(repeats), ""
