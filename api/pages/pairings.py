"""The board and the list of pairings."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Self

from fastapi import APIRouter, Depends, Request, Response

from api.auth import DeskDep
from api.export import MOST_ROWS, ExportColumn, spreadsheet
from api.pages.format import day
from api.pages.paging import asked_page
from api.pages.render import page
from api.pages.sorting import asked_sorting
from api.parameters import Search
from matcher.casework.pairings import PairingStage
from matcher.casework.progress import next_stage
from matcher.desk import Desk, Subject, pairing_views
from matcher.desk.pairing_views import PairingCard
from matcher.people import Permission
from matcher.records import PartnerKind
from matcher.store.pairings import SORTED_BY, PairingFilter, pairing_counties

router = APIRouter(prefix="/pairings")

TABLE = "table"
_COLUMNS: tuple[ExportColumn[PairingCard], ...] = (
    ExportColumn("编号", lambda card: card.pairing.id, 8),
    ExportColumn("需求编号", lambda card: card.need.id),
    ExportColumn("需求名称", lambda card: card.need.title, 40),
    ExportColumn("企业", lambda card: card.enterprise.name if card.enterprise else "", 32),
    ExportColumn("县区", lambda card: card.pairing.county, 12),
    ExportColumn("对象", lambda card: card.partner.name, 24),
    ExportColumn("对象类型", lambda card: card.partner.kind.label, 14),
    ExportColumn("单位", lambda card: card.partner.affiliation, 32),
    ExportColumn("阶段", lambda card: card.pairing.stage.label, 12),
    ExportColumn("在本阶段（天）", lambda card: card.days, 14),
    ExportColumn(
        "未成原因", lambda card: card.pairing.reason.label if card.pairing.reason else "", 18
    ),
    ExportColumn("匹配概率", lambda card: card.pairing.probability, 10),
    ExportColumn("开始日期", lambda card: day(card.pairing.created_at), 12),
    ExportColumn("最近进展", lambda card: day(card.pairing.updated_at), 12),
    ExportColumn("公开联系方式", lambda card: day(card.pairing.released_at), 14),
)


@dataclass(frozen=True, slots=True)
class ChosenPairings:
    """Which pairings somebody asks for, as it stands in an address."""

    county: str = ""
    stage: str = ""
    kind: str = ""
    q: str = ""
    overdue: str = ""

    @classmethod
    def read(cls, given: Mapping[str, str]) -> Self:
        """What a query or a form says.

        Raises:
            UnknownNameError: a stage or kind that there is not.
        """
        stage, kind = given.get("stage", ""), given.get("kind", "")
        return cls(
            county=given.get("county", ""),
            stage=PairingStage.parse(stage, field="stage").value if stage else "",
            kind=PartnerKind.parse(kind, field="kind").value if kind else "",
            q=given.get("q", ""),
            overdue="1" if given.get("overdue") else "",
        )

    @property
    def wanted(self) -> PairingFilter:
        """The same for the store."""
        return PairingFilter(
            county=self.county,
            stages=frozenset({PairingStage(self.stage)} if self.stage else ()),
            kind=PartnerKind(self.kind) if self.kind else None,
            text=self.q,
            idle_since=pairing_views.idle_since(datetime.now(UTC)) if self.overdue else None,
        )

    @property
    def query(self) -> dict[str, str]:
        """The same in an address."""
        return {
            "county": self.county,
            "stage": self.stage,
            "kind": self.kind,
            "q": self.q,
            "overdue": self.overdue,
        }


def _chosen(
    county: Search = "", stage: Search = "", kind: Search = "", q: Search = "", overdue: Search = ""
) -> ChosenPairings:
    given = {"county": county, "stage": stage, "kind": kind, "q": q, "overdue": overdue}
    return ChosenPairings.read(given)


ChosenDep = Annotated[ChosenPairings, Depends(_chosen)]


@router.get("")
def show_list(
    request: Request, desk: DeskDep, chosen: ChosenDep, view: str = "", moved: str = ""
) -> Response:
    """The pairings by stage, or as a table."""
    if view == TABLE or chosen.stage:
        return _table(request, desk, chosen)
    return board_page(request, desk, chosen, moved=moved)


@router.get("/export")
def export(request: Request, desk: DeskDep, chosen: ChosenDep) -> Response:
    """The same list as a spreadsheet."""
    desk.actor.require(Permission.EXPORT)
    sorting = asked_sorting(request, SORTED_BY)
    cards, _ = pairing_views.find(
        desk,
        chosen.wanted,
        sort=sorting.name or "moved",
        descending=sorting.descending or not sorting.name,
        limit=MOST_ROWS,
    )
    return spreadsheet(desk, Subject.PAIRING, "对接", _COLUMNS, cards)


def board_page(
    request: Request,
    desk: Desk,
    chosen: ChosenPairings,
    *,
    moved: str = "",
    refusal: str = "",
    status: int = 200,
) -> Response:
    """The board, perhaps with what was just done or why it was not."""
    columns = pairing_views.board(desk, chosen.wanted)
    return page(
        request,
        "pairings.html",
        columns=[column for column in columns if column.stage is not PairingStage.FAILED],
        failed=columns[-1],
        total=sum(column.total for column in columns),
        next_stage=next_stage,
        moved=moved,
        refusal=refusal,
        status=status,
        **_around(desk, chosen),
    )


def _table(request: Request, desk: Desk, chosen: ChosenPairings) -> Response:
    asked, sorting = asked_page(request), asked_sorting(request, SORTED_BY)
    cards, total = pairing_views.find(
        desk,
        chosen.wanted,
        sort=sorting.name or "moved",
        descending=sorting.descending or not sorting.name,
        offset=asked.offset,
        limit=asked.size,
    )
    return page(
        request,
        "pairings_table.html",
        cards=cards,
        sorting=sorting,
        paging=asked.of(total),
        **_around(desk, chosen),
    )


def _around(desk: Desk, chosen: ChosenPairings) -> dict[str, Any]:
    """What board and table have in common."""
    with desk.reading() as session:
        counties = pairing_counties(session)
    return {
        "chosen": chosen,
        "counties": [county for county in counties if desk.actor.covers(county)],
        "stages": tuple(PairingStage),
        "Stage": PairingStage,
    }
