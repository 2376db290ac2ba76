"""The list of outcomes with their sums, an outcome, and the form."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import RedirectResponse

from api.auth import DeskDep
from api.export import MOST_ROWS, ExportColumn, spreadsheet
from api.pages.forms import FormTexts
from api.pages.paging import asked_page
from api.pages.picking import Picks, is_asked, picks
from api.pages.render import address, page
from api.pages.sorting import asked_sorting
from api.parameters import Search
from api.routes.outcomes import OutcomeId
from matcher.casework.stations import Outcome, OutcomeKind
from matcher.desk import Desk, Subject, outcomes
from matcher.desk.outcomes import OUTCOMES, OutcomeDraft, OutcomeLine
from matcher.desk.station_forms import accepted
from matcher.errors import ConflictError
from matcher.intake.results import Fault, Note, RecordFaultsError
from matcher.people import Permission
from matcher.people.days import today
from matcher.store.outcomes import SORTS, OutcomeFilter, OutcomeTotal, outcome_mark, sum_by_kind

router = APIRouter(prefix="/outcomes")

_TYPED = ("kind", "title", "on", "number", "amount", "note", "pairing_id")
_HIDDEN = "文字里的电话、邮箱等个人号码已经隐去，请核对"
_YEARS = range(1900, 2101)

_COLUMNS: tuple[ExportColumn[OutcomeLine], ...] = (
    ExportColumn("编号", lambda line: line.outcome.id, 8),
    ExportColumn("成果类型", lambda line: line.outcome.kind.label, 12),
    ExportColumn("成果名称", lambda line: line.outcome.title, 40),
    ExportColumn("取得日期", lambda line: line.outcome.on, 12),
    ExportColumn("专利号等编号", lambda line: line.outcome.number, 20),
    ExportColumn("新增销售额（万元）", lambda line: line.outcome.amount, 18),
    ExportColumn("县区", lambda line: line.outcome.county, 12),
    ExportColumn("站点", lambda line: line.station.name if line.station else "", 30),
    ExportColumn("需求", lambda line: line.basis.need_title if line.basis else "", 30),
    ExportColumn("备注", lambda line: line.outcome.note, 40),
)

Number = Annotated[int | None, Query(ge=1, le=2**63 - 1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which outcomes an address asks for; a year that is none counts as all years."""

    kind: Search = ""
    county: Search = ""
    year: Search = ""
    q: Search = ""
    pairing: Search = ""

    @property
    def filter(self) -> OutcomeFilter:
        """The same for the store.

        Raises:
            UnknownNameError: the kind is unknown.
        """
        year = self.whole_year
        return OutcomeFilter(
            kind=OutcomeKind.parse(self.kind, field="kind") if self.kind else None,
            county=self.county,
            since=date(year, 1, 1) if year else None,
            until=date(year, 12, 31) if year else None,
            text=self.q,
            pairing_id=self.pairing_id,
        )

    @property
    def whole_year(self) -> int | None:
        """The year as a number."""
        text = self.year
        known = text.isascii() and text.isdecimal() and len(text) == 4 and int(text) in _YEARS
        return int(text) if known else None

    @property
    def pairing_id(self) -> int | None:
        """The number of the pairing; a text that is no number counts as all pairings."""
        text = self.pairing
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None

    @property
    def query(self) -> dict[str, str]:
        """As it stands in addresses and in the form."""
        return {
            "kind": OutcomeKind.parse(self.kind).value if self.kind else "",
            "county": self.county,
            "year": str(self.whole_year or ""),
            "q": self.q,
            "pairing": str(self.pairing_id or ""),
        }


AskedDep = Annotated[Asked, Depends()]


@router.get("")
def show_list(request: Request, desk: DeskDep, narrowed: AskedDep) -> Response:
    """Outcomes, latest first, by kind, county, year and text, and their sums."""
    asked, sorting = asked_page(request), asked_sorting(request, SORTS)
    lines, total = outcomes.find(
        desk,
        narrowed.filter,
        sort=sorting.name,
        descending=sorting.descending,
        offset=asked.offset,
        limit=asked.size,
    )
    sums = outcomes.sums(desk, county=narrowed.county)
    year = narrowed.whole_year
    return page(
        request,
        "outcomes.html",
        lines=lines,
        kinds=OutcomeKind,
        counties=outcomes.counties(desk),
        years=sorted({each.year for each in sums}, reverse=True),
        by_kind=sum_by_kind(each for each in sums if year in (None, each.year)),
        by_year=_by_year(sums),
        chosen=narrowed.query,
        sorting=sorting,
        paging=asked.of(total),
    )


@router.get("/export")
def export(request: Request, desk: DeskDep, narrowed: AskedDep) -> Response:
    """The same list as a spreadsheet."""
    sorting = asked_sorting(request, SORTS)
    lines, _ = outcomes.find(
        desk,
        narrowed.filter,
        sort=sorting.name,
        descending=sorting.descending,
        limit=MOST_ROWS,
    )
    return spreadsheet(desk, Subject.OUTCOME, "成果", _COLUMNS, lines)


@router.get("/new")
def show_new(
    request: Request, desk: DeskDep, station: Number = None, pairing: Number = None
) -> Response:
    """An empty form, of a station or a pairing where one leads here."""
    desk.actor.require(Permission.EDIT)
    parent, basis = outcomes.belongs_to(desk, station, pairing)
    values = {
        "station_id": str(parent.id) if parent else "",
        "pairing_id": str(basis.id) if basis else "",
    }
    return _form(request, desk, values)


