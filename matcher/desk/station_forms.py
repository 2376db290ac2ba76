"""Stations and their assessments as people write them → drafts, with all faults at once."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, TypeVar

from matcher.casework.stations import Assessment, StationLevel, StationStatus
from matcher.intake.columns import Column, Table
from matcher.intake.form import Form
from matcher.intake.results import Parsed, RecordFaultsError
from matcher.store.site_types import SiteKind

STATIONS: Final = Table(
    noun="站点",
    required=(),
    template="",
    columns=(
        Column(field="name", label="站点名称"),
        Column(field="type", label="建站类型"),
        Column(field="level", label="建站级别"),
        Column(field="enterprise_id", label="建站企业"),
        Column(field="partner_ids", label="合作对象"),
        Column(field="agreed_on", label="签订日期"),
        Column(field="ends_on", label="到期日期"),
        Column(field="pairing_id", label="来自对接"),
        Column(field="note", label="备注"),
    ),
)
ASSESSMENTS: Final = Table(
    noun="年度考核",
    required=(),
    template="",
    columns=(
        Column(field="year", label="考核年度"),
        Column(field="score", label="得分"),
        Column(field="note", label="考核意见"),
    ),
)
STEPS: Final = Table(
    noun="办理",
    required=(),
    template="",
    columns=(
        Column(field="status", label="办理事项"),
        Column(field="ends_on", label="新的到期日期"),
        Column(field="note", label="原因或说明"),
    ),
)
USUAL_YEARS: Final = (3, 5)
"""Between how many years an agreement usually runs."""

_CHOSEN = frozenset({"type", "level", "kind", "status", "enterprise_id"})
"""Fields that people choose from a list instead of writing."""
_LEEWAY = timedelta(days=15)
_NOTE_LIMIT = 2_000
_REASON_LIMIT = 500
_MOST_PARTNERS = 30
_SCORE = re.compile(r"(\d{1,3}(?:\.\d+)?)分?")
_NUMBER = re.compile(r"[1-9]\d{0,17}")

Record = TypeVar("Record")
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class StationDraft:
    """What people say of a station; an empty name is made up of the enterprise's and the type's."""

    name: str
    type: SiteKind
    level: StationLevel
    enterprise_id: str
    partner_ids: tuple[str, ...]
    agreed_on: date
    ends_on: date
    pairing_id: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepDraft:
    """What shall become of a station; `ends_on` is the new end of a renewed agreement."""

    status: StationStatus
    ends_on: date | None
    note: str


def parse_station(
    values: Mapping[str, object], types: Mapping[str, SiteKind]
) -> Parsed[StationDraft]:
    """Read a station.

    Args:
        values: by field name of `StationDraft`, as text, number or date; others are ignored.
        types: the site types by code.
    """
    form = Form(values, STATIONS)
    kind = _type(form, types)
    level = required(form, STATIONS, "level", form.choice("level", StationLevel))
    agreed_on = required(form, STATIONS, "agreed_on", form.day("agreed_on"))
    ends_on = required(form, STATIONS, "ends_on", form.day("ends_on", last_of_month=True))
    enterprise_id = required(form, STATIONS, "enterprise_id", form.identifier("enterprise_id"))
    partner_ids = _partners(form, kind)
    name, note = form.masked_line("name", 200), form.text("note", _NOTE_LIMIT)
    pairing_id = _pairing(form)
    _check_term(form, agreed_on, ends_on)
    if form.faults or not (kind and level and enterprise_id and agreed_on and ends_on):
        return Parsed(record=None, faults=tuple(form.faults), notes=tuple(form.notes))
    draft = StationDraft(
        name=name,
        type=kind,
        level=level,
        enterprise_id=enterprise_id,
        partner_ids=partner_ids,
        agreed_on=agreed_on,
        ends_on=ends_on,
        pairing_id=pairing_id,
        note=note,
    )
    return Parsed(record=draft, notes=tuple(form.notes))


def parse_assessment(values: Mapping[str, object], *, today: date) -> Parsed[Assessment]:
    """Read a yearly assessment; years to come cannot have been assessed.

    Args:
        values: year, score from 0 to 100 and note.
        today: the day of reading.
    """
    form = Form(values, ASSESSMENTS)
    year = required(form, ASSESSMENTS, "year", form.year("year", today.year))
    score = _score(form)
    note = form.text("note", _NOTE_LIMIT)
    if form.faults or year is None or score is None:
        return Parsed(record=None, faults=tuple(form.faults), notes=tuple(form.notes))
    record = Assessment(year=year, score=score, note=note)
    return Parsed(record=record, notes=tuple(form.notes))


def parse_step(values: Mapping[str, object]) -> Parsed[StepDraft]:
    """Read a step of a station's life.

    Args:
        values: status, the new end of a renewal, and a note.
    """
    form = Form(values, STEPS)
    status = required(form, STEPS, "status", form.choice("status", StationStatus))
    ends_on, note = form.day("ends_on", last_of_month=True), form.text("note", _REASON_LIMIT)
    if form.faults or status is None:
        return Parsed(record=None, faults=tuple(form.faults), notes=tuple(form.notes))
    record = StepDraft(status=status, ends_on=ends_on, note=note)
    return Parsed(record=record, notes=tuple(form.notes))


def accepted(parsed: Parsed[Record]) -> Record:
    """What was read.

    Raises:
        RecordFaultsError: something is wrong with it.
    """
    if parsed.record is None:
        raise RecordFaultsError(parsed.faults)
    return parsed.record


def required(form: Form, table: Table, field: str, value: Value) -> Value:
    """The value; a fault if the field has none and nothing else is wrong with it."""
    if not value and all(fault.field != field for fault in form.faults):
        verb = "选择" if field in _CHOSEN else "填写"
        form.fault(field, f"还没有{verb}{table.column(field).label}，请补上")
    return value


def term_note(begins: date, ends: date) -> str:
    """A word of warning where an agreement is shorter or longer than usual; empty otherwise.

    Half a month more or less does not matter: people count the last day, the working days
    before a holiday or the day of the ceremony.
    """
    shortest, longest = USUAL_YEARS
    if _after(begins, shortest) - _LEEWAY <= ends <= _after(begins, longest) + _LEEWAY:
        return ""
    months = max(1, round((ends - begins).days / 30.44))
    years, rest = divmod(months, 12)
    told = (f" {years} 年" if years else "") + (f" {rest} 个月" if rest else "")
    return f"协议期约{told}，一般为 {shortest} 至 {longest} 年，请核对日期"


def _after(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def _check_term(form: Form, agreed_on: date | None, ends_on: date | None) -> None:
    if agreed_on is None or ends_on is None:
        return
    if ends_on <= agreed_on:
        form.fault("ends_on", "到期日期应在签订日期之后，请核对两个日期")
    elif note := term_note(agreed_on, ends_on):
        form.note("ends_on", note)


def _type(form: Form, types: Mapping[str, SiteKind]) -> SiteKind | None:
    given = required(form, STATIONS, "type", form.line("type", 40))
    if not given:
        return None
    for kind in types.values():
        if given in (kind.code, kind.label):
            return kind
    known = "、".join(kind.label for kind in types.values())
    form.fault("type", f"没有“{given}”这种建站类型，可用的有：{known}")
    return None


def _partners(form: Form, kind: SiteKind | None) -> tuple[str, ...]:
    before = len(form.faults)
    found = form.listed("partner_ids", most=_MOST_PARTNERS)
    if len(form.faults) > before:
        return ()
    if not found:
        form.fault("partner_ids", "还没有选择合作对象，请至少选一个")
    elif kind and len(found) > 1 and not kind.several_partners:
        form.fault(
            "partner_ids",
            f"{kind.label}只能有一个合作对象，这里选了 {len(found)} 个，"
            "请移除多余的，或改选建站类型",
        )
    return found


def _pairing(form: Form) -> int | None:
    given = form.line("pairing_id", 40)
    if not given:
        return None
    if not _NUMBER.fullmatch(given):
        form.fault("pairing_id", f"“{given}”不是对接的编号")
        return None
    return int(given)


def _score(form: Form) -> float | None:
    given = required(form, ASSESSMENTS, "score", form.line("score", 40))
    if not given:
        return None
    found = _SCORE.fullmatch(given.replace(" ", ""))
    score = float(found.group(1)) if found else -1.0
    if not 0 <= score <= 100:
        form.fault("score", f"“{given}”不是 0 到 100 之间的分数，请只填数字，如 85")
        return None
    return round(score, 2)
