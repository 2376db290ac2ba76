"""What is known of partners beside their profiles, and merging them, over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from api.auth import DeskDep
from api.openapi import problems
from api.parameters import RecordId
from api.plain import existing_id
from api.saving import accepted
from api.schemas.partners import (
    FactsInput,
    FactsOut,
    MergeInput,
    MergeOut,
    MergePreviewOut,
    TwinOut,
)
from matcher.desk import merging, partner_facts
from matcher.intake.partner_facts import parse_facts
from matcher.people.days import today

router = APIRouter(prefix="/partners", tags=["对象"])

MergeId = Annotated[int, Path(ge=1, le=2**63 - 1, description="合并的编号")]


@router.get("/{partner_id:path}/facts", summary="查看对接信息", responses=problems(404))
def show_facts(partner_id: RecordId, desk: DeskDep) -> FactsOut:
    """简介以外已知的事：别名、每年可承担的对接、利益冲突、最近联系等。"""
    return FactsOut.of(partner_facts.get(desk, partner_id))


@router.put(
    "/{partner_id:path}/facts", summary="保存对接信息", responses=problems(403, 404, 409, 413, 422)
)
def put_facts(partner_id: RecordId, body: FactsInput, desk: DeskDep) -> FactsOut:
    """整条替换一个对象的对接信息。"""
    known = accepted(parse_facts(body.values(), partner_id))
    return FactsOut.of(partner_facts.put_named(desk, known, seen=body.version))


@router.post("/{partner_id:path}/contacted", summary="记下今天联系过", responses=problems(403, 404))
def contacted(partner_id: RecordId, desk: DeskDep) -> FactsOut:
    """把最近联系的日期改为今天。"""
    return FactsOut.of(partner_facts.contacted(desk, partner_id, today()))


@router.get("/{partner_id:path}/twins", summary="找出同一对象的其他记录", responses=problems(404))
def twins(partner_id: RecordId, desk: DeskDep) -> list[TwinOut]:
    """名称或别名相同、单位不矛盾的其他记录，可以合并。"""
    return [TwinOut.of(found) for found in merging.suggestions(desk, partner_id)]


@router.get("/{partner_id:path}/merge", summary="预览合并", responses=problems(403, 404, 422))
def preview(
    partner_id: RecordId,
    desk: DeskDep,
    other: Annotated[str, Query(max_length=64, description="并入的记录的编号")],
) -> MergePreviewOut:
    """把另一条记录并入这一条会得到什么；什么都不保存。"""
    return MergePreviewOut.of(merging.preview(desk, partner_id, existing_id(other)))


@router.post(
    "/{partner_id:path}/merge", summary="合并两条记录", responses=problems(403, 404, 409, 413, 422)
)
def merge(partner_id: RecordId, body: MergeInput, desk: DeskDep) -> MergeOut:
    """证据、联系方式、对接和站点归到保留的记录，名称成为别名；可以撤销。"""
    done = merging.merge(desk, partner_id, existing_id(body.other), seen=body.seen)
    return MergeOut.of(done)


@router.post("/merges/{merge_id}/undo", summary="撤销合并", responses=problems(403, 404, 409, 422))
def undo(merge_id: MergeId, desk: DeskDep) -> MergeOut:
    """两条记录恢复原样。合并以后又改过的，不撤销，并说明改了什么。"""
    return MergeOut.of(merging.undo(desk, merge_id))
