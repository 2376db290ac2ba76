"""The page of a need as it is shown after whatever was done there."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request, Response
from fastapi.responses import RedirectResponse

from api.auth import DeskDep
from api.deps import restriction_of
from api.pages.advice import Advice, Choice, Filled
from api.pages.lookups import enterprises_of, provinces
from api.pages.need_steps import meaning_of, offers_of
from api.pages.pairing_new import beside
from api.pages.render import address, page
from api.pages.screened import Screened, firms_of, screened
from api.pages.site_checks import site_lines
from api.pages.view import MOST, Answer
from api.parameters import RecordId, Search
from api.urls import quoted
from matcher.casework.contacts import Secrecy
from matcher.casework.needs import NeedStatus, ReturnReason
from matcher.desk import Desk, needs
from matcher.errors import ConflictError, InvalidInputError
from matcher.records import Need, PartnerKind, SearchFilter
from matcher.screening.classifier import Classification

_TO_REVIEW = frozenset({NeedStatus.DRAFT, NeedStatus.PENDING, NeedStatus.RETURNED})


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which partners are looked for."""

    kind: str
    region: str

    @property
    def restriction(self) -> SearchFilter:
        """The same for the search."""
        return restriction_of([self.kind] if self.kind else [], self.region)


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody at the page of a need."""

    request: Request
    desk: Desk
    need_id: str
    chosen: Chosen

    def address(self, **query: object) -> str:
        """Address of the page, with the same partners looked for."""
        own = f"/needs/{quoted(self.need_id)}"
        kind, region = self.chosen.kind, self.chosen.region
        return address(self.request, own, kind=kind, region=region, **query)


def _visit(
    request: Request, need_id: RecordId, desk: DeskDep, kind: Search = "", region: Search = ""
) -> Visit:
    parsed = PartnerKind.parse(kind, field="kind").value if kind else ""
    return Visit(request, desk, need_id, Chosen(parsed, region))


VisitDep = Annotated[Visit, Depends(_visit)]


def done(
    visit: Visit,
    act: Callable[[], object],
    told: str,
    **context: Any,  # noqa: ANN401 - what was typed
) -> Response:
    """Do something and show the need again; if it is refused, with what was typed."""
    try:
        act()
    except (ConflictError, InvalidInputError) as error:
        wrong = {error.field or "": error.message} if isinstance(error, InvalidInputError) else {}
        return need_page(
            visit,
            refusal=f"还没有办理。{error.message}",
            wrong=wrong,
            status=422 if wrong else 409,
            **context,
        )
    return RedirectResponse(visit.address(done=told), status_code=303)


def need_page(
    visit: Visit,
    *,
    status: int = 200,
    **context: Any,  # noqa: ANN401 - passed on to the template
) -> Response:
    """The page of a need; `context` tells what has just happened."""
    stored = needs.open_need(visit.desk, visit.need_id)
    need = stored.need
    with visit.desk.reading() as session:
        regions = provinces(session)
    ranking = visit.desk.matcher.match_need(
        visit.need_id, top=MOST, restriction=visit.chosen.restriction
    )
    found = screened(visit.desk, need)
    with visit.desk.reading() as session:
        enterprises = enterprises_of(session, [need, *(s.need for s in found.similar)])
    empty: dict[str, Any] = {
        "saved": False,
        "noted": [],
        "adopted": "",
        "done": "",
        "refusal": "",
        "wrong": {},
        "note": "",
        "typed": {},
        "revealed": None,
    }
    return page(
        visit.request,
        "need.html",
        stored=stored,
        need=need,
        enterprise=stored.enterprise,
        enterprises=enterprises,
        answer=Answer.of(ranking),
        beside=beside(
            visit.desk,
            visit.need_id,
            ranking,
            kind=visit.chosen.kind,
            region=visit.chosen.region,
        ),
        sites=site_lines(
            visit.desk, visit.need_id, [match.partner.id for match in ranking.matches]
        ),
        regions=regions,
        chosen=visit.chosen,
        offers=offers_of(stored.status),
        meaning=meaning_of(stored.status),
        to_review=stored.status in _TO_REVIEW,
        reasons=tuple(ReturnReason),
        secrecies=tuple(Secrecy),
        Status=NeedStatus,
        status=status,
        **_screening(need, found),
        **(empty | context),
    )


def _screening(need: Need, found: Screened) -> dict[str, Any]:
    advice = None
    certain: list[Choice] = []
    if found.screening:
        advice = Advice.of(found.screening, Filled.in_need(need))
        certain = _certain(found.screening.classification, advice)
    return {
        "found": found,
        "advice": advice,
        "certain": certain,
        "firms": firms_of(need, found.similar),
    }


def _certain(found: Classification, advice: Advice) -> list[Choice]:
    """The confident suggestions for what is not filled in: one field, one industry."""
    sure_of = {
        s.label for s in (*found.fields, *found.industry_groups, *found.industries) if s.confident
    }
    missing = [choice for _, choices in advice.missing for choice in choices]
    first: dict[str, Choice] = {}
    for choice in missing:
        if choice.field != "keywords" and choice.label in sure_of:
            first.setdefault(choice.field, choice)
    return list(first.values())
