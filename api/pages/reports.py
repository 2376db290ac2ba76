"""Monthly reports: which there are, one as a page that prints well, and its files."""

from dataclasses import dataclass
from typing import Annotated, Final
from urllib.parse import quote

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from api.auth import DeskDep
from api.export import MEDIA_TYPE
from api.pages.render import page
from api.pages.report_view import section_views, table_view
from api.parameters import Search
from matcher.casework.batches import month_day
from matcher.casework.plans import month_title
from matcher.desk import Desk, reports
from matcher.desk.reports import Format
from matcher.errors import UnknownNameError
from matcher.people.days import today
from matcher.reports.periods import month_before
from matcher.reports.records import Edition

router = APIRouter(prefix="/reports")

MonthInPath = Annotated[str, Path(max_length=20, description="月份，如 2026-11")]

_MEDIA_TYPES: Final = {
    Format.WORD: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    Format.EXCEL: MEDIA_TYPE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which edition an address asks for; who belongs to a county gets its own if none is named."""

    county: Search = ""
    ytd: Annotated[bool, Query()] = False
    live: Annotated[bool, Query()] = False

    def edition(self, desk: Desk, month: str) -> Edition:
        """The edition of a month.

        Raises:
            InvalidInputError: it is no month, or has not begun yet.
        """
        return Edition(
            month=month_day(month, today()),
            county=self.county or desk.actor.county,
            year_to_date=self.ytd,
        )

    def query(self, **changed: object) -> dict[str, object]:
        """As it stands in addresses, with changes."""
        now = {"county": self.county, "ytd": int(self.ytd) or "", "live": int(self.live) or ""}
        return {**now, **changed}


AskedDep = Annotated[Asked, Depends()]


@router.get("")
def show_list(request: Request, desk: DeskDep, county: Search = "") -> Response:
    """The months that have a report, of the city or a county."""
    found = reports.list_reports(desk, county)
    return page(
        request,
        "reports.html",
        months=[(f"{each.month:%Y-%m}", each.finished_at) for each in found.months],
        month_title=month_title,
        counties=found.counties,
        county=county,
        place=county or desk.actor.county or "全市",
    )


@router.get("/{month}")
def show(request: Request, desk: DeskDep, month: MonthInPath, asked: AskedDep) -> Response:
    """The report of an edition."""
    edition = asked.edition(desk, month)
    told = reports.shown_report(desk, edition, live=asked.live)
    listed = reports.list_reports(desk, asked.county)
    following = month_after(edition)
    return page(
        request,
        "report.html",
        report=told.report,
        batch_id=told.batch_id,
        finished_at=told.finished_at,
        kept_at={f"{each.month:%Y-%m}": each.finished_at for each in listed.months}.get(month),
        sections=section_views(request, told.report),
        appendices=[table_view(request, table) for table in told.report.appendices],
        month=month,
        before=f"{month_before(edition.month).first:%Y-%m}",
        after=following if following <= f"{today():%Y-%m}" else "",
        asked=asked,
        counties=listed.counties,
        month_title=month_title,
    )


@router.get("/{month}/export")
def export(
    desk: DeskDep, month: MonthInPath, asked: AskedDep, format: Search = Format.WORD
) -> Response:
    """The report of an edition as a Word or an Excel file."""
    if format not in set(Format):
        raise UnknownNameError("文件格式", format, Format, field="format")
    wanted = Format(format)
    edition = asked.edition(desk, month)
    content = reports.write_report(desk, edition, wanted, live=asked.live)
    name = quote(_file_name(edition, wanted))
    return Response(
        content,
        media_type=_MEDIA_TYPES[wanted],
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{name}"},
    )


def month_after(edition: Edition) -> str:
    """The month after that of an edition, as an address has it."""
    months = edition.month.year * 12 + edition.month.month
    return f"{months // 12}-{months % 12 + 1:02d}"


def _file_name(edition: Edition, wanted: Format) -> str:
    place = edition.county or "全市"
    month = month_title(f"{edition.month:%Y-%m}")
    kind = "年度累计" if edition.year_to_date else "月报"
    ending = "" if wanted is Format.WORD else "附表"
    return f"{month}{kind}{ending}（{place}）.{wanted.value}"
