"""The list of enterprises, and an enterprise with what hangs on it."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from api.auth import DeskDep
from api.export import MOST_ROWS, ExportColumn, spreadsheet
from api.pages.paging import asked_page
from api.pages.render import page
from api.pages.sorting import asked_sorting
from api.parameters import RecordId, Search
from matcher.desk import Subject, enterprises
from matcher.records import Enterprise, EnterpriseSize
from matcher.store.enterprises import ENTERPRISE_MARKS, ENTERPRISE_ORDERS, EnterpriseQuery

router = APIRouter(prefix="/enterprises")

MARKS = {"above_designated": "规上", "high_tech": "高新", "leading": "龙头"}
"""The marks as lists show them, in their order."""

_TOLD = {
    "saved": "已保存。",
    "contact": "联系方式已保存。",
    "contact-gone": "联系方式已删除。",
}


def _yes_no(value: bool | None) -> str:
    return "" if value is None else "是" if value else "否"


_COLUMNS: tuple[ExportColumn[Enterprise], ...] = (
    ExportColumn("企业编号", lambda firm: firm.id, 20),
    ExportColumn("企业名称", lambda firm: firm.name, 32),
    ExportColumn("统一社会信用代码", lambda firm: firm.credit_code, 22),
    ExportColumn("县区", lambda firm: firm.county, 12),
    ExportColumn("所在园区", lambda firm: firm.park, 20),
    ExportColumn("所属行业", lambda firm: firm.industry, 28),
    ExportColumn("行业代码", lambda firm: firm.industry_code, 10),
    ExportColumn("企业规模", lambda firm: firm.size.label if firm.size else "", 10),
    ExportColumn("规上企业", lambda firm: _yes_no(firm.above_designated), 10),
    ExportColumn("高新技术企业", lambda firm: _yes_no(firm.high_tech), 14),
    ExportColumn("龙头企业", lambda firm: _yes_no(firm.leading), 10),
    ExportColumn("职工总数", lambda firm: firm.staff_count, 10),
    ExportColumn("科技人员数", lambda firm: firm.st_staff_count, 12),
    ExportColumn("演示数据", lambda firm: "是" if firm.sample else "", 10),
)


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which enterprises the filters of the list ask for."""

    county: str
    industry: str
    size: str
    marks: tuple[str, ...]
    q: str

    @property
    def query(self) -> EnterpriseQuery:
        """The same for the store."""
        return EnterpriseQuery(
            county=self.county,
            industry=self.industry,
            size=EnterpriseSize(self.size) if self.size else None,
            marks=frozenset(self.marks),
            text=self.q,
        )

    @property
    def values(self) -> dict[str, str | tuple[str, ...]]:
        """The same for an address."""
        return {
            "county": self.county,
            "industry": self.industry,
            "size_class": self.size,
            "mark": self.marks,
            "q": self.q,
        }


def _chosen(
    county: Search = "",
    industry: Search = "",
    size_class: Search = "",
    mark: Annotated[tuple[str, ...], Query()] = (),
    q: Search = "",
) -> Chosen:
    """The filters in the query; `size` is the length of the page, so the class has another name."""
    size = EnterpriseSize.parse(size_class, field="size_class").value if size_class else ""
    known = tuple(name for name in ENTERPRISE_MARKS if name in mark)
    return Chosen(county, industry, size, known, q)


ChosenDep = Annotated[Chosen, Depends(_chosen)]


@router.get("")
def show_list(request: Request, desk: DeskDep, chosen: ChosenDep) -> Response:
    """Enterprises of a county, industry or size, with marks, or with a text."""
    asked, sorting = asked_page(request), asked_sorting(request, ENTERPRISE_ORDERS)
    found, total = enterprises.find(
        desk,
        chosen.query,
        order=sorting.name,
        descending=sorting.descending,
        offset=asked.offset,
        limit=asked.size,
    )
    counties, industries = enterprises.choices(desk)
    return page(
        request,
        "enterprises.html",
        enterprises=found,
        counties=counties,
        industries=industries,
        sizes=EnterpriseSize,
        marks=MARKS,
        chosen=chosen.values,
        sorting=sorting,
        paging=asked.of(total),
    )


@router.get("/export")
def export(request: Request, desk: DeskDep, chosen: ChosenDep) -> Response:
    """The same list as a spreadsheet."""
    sorting = asked_sorting(request, ENTERPRISE_ORDERS)
    found = enterprises.each(
        desk,
        chosen.query,
        most=MOST_ROWS,
        order=sorting.name,
        descending=sorting.descending,
    )
    return spreadsheet(desk, Subject.ENTERPRISE, "企业", _COLUMNS, found)


@router.get("/{enterprise_id:path}")
def show(request: Request, enterprise_id: RecordId, desk: DeskDep, done: str = "") -> Response:
    """An enterprise with its contacts, needs, stations and associations."""
    dossier = enterprises.dossier(desk, enterprise_id)
    return page(
        request,
        "enterprise.html",
        enterprise=dossier.enterprise,
        dossier=dossier,
        marks=MARKS,
        told=_TOLD.get(done, ""),
    )
