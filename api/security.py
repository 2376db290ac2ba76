"""What a browser is told to refuse, what we refuse from a browser, and how much we read."""

import re
from collections.abc import AsyncIterator
from typing import Final
from urllib.parse import urlsplit

from fastapi import HTTPException, Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.sessions import COOKIE, Sessions

BODY_LIMIT = 2 * 1024 * 1024
"""Largest request body, in bytes."""
LARGER_BODIES: Final = (
    # A file of a pairing may have 10 MB, and the form around it takes some more.
    (re.compile(r"(?:/api/v1)?/pairings/\d+/files"), 11 * 1024 * 1024),
    # A spreadsheet to import may have 20 MB.
    (re.compile(r"/needs/import"), 21 * 1024 * 1024),
)
"""Addresses that take files, and how large a body may be there."""

DOCS_PATH = "/api/docs"

_CHANGING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
# Swagger UI draws its icons as data: images.
_DOCS_POLICY = _POLICY | {"img-src": "'self' data:"}


def security_headers(path: str) -> dict[str, str]:
    """Headers that every response to `path` carries."""
    policy = _DOCS_POLICY if path == DOCS_PATH else _POLICY
    return {
        "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
        "Cache-Control": "no-cache",
    }


def refuse_cross_site(request: Request) -> None:
    """Dependency of every route: no page of another site may change anything here.

    Browsers say where a request comes from in `Sec-Fetch-Site`, and in `Origin` where the page
    is served without TLS; programs send neither and are let through.

    Raises:
        HTTPException: 403, a browser sent the request from another site.
    """
    if request.method not in _CHANGING:
        return
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        allowed = site in {"same-origin", "none"}
    else:
        origin = request.headers.get("origin")
        allowed = origin is None or urlsplit(origin).netloc == request.headers.get("host")
    if not allowed:
        raise HTTPException(403, "拒绝了来自其他网站的提交。请在本系统的页面上操作")


async def close_form(request: Request) -> AsyncIterator[None]:
    """Dependency of every route: files that a form brought are closed when the answer is there.

    Whoever reads a form inside of a dependency has to; FastAPI closes those that it reads itself.
    """
    try:
        yield
    finally:
        await request.close()


class SecurityMiddleware:
    """Adds the security headers and stops reading a body at the limit."""

    def __init__(self, app: ASGIApp, body_limit: int = BODY_LIMIT) -> None:
        self._app = app
        self._limit = body_limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on with a guarded `receive` and a `send` that adds headers."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = security_headers(scope["path"].removeprefix(scope.get("root_path", "")))

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                present = MutableHeaders(scope=message)
                for name, value in headers.items():
                    present.setdefault(name, value)
            await send(message)

        await self._app(scope, self._limited(scope, receive), send_with_headers)

    def _limited(self, scope: Scope, receive: Receive) -> Receive:
        announced = Headers(scope=scope).get("content-length", "")
        limit = left = self._limit_of(scope)

        async def limited() -> Message:
            nonlocal left
            if announced.isdecimal() and int(announced) > limit:
                raise _too_large(limit)
            message = await receive()
            left -= len(message.get("body", b""))
            if left < 0:
                raise _too_large(limit)
            return message

        return limited

    def _limit_of(self, scope: Scope) -> int:
        """The larger limits are for people with a session and programs with a key.

        A form is read before a route asks who sent it, so strangers are kept short here; whether
        the session has ended or the key is a good one is found out afterwards.
        """
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        if not _seems_known(scope):
            return self._limit
        larger = (limit for pattern, limit in LARGER_BODIES if pattern.fullmatch(path))
        return max((self._limit, *larger))


def _seems_known(scope: Scope) -> bool:
    request = HTTPConnection(scope)
    sessions: Sessions | None = scope.get("state", {}).get("sessions")
    cookie = request.cookies.get(COOKIE, "")
    signed = sessions is not None and sessions.read(cookie) is not None
    return signed or "authorization" in request.headers


def _too_large(limit: int) -> HTTPException:
    return HTTPException(413, f"内容超过 {limit // (1024 * 1024)} MB，请删减或分几次提交")
