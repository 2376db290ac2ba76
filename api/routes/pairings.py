"""Pairings over HTTP."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, File, Form, Path, Query, Response, UploadFile
from pydantic import AfterValidator

from api.auth import DeskDep
from api.downloads import handed_out
from api.openapi import PREFIX, problems
from api.parameters import Limit, Offset, Search
from api.plain import storable
from api.schemas.pairings import (
    FailInput,
    FileOut,
    NoteInput,
    PairingDetail,
    PairingInput,
    PairingListed,
    PairingOut,
    PairingPage,
    PairingSaved,
    ReleaseInput,
    StageInput,
)
from matcher.casework.pairings import FailReason, PairingStage
from matcher.casework.steps import require_reason
from matcher.desk import pairing_files, pairing_views, pairings
from matcher.files import LARGEST
from matcher.records import PartnerKind
from matcher.store.pairings import SORTED_BY, PairingFilter

router = APIRouter(prefix="/pairings", tags=["对接"])

PairingId = Annotated[int, Path(ge=1, le=2**31 - 1, description="对接的编号")]
FileId = Annotated[int, Path(ge=1, le=2**31 - 1, description="附件的编号")]
_BINARY = {"content": {"application/octet-stream": {"schema": {"type": "string"}}}}


@router.get("", summary="列出对接", responses=problems(422))
def list_all(
    desk: DeskDep,
    *,
    county: Annotated[Search, Query(description="县区")] = "",
    stage: Annotated[
        Search,
        Query(
            description="阶段，英文值或中文名",
            json_schema_extra={"enum": [stage.value for stage in PairingStage]},
        ),
    ] = "",
    kind: Annotated[
        Search,
        Query(
            description="对象类型，英文值或中文名",
            json_schema_extra={"enum": [kind.value for kind in PartnerKind]},
        ),
    ] = "",
    q: Annotated[Search, Query(description="需求、企业或对象的名称或编号中的文字")] = "",
    overdue: Annotated[bool, Query(description="只要超过 30 天没有进展的")] = False,
    sort: Annotated[
        Search,
        Query(description="排序的列，前加减号为倒序", json_schema_extra={"enum": [*SORTED_BY]}),
    ] = "-moved",
    offset: Offset = 0,
    limit: Limit = 50,
) -> PairingPage:
    """列出本人可见的对接，默认最近有进展的在前。"""
    wanted = PairingFilter(
        county=county,
        stages=frozenset({PairingStage.parse(stage, field="stage")} if stage else ()),
        kind=PartnerKind.parse(kind, field="kind") if kind else None,
        text=q,
        idle_since=pairing_views.idle_since(datetime.now(UTC)) if overdue else None,
    )
    name = sort.removeprefix("-")
    cards, total = pairing_views.find(
        desk,
        wanted,
        sort=name if name in SORTED_BY else "moved",
        descending=sort.startswith("-"),
        offset=offset,
        limit=limit,
    )
    items = [PairingListed.listed(card) for card in cards]
    return PairingPage(items=items, total=total, offset=offset, limit=limit)


@router.post("", status_code=201, summary="新建对接", responses=problems(404, 409, 413, 422))
def create(body: PairingInput, desk: DeskDep, response: Response) -> PairingSaved:
    """推荐或推送一个对象，或把它记为不合适。推送以后，需求随之变为“对接中”。

    对象与企业有利益冲突、双方已在对接、或需求不在征集对象时得到 409。对象今年的对接已满时照样
    建立，`warnings` 说明情况。
    """
    failed = body.stage is PairingStage.FAILED
    require_reason(failed, body.reason, FailReason)
    if body.reason is not None:
        pairing = pairings.refuse(
            desk,
            body.need_id,
            body.partner_id,
            body.reason,
            probability=body.probability,
            note=body.note,
        )
        saved = PairingSaved.of(pairing)
    else:
        load = pairing_views.load_of(desk, body.partner_id)
        pairing = pairings.begin(
            desk,
            body.need_id,
            body.partner_id,
            stage=body.stage,
            probability=body.probability,
            note=body.note,
        )
        saved = PairingSaved.told(pairing, load)
    response.headers["Location"] = f"{PREFIX}/pairings/{pairing.id}"
    return saved


@router.get("/{pairing_id}", summary="查看对接", responses=problems(404, 422))
def show(pairing_id: PairingId, desk: DeskDep) -> PairingDetail:
    """一项对接、它的双方和时间线。联系方式另行查看。"""
    return PairingDetail.of_file(pairing_views.open_pairing(desk, pairing_id))


@router.post("/{pairing_id}/stage", summary="到另一个阶段", responses=problems(404, 409, 413, 422))
def advance(pairing_id: PairingId, body: StageInput, desk: DeskDep) -> PairingOut:
    """到后面的任一阶段，需求随之前进；或写明原因退回上一阶段；未成的可以重新推荐。"""
    moved = pairings.advance(desk, pairing_id, body.stage, seen=body.seen, note=body.note)
    return PairingOut.of(moved)


@router.post("/{pairing_id}/fail", summary="记为未成", responses=problems(404, 409, 413, 422))
def fail(pairing_id: PairingId, body: FailInput, desk: DeskDep) -> PairingOut:
    """记为未成并说明原因；需求的状态不自动改变。"""
    failed = pairings.fail(desk, pairing_id, body.reason, seen=body.seen, note=body.note)
    return PairingOut.of(failed)


@router.post(
    "/{pairing_id}/notes",
    status_code=204,
    summary="加备注",
    responses=problems(404, 413, 422),
)
def note(pairing_id: PairingId, body: NoteInput, desk: DeskDep) -> None:
    """在时间线上加一条备注。"""
    pairings.note(desk, pairing_id, body.text)


@router.post(
    "/{pairing_id}/release", summary="公开联系方式", responses=problems(404, 409, 413, 422)
)
def release(pairing_id: PairingId, body: ReleaseInput, desk: DeskDep) -> PairingOut:
    """让双方知道对方的名称和联系方式；不能收回。需要“查看联系方式”的权限。"""
    released = pairings.release(desk, pairing_id, seen=body.seen, note=body.note)
    return PairingOut.of(released)


@router.post(
    "/{pairing_id}/files",
    status_code=201,
    summary="上传附件",
    responses=problems(404, 413, 422),
)
def attach(
    pairing_id: PairingId,
    desk: DeskDep,
    file: Annotated[UploadFile, File(description="最大 10 MB；按内容判断类型")],
    note: Annotated[str, Form(description="说明"), AfterValidator(storable)] = "",
) -> FileOut:
    """上传 pdf、doc、docx、xls、xlsx、jpg、png 或 txt 文件。"""
    content = file.file.read(LARGEST + 1)
    name = storable(file.filename or "")
    return FileOut.of(pairing_files.attach(desk, pairing_id, name, content, note=note))


@router.get(
    "/{pairing_id}/files/{file_id}",
    summary="下载附件",
    response_class=Response,
    responses={200: _BINARY, **problems(404, 422)},
)
def download(pairing_id: PairingId, file_id: FileId, desk: DeskDep) -> Response:
    """附件的内容；记入操作记录。需要“查看联系方式”的权限。"""
    return handed_out(*pairing_files.download(desk, pairing_id, file_id))
