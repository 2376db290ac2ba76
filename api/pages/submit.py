"""The form by which the enterprises of a county send in needs, without an account.

Whoever has the link may fill in the form; nothing of the library is shown there, not even whether
it has something like it.
"""

import time
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import AfterValidator

from api.auth import CSRF_FIELD, client_address, get_sessions
from api.deps import MatcherDep
from api.pages.form_fields import CONTACT, GROUPS
from api.pages.form_help import Help
from api.pages.forms import FormTexts, by_field, left_empty, need_values, typed_contact
from api.pages.render import address, page
from api.parameters import Search
from api.plain import storable
from api.saving import accepted
from api.sessions import Ticket
from matcher.desk.submissions import open_link, submit_by_link
from matcher.errors import ForbiddenError, InvalidInputError, ThrottledError
from matcher.intake import parse_need
from matcher.intake.results import RecordFaultsError
from matcher.people import SubmissionLink
from matcher.people.days import today
from matcher.people.secrets import token_digest

open_router = APIRouter(prefix="/submit")

Token = Annotated[str, Path(max_length=200), AfterValidator(storable)]

_REQUIRED: Final = ("contact_name", "contact_phone")
_MADE = "made"
_SIGNED_FOR: Final = 24 * 3600
"""Seconds that a form may lie open."""
_TOO_OLD: Final = "页面打开得太久，还没有提交。您填的内容都在下面，请再点一次“提交”"


@open_router.get("/{token}")
def show(request: Request, token: Token, matcher: MatcherDep) -> Response:
    """An empty form, or that the link is closed."""
    link = open_link(matcher, token)
    if link is None:
        return _closed(request)
    return _form(request, token, link, need_values({}), fresh=True)


@open_router.post("/{token}")
def send(request: Request, token: Token, sent: FormTexts, matcher: MatcherDep) -> Response:
    """Take a need; whatever is wrong is said beside the field, and nothing typed is lost."""
    link = open_link(matcher, token)
    if link is None:
        return _closed(request)
    values = need_values(sent) | {"county": link.county}
    if not _is_ours(request, token, sent):
        return _form(request, token, link, values, trouble=_TOO_OLD, status=409)
    parsed = parse_need({**values, "submitted": today()})
    contact, faults = typed_contact(values)
    try:
        record = accepted(parsed, [*left_empty(values, _REQUIRED), *faults])
        assert contact is not None
        received = submit_by_link(matcher, token, record, contact, client_address(request))
    except RecordFaultsError as error:
        errors = by_field(error.faults)
        return _form(request, token, link, values, errors=errors, status=422)
    except (InvalidInputError, ThrottledError) as error:
        status = 429 if isinstance(error, ThrottledError) else 422
        return _form(request, token, link, values, trouble=error.message, status=status)
    except ForbiddenError:
        return _closed(request)
    said = "same" if received.same else "other"
    number = received.need_id
    sign = _signature(request, token, f"{said}:{number}")
    target = address(request, f"/submit/{token}/done", number=number, said=said, sign=sign)
    return RedirectResponse(target, status_code=303)


@open_router.get("/{token}/done")
def show_done(  # noqa: PLR0917 - what the address says
    request: Request,
    token: Token,
    matcher: MatcherDep,
    number: Search = "",
    said: Search = "",
    sign: Search = "",
) -> Response:
    """The number of a need that was just taken, and what happens next."""
    expected = _signature(request, token, f"{said}:{number}")
    link = open_link(matcher, token)
    if link is None:
        return _closed(request)
    if expected != sign:
        return RedirectResponse(address(request, f"/submit/{token}"), status_code=303)
    return page(
        request, "submit_done.html", number=number, known=said == "other", link=link, token=token
    )


def _form(
    request: Request,
    token: str,
    link: SubmissionLink,
    values: dict[str, str],
    *,
    status: int = 200,
    **context: Any,  # noqa: ANN401 - passed on to the template
) -> Response:
    made = str(int(time.time()))
    empty: dict[str, Any] = {"errors": {}, "trouble": "", "fresh": False}
    return page(
        request,
        "submit.html",
        groups=(*GROUPS, CONTACT),
        help=Help(values | {"county": link.county}),
        link=link,
        token=token,
        suggested=(),
        last_text="",
        fixed_county=link.county,
        more_required=_REQUIRED,
        made=made,
        form_token=_signature(request, token, made),
        status=status,
        **(empty | context),
    )


def _closed(request: Request) -> Response:
    return page(request, "submit_closed.html", status=404)


def _signature(request: Request, token: str, said: str) -> str:
    """What only this instance can have written about a link; no session has such a nonce."""
    nonce = f"submit:{token_digest(token)}:{said}"
    return get_sessions(request).form_token(Ticket("", 0, nonce))


def _is_ours(request: Request, token: str, sent: dict[str, str]) -> bool:
    """Whether the form is one that was given out for this link, and not too long ago."""
    made = sent.get(_MADE, "")
    if not (made.isascii() and made.isdecimal() and len(made) < 12):
        return False
    fresh = 0 <= time.time() - int(made) <= _SIGNED_FOR
    ticket = Ticket("", 0, f"submit:{token_digest(token)}:{made}")
    return fresh and get_sessions(request).form_token_fits(ticket, sent.get(CSRF_FIELD, ""))
