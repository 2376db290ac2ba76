"""Rendering of templates, and what all of them can use."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from fastapi import Request, Response
from fastapi.templating import Jinja2Templates
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from api.pages import format as formats
from api.pages.navigation import Group, help_part, navigation_of
from api.urls import quoted
from matcher.people import Actor, Permission
from matcher.records import PartnerKind, SiteType, SolutionMode, TechField


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
def _form_token(context: Context) -> str:
    """The token of this session; empty where nobody is signed in."""
    return getattr(context["request"].state, "form_token", "")


@pass_context
def _form_field(context: Context) -> Markup:
    """The hidden field that every form which changes something carries."""
    return Markup('<input type="hidden" name="csrf" value="{}">').format(_form_token(context))


@pass_context
def _actor(context: Context) -> Actor | None:
    """Who is signed in."""
    return getattr(context["request"].state, "actor", None)


@pass_context
def _navigation(context: Context) -> tuple[Group, ...]:
    """What whoever is signed in can go to."""
    return navigation_of(_actor(context))


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
        csrf_field=_form_field,
        form_token=_form_token,
        signed_in=_actor,
        Permission=Permission,
        navigation=_navigation,
        help_part=help_part,
        PartnerKind=PartnerKind,
        TechField=TechField,
        SolutionMode=SolutionMode,
        SiteType=SiteType,
    )
    environment.filters.update(
        long_date=formats.long_date,
        short_date=formats.short_date,
        moment=formats.moment,
        day=formats.day,
        money=formats.money,
        marked=formats.marked,
        excerpt=formats.excerpt,
        is_long=formats.is_long,
        percent=formats.percent,
        probability=formats.probability,
        quoted=quoted,
    )
    return environment


_TEMPLATES = Jinja2Templates(env=_environment())
