"""Who could found an enterprise association: enterprises, parks, and those to ask."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from api.auth import DeskDep
from api.export import MOST_ROWS, ExportColumn, spreadsheet
from api.pages.paging import asked_page
from api.pages.render import page
from api.pages.sorting import Sorting, asked_sorting
from api.parameters import Search
from matcher.casework.associations import (
    ENTERPRISES_FOR_PARK,
    STAFF_FOR_ASSOCIATION,
    AssociationKind,
)
from matcher.desk import Subject
from matcher.desk import association_coverage as desk_of
from matcher.desk.associations import counties
from matcher.errors import UnknownNameError
from matcher.records import Enterprise
from matcher.store.association_candidates import SORTS, CandidateFilter, CandidateGroup, Park

router = APIRouter(prefix="/associations/candidates")

PARKS = "park"
"""The group of the parks, beside those of enterprises."""
_MOST_STAFF_FIRST = Sorting("staff", True)
_SUGGESTED = {
    CandidateGroup.ASSOCIATION: AssociationKind.ENTERPRISE,
    CandidateGroup.LIAISON: AssociationKind.LIAISON,
}
_COLUMNS: list[ExportColumn[tuple[Enterprise, str]]] = [
    ExportColumn("企业名称", lambda row: row[0].name, 36),
    ExportColumn("县区", lambda row: row[0].county, 12),
    ExportColumn("园区", lambda row: row[0].park, 24),
    ExportColumn("所属行业", lambda row: row[0].industry, 24),
    ExportColumn("科技人员数", lambda row: row[0].st_staff_count, 12),
    ExportColumn("职工总数", lambda row: row[0].staff_count, 12),
    ExportColumn("规上企业", lambda row: _yes(row[0].above_designated), 10),
    ExportColumn("高新技术企业", lambda row: _yes(row[0].high_tech), 14),
    ExportColumn("龙头企业", lambda row: _yes(row[0].leading), 10),
    ExportColumn("建议", lambda row: row[1], 28),
]
_PARK_COLUMNS: list[ExportColumn[Park]] = [
    ExportColumn("园区", lambda park: park.name, 30),
    ExportColumn("县区", lambda park: park.county, 12),
    ExportColumn("企业数", lambda park: park.enterprises, 10),
    ExportColumn("科技人员数", lambda park: park.staff, 12),
    ExportColumn("人数不明的企业", lambda park: park.unknown, 16),
    ExportColumn("已有企业科协", lambda park: park.with_own, 14),
]


def _wanted(county: Search = "", q: Search = "", focus: Search = "") -> CandidateFilter:
    return CandidateFilter(county=county, text=q, policy_focus=bool(focus))


WantedDep = Annotated[CandidateFilter, Depends(_wanted)]


@router.get("")
def show(request: Request, desk: DeskDep, wanted: WantedDep, group: Search = "") -> Response:
    """One group of candidates, with the numbers of all of them."""
    chosen = {
        "county": wanted.county,
        "q": wanted.text,
        "focus": "1" if wanted.policy_focus else "",
    }
    parks = desk_of.parks(desk, wanted)
    common: dict[str, Any] = {
        "counts": desk_of.candidate_counts(desk, wanted),
        "park_count": len(parks),
        "counties": counties(desk),
        "chosen": chosen,
        "least_staff": STAFF_FOR_ASSOCIATION,
        "least_firms": ENTERPRISES_FOR_PARK,
    }
    asked = asked_page(request)
    if group == PARKS:
        return page(
            request,
            "association_candidates.html",
            group=PARKS,
            parks=parks[asked.offset : asked.offset + asked.size],
            paging=asked.of(len(parks)),
            **common,
        )
    of_group, sorting = _group(group), _sorting(request)
    found = desk_of.candidates(
        desk,
        of_group,
        wanted,
        sort=sorting.name,
        descending=sorting.descending,
        offset=asked.offset,
        limit=asked.size,
    )
    return page(
        request,
        "association_candidates.html",
        group=of_group.value,
        found=found,
        suggested=_SUGGESTED.get(of_group),
        sorting=sorting,
        paging=asked.of(found.total),
        **common,
    )


@router.get("/export")
def export(request: Request, desk: DeskDep, wanted: WantedDep, group: Search = "") -> Response:
    """One group of candidates as a spreadsheet."""
    if group == PARKS:
        parks = desk_of.parks(desk, wanted)
        return spreadsheet(desk, Subject.ASSOCIATION, "可建园区科协的园区", _PARK_COLUMNS, parks)
    of_group, sorting = _group(group), _sorting(request)
    found = desk_of.candidates(
        desk,
        of_group,
        wanted,
        sort=sorting.name,
        descending=sorting.descending,
        limit=MOST_ROWS,
    )
    rows = [(firm, _advice(of_group, firm, found.offices)) for firm in found.enterprises]
    return spreadsheet(desk, Subject.ASSOCIATION, of_group.label, _COLUMNS, rows)


def _group(name: str) -> CandidateGroup:
    """The group in an address, the first if none is named.

    Raises:
        UnknownNameError: there is no such group.
    """
    if not name:
        return CandidateGroup.ASSOCIATION
    try:
        return CandidateGroup(name)
    except ValueError as error:
        known = (*CandidateGroup, PARKS)
        raise UnknownNameError(CandidateGroup.term(), name, known, field="group") from error


def _sorting(request: Request) -> Sorting:
    sorting = asked_sorting(request, SORTS)
    return sorting if sorting.name else _MOST_STAFF_FIRST


def _advice(group: CandidateGroup, firm: Enterprise, offices: dict[str, int]) -> str:
    if group is CandidateGroup.UNKNOWN:
        return "先核实科技人员数"
    return f"{group.label}（已有联络站）" if firm.id in offices else group.label


def _yes(flag: bool | None) -> str:
    return "" if flag is None else "是" if flag else "否"
