"""The start page."""

from typing import Any

from fastapi import APIRouter, Request, Response

from api.deps import MatcherDep
from api.pages.lookups import enterprises_of
from api.pages.render import page
from matcher.store.enterprises import list_enterprises
from matcher.store.needs import count_needs, list_needs
from matcher.store.partners import count_partners

router = APIRouter()

_LATEST = 8


@router.get("/")
def show(request: Request, matcher: MatcherDep) -> Response:
    """What this is, how much there is, and the latest needs."""
    with matcher.reading() as session:
        latest, _ = list_needs(session, limit=_LATEST)
        context: dict[str, Any] = {
            "needs": latest,
            "enterprises": enterprises_of(session, latest),
            "need_count": count_needs(session),
            "enterprise_count": list_enterprises(session, limit=1)[1],
            "partner_counts": count_partners(session),
        }
    return page(request, "home.html", **context)
