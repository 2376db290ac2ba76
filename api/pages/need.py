"""A need with its partners, and what can be done with it from there."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Query, Response
from fastapi.responses import RedirectResponse

from api.pages.advice import Advice, Choice, Filled
from api.pages.form_fields import FIELDS
from api.pages.forms import FormTexts
from api.pages.need_view import VisitDep, done, need_page
from api.pages.render import address
from api.pages.screened import screened
from matcher.casework.needs import NeedStatus, ReturnReason
from matcher.desk import Desk, needs
from matcher.errors import ConflictError
from matcher.intake import ParsedNeed
from matcher.records import Need, TechField

router = APIRouter(prefix="/needs")

_LABELS = {field.name: field.label for field in FIELDS}
_CHANGED = "还没有采纳。打开页面以后，别人改过这条需求，下面是现在的内容，请核对后再采纳"
_GONE = "还没有采纳。这条建议现在已经没有了，下面是最新的建议"
_DONE = {
    "step": "状态已经变更。",
    "contact": "联系人已经保存。",
    "forgotten": "联系人已经删除。",
}


@router.post("/{need_id:path}/delete")
def remove(visit: VisitDep) -> Response:
    """Remove a need and go back to the list."""
    needs.remove(visit.desk, visit.need_id)
    return RedirectResponse(address(visit.request, "/needs"), status_code=303)


@router.post("/{need_id:path}/adopt")
def adopt(visit: VisitDep, sent: FormTexts) -> Response:
    """Fill in one suggestion, unless somebody else has changed the need since it was shown."""
    stored = needs.open_need(visit.desk, visit.need_id)
    seen = sent.get("seen", "")
    if seen != stored.version:
        return need_page(visit, refusal=_CHANGED, status=409)
    choices = _offered(visit.desk, stored.need, [sent.get("adopt", "")])
    if not choices:
        return need_page(visit, refusal=_GONE, status=409)
    try:
        needs.put(visit.desk, ParsedNeed(need=_with(stored.need, choices)), seen=seen)
    except ConflictError:
        return need_page(visit, refusal=_CHANGED, status=409)
    target = visit.address(adopted=choices[0].field)
    return RedirectResponse(f"{target}#screening", status_code=303)


@router.post("/{need_id:path}/confirm")
def confirm(visit: VisitDep, sent: FormTexts) -> Response:
    """List a need that was reviewed, with the suggestions that the person left ticked."""
    stored = needs.open_need(visit.desk, visit.need_id)
    if sent.get("seen", "") != stored.version:
        return need_page(visit, refusal=_CHANGED, status=409)
    tokens = [token for name, token in sent.items() if name.startswith("adopt-")]
    choices = _offered(visit.desk, stored.need, tokens)
    if len(choices) < len(tokens):
        return need_page(visit, refusal=_GONE, status=409)

    def list_it() -> None:
        needs.put(
            visit.desk,
            ParsedNeed(need=_with(stored.need, choices)),
            seen=stored.version,
            seen_status=_seen(sent),
            then=NeedStatus.LISTED,
            complete=False,
        )

    return done(visit, list_it, "step")


@router.post("/{need_id:path}/step")
def step(visit: VisitDep, sent: FormTexts) -> Response:
    """Take a need a step further."""

    def take_it() -> None:
        given = sent.get("reason", "")
        needs.step(
            visit.desk,
            visit.need_id,
            NeedStatus.parse(sent.get("then", ""), field="then"),
            reason=ReturnReason.parse(given, field="reason") if given else None,
            note=sent.get("note", "").strip(),
            seen=_seen(sent),
        )

    return done(visit, take_it, "step", note=sent.get("note", ""))


@router.get("/{need_id:path}")
def show(
    visit: VisitDep,
    *,
    saved: str = "",
    noted: Annotated[tuple[str, ...], Query()] = (),
    adopted: str = "",
    done: str = "",
) -> Response:
    """A need and, beside it, the partners found for it."""
    return need_page(
        visit,
        saved=bool(saved),
        noted=[_LABELS[name] for name in dict.fromkeys(noted) if name in _LABELS],
        adopted=_LABELS.get(adopted, ""),
        done=_DONE.get(done, ""),
    )


def _offered(desk: Desk, need: Need, tokens: Iterable[str]) -> list[Choice]:
    """What these tokens stand for, without those that are offered no more."""
    wanted = [token for token in tokens if token]
    found = screened(desk, need).screening if wanted else None
    if found is None:
        return []
    advice = Advice.of(found, Filled.in_need(need))
    return [choice for token in wanted if (choice := advice.offer(token))]


def _seen(sent: dict[str, str]) -> NeedStatus | None:
    given = sent.get("status", "")
    return NeedStatus.parse(given, field="status") if given else None


def _with(need: Need, choices: Iterable[Choice]) -> Need:
    """The need with suggestions in its fields; a keyword is added to the others."""
    for choice in choices:
        if choice.field == "field":
            need = replace(need, field=TechField(choice.value))
        elif choice.field == "keywords":
            need = replace(need, keywords=(*need.keywords, choice.value))
        else:
            need = replace(need, industry=choice.value)
    return need
