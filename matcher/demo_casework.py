"""What became of the demo's needs: pairings, stations, outcomes, associations, contacts.

The files under data/demo/casework tell it in days before the day of loading, so that the demo
never looks old. Everything goes through the desk, in one transaction; what the desk dates now is
then dated back. The audit log alone keeps the moment of loading: nothing may change its lines.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final, cast

from sqlalchemy import update
from sqlalchemy.orm import Session

from matcher.casework.association_rules import StepFacts
from matcher.casework.associations import AssociationStatus, EndReason
from matcher.casework.contacts import Contact, ContactOwner, Secrecy
from matcher.casework.needs import NeedStatus, ReturnReason
from matcher.casework.pairings import FailReason, PairingStage
from matcher.casework.partners import PartnerFacts
from matcher.casework.stations import Assessment
from matcher.desk import (
    Act,
    Desk,
    RecordDesk,
    Subject,
    association_coverage,
    associations,
    contacts,
    links,
    need_saving,
    needs,
    outcomes,
    pairings,
    partner_facts,
    station_life,
    stations,
)
from matcher.desk.station_forms import accepted, parse_station
from matcher.errors import MatcherError, NotFoundError, UnreadableFileError
from matcher.intake import ParsedNeed
from matcher.intake.associations import parse_association
from matcher.intake.results import RecordFaultsError
from matcher.people import actor_of_program
from matcher.people.days import first_moment, today
from matcher.store.audit import list_audit
from matcher.store.database import Database
from matcher.store.needs import get_need
from matcher.store.pairings import find_pairing
from matcher.store.site_types import all_types
from matcher.store.tables import NeedRow
from matcher.store.tables_casework import NeedStepRow, PairingEventRow, PairingRow

Report = Callable[[str, int, int], None]
Row = dict[str, Any]

_MARK = "demo-casework"
"""Under this name the audit log tells that the casework is loaded."""
_MOMENTS: Final = (
    NeedRow.status_since,
    NeedStepRow.at,
    PairingRow.created_at,
    PairingRow.updated_at,
    PairingRow.released_at,
    PairingEventRow.at,
)
"""What the desk dates with the present."""
_OPENING: Final = timedelta(hours=9)
_BETWEEN: Final = timedelta(minutes=20)
_ASSOCIATION_DAYS: Final = ("approved_on", "founded_on", "last_congress", "last_activity")


def is_loaded(database: Database) -> bool:
    """Whether a library holds the casework, which is the last of the demo to come in."""
    with database.reading() as session:
        return _is_marked(session)


def load_casework(database: Database, folder: Path, report: Report) -> None:
    """Load the casework into a library that holds the demo's records, all of it or nothing.

    Where another process was faster, nothing is done.

    Args:
        database: the library.
        folder: of the files.
        report: called with the step, the rows done, and the rows in all.

    Raises:
        UnreadableFileError: a file is missing, or a row of it cannot be carried out.
    """
    with database.writing() as session:
        if _is_marked(session):
            return
        clerk = _Clerk(database, session)
        work = list(_work(folder, clerk))
        for done, (where, row, do) in enumerate(work, start=1):
            with _blaming(where):
                do(row)
            report("办理", done, len(work))
        clerk.desk.log(
            session, Act.IMPORT, Subject.LIBRARY, _MARK, summary="装入办理过程的演示数据"
        )


def _is_marked(session: Session) -> bool:
    _, marks = list_audit(session, subject=Subject.LIBRARY, subject_id=_MARK, limit=1)
    return marks > 0


def _work(folder: Path, clerk: "_Clerk") -> Iterator[tuple[str, Row, Callable[[Row], None]]]:
    """Every row, where it stands and what carries it out, in the order in which it happened."""
    moving: list[tuple[str, Row, Callable[[Row], None]]] = [
        (where, {"need": story["need"]} | step, clerk.step)
        for where, story in _rows(folder / "stories.jsonl")
        for step in story["steps"]
    ]
    moving += [(where, row, clerk.station) for where, row in _rows(folder / "stations.jsonl")]
    yield from sorted(moving, key=lambda each: -each[1]["days"])
    rest = {
        "outcomes": clerk.outcome,
        "partners": clerk.partner,
        "contacts": clerk.contact,
        "associations": clerk.association,
        "targets": clerk.target,
        "links": clerk.link,
    }
    for name, do in rest.items():
        yield from ((where, row, do) for where, row in _rows(folder / f"{name}.jsonl"))


class _Clerk:
    """Carries out the rows of the files, one after the other."""

    def __init__(self, database: Database, session: Session) -> None:
        actor = actor_of_program("演示数据")
        # None of the functions used here searches, and to load a model for a desk that never
        # asks it takes longer than all of the demo.
        self.desk = cast(Desk, RecordDesk(_OneTransaction(database, session), actor))
        self._session = session
        self._today = today()
        self._started = datetime.now(UTC)
        self._sites: dict[str, int] = {}
        self._latest = datetime.min.replace(tzinfo=UTC)

    def step(self, row: Row) -> None:
        """One step of a need's story, its own or that of one of its pairings."""
        do = self._pairing_step if "partner" in row else self._need_step
        do(row)
        self._date_back(row["days"])

    def station(self, row: Row) -> None:
        """A station, with its assessments; one of a need comes from its pairing."""
        dates = {"agreed_on": self._day(row["days"]), "ends_on": self._day(row["ends_on"])}
        basis = self._pairing_id(row["need"], row["partner_ids"][0]) if "need" in row else None
        values = row | dates | {"pairing_id": basis}
        site = stations.create(self.desk, accepted(parse_station(values, all_types(self._session))))
        for each in row.get("assessments", ()):
            year = self._today.year - each["years_ago"]
            found = Assessment(year=year, score=each["score"], note=each["note"])
            site = station_life.assess(self.desk, site.id, found, seen=site.version)
        self._sites[row["key"]] = site.id
        self._date_back(row["days"])

    def outcome(self, row: Row) -> None:
        """An outcome of a station, or of a pairing."""
        parent = (
            {"station_id": self._sites[row["station"]]}
            if "station" in row
            else {"pairing_id": self._pairing_id(row["need"], row["partner"])}
        )
        values = row | parent | {"on": self._day(row["days"])}
        outcomes.create(self.desk, accepted(outcomes.parse_outcome(values, today=self._today)))

    def partner(self, row: Row) -> None:
        """What is known of a partner, whom staff spoke with so many days ago."""
        known = PartnerFacts(
            partner_id=row["partner"],
            aliases=tuple(row.get("aliases", ())),
            capacity=row.get("capacity"),
            conflicts=tuple(row.get("conflicts", ())),
            stations_elsewhere=row.get("stations_elsewhere"),
            retired=row.get("retired"),
            last_contacted=self._day(row["days"]),
            note=row.get("note", ""),
        )
        partner_facts.put(self.desk, known)

    def contact(self, row: Row) -> None:
        """Whom to call."""
        known = row | {"owner": ContactOwner(row["owner"]), "secrecy": Secrecy(row["secrecy"])}
        contacts.save(self.desk, Contact(id=0, **known))

    def association(self, row: Row) -> None:
        """An association as it stood, and the step that it took since."""
        dates = {name: self._day(row[name]) for name in _ASSOCIATION_DAYS if name in row}
        made = associations.create(self.desk, accepted(parse_association(row | dates)))
        if step := row.get("step"):
            facts = StepFacts(reason=EndReason(step["reason"]), note=step["note"])
            then = AssociationStatus(step["status"])
            associations.step(self.desk, made.id, then, facts, seen=made.version)

    def target(self, row: Row) -> None:
        """How many associations a county, or the city, shall have this year."""
        wanted = {row["county"]: row["target"]}
        association_coverage.change_targets(self.desk, self._today.year, wanted)

    def link(self, row: Row) -> None:
        """A link for the enterprises of a county; nobody learns its token."""
        last = self._day(row["days"]) if "days" in row else None
        links.create(self.desk, row["county"], label=row["label"], last_day=last)

    def _need_step(self, row: Row) -> None:
        need_id, note = row["need"], row.get("note", "")
        if "begins" in row:
            # The need itself came with the demo's files; here its story begins.
            status = NeedStatus(row["begins"])
            submitted = None if status is NeedStatus.DRAFT else self._day(row["days"])
            need = replace(get_need(self._session, need_id), submitted=submitted)
            needs.put(self.desk, ParsedNeed(need=need, enterprise=None))
            need_saving.begin(self.desk, self._session, need, status)
            return
        reason = ReturnReason(row["reason"]) if "reason" in row else None
        needs.step(self.desk, need_id, NeedStatus(row["status"]), reason=reason, note=note)

    def _pairing_step(self, row: Row) -> None:
        need_id, partner_id, note = row["need"], row["partner"], row.get("note", "")
        probability = row.get("probability")
        known = find_pairing(self._session, need_id, partner_id)
        if known is None and "failed" in row:
            reason = FailReason(row["failed"])
            told = {"probability": probability, "note": note}
            pairings.refuse(self.desk, need_id, partner_id, reason, **told)
        elif known is None:
            stage = PairingStage(row["stage"])
            told = {"probability": probability, "note": note}
            pairings.begin(self.desk, need_id, partner_id, stage=stage, **told)
        elif "failed" in row:
            reason = FailReason(row["failed"])
            pairings.fail(self.desk, known.id, reason, seen=known.version, note=note)
        elif "stage" in row:
            stage = PairingStage(row["stage"])
            pairings.advance(self.desk, known.id, stage, seen=known.version, note=note)
        elif "released" in row:
            pairings.release(self.desk, known.id, seen=known.version, note=note)
        else:
            pairings.note(self.desk, known.id, note)

    def _pairing_id(self, need_id: str, partner_id: str) -> int:
        known = find_pairing(self._session, need_id, partner_id)
        if known is None:
            raise NotFoundError("对接", f"{need_id}、{partner_id}")
        return known.id

    def _day(self, days_before: int) -> date:
        return self._today - timedelta(days=days_before)

    def _date_back(self, days_before: int) -> None:
        """Let what was just done have been done in the working hours of an earlier day."""
        later = timedelta(minutes=days_before * 37 % 240)  # so that not all is done at nine
        morning = first_moment(self._day(days_before)) + _OPENING + later
        at = max(morning, self._latest + _BETWEEN)
        self._latest = at
        for column in _MOMENTS:
            changed = update(column.class_).where(column >= self._started)
            self._session.execute(
                changed.values({column.key: at}).execution_options(synchronize_session=False)
            )
        self._session.expire_all()


