"""Matching over HTTP."""

from fastapi import APIRouter

from api.deps import MatcherDep, restriction_of
from api.openapi import problems
from api.schemas.match import MatchAnswer, MatchRequest
from matcher.store.needs import get_need
from matcher.text.mask import mask_personal

router = APIRouter(tags=["匹配"])


@router.post("/match", summary="为需求推荐对象", responses=problems(404, 413, 422))
def match(body: MatchRequest, matcher: MatcherDep) -> MatchAnswer:
    """按得分从高到低返回对象，每个对象附作为依据的文字，其中与需求相同的词标出位置。

    没有结果时 `matches` 为空，可放宽 `kinds` 或 `region` 再试。
    """
    text = body.question()
    restriction = restriction_of(body.kinds, body.region, body.exclude)
    if body.need_id is None:
        ranking = matcher.match_text(text, top=body.top, restriction=restriction)
    else:
        with matcher.reading() as session:
            text = get_need(session, body.need_id).text
        ranking = matcher.match_need(body.need_id, top=body.top, restriction=restriction)
    run_id = None
    if body.record:
        kept, _ = mask_personal(text)
        run_id = matcher.record(ranking, kept, need_id=body.need_id, restriction=restriction)
    return MatchAnswer.of(ranking, need_id=body.need_id, run_id=run_id)
