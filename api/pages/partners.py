"""The directory, and a partner with all that is known of it."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from api.auth import DeskDep
from api.export import MOST_ROWS, ExportColumn, spreadsheet
from api.pages.lookups import enterprises_of, provinces
from api.pages.paging import asked_page
from api.pages.render import address, page
from api.pages.sorting import asked_sorting
from api.pages.view import beside_best
from api.parameters import RecordId, Search
from api.urls import quoted
from matcher.desk import Subject, pairing_views, partners
from matcher.errors import NotFoundError
from matcher.people import Permission
from matcher.records import Partner, PartnerKind
from matcher.store.partners import PARTNER_ORDERS, PartnerQuery, common_disciplines

router = APIRouter(prefix="/partners")

_NEEDS = 10
_TOLD = {
    "saved": "已保存。",
    "facts": "对接信息已保存。",
    "contacted": "已记下今天联系过。",
    "contact": "联系方式已保存。",
    "contact-gone": "联系方式已删除。",
    "merged": "已合并。合错了的，可以在本页下方撤销。",
    "unmerged": "已撤销合并，两条记录恢复原样。",
    "moved": "您打开的那条记录已经并入这一条。",
}
_COLUMNS: tuple[ExportColumn[Partner], ...] = (
    ExportColumn("对象编号", lambda partner: partner.id, 16),
    ExportColumn("对象类型", lambda partner: partner.kind.label, 14),
    ExportColumn("名称", lambda partner: partner.name, 28),
    ExportColumn("英文名称", lambda partner: partner.name_en, 28),
    ExportColumn("职称", lambda partner: partner.title, 12),
    ExportColumn("所在单位", lambda partner: partner.affiliation, 32),
    ExportColumn("所在地区", lambda partner: partner.region, 18),
    ExportColumn("学科方向", lambda partner: "、".join(partner.disciplines), 28),
    ExportColumn("语言", lambda partner: "、".join(partner.languages), 10),
    ExportColumn("网址", lambda partner: partner.website, 24),
    ExportColumn("简介", lambda partner: partner.profile, 60),
    ExportColumn("证据（项）", lambda partner: len(partner.evidence), 12),
    ExportColumn("演示数据", lambda partner: "是" if partner.sample else "", 10),
)


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which partners the filters of the list ask for."""

    kind: str
    region: str
    discipline: str
    q: str

    @property
    def query(self) -> PartnerQuery:
        """The same for the store."""
        return PartnerQuery(
            kind=PartnerKind(self.kind) if self.kind else None,
            region=self.region,
            discipline=self.discipline,
            text=self.q,
        )

    @property
    def values(self) -> dict[str, str]:
        """The same for an address."""
        return {
            "kind": self.kind,
            "region": self.region,
            "discipline": self.discipline,
            "q": self.q,
        }


def _chosen(
    kind: Search = "", region: Search = "", discipline: Search = "", q: Search = ""
) -> Chosen:
    parsed = PartnerKind.parse(kind, field="kind").value if kind else ""
    return Chosen(parsed, region, discipline, q)


ChosenDep = Annotated[Chosen, Depends(_chosen)]


@router.get("")
def show_list(request: Request, desk: DeskDep, chosen: ChosenDep) -> Response:
    """Partners of one kind, region or discipline, or with a text."""
    asked, sorting = asked_page(request), asked_sorting(request, PARTNER_ORDERS)
    found, total = partners.find(
        desk,
        chosen.query,
        order=sorting.name,
        descending=sorting.descending,
        offset=asked.offset,
        limit=asked.size,
    )
    with desk.reading() as session:
        regions, disciplines = provinces(session), common_disciplines(session)
    return page(
        request,
        "partners.html",
        partners=found,
        counts=partners.counts(desk, chosen.query),
        regions=regions,
        disciplines=disciplines,
        chosen=chosen.values,
        sorting=sorting,
        paging=asked.of(total),
    )


@router.get("/export")
def export(request: Request, desk: DeskDep, chosen: ChosenDep) -> Response:
    """The same list as a spreadsheet."""
    sorting = asked_sorting(request, PARTNER_ORDERS)
    found = partners.each(
        desk,
        chosen.query,
        most=MOST_ROWS,
        order=sorting.name,
        descending=sorting.descending,
    )
    return spreadsheet(desk, Subject.PARTNER, "对象目录", _COLUMNS, found)


@router.get("/{partner_id:path}")
def show(request: Request, partner_id: RecordId, desk: DeskDep, done: str = "") -> Response:
    """A partner, what is known of it, and the needs that it could solve.

    The address of one that was merged into another leads there.
    """
    try:
        dossier = partners.dossier(desk, partner_id)
    except NotFoundError:
        after = partners.successor(desk, partner_id)
        if not after:
            raise
        target = address(request, f"/partners/{quoted(after)}", done="moved")
        return RedirectResponse(target, status_code=303)
    may_match = desk.actor.may(Permission.MATCH)
    ranking = (
        desk.matcher.needs_for(partner_id, top=_NEEDS, restriction=desk.own_needs())
        if may_match
        else None
    )
    found = ranking.matches if ranking else ()
    with desk.reading() as session:
        enterprises = enterprises_of(session, (match.need for match in found))
    return page(
        request,
        "partner.html",
        partner=dossier.partner,
        dossier=dossier,
        load=pairing_views.load_of(desk, partner_id),
        found=beside_best(found),
        warnings=ranking.warnings if ranking else (),
        may_match=may_match,
        enterprises=enterprises,
        told=_TOLD.get(done, ""),
    )
