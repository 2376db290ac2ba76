"""Which sites fit: beside recommendations, on the page of a pairing, and on a page of its own."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from api.auth import DeskDep
from api.pages.form_fields import FieldGroup, FormField
from api.pages.forms import FormTexts
from api.pages.record_form import YesNo
from api.pages.render import address, page
from api.parameters import RecordId, Search
from api.urls import quoted
from matcher.casework.site_facts import SiteFact
from matcher.desk import Desk, needs, partners, site_checks, site_facts
from matcher.desk.site_checks import PairCheck
from matcher.errors import ConflictError, InvalidInputError, UnreadableFileError
from matcher.people import Permission
from matcher.rules.facts import FACTS
from matcher.rules.records import Fact, FactOwner, SiteCheck
from matcher.rules.values import amount

router = APIRouter(prefix="/needs")

NOTE: Final = "fact_note"
"""Name of the field that tells where the answers come from."""
_TITLES: Final = {
    FactOwner.ENTERPRISE: "企业的情况",
    FactOwner.PARTNER: "对象的情况",
    FactOwner.PAIRING: "合作的情况",
}
_EDIT: Final = {
    "academician": "/partners/{partner}/edit",
    "abroad": "/partners/{partner}/edit",
    "retired": "/partners/{partner}/facts",
    "other_stations": "/partners/{partner}/facts",
}
_EDIT_FIRM: Final = "/enterprises/{enterprise}/edit"
PartnerId = Annotated[Search, Query(min_length=1)]


@dataclass(frozen=True, slots=True)
class SiteLines:
    """What fits each recommended partner; `trouble` says why nothing can be told."""

    of: Mapping[str, tuple[SiteCheck, ...]] = field(default_factory=dict)
    trouble: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SitePanel:
    """A check with the form for what is missing.

    Attributes:
        check: what was found; None if the rules cannot be read, which `trouble` tells.
        groups: fields of what the actor may enter.
        values: what stands in them.
        missing_elsewhere: facts that other records tell, each with the address of its form.
        closed: what cannot be entered here, each with the reason.
        trouble: why there is no check.
    """

    check: PairCheck | None = None
    groups: tuple[FieldGroup, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    missing_elsewhere: tuple[tuple[Fact, str], ...] = ()
    closed: tuple[str, ...] = ()
    trouble: str = ""


def site_lines(desk: Desk, need_id: str, partner_ids: Iterable[str]) -> SiteLines:
    """What fits a need and each of its recommended partners.

    Raises:
        NotFoundError: there is no such need, or it is not the actor's to see.
    """
    try:
        rules = site_checks.rules_of(desk.matcher.home)
    except UnreadableFileError as error:
        return SiteLines(trouble=error.message)
    return SiteLines(site_checks.lines(desk, need_id, partner_ids, rules))


def site_panel(
    desk: Desk, need_id: str, partner_id: str, typed: Mapping[str, str] | None = None
) -> SitePanel:
    """The check of a need with a partner, with what was typed into its form.

    Raises:
        NotFoundError: there is no such need or partner, or the need is not the actor's to see.
    """
    try:
        rules = site_checks.rules_of(desk.matcher.home)
    except UnreadableFileError as error:
        return SitePanel(trouble=error.message)
    check = site_checks.check(desk, need_id, partner_id, rules)
    groups = tuple(_groups(check))
    stored = {fact.name: _shown(check.answers.get(fact.name)) for fact in check.questions}
    names = {each.name for group in groups for each in group.fields}
    return SitePanel(
        check=check,
        groups=groups,
        values={name: (typed or {}).get(name, stored.get(name, "")) for name in names},
        missing_elsewhere=tuple((fact, _form_of(desk, check, fact)) for fact in check.kept),
        closed=tuple(_closed(desk, check)),
    )


@router.get("/{need_id:path}/sites")
def show(
    request: Request, need_id: RecordId, partner: PartnerId, desk: DeskDep, saved: str = ""
) -> Response:
    """The check of a need with a partner who may not have been sent yet."""
    desk.actor.require(Permission.READ)
    return _page(request, desk, need_id, partner, saved=bool(saved))


@router.post("/{need_id:path}/sites")
def change(
    request: Request, need_id: RecordId, partner: PartnerId, sent: FormTexts, desk: DeskDep
) -> Response:
    """Enter what was found out, and go back to where the form stood."""
    desk.actor.require(Permission.EDIT)
    values = {name: text for name, text in sent.items() if name in FACTS}
    try:
        site_facts.note_facts(
            desk, need_id, partner, values, note=sent.get(NOTE, ""), seen=sent.get("seen", "")
        )
    except (ConflictError, InvalidInputError) as error:
        wrong = _wrong(error)
        status = 422 if wrong else 409
        return _page(request, desk, need_id, partner, typed=sent, error=error, status=status)
    pairing = sent.get("pairing", "")
    if pairing.isascii() and pairing.isdecimal():
        target = address(request, f"/pairings/{pairing}", done="sites")
        return RedirectResponse(f"{target}#sites", status_code=303)
    own = address(request, f"/needs/{quoted(need_id)}/sites", partner=partner, saved=1)
    return RedirectResponse(own, status_code=303)


def _page(
    request: Request,
    desk: Desk,
    need_id: str,
    partner_id: str,
    *,
    typed: Mapping[str, str] | None = None,
    error: ConflictError | InvalidInputError | None = None,
    saved: bool = False,
    status: int = 200,
) -> Response:
    context: dict[str, Any] = {
        "need": needs.get(desk, need_id),
        "partner": partners.get(desk, partner_id),
        "sites": site_panel(desk, need_id, partner_id, typed),
        "errors": _wrong(error) if error else {},
        "refusal": error.message if error and not _wrong(error) else "",
        "note": (typed or {}).get(NOTE, ""),
        "saved": saved,
    }
    return page(request, "site_check.html", status=status, **context)


def _wrong(error: ConflictError | InvalidInputError) -> dict[str, str]:
    if not isinstance(error, InvalidInputError):
        return {}
    name = error.field or "note"
    return {NOTE if name == "note" else name: error.message}


def _groups(check: PairCheck) -> Iterable[FieldGroup]:
    """The fields that the actor may fill in, by what they are about."""
    for owner, title in _TITLES.items():
        facts = [each for each in check.questions if each.owner is owner]
        if facts and owner in check.editable:
            fields = tuple(_field(each, check.answers.get(each.name)) for each in facts)
            yield FieldGroup(title, fields)


def _field(fact: Fact, answer: SiteFact | None) -> FormField:
    known = ""
    if answer is not None:
        source = f"，依据：{answer.note}" if answer.note else ""
        known = f"{answer.noted_by} {answer.noted_on} 填写{source}"
    return FormField(
        name=fact.name,
        label=fact.label,
        help="；".join(filter(None, (fact.help, known))),
        control="choice" if fact.yes_no else "line",
        unit=fact.unit,
        width=6,
        choices=YesNo if fact.yes_no else None,
    )


def _shown(answer: SiteFact | None) -> str:
    """An answer as it stands in its field."""
    if answer is None:
        return ""
    if isinstance(answer.value, bool):
        return YesNo.YES.value if answer.value else YesNo.NO.value
    return answer.value if isinstance(answer.value, str) else amount(answer.value)


def _form_of(desk: Desk, check: PairCheck, fact: Fact) -> str:
    """Address of the form in which a missing fact is kept; empty if the actor has none."""
    if fact.owner is FactOwner.PARTNER:
        if not desk.actor.may(Permission.DIRECTORY) or fact.name not in _EDIT:
            return ""
        return _EDIT[fact.name].format(partner=quoted(check.partner_id))
    if check.enterprise is None or not desk.actor.may(Permission.EDIT):
        return ""
    return _EDIT_FIRM.format(enterprise=quoted(check.enterprise.id))


def _closed(desk: Desk, check: PairCheck) -> Iterable[str]:
    """Why some of the missing facts cannot be entered here."""
    if not desk.actor.may(Permission.EDIT):
        return
    closed = [each for each in check.questions if each.owner not in check.editable]
    for owner in FactOwner:
        labels = "、".join(each.label for each in closed if each.owner is owner)
        if labels and owner is FactOwner.PARTNER:
            yield f"由市级工作人员填写：{labels}"
        elif labels and owner is FactOwner.PAIRING:
            yield f"推送以后，在对接页面填写：{labels}"
        elif labels:
            yield f"需求没有注明企业，或者企业不归本县区管理，不能在这里填写：{labels}"
