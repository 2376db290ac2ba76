"""Common needs (共性需求): problems that several firms have."""

import logging

from fastapi import APIRouter, Request, Response

from api.auth import DeskDep
from api.pages.lookups import enterprises_of
from api.pages.paging import asked_page
from api.pages.render import page
from matcher.desk import Desk, screening
from matcher.errors import ModelError
from matcher.screener import CommonNeedGroup

router = APIRouter(prefix="/needs")

_log = logging.getLogger(__name__)
_COHESION = ((0.9, "高度一致"), (0.75, "比较一致"))
_LOOSEST = "大体一致"


@router.get("/common")
def show(request: Request, desk: DeskDep) -> Response:
    """The groups of needs of one problem, those of the most firms first."""
    groups, tells_problems, trouble = _groups(desk)
    asked = asked_page(request)
    shown = groups[asked.offset : asked.offset + asked.size]
    with desk.reading() as session:
        needs = (need for group in shown for need in group.needs)
        enterprises = enterprises_of(session, needs)
    return page(
        request,
        "common_needs.html",
        groups=[(group, cohesion_words(group.group.cohesion)) for group in shown],
        enterprises=enterprises,
        tells_problems=tells_problems,
        trouble=trouble,
        paging=asked.of(len(groups)),
    )


def cohesion_words(cohesion: float) -> str:
    """How well a group holds together, as people say it.

    Args:
        cohesion: mean probability that two of its needs are of one problem.
    """
    return next((words for least, words in _COHESION if cohesion >= least), _LOOSEST)


def _groups(desk: Desk) -> tuple[tuple[CommonNeedGroup, ...], bool, str]:
    """The groups, whether the model in use can tell them, and what is wrong with the models."""
    try:
        return screening.common(desk), desk.matcher.screener.tells_problems, ""
    except ModelError as error:
        _log.warning("no common needs: %s", error.message)
        return (), False, error.message
