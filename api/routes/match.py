"""Matching over HTTP."""

import logging

from fastapi import APIRouter

from api.auth import DeskDep
from api.deps import restriction_of
from api.openapi import problems
from api.schemas.match import MatchAnswer, MatchRequest
from matcher.desk import needs
from matcher.errors import ConflictError, StoreError
from matcher.people import Permission
from matcher.records import PartnerMatch, Ranking, SearchFilter
from matcher.service import Matcher
from matcher.text.fold import tidy
from matcher.text.mask import mask_personal

router = APIRouter(tags=["匹配"])

_log = logging.getLogger(__name__)


@router.post("/match", summary="为需求推荐对象", responses=problems(403, 404, 413, 422))
def match(body: MatchRequest, desk: DeskDep) -> MatchAnswer:
    """按得分从高到低返回对象，每个对象附作为依据的文字，其中与需求相同的词标出位置。

    没有结果时 `matches` 为空，可放宽 `kinds` 或 `region` 再试。问答记不进库中时照样返回结果，
    `run_id` 为空，`warnings` 说明原因。
    """
    desk.actor.require(Permission.MATCH)
    matcher = desk.matcher
    text = body.question()
    restriction = restriction_of(body.kinds, body.region, body.exclude)
    if body.need_id is None:
        ranking = matcher.match_text(text, top=body.top, restriction=restriction)
    else:
        text = needs.get(desk, body.need_id).text
        ranking = matcher.match_need(body.need_id, top=body.top, restriction=restriction)
    run_id: int | None = None
    warnings: list[str] = []
    if body.record:
        run_id, warnings = _recorded(matcher, ranking, text, body.need_id, restriction)
    return MatchAnswer.of(ranking, need_id=body.need_id, run_id=run_id, warnings=warnings)


def _recorded(
    matcher: Matcher,
    ranking: Ranking[PartnerMatch],
    text: str,
    need_id: str | None,
    restriction: SearchFilter,
) -> tuple[int | None, list[str]]:
    """Number of the recorded run, or None and why; an answer that was found is not lost by it."""
    kept, _ = mask_personal(tidy(text))
    try:
        return matcher.record(ranking, kept, need_id=need_id, restriction=restriction), []
    except (StoreError, ConflictError) as error:
        _log.warning("a match was answered but not recorded: %s", error.message)
        return None, [f"这次问答没有记入库中：{error.message}"]
