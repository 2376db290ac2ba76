"""Monthly reports: counted now, or as a finished batch keeps them; the city's or a county's."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from sqlalchemy.orm import Session

from matcher.casework.months import month_of
from matcher.casework.plans import Plan
from matcher.desk.core import Act, Desk, Subject
from matcher.errors import ModelError, NotFoundError, UnknownNameError
from matcher.people import Permission
from matcher.people.days import today
from matcher.ranking.calibration import band_of
from matcher.reports.codec import report_from_json
from matcher.reports.composing import report_of
from matcher.reports.excel import write_excel
from matcher.reports.facts import CommonGroup, MonthRecords, ProposedPair
from matcher.reports.figures import figures
from matcher.reports.issuers import load_issuer
from matcher.reports.periods import FIRST_YEAR, month_before, period_of
from matcher.reports.records import Edition, Report
from matcher.reports.templates import REPORT_TEMPLATE, template_in
from matcher.reports.word import write_word
from matcher.settings import data_folder
from matcher.store.changes import library_state
from matcher.store.plan_pairs import pairs_of_plan
from matcher.store.plans import get_plan, latest_plan
from matcher.store.report_records import (
    first_submission,
    kept_months,
    kept_report,
    load_facts,
    planned_partners,
    report_counties,
)

_WHAT: Final = "月报"
_TEMPLATES: Final = "report_templates"
_log = logging.getLogger(__name__)


class Format(StrEnum):
    """What a report can be written as; the value is the ending of the file's name."""

    WORD = "docx"
    EXCEL = "xlsx"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownReport:
    """A report as it is shown.

    `batch_id` and `finished_at` name the batch that keeps it; None where it was counted just now.
    """

    report: Report
    batch_id: int | None = None
    finished_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportMonth:
    """A month that has a report; `finished_at` is when a batch finished it, None if none has."""

    month: date
    finished_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportList:
    """The reports that there are for a place: months, the latest first.

    `counties` are the places that the actor may choose from beside the city.
    """

    months: tuple[ReportMonth, ...]
    counties: tuple[str, ...]


def report(
    desk: Desk,
    edition: Edition,
    *,
    plan: int | None = None,
    common: Iterable[CommonGroup] | None = None,
    on: date | None = None,
) -> Report:
    """The report of an edition, counted from the library as it is.

    Args:
        desk: who asks.
        edition: for which time and place.
        plan: number of the plan that it tells of; None for the one of the month that counts.
        common: the common needs; None to find them now.
        on: the day that counts as the present one; None for today.

    Raises:
        ForbiddenError: the actor may not read.
        NotFoundError: the edition is not the actor's to see, or there is no such plan.
        UnknownNameError: there is no such county.
        InvalidInputError: the month has not begun, or is too long ago.
        UnreadableFileError: the file that names the issuer cannot be used.
    """
    day = on or today()
    county = edition.county
    check_edition(desk, edition, day)
    groups = common_groups(desk, county) if common is None else tuple(common)
    with desk.reading() as session:
        counted = _plan(session, edition, plan)
        records = MonthRecords(
            library=load_facts(session, edition.month.year, county),
            common=groups,
            plan=counted,
            proposed=_proposed(session, counted),
            model_id=desk.matcher.encoder.model_id,
            revision=library_state(session).revision,
        )
    return report_of(figures(records, edition, day), load_issuer(_folders(desk)))


def shown_report(desk: Desk, edition: Edition, *, live: bool = False) -> ShownReport:
    """The report of an edition as a finished batch of the month keeps it, else as it is now.

    Args:
        desk: who asks.
        edition: for which time and place.
        live: count it now even if a batch keeps it.

    Raises:
        ForbiddenError: the actor may not read.
        NotFoundError: the edition is not the actor's to see.
        UnknownNameError: there is no such county.
        InvalidInputError: the month has not begun, or is too long ago.
    """
    check_edition(desk, edition, today())
    if not live:
        with desk.reading() as session:
            kept = kept_report(
                session,
                f"{edition.month:%Y-%m}",
                edition.county,
                year_to_date=edition.year_to_date,
            )
        if kept is not None:
            return ShownReport(
                report=report_from_json(kept.report),
                batch_id=kept.batch_id,
                finished_at=kept.finished_at,
            )
    return ShownReport(report=report(desk, edition))


