"""The one place where errors become HTTP.

Under `/api/` an error is a problem details object (RFC 9457), elsewhere a Chinese page. Both come
from one `Problem`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse
from starlette.exceptions import HTTPException

from api.auth import wanted_page
from api.pages.render import address, page
from api.security import DOCS_PATH, security_headers
from api.validation import FieldError, field_errors
from matcher.errors import (
    ConflictError,
    ForbiddenError,
    IndexStateError,
    InvalidInputError,
    MatcherError,
    ModelError,
    NeedTextError,
    NotFoundError,
    StoreError,
    ThrottledError,
)
from matcher.intake.results import RecordFaultsError

MEDIA_TYPE = "application/problem+json"

_KINDS: dict[type[MatcherError], tuple[HTTPStatus, str, str]] = {
    NeedTextError: (HTTPStatus.UNPROCESSABLE_ENTITY, "need-text", "需求文字无法匹配"),
    InvalidInputError: (HTTPStatus.UNPROCESSABLE_ENTITY, "invalid-input", "输入有误"),
    NotFoundError: (HTTPStatus.NOT_FOUND, "not-found", "没有这条记录"),
    ThrottledError: (HTTPStatus.TOO_MANY_REQUESTS, "throttled", "尝试太频繁"),
    ForbiddenError: (HTTPStatus.FORBIDDEN, "forbidden", "没有权限"),
    ConflictError: (HTTPStatus.CONFLICT, "conflict", "与已有记录冲突"),
    ModelError: (HTTPStatus.SERVICE_UNAVAILABLE, "model", "语义模型不可用"),
    IndexStateError: (HTTPStatus.SERVICE_UNAVAILABLE, "index", "索引不可用"),
    StoreError: (HTTPStatus.SERVICE_UNAVAILABLE, "store", "数据库不可用"),
    MatcherError: (HTTPStatus.INTERNAL_SERVER_ERROR, "internal", "系统错误"),
}
_TITLES = {
    400: "请求无法读取",
    401: "没有登录",
    403: "不允许的操作",
    404: "没有这个地址",
    405: "这个地址不支持该操作",
    413: "内容太大",
    500: "系统错误",
}
_DETAILS = {
    400: "请求的内容无法解析。请检查格式和编码，文字应为 UTF-8",
    404: "地址可能写错，或者内容已经移走。请从导航进入",
    405: "请检查请求的方法",
    500: "程序出了意外错误，已记入日志。请稍后再试，仍有问题请联系管理员，并告诉他编号",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """An error as it is told to the outside."""

    status: int
    slug: str
    title: str
    detail: str
    errors: Sequence[FieldError] = ()
    headers: Mapping[str, str] = field(default_factory=dict)


def install(app: FastAPI) -> None:
    """Register the handlers; what none of them takes goes to the outermost middleware."""
    app.add_exception_handler(MatcherError, _on_matcher_error)
    app.add_exception_handler(RequestValidationError, _on_validation_error)
    app.add_exception_handler(HTTPException, _on_http_error)


def problem_of(error: MatcherError) -> Problem:
    """The problem that an error of the matcher is."""
    status, slug, title = next(_KINDS[c] for c in type(error).__mro__ if c in _KINDS)
    return Problem(
        status=status, slug=slug, title=title, detail=error.message, errors=_fields_of(error)
    )


def respond(request: Request, problem: Problem) -> Response:
    """Problem details for programs, a page for people."""
    if _is_api(request):
        return JSONResponse(
            _details(problem, request),
            status_code=problem.status,
            headers=dict(problem.headers),
            media_type=MEDIA_TYPE,
        )
    return page(
        request,
        "error.html",
        problem=problem,
        request_id=_number_of(request),
        status=problem.status,
        headers=dict(problem.headers),
    )


def _number_of(request: Request) -> str:
    """Number of the request, by which the administrator finds it in the log."""
    return getattr(request.state, "request_id", "")


def _is_api(request: Request) -> bool:
    path = _path(request)
    return path.startswith("/api/") and path != DOCS_PATH


def _path(request: Request) -> str:
    return request.url.path.removeprefix(request.scope.get("root_path", ""))


def _to_login(request: Request) -> Response:
    """To the login, and from there to the page; what a form sent cannot be sent again."""
    target = address(request, "/login", next=wanted_page(request))
    return RedirectResponse(target, status_code=303)


def _details(problem: Problem, request: Request) -> dict[str, Any]:
    details: dict[str, Any] = {
        "type": f"urn:need-matcher:problem:{problem.slug}",
        "title": problem.title,
        "status": int(problem.status),
        "detail": problem.detail,
        "instance": request.url.path,
        "request_id": _number_of(request),
    }
    if problem.errors:
        details["errors"] = [error.as_dict() for error in problem.errors]
    return details


def _fields_of(error: MatcherError) -> list[FieldError]:
    if isinstance(error, RecordFaultsError):
        return [FieldError(f.field, f.message, f.label, f.value) for f in error.faults]
    if isinstance(error, InvalidInputError) and error.field:
        return [FieldError(error.field, error.message)]
    return []


def _on_matcher_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, MatcherError)
    return respond(request, problem_of(error))


def _on_validation_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    errors = field_errors(error.errors())
    detail = f"有 {len(errors)} 处需要修改"
    problem = Problem(
        status=422, slug="invalid-input", title="输入有误", detail=detail, errors=errors
    )
    return respond(request, problem)


def _on_http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    status = HTTPStatus(error.status_code)
    if status == HTTPStatus.UNAUTHORIZED and not _is_api(request):
        return _to_login(request)
    own_words = error.detail if error.detail and not error.detail.isascii() else ""
    problem = Problem(
        status=status,
        slug=f"http-{status.value}",
        title=_TITLES.get(status, status.phrase),
        detail=own_words or _DETAILS.get(status, status.phrase),
        headers=error.headers or {},
    )
    return respond(request, problem)


def unexpected(request: Request) -> Response:
    """The answer where something went wrong that nobody foresaw; the log has the traceback.

    It is sent outside of what adds the security headers, so it brings them along.
    """
    problem = Problem(status=500, slug="internal", title=_TITLES[500], detail=_DETAILS[500])
    response = respond(request, problem)
    response.headers.update(security_headers(request.url.path))
    return response
