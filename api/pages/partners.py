"""The directory, and a partner with the needs found for it."""

from fastapi import APIRouter, Request, Response

from api.deps import MatcherDep
from api.pages.lookups import enterprises_of, provinces
from api.pages.paging import asked_page
from api.pages.render import page
from api.pages.view import beside_best
from api.parameters import RecordId, Search
from matcher.records import PartnerKind
from matcher.store.partners import count_partners, get_partner, list_partners

router = APIRouter(prefix="/partners")

_NEEDS = 10


@router.get("")
def show_list(
    request: Request, matcher: MatcherDep, kind: Search = "", region: Search = "", q: Search = ""
) -> Response:
    """Partners by name, of one kind, region or with a text."""
    chosen = PartnerKind.parse(kind, field="kind") if kind else None
    asked = asked_page(request)
    with matcher.reading() as session:
        partners, total = list_partners(
            session,
            kind=chosen,
            region=region,
            text=q,
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
            "region": region,
            "q": q,
        },
        paging=asked.of(total),
    )


@router.get("/{partner_id:path}")
def show(request: Request, partner_id: RecordId, matcher: MatcherDep) -> Response:
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
        warnings=ranking.warnings,
        enterprises=enterprises,
    )
