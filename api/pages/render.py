"""Rendering of templates, and what all of them can use."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from fastapi import Request, Response
from fastapi.templating import Jinja2Templates
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context

from api.pages import format as formats
from api.urls import quoted
from matcher.records import PartnerKind, SiteType, SolutionMode, TechField

NAVIGATION = (
    ("home", "/", "首页"),
    ("needs", "/needs", "需求"),
    ("new-need", "/needs/new", "填报需求"),
    ("partners", "/partners", "对象目录"),
    ("match", "/match", "快速匹配"),
    ("docs", "/api/docs", "接口文档"),
)


def page(
    request: Request,
    template: str,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **context: Any,  # noqa: ANN401 - whatever the template shows
) -> Response:
    """Render a template."""
    return _TEMPLATES.TemplateResponse(
        request, template, context, status_code=status, headers=headers
    )


def address(request: Request, path: str, **query: object) -> str:
    """An address of ours with its query; empty values are left out."""
    given = {name: value for name, value in query.items() if value not in (None, "", [], ())}
    base = request.scope.get("root_path", "") + path
    return f"{base}?{urlencode(given, doseq=True)}" if given else base


@pass_context
def _url(context: Context, path: str, **query: object) -> str:
    return address(context["request"], path, **query)


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent.parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        url=_url,
        navigation=NAVIGATION,
        PartnerKind=PartnerKind,
        TechField=TechField,
        SolutionMode=SolutionMode,
        SiteType=SiteType,
    )
    environment.filters.update(
        long_date=formats.long_date,
        short_date=formats.short_date,
        money=formats.money,
        marked=formats.marked,
        excerpt=formats.excerpt,
        is_long=formats.is_long,
        quoted=quoted,
    )
    return environment


_TEMPLATES = Jinja2Templates(env=_environment())
