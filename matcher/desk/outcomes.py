"""Outcomes (成果) of pairings and stations."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from sqlalchemy.orm import Session

from matcher.casework.stations import Outcome, OutcomeKind, Station
from matcher.desk.core import Act, Desk, Subject, changed_fields
from matcher.desk.station_forms import required
from matcher.errors import NotFoundError
from matcher.intake.columns import Column, Table
from matcher.intake.form import Form
from matcher.intake.results import Fault, Parsed, RecordFaultsError
from matcher.people import Permission
from matcher.store.outcomes import (
    OutcomeFilter,
    OutcomeTotal,
    add_outcome,
    change_outcome,
    delete_outcome,
    get_outcome,
    list_outcomes,
    outcome_counties,
    totals,
)
from matcher.store.stations import (
    PairingBasis,
    get_station,
    get_stations,
    pairing_bases,
    pairing_basis,
)

OUTCOMES: Final = Table(
    noun="成果",
    required=(),
    template="",
    columns=(
        Column(field="kind", label="成果类型"),
        Column(field="title", label="成果名称"),
        Column(field="on", label="取得日期"),
        Column(field="number", label="编号"),
        Column(field="amount", label="金额"),
        Column(field="note", label="备注"),
        Column(field="station_id", label="所属站点"),
        Column(field="pairing_id", label="所属对接"),
    ),
)

_WHAT = "成果"
_NOTE_LIMIT = 2_000
_LARGEST_ID = 2**63 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeDraft:
    """What people say of an outcome; it must belong to a station, a pairing or both."""

    kind: OutcomeKind
    title: str
    on: date
    number: str = ""
    amount: float | None = None
    note: str = ""
    station_id: int | None = None
    pairing_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeLine:
    """An outcome with what it belongs to."""

    outcome: Outcome
    station: Station | None
    basis: PairingBasis | None


def parse_outcome(values: Mapping[str, object], *, today: date) -> Parsed[OutcomeDraft]:
    """Read an outcome.

    Args:
        values: by field name of `OutcomeDraft`, as text, number or date; others are ignored.
        today: the day of reading; what has not come yet is no outcome.
    """
    form = Form(values, OUTCOMES)
    kind = required(form, OUTCOMES, "kind", form.choice("kind", OutcomeKind))
    title = required(form, OUTCOMES, "title", form.masked_line("title", 300))
    on = required(form, OUTCOMES, "on", form.day("on"))
    if on and on > today:
        form.fault("on", "日期在今天以后，请填写已经取得的成果")
    number, note = form.line("number", 60), form.text("note", _NOTE_LIMIT)
    amount = _amount(form, kind)
    station_id, pairing_id = (_reference(form, name) for name in ("station_id", "pairing_id"))
    if not form.faults and station_id is None and pairing_id is None:
        form.fault("station_id", "还没有选择这项成果属于哪个站点，请查找并选择")
    if form.faults or kind is None or on is None:
        return Parsed(record=None, faults=tuple(form.faults), notes=tuple(form.notes))
    draft = OutcomeDraft(
        kind=kind,
        title=title,
        on=on,
        number=number,
        amount=amount,
        note=note,
        station_id=station_id,
        pairing_id=pairing_id,
    )
    return Parsed(record=draft, notes=tuple(form.notes))


def get(desk: Desk, outcome_id: int) -> Outcome:
    """One outcome.

    Raises:
        NotFoundError: there is no such outcome, or it is not the actor's to see.
    """
    with desk.reading() as session:
        return _own(desk, session, outcome_id)


def check_editable(desk: Desk, outcome_id: int) -> None:
    """Refuse whoever may not change an outcome, before what they sent is looked at.

    Raises:
        ForbiddenError: the actor may not edit.
        NotFoundError: there is no such outcome, or it is not the actor's to see.
    """
    with desk.reading(Permission.EDIT) as session:
        _own(desk, session, outcome_id)


def find(
    desk: Desk,
    wanted: OutcomeFilter,
    *,
    sort: str = "",
    descending: bool = False,
    offset: int = 0,
    limit: int = 50,
) -> tuple[list[OutcomeLine], int]:
    """A page of the actor's outcomes with what they belong to, and how many there are in all.

    Args:
        desk: whoever asks.
        wanted: which outcomes.
        sort: one of `matcher.store.outcomes.SORTS`; latest first if empty.
        descending: the largest first.
        offset: outcomes to pass over.
        limit: outcomes of the page.
    """
    with desk.reading() as session:
        if wanted.county and not desk.actor.covers(wanted.county):
            return [], 0
        own = replace(wanted, county=desk.actor.county or wanted.county)
        found, total = list_outcomes(
            session, own, sort=sort, descending=descending, offset=offset, limit=limit
        )
        return _lines(session, found), total


def line_of(desk: Desk, outcome: Outcome) -> OutcomeLine:
    """An outcome of the actor's with what it belongs to."""
    with desk.reading() as session:
        (line,) = _lines(session, [outcome])
        return line


def sums(
    desk: Desk, *, since: date | None = None, until: date | None = None, county: str = ""
) -> list[OutcomeTotal]:
    """The actor's outcomes by kind and year: how many, and what amount in 万元."""
    with desk.reading() as session:
        if county and not desk.actor.covers(county):
            return []
        return totals(session, since, until, desk.actor.county or county)


def counties(desk: Desk) -> list[str]:
    """Counties to choose from in a list."""
    with desk.reading() as session:
        return [each for each in outcome_counties(session) if desk.actor.covers(each)]


