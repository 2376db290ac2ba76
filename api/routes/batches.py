"""Monthly batches over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from api.auth import DeskDep
from api.deps import LauncherDep
from api.downloads import handed_out
from api.openapi import problems
from api.parameters import Limit, Offset, Search
from api.schemas.batches import BatchDetail, BatchInput, BatchOut, BatchPage, LaunchOut
from matcher.desk import batches

router = APIRouter(prefix="/batches", tags=["月度批次"])

BatchId = Annotated[int, Path(ge=1, le=2**31 - 1, description="批次的编号")]
DocumentId = Annotated[int, Path(ge=1, le=2**31 - 1, description="文档的编号")]
_BINARY = {"content": {"application/octet-stream": {"schema": {"type": "string"}}}}


@router.get("", summary="列出月度批次", responses=problems(422))
def list_all(
    desk: DeskDep,
    *,
    month: Annotated[Search, Query(description="月份，如 2026-11")] = "",
    offset: Offset = 0,
    limit: Limit = 50,
) -> BatchPage:
    """列出月度批次，最近启动的在前。"""
    found, total = batches.find(desk, month=month, offset=offset, limit=limit)
    items = [BatchOut.of(batch) for batch in found]
    return BatchPage(items=items, total=total, offset=offset, limit=limit)


@router.post("", status_code=202, summary="启动月度批次", responses=problems(403, 409, 413, 422))
def start(body: BatchInput, desk: DeskDep, launcher: LauncherDep) -> LaunchOut:
    """在服务器上启动一个月的批次，随即返回；没做完的接着做。

    已有批次在运行时得到 409。需要“月度方案和批次”的权限。
    """
    return LaunchOut.of(batches.start(desk, launcher, body.month, fresh=body.fresh))


@router.get("/{batch_id}", summary="查看月度批次", responses=problems(404, 422))
def show(
    batch_id: BatchId,
    desk: DeskDep,
    documents: Annotated[bool, Query(description="是否列出文档；只看进度时不必")] = True,
) -> BatchDetail:
    """一个批次的状态、进度和本人可以下载的文档。"""
    return BatchDetail.of_view(batches.open_batch(desk, batch_id, documents=documents))


@router.post("/{batch_id}/cancel", summary="取消月度批次", responses=problems(403, 404, 409, 422))
def cancel(batch_id: BatchId, desk: DeskDep) -> BatchOut:
    """要求正在运行的批次停下；做完手头的一小部分以后停下，再次启动时接着做。"""
    return BatchOut.of(batches.cancel(desk, batch_id))


@router.get(
    "/{batch_id}/documents/{document_id}",
    summary="下载批次文档",
    response_class=Response,
    responses={200: _BINARY, **problems(403, 404, 422)},
)
def download(batch_id: BatchId, document_id: DocumentId, desk: DeskDep) -> Response:
    """一份文档的内容；记入操作记录。需要“导出”的权限，对接函还需要“查看联系方式”的权限。"""
    return handed_out(*batches.download(desk, batch_id, document_id))
