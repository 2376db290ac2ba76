"""A need with the partners found for it, similar needs, and what the screening suggests."""

from dataclasses import dataclass, replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import RedirectResponse

from api.deps import MatcherDep, restriction_of
from api.pages.advice import Advice, Choice, Filled
from api.pages.form_fields import FIELDS
from api.pages.forms import FormTexts
from api.pages.lookups import enterprises_of, provinces
from api.pages.render import address, page
from api.pages.screened import Screened, firms_of, screened
from api.pages.view import MOST, Answer
from api.parameters import RecordId, Search
from api.saving import put_need
from api.urls import quoted
from matcher.errors import ConflictError
from matcher.intake import ParsedNeed
from matcher.records import Need, PartnerKind, SearchFilter, TechField
from matcher.service import Matcher
from matcher.store.codec import fingerprint
from matcher.store.needs import get_need

router = APIRouter(prefix="/needs")

_LABELS = {field.name: field.label for field in FIELDS}
_CHANGED = "还没有采纳。打开页面以后，别人改过这条需求，下面是现在的内容，请核对后再采纳"
_GONE = "还没有采纳。这条建议现在已经没有了，下面是最新的建议"


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which partners are looked for."""

    kind: str
    region: str

    @property
    def restriction(self) -> SearchFilter:
        """The same for the search."""
        return restriction_of([self.kind] if self.kind else [], self.region)


def _chosen(kind: Search = "", region: Search = "") -> Chosen:
    parsed = PartnerKind.parse(kind, field="kind").value if kind else ""
    return Chosen(parsed, region)


ChosenDep = Annotated[Chosen, Depends(_chosen)]


@router.post("/{need_id:path}/delete")
def remove(request: Request, need_id: RecordId, matcher: MatcherDep) -> Response:
    """Remove a need and go back to the list."""
    matcher.delete_need(need_id)
    return RedirectResponse(address(request, "/needs"), status_code=303)


@router.post("/{need_id:path}/adopt")
def adopt(
    request: Request, need_id: RecordId, sent: FormTexts, matcher: MatcherDep, chosen: ChosenDep
) -> Response:
    """Fill in one suggestion, unless somebody else has changed the need since it was shown."""
    with matcher.reading() as session:
        need = get_need(session, need_id)
    seen = sent.get("seen", "")
    if seen != fingerprint(need):
        return _page(request, matcher, need_id, chosen, refusal=_CHANGED, status=409)
    found = screened(matcher, need)
    advice = Advice.of(found.screening, Filled.in_need(need)) if found.screening else None
    choice = advice.offer(sent.get("adopt", "")) if advice else None
    if choice is None:
        return _page(request, matcher, need_id, chosen, refusal=_GONE, status=409)
    try:
        put_need(matcher, ParsedNeed(need=_with(need, choice)), seen=seen)
    except ConflictError:
        return _page(request, matcher, need_id, chosen, refusal=_CHANGED, status=409)
    own = f"/needs/{quoted(need_id)}"
    target = address(request, own, kind=chosen.kind, region=chosen.region, adopted=choice.field)
    return RedirectResponse(f"{target}#screening", status_code=303)


@router.get("/{need_id:path}")
def show(
    request: Request,
    need_id: RecordId,
    matcher: MatcherDep,
    chosen: ChosenDep,
    *,
    saved: str = "",
    noted: Annotated[tuple[str, ...], Query()] = (),
    adopted: str = "",
) -> Response:
    """A need and, beside it, the partners found for it."""
    return _page(
        request,
        matcher,
        need_id,
        chosen,
        saved=bool(saved),
        noted=[_LABELS[name] for name in dict.fromkeys(noted) if name in _LABELS],
        adopted=_LABELS.get(adopted, ""),
    )


def _page(
    request: Request,
    matcher: Matcher,
    need_id: str,
    chosen: Chosen,
    *,
    status: int = 200,
    **context: Any,  # noqa: ANN401 - passed on to the template
) -> Response:
    with matcher.reading() as session:
        need = get_need(session, need_id)
        regions = provinces(session)
    ranking = matcher.match_need(need_id, top=MOST, restriction=chosen.restriction)
    found = screened(matcher, need)
    with matcher.reading() as session:
        enterprises = enterprises_of(session, [need, *(s.need for s in found.similar)])
    empty: dict[str, Any] = {"saved": False, "noted": [], "adopted": "", "refusal": ""}
    return page(
        request,
        "need.html",
        need=need,
        enterprise=enterprises.get(need.enterprise_id),
        enterprises=enterprises,
        answer=Answer.of(ranking),
        regions=regions,
        chosen=chosen,
        status=status,
        **_screening(need, found),
        **(empty | context),
    )


def _screening(need: Need, found: Screened) -> dict[str, Any]:
    filled = Filled.in_need(need)
    return {
        "found": found,
        "advice": Advice.of(found.screening, filled) if found.screening else None,
        "firms": firms_of(need, found.similar),
        "seen": fingerprint(need),
    }


def _with(need: Need, choice: Choice) -> Need:
    """The need with a suggestion in its field; a keyword is added to the others."""
    if choice.field == "field":
        return replace(need, field=TechField(choice.value))
    if choice.field == "keywords":
        return replace(need, keywords=(*need.keywords, choice.value))
    return replace(need, industry=choice.value)
