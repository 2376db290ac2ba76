"""Signing in and out; the only pages, beside the enterprises' form, for people not signed in."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from api.auth import (
    REQUIRED,
    ActorDep,
    begin_session,
    client_address,
    end_session,
    own_address,
)
from api.deps import MatcherDep
from api.pages.forms import FormTexts
from api.pages.render import address, page
from matcher.desk.signing_in import sign_in, sign_out
from matcher.errors import InvalidInputError, ThrottledError
from matcher.store.accounts import count_accounts

_LONGEST_SHOWN = 200

open_router = APIRouter()
router = APIRouter(dependencies=REQUIRED)


@open_router.get("/login")
def show(request: Request, matcher: MatcherDep, next: str = "", left: str = "") -> Response:
    """The form; where there is no account yet, how to make one."""
    with matcher.reading() as session:
        first = count_accounts(session) == 0
    return _form(request, target=own_address(next), first=first, left=bool(left))


@open_router.post("/login")
def enter(request: Request, matcher: MatcherDep, sent: FormTexts) -> Response:
    """Begin a session and go to where the person wanted to go."""
    username, target = sent.get("username", ""), own_address(sent.get("next", ""))
    try:
        account = sign_in(matcher, username, sent.get("password", ""), client_address(request))
    except (InvalidInputError, ThrottledError) as error:
        status = 429 if isinstance(error, ThrottledError) else 422
        typed = username[:_LONGEST_SHOWN]
        return _form(request, target=target, username=typed, error=error.message, status=status)
    response = RedirectResponse(address(request, "") + target, status_code=303)
    begin_session(request, response, account)
    return response


@router.post("/logout")
def leave(request: Request, matcher: MatcherDep, actor: ActorDep) -> Response:
    """End the session, also for whoever has a copy of its cookie."""
    sign_out(matcher, actor)
    response = RedirectResponse(address(request, "/login", left=1), status_code=303)
    end_session(request, response)
    return response


def _form(
    request: Request,
    *,
    target: str,
    username: str = "",
    error: str = "",
    first: bool = False,
    left: bool = False,
    status: int = 200,
) -> Response:
    return page(
        request,
        "login.html",
        target=target,
        username=username,
        error=error,
        first=first,
        left=left,
        status=status,
    )
