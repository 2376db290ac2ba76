"""The rules of site types, to be read and printed."""

from fastapi import APIRouter, Request, Response

from api.auth import DeskDep
from api.pages.render import page
from matcher.desk import site_checks
from matcher.errors import UnreadableFileError
from matcher.people import Permission
from matcher.people.days import today
from matcher.rules.conditions import Rules

router = APIRouter(prefix="/rules")


@router.get("")
def show(request: Request, desk: DeskDep) -> Response:
    """All conditions of all types, each with its source."""
    desk.actor.require(Permission.READ)
    try:
        rules, trouble = site_checks.rules_of(desk.matcher.home), ""
    except UnreadableFileError as error:
        # Whoever reads it did nothing wrong, and is told whom to tell.
        rules, trouble = Rules(()), error.message
    return page(request, "rules.html", rules=rules, trouble=trouble, today=today())
