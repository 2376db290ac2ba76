"""Screening as somebody sees it: against the needs that are theirs to see, and no others."""

from dataclasses import replace

from matcher.desk import needs
from matcher.desk.core import Desk
from matcher.people import Permission
from matcher.records import Need, NeedMatch, Ranking
from matcher.screener import CommonNeedGroup, Screening, SimilarNeed


def similar(desk: Desk, need_id: str, *, top: int = 10) -> Ranking[NeedMatch]:
    """Other needs like this one, as far as the actor may see them.

    Raises:
        NotFoundError: there is no such need, or it is not the actor's to see.
    """
    needs.get(desk, need_id)
    ranking = desk.matcher.similar_needs(need_id, top=top, restriction=desk.own_needs())
    seen = tuple(match for match in ranking.matches if desk.actor.covers(match.need.county))
    return replace(ranking, matches=seen)


def screen(desk: Desk, need: Need) -> Screening:
    """Screen a need, stored or not, against those that the actor may see, itself left out.

    Raises:
        ModelError: a model cannot be loaded.
    """
    desk.actor.require(Permission.READ)
    return desk.matcher.screener.screen(
        need.text, given=need.keywords, exclude=(need.id,), county=desk.actor.county
    )


def screen_text(desk: Desk, text: str) -> Screening:
    """Screen a need given as text, against those that the actor may see.

    Raises:
        NeedTextError: the text is empty, says too little, or is too long.
        ModelError: a model cannot be loaded.
    """
    desk.actor.require(Permission.READ)
    return desk.matcher.screener.screen_text(text, county=desk.actor.county)


def similar_to(desk: Desk, need: Need) -> tuple[SimilarNeed, ...]:
    """Needs that the actor may see and that seem to be the same as this one or of its problem.

    Raises:
        ModelError: a model cannot be loaded.
    """
    desk.actor.require(Permission.READ)
    return desk.matcher.screener.similar_to(need, county=desk.actor.county)


def common(desk: Desk) -> tuple[CommonNeedGroup, ...]:
    """The common needs among the needs that the actor may see.

    Raises:
        ModelError: a model cannot be loaded.
    """
    desk.actor.require(Permission.READ)
    return desk.matcher.screener.common_needs(desk.actor.county)