class _OneTransaction(Database):
    """A store whose units of work all belong to one transaction, which somebody else ends."""

    def __init__(self, database: Database, session: Session) -> None:
        super().__init__(database.engine)
        self._session = session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """The session of the transaction."""
        yield self._session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """The session of the transaction, with all that was changed sent to the store."""
        yield self._session
        self._session.flush()

    appending = writing


def _rows(path: Path) -> Iterator[tuple[str, Row]]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableFileError(f"演示数据 {path} 不能读取：{error}") from error
    for number, line in enumerate(lines, start=1):
        where = f"演示数据 {path} 第 {number} 行"
        try:
            yield where, json.loads(line)
        except ValueError as error:
            raise UnreadableFileError(f"{where}不是 JSON：{error}") from error


@contextmanager
def _blaming(where: str) -> Iterator[None]:
    """Turn whatever keeps a row out into an error that says which row it is."""
    try:
        yield
    except RecordFaultsError as error:
        told = "；".join(fault.message for fault in error.faults)
        raise UnreadableFileError(f"{where}：{told}") from error
    except MatcherError as error:
        raise UnreadableFileError(f"{where}：{error.message}") from error
    except (KeyError, TypeError, ValueError) as error:
        raise UnreadableFileError(f"{where}：{error!r}") from error