@router.post("/new")
def create(request: Request, desk: DeskDep, sent: FormTexts) -> Response:
    """Save a new outcome and show it, or the form again with everything that was typed."""
    desk.actor.require(Permission.EDIT)
    if is_asked(sent):
        return _form(request, desk, sent)
    try:
        draft, notes = _read(desk, sent)
        outcome = outcomes.create(desk, draft)
    except RecordFaultsError as error:
        return _form(request, desk, sent, errors=_by_form(error.faults), status=422)
    return _to_outcome(request, outcome, notes)


@router.get("/{outcome_id}")
def show(
    request: Request, outcome_id: OutcomeId, desk: DeskDep, saved: str = "", noted: str = ""
) -> Response:
    """An outcome and what it belongs to."""
    line = outcomes.line_of(desk, outcomes.get(desk, outcome_id))
    told = _HIDDEN if noted else ""
    return page(request, "outcome.html", line=line, saved=bool(saved), noted=told)


@router.get("/{outcome_id}/edit")
def show_edit(request: Request, outcome_id: OutcomeId, desk: DeskDep) -> Response:
    """The form with an outcome in it."""
    desk.actor.require(Permission.EDIT)
    outcome = outcomes.get(desk, outcome_id)
    return _form(request, desk, _values(outcome), outcome=outcome, seen=outcome_mark(outcome))


@router.post("/{outcome_id}/edit")
def change(request: Request, outcome_id: OutcomeId, desk: DeskDep, sent: FormTexts) -> Response:
    """Save a changed outcome, unless somebody else has changed it since the form was opened."""
    desk.actor.require(Permission.EDIT)
    stored, seen = outcomes.get(desk, outcome_id), sent.get("seen", "")

    def again(*, seen: str = seen, **context: Any) -> Response:  # noqa: ANN401 - passed on
        return _form(request, desk, sent, outcome=stored, seen=seen, **context)

    if is_asked(sent):
        return again()
    try:
        draft, notes = _read(desk, sent)
        outcome = outcomes.change(desk, outcome_id, draft, seen=seen)
    except RecordFaultsError as error:
        return again(errors=_by_form(error.faults), status=422)
    except ConflictError as error:
        return again(conflict=error.message, seen=outcome_mark(stored), status=409)
    return _to_outcome(request, outcome, notes)


@router.post("/{outcome_id}/delete")
def remove(request: Request, outcome_id: OutcomeId, desk: DeskDep) -> Response:
    """Remove an outcome, and go back to its station or to the list."""
    removed = outcomes.remove(desk, outcome_id)
    back = f"/stations/{removed.station_id}" if removed.station_id else "/outcomes"
    return RedirectResponse(address(request, back), status_code=303)


def _by_year(sums: Iterable[OutcomeTotal]) -> dict[int, dict[OutcomeKind, tuple[int, float]]]:
    """Count and amount of each kind, by year, the latest first."""
    years: dict[int, list[OutcomeTotal]] = {}
    for each in sums:
        years.setdefault(each.year, []).append(each)
    return {year: sum_by_kind(years[year]) for year in sorted(years, reverse=True)}


def _to_outcome(request: Request, outcome: Outcome, notes: tuple[Note, ...]) -> Response:
    target = address(request, f"/outcomes/{outcome.id}", saved=1, noted="1" if notes else "")
    return RedirectResponse(target, status_code=303)


def _by_form(faults: Iterable[Fault]) -> dict[str, str]:
    """The first message of each field, in the order of the form."""
    messages: dict[str, str] = {}
    for fault in faults:
        # The pairing has no field of its own: it comes with the address or the station.
        field = "station_id" if fault.field == "pairing_id" else fault.field
        messages.setdefault(field, fault.message)
    order = ("station_id", *(column.field for column in OUTCOMES.columns))
    return {name: messages[name] for name in dict.fromkeys(order) if name in messages}


def _read(desk: Desk, sent: Mapping[str, str]) -> tuple[OutcomeDraft, tuple[Note, ...]]:
    """The outcome that a form describes, and what reading noted.

    Raises:
        RecordFaultsError: something is wrong, or a station was searched for and not chosen.
    """
    station = _picked(desk, sent)
    values: dict[str, object] = {name: sent.get(name, "") for name in _TYPED}
    chosen = station.ids[0] if station.ids else ""
    parsed = outcomes.parse_outcome(values | {"station_id": chosen}, today=today())
    if station.text:
        message = f"“{station.text}”还没有选定，请在查找结果中选一个，或清空后保存"
        waiting = Fault(field="station_id", label="所属站点", value=station.text, message=message)
        raise RecordFaultsError([waiting, *parsed.faults])
    return accepted(parsed), parsed.notes


def _picked(desk: Desk, sent: Mapping[str, str]) -> Picks:
    return picks(desk, "station", [sent.get("station_id", "")], sent)


def _values(outcome: Outcome) -> dict[str, str]:
    """A stored outcome as it stands in the form."""
    amount = "" if outcome.amount is None else f"{outcome.amount:.6f}".rstrip("0").rstrip(".")
    return {
        "kind": outcome.kind.value,
        "title": outcome.title,
        "on": outcome.on.isoformat(),
        "number": outcome.number,
        "amount": amount,
        "note": outcome.note,
        "station_id": str(outcome.station_id or ""),
        "pairing_id": str(outcome.pairing_id or ""),
    }


def _form(
    request: Request,
    desk: Desk,
    sent: Mapping[str, str],
    *,
    outcome: Outcome | None = None,
    seen: str = "",
    errors: Mapping[str, str] | None = None,
    conflict: str = "",
    status: int = 200,
) -> Response:
    return page(
        request,
        "outcome_form.html",
        outcome=outcome,
        seen=seen,
        values={name: sent.get(name, "") for name in _TYPED},
        station=_picked(desk, sent),
        kind_options=[(kind.value, kind.label) for kind in OutcomeKind],
        errors=errors or {},
        conflict=conflict,
        status=status,
    )
