"""Who asks: a key in the header, or a session in a cookie. What each may do the desk decides."""

import re
from typing import Annotated, Final
from urllib.parse import quote, urlsplit

from fastapi import Depends, HTTPException, Request, Response

from api.deps import MatcherDep, get_matcher
from api.sessions import COOKIE, LIFETIME, Sessions, Ticket
from matcher.desk import Desk
from matcher.desk.signing_in import actor_of_key, actor_of_session
from matcher.people import Account, Actor

CSRF_FIELD: Final = "csrf"
CSRF_HEADER: Final = "X-CSRF-Token"

_CHANGING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_BEARER = "bearer "
_LONGEST_TARGET = 2000
_UNSEEN = re.compile(r"[\s\x00-\x1f\x7f]")
"""Browsers drop some of these from an address, so that `/<tab>/other.site` leads to another."""


class NotSignedInError(HTTPException):
    """Nobody is known to ask; a page leads to the login, a program gets 401."""

    def __init__(self, detail: str = "请先登录") -> None:
        super().__init__(401, detail, headers={"WWW-Authenticate": "Bearer"})


def client_address(request: Request) -> str:
    """Network address that a request comes from."""
    return request.client.host if request.client else ""


def get_sessions(request: Request) -> Sessions:
    """The sessions of this instance."""
    sessions: Sessions = request.state.sessions
    return sessions


def signed_in(request: Request) -> Actor:
    """Whoever asks.

    Raises:
        NotSignedInError: nobody is known to ask.
    """
    matcher, address = get_matcher(request), client_address(request)
    header = request.headers.get("authorization", "")
    if header.lower().startswith(_BEARER):
        actor = actor_of_key(matcher, header[len(_BEARER) :].strip(), address)
        if actor is None:
            raise NotSignedInError("接口密钥无效、已停用或已过期")
        request.state.actor = actor
        return actor
    ticket = _ticket(request)
    actor = ticket and actor_of_session(matcher, ticket.username, ticket.epoch, address)
    if not ticket or actor is None:
        raise NotSignedInError()
    # Templates show who asks, and put the token into every form.
    request.state.actor = actor
    request.state.form_token = get_sessions(request).form_token(ticket)
    return actor


ActorDep = Annotated[Actor, Depends(signed_in)]


async def refuse_forged_forms(request: Request, _actor: ActorDep) -> None:
    """Dependency of every route for people who are signed in: a form must be of their session.

    A browser sends cookies by itself, also when a page of another site makes it do so; what such
    a page cannot send is the token. Programs with a key send no cookie and need none.

    Raises:
        HTTPException: 403, the token is missing or of another session.
    """
    ticket = _ticket(request)
    by_key = request.headers.get("authorization", "").lower().startswith(_BEARER)
    if request.method not in _CHANGING or by_key or ticket is None:
        return
    sent = request.headers.get(CSRF_HEADER)
    if sent is None and "form" in request.headers.get("content-type", "").lower():
        value = (await request.form()).get(CSRF_FIELD)
        sent = value if isinstance(value, str) else None
    if sent is None or not get_sessions(request).form_token_fits(ticket, sent):
        raise HTTPException(403, "页面已经过期，没有保存。请返回上一页刷新后再提交")


def get_desk(matcher: MatcherDep, actor: ActorDep) -> Desk:
    """The library as whoever asks may use it."""
    return Desk(matcher, actor)


DeskDep = Annotated[Desk, Depends(get_desk)]

REQUIRED = [Depends(refuse_forged_forms)]
"""Dependencies of every router but those that anybody may use."""


def begin_session(request: Request, response: Response, account: Account) -> None:
    """Give the browser the cookie of a new session."""
    response.set_cookie(
        COOKIE,
        get_sessions(request).begin(account.username, account.epoch),
        max_age=LIFETIME,
        path=request.scope.get("root_path", "") or "/",
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )


def end_session(request: Request, response: Response) -> None:
    """Take the cookie back."""
    response.delete_cookie(COOKIE, path=request.scope.get("root_path", "") or "/")


def own_address(target: str) -> str:
    """An address to go to after the login: a path of ours, else the first page."""
    if len(target) > _LONGEST_TARGET or _UNSEEN.search(target):
        return "/"
    if not target.startswith("/") or target.startswith(("//", "/\\")):
        return "/"
    # Back to the login would go round in a circle.
    return "/" if urlsplit(target).path in {"/login", "/logout"} else target


def wanted_page(request: Request) -> str:
    """Where somebody goes on after the login: the page asked for, or the one with the form.

    What a form sent is not sent again; the address of a form that only takes what is sent would
    answer with an error.
    """
    if request.method in {"GET", "HEAD"}:
        path, query = quote(request.scope["path"], safe="/"), request.url.query
    else:
        form = urlsplit(request.headers.get("referer", ""))
        if form.netloc != request.headers.get("host"):
            return "/"
        path, query = form.path, form.query
    path = path.removeprefix(request.scope.get("root_path", ""))
    return own_address(f"{path}?{query}" if query else path)


def _ticket(request: Request) -> Ticket | None:
    cookie = request.cookies.get(COOKIE)
    return get_sessions(request).read(cookie) if cookie else None