def belongs_to(
    desk: Desk, station_id: int | None, pairing_id: int | None
) -> tuple[Station | None, PairingBasis | None]:
    """The station and the pairing that an outcome belongs to, or would.

    Raises:
        NotFoundError: there is no such record, or it is not the actor's to see.
    """
    with desk.reading() as session:
        return _parents(desk, session, station_id, pairing_id)


def create(desk: Desk, draft: OutcomeDraft) -> Outcome:
    """Note an outcome; one of a station is also one of the pairing that the station came from.

    Raises:
        RecordFaultsError: it belongs to a record that does not exist or is not the actor's to
            see, or to two that have nothing to do with each other.
    """
    with desk.writing() as session:
        outcome = add_outcome(session, _placed(desk, session, draft))
        _log(desk, session, Act.CREATE, outcome)
        return outcome


def change(desk: Desk, outcome_id: int, draft: OutcomeDraft, *, seen: str) -> Outcome:
    """Change an outcome.

    Args:
        desk: whoever changes it.
        outcome_id: which outcome.
        draft: what it shall say.
        seen: the mark (`matcher.store.outcomes.outcome_mark`) of what the actor saw.

    Raises:
        NotFoundError: there is no such outcome, or it is not the actor's to see.
        RecordFaultsError: see `create`.
        ConflictError: somebody else has changed it meanwhile.
    """
    with desk.writing() as session:
        _own(desk, session, outcome_id)
        outcome = replace(_placed(desk, session, draft), id=outcome_id)
        before = change_outcome(session, outcome, seen=seen)
        changes = changed_fields(before, outcome)
        if changes:
            _log(desk, session, Act.CHANGE, outcome, changes)
        return outcome


def remove(desk: Desk, outcome_id: int) -> Outcome:
    """Remove an outcome; returns it as it was.

    Raises:
        NotFoundError: there is no such outcome, or it is not the actor's to see.
    """
    with desk.writing() as session:
        outcome = _own(desk, session, outcome_id)
        delete_outcome(session, outcome_id)
        said = {"kind": outcome.kind.label, "number": outcome.number, "amount": outcome.amount}
        _log(desk, session, Act.DELETE, outcome, said)
        return outcome


def _amount(form: Form, kind: OutcomeKind | None) -> float | None:
    before = len(form.faults)
    amount = form.money("amount")
    if len(form.faults) > before or kind is None:
        return amount
    if kind is OutcomeKind.SALES and amount is None:
        form.fault("amount", "新增销售额要填写金额，单位为万元")
    elif kind is not OutcomeKind.SALES and amount is not None:
        form.fault("amount", "只有“新增销售额”填写金额；其他类型请清空这一项")
    return amount


def _reference(form: Form, field: str) -> int | None:
    given = form.line(field, 40)
    if not given:
        return None
    number = int(given) if given.isascii() and given.isdecimal() and len(given) < 20 else 0
    if not 0 < number <= _LARGEST_ID:
        form.fault(field, f"“{given}”不是编号，编号是一个整数")
        return None
    return number


def _placed(desk: Desk, session: Session, draft: OutcomeDraft) -> Outcome:
    """The outcome that a draft describes, with its pairing and the county of its enterprise."""
    try:
        station, basis = _parents(desk, session, draft.station_id, draft.pairing_id)
    except NotFoundError as error:
        field = "station_id" if draft.station_id else "pairing_id"
        raise RecordFaultsError([_fault(field, error.message)]) from error
    if station and basis and station.pairing_id not in (None, basis.id):
        raise RecordFaultsError([_fault("pairing_id", "这个站点不是由这条对接建立的，请核对")])
    parent = station or basis
    assert parent is not None, "a draft belongs to something"
    desk.actor.require_county(parent.county)
    return Outcome(
        id=0,
        kind=draft.kind,
        title=draft.title,
        on=draft.on,
        county=parent.county,
        pairing_id=basis.id if basis else None,
        station_id=station.id if station else None,
        number=draft.number,
        amount=draft.amount,
        note=draft.note,
    )


def _parents(
    desk: Desk, session: Session, station_id: int | None, pairing_id: int | None
) -> tuple[Station | None, PairingBasis | None]:
    station = get_station(session, station_id) if station_id else None
    if station:
        desk.check_county(station.county, "站点", station.id)
    if station and not pairing_id:
        known = station.pairing_id
        return station, pairing_basis(session, known) if known else None
    basis = pairing_basis(session, pairing_id) if pairing_id else None
    if basis:
        desk.check_county(basis.county, "对接", basis.id)
    return station, basis


def _fault(field: str, message: str) -> Fault:
    return Fault(field=field, label=OUTCOMES.column(field).label, value="", message=message)


def _own(desk: Desk, session: Session, outcome_id: int) -> Outcome:
    outcome = get_outcome(session, outcome_id)
    desk.check_county(outcome.county, _WHAT, outcome_id)
    return outcome


def _lines(session: Session, outcomes: list[Outcome]) -> list[OutcomeLine]:
    stations = get_stations(session, {each.station_id for each in outcomes if each.station_id})
    pairings = {each.pairing_id for each in outcomes if each.pairing_id}
    bases = pairing_bases(session, pairings)
    return [
        OutcomeLine(
            outcome=outcome,
            station=stations.get(outcome.station_id or 0),
            basis=bases.get(outcome.pairing_id or 0),
        )
        for outcome in outcomes
    ]


def _log(
    desk: Desk,
    session: Session,
    act: Act,
    outcome: Outcome,
    details: Mapping[str, object] | None = None,
) -> None:
    desk.log(
        session,
        act,
        Subject.OUTCOME,
        outcome.id,
        county=outcome.county,
        summary=f"{outcome.kind.label}：{outcome.title}",
        details=details,
    )
