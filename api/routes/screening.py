"""Screening over HTTP."""

from fastapi import APIRouter

from api.auth import DeskDep
from api.openapi import problems
from api.schemas.screening import CommonNeedOut, CommonNeedsAnswer, ScreenAnswer, ScreenRequest
from matcher.desk import needs, screening

router = APIRouter(tags=["筛选"])


@router.post("/screen", summary="筛选一条需求", responses=problems(404, 413, 422))
def screen(body: ScreenRequest, desk: DeskDep) -> ScreenAnswer:
    """判断需求属于什么领域、学科和行业，推荐关键词，并找出库中重复或属于同一问题的需求。

    什么都不保存。`warnings` 说明当前的语义模型有什么判断不了。
    """
    text = body.question()
    if body.need_id is None:
        found = screening.screen_text(desk, text)
    else:
        found = screening.screen(desk, needs.get(desk, body.need_id))
    warnings = desk.matcher.screener.warnings
    return ScreenAnswer.of(found, need_id=body.need_id, warnings=warnings)


@router.get("/common-needs", summary="列出共性需求")
def common_needs(desk: DeskDep) -> CommonNeedsAnswer:
    """两家以上企业提出的同一个问题，企业多的在前；数据有变化后的第一次查询要重新归纳，较慢。

    县级账号只归纳本县区的需求。
    """
    screener = desk.matcher.screener
    return CommonNeedsAnswer(
        tells_problems=screener.tells_problems,
        groups=[CommonNeedOut.of(group) for group in screening.common(desk)],
        warnings=list(screener.warnings),
    )
