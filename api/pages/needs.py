"""The list of needs."""

from fastapi import APIRouter, Request, Response

from api.deps import MatcherDep
from api.pages.lookups import enterprises_of
from api.pages.paging import asked_page
from api.pages.render import page
from api.parameters import Search
from matcher.records import TechField
from matcher.store.needs import list_needs, need_counties

router = APIRouter(prefix="/needs")


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
