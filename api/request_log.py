"""Each request has a number, a line in the log and a place in the metrics.

The line tells who asked for what by which route, never what was sent: no query, no form, no
cookie, and of a link that lets somebody in only that it was one.
"""

import logging
import re
import secrets
from time import perf_counter
from typing import Final

from fastapi import FastAPI, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import unexpected
from api.metrics import Metrics
from api.route_names import RouteNames, secrets_in
from matcher.logs import about, fields
from matcher.people import Actor
from matcher.timing import heard_by

HEADER: Final = "X-Request-ID"

_SANE = re.compile(r"[A-Za-z0-9._-]{8,64}")
_LINK = re.compile(r"(/submit/+)[^/]+", re.IGNORECASE)
_HIDDEN: Final = "…"
_LONGEST_PATH: Final = 300
_CLIENT_LEFT: Final = 499

_log = logging.getLogger(__name__)


class RequestMiddleware:
    """The outermost: whatever happens within is told with the number of the request."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._names: RouteNames | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, also where something unexpected happens, and tell of it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        asked = _Asked(scope)
        metrics: Metrics = scope["state"]["metrics"]
        with metrics.in_flight(), heard_by(metrics.stage):
            try:
                await self._answer(scope, receive, asked.told_to(send), asked)
            finally:
                route = self._names_of(scope["app"]).of(scope)
                metrics.answered(asked.method, route, asked.status, asked.seconds)
                _log.info("request", extra=fields(**asked.line(scope, route)))

    async def _answer(self, scope: Scope, receive: Receive, send: Send, asked: "_Asked") -> None:
        try:
            await self._app(scope, receive, send)
        except Exception:
            if asked.answered:
                raise  # the server breaks the connection off, and logs why
            _log.exception("unexpected error")
            response = await run_in_threadpool(unexpected, Request(scope))
            await response(scope, receive, send)

    def _names_of(self, app: FastAPI) -> RouteNames:
        if self._names is None:
            self._names = RouteNames(app.routes)
        return self._names


class _Asked:
    """A request, and how it was answered."""

    def __init__(self, scope: Scope) -> None:
        self._started = perf_counter()
        self.method: str = scope["method"]
        # A mounted application takes its part off the path.
        self._path: str = scope["path"]
        self.id = request_id(Headers(scope=scope).getlist(HEADER))
        self.answered = False
        self.status = _CLIENT_LEFT
        scope.setdefault("state", {})["request_id"] = self.id
        # Not taken back: the server's own lines of this task are about the request too.
        about(request=self.id)

    @property
    def seconds(self) -> float:
        """Time since it was asked."""
        return perf_counter() - self._started

    def told_to(self, send: Send) -> Send:
        """`send`, which adds the number to the answer and notes its status."""

        async def noting(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.answered, self.status = True, message["status"]
                MutableHeaders(scope=message)[HEADER] = self.id
            await send(message)

        return noting

    def line(self, scope: Scope, route: str) -> dict[str, object]:
        """What the log tells of it."""
        path = self._path
        for secret in secrets_in(scope.get("path_params", {})):
            path = path.replace(secret, _HIDDEN)
        told: dict[str, object] = {
            "method": self.method,
            "route": route,
            "path": _LINK.sub(rf"\g<1>{_HIDDEN}", path)[:_LONGEST_PATH],
            "status": self.status,
            "milliseconds": round(self.seconds * 1000, 1),
        }
        actor: Actor | None = scope["state"].get("actor")
        return told | ({"user": actor.id} if actor is not None else {})


def request_id(sent: list[str]) -> str:
    """The number of a request: what the proxy before us gave it if that is sane, else a new one."""
    if len(sent) == 1 and _SANE.fullmatch(sent[0]):
        return sent[0]
    return secrets.token_hex(6)
