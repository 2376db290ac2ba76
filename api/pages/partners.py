"""The directory, and a partner with the needs found for it."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api.deps import MatcherDep
from api.pages.lookups import enterprises_of, provinces
from api.pages.paging import asked_page
from api.pages.render import page
from api.pages.view import beside_best
from matcher.records import PartnerKind
from matcher.store.partners import count_partners, get_partner, list_partners

router = APIRouter(prefix="/partners")

_NEEDS = 10

Text = Annotated[str, Query(max_length=200)]


@router.get("")
def show_list(
    request: Request, matcher: MatcherDep, kind: Text = "", region: Text = "", q: Text = ""
) -> Response:
    """Partners by name, of one kind, region or with a text."""
    chosen = PartnerKind.parse(kind, field="kind") if kind else None
    asked = asked_page(request)
    with matcher.reading() as session:
        partners, total = list_partners(
            session,
            kind=chosen,
            region=region.strip(),
            text=q.strip(),
            offset=asked.offset,
            limit=asked.size,
        )
        counts = count_partners(session)
        regions = provinces(session)
    return page(
        request,
        "partners.html",
        partners=partners,
        counts=counts,
        regions=regions,
        chosen={
            "kind": chosen.value if chosen else "",
            "region": region.strip(),
            "q": q.strip(),
        },
        paging=asked.of(total),
    )


@router.get("/{partner_id:path}")
def show(request: Request, partner_id: str, matcher: MatcherDep) -> Response:
    """A partner's profile and evidence, and the needs that it could solve."""
    with matcher.reading() as session:
        partner = get_partner(session, partner_id)
    ranking = matcher.needs_for(partner_id, top=_NEEDS)
    with matcher.reading() as session:
        enterprises = enterprises_of(session, (match.need for match in ranking.matches))
    return page(
        request,
        "partner.html",
        partner=partner,
        found=beside_best(ranking.matches),
        enterprises=enterprises,
    )