def list_reports(desk: Desk, county: str = "") -> ReportList:
    """The months that have something to tell of a place, the latest first.

    Raises:
        ForbiddenError: the actor may not read.
        NotFoundError: the place is not the actor's to see.
        UnknownNameError: there is no such county.
    """
    place, now = county or desk.actor.county, today()
    month = now.replace(day=1)
    check_edition(desk, Edition(month=month, county=place), now)
    with desk.reading() as session:
        kept = kept_months(session, place)
        first = first_submission(session, place) or now
        counties = () if desk.actor.county else tuple(report_counties(session))
    earliest = min([first, now, *(date.fromisoformat(f"{each}-01") for each in kept)])
    earliest = max(month_of(earliest).first, date(FIRST_YEAR, 1, 1))
    months = []
    while month >= earliest:
        months.append(ReportMonth(month=month, finished_at=kept.get(f"{month:%Y-%m}")))
        month = month_before(month).first
    return ReportList(months=tuple(months), counties=counties)


def write_report(desk: Desk, edition: Edition, wanted: Format, *, live: bool = False) -> bytes:
    """The report of an edition as a file, as `shown_report` shows it; that it was taken is logged.

    Raises:
        ForbiddenError: the actor may not export.
        NotFoundError: the edition is not the actor's to see.
        UnknownNameError: there is no such county.
        InvalidInputError: the month has not begun, is too long ago, or the city's own template
            has an unknown placeholder.
    """
    desk.actor.require(Permission.EXPORT)
    told = shown_report(desk, edition, live=live).report
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"report.{wanted}"
        if wanted is Format.WORD:
            write_word(told, path, template_in(_folders(desk), REPORT_TEMPLATE))
        else:
            write_excel(told, path)
        content = path.read_bytes()
    with desk.writing(Permission.EXPORT) as session:
        desk.log(
            session,
            Act.EXPORT,
            Subject.LIBRARY,
            f"report-{edition.month:%Y-%m}",
            county=edition.county,
            summary=f"{told.title}（{told.issue}，{wanted.value}）",
        )
    return content


def common_groups(desk: Desk, county: str = "") -> tuple[CommonGroup, ...] | None:
    """The common needs of a place, for `report`; None where the models in use cannot tell them."""
    screener = desk.matcher.screener
    try:
        if not screener.tells_problems:
            return None
        found = screener.common_needs(county)
    except ModelError as error:
        _log.warning("no common needs in a report: %s", error.message)
        return None
    return tuple(CommonGroup(label=each.group.label, need_ids=each.group.needs) for each in found)


def check_edition(desk: Desk, edition: Edition, day: date) -> None:
    """Refuse an edition that is not there, or not the actor's to see.

    Raises:
        ForbiddenError: the actor may not read.
        NotFoundError: it is not the actor's to see.
        UnknownNameError: there is no such county.
        InvalidInputError: the month has not begun, or is too long ago.
    """
    desk.actor.require(Permission.READ)
    if desk.actor.county and edition.county != desk.actor.county:
        raise NotFoundError(_WHAT, edition.county or "全市")
    period_of(edition, day)
    if edition.county and not desk.actor.county:
        with desk.reading() as session:
            known = report_counties(session)
        if edition.county not in known:
            raise UnknownNameError("县区", edition.county, known, field="county")


def _folders(desk: Desk) -> tuple[Path, Path]:
    """Where a city's own templates lie, and those that ship."""
    return desk.matcher.home / _TEMPLATES, data_folder() / _TEMPLATES


def _plan(session: Session, edition: Edition, plan: int | None) -> Plan | None:
    if plan is not None:
        return get_plan(session, plan)
    return latest_plan(session, f"{edition.month:%Y-%m}")


def _proposed(session: Session, plan: Plan | None) -> tuple[ProposedPair, ...]:
    """The pairs of a plan; of a county those count whose needs are in its library."""
    if plan is None:
        return ()
    partners = planned_partners(session, plan.id)
    pairs = pairs_of_plan(session, plan.id)
    return tuple(
        ProposedPair(
            pair=pair,
            partner=partners[pair.partner_id][0],
            kind=partners[pair.partner_id][1],
            band=band_of(pair.probability),
        )
        for pair in pairs
    )
