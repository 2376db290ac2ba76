"""The list of needs, and a need with the partners found for it."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from api.deps import MatcherDep, restriction_of
from api.pages.form_fields import FIELDS
from api.pages.lookups import enterprises_of, provinces
from api.pages.paging import asked_page
from api.pages.render import address, page
from api.pages.view import MOST, Answer
from api.parameters import RecordId, Search
from matcher.records import PartnerKind, TechField
from matcher.store.needs import get_need, list_needs, need_counties

router = APIRouter(prefix="/needs")

_SIMILAR = 3


@router.get("")
def show_list(
    request: Request, matcher: MatcherDep, county: Search = "", field: Search = "", q: Search = ""
) -> Response:
    """Needs, latest first, by county, field and text."""
    chosen = TechField.parse(field, field="field") if field else None
    asked = asked_page(request)
    with matcher.reading() as session:
        needs, total = list_needs(
            session,
            county=county,
            field=chosen,
            text=q,
            offset=asked.offset,
            limit=asked.size,
        )
        enterprises = enterprises_of(session, needs)
        counties = need_counties(session)
    return page(
        request,
        "needs.html",
        needs=needs,
        enterprises=enterprises,
        counties=counties,
        chosen={"county": county, "field": chosen.value if chosen else "", "q": q},
        paging=asked.of(total),
    )


@router.post("/{need_id:path}/delete")
def remove(request: Request, need_id: RecordId, matcher: MatcherDep) -> Response:
    """Remove a need and go back to the list."""
    matcher.delete_need(need_id)
    return RedirectResponse(address(request, "/needs"), status_code=303)


@router.get("/{need_id:path}")
def show(
    request: Request,
    need_id: RecordId,
    matcher: MatcherDep,
    *,
    kind: Search = "",
    region: Search = "",
    saved: str = "",
    noted: Annotated[tuple[str, ...], Query()] = (),
) -> Response:
    """A need and, beside it, the partners found for it."""
    chosen = PartnerKind.parse(kind, field="kind") if kind else None
    restriction = restriction_of([chosen.value] if chosen else [], region)
    with matcher.reading() as session:
        need = get_need(session, need_id)
        enterprise = enterprises_of(session, [need]).get(need.enterprise_id)
        regions = provinces(session)
    ranking = matcher.match_need(need_id, top=MOST, restriction=restriction)
    similar = matcher.similar_needs(need_id, top=_SIMILAR)
    labels = {field.name: field.label for field in FIELDS}
    return page(
        request,
        "need.html",
        need=need,
        enterprise=enterprise,
        answer=Answer.of(ranking),
        similar=similar.matches,
        regions=regions,
        chosen={"kind": chosen.value if chosen else "", "region": region},
        saved=bool(saved),
        noted=[labels[name] for name in dict.fromkeys(noted) if name in labels],
    )
