"""Batches as they are printed."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.table import Table
from rich.text import Text

from matcher.casework.batches import Batch, BatchState, DocumentKind
from matcher.cli.shared import console
from matcher.people.days import shown_moment
from matcher.planning.settings import LABELS
from matcher.records import PartnerKind
from matcher.store.batch_results import BatchDocument


def batch_data(batch: Batch, documents: Sequence[BatchDocument]) -> dict[str, Any]:
    """A batch as JSON."""
    inputs = batch.inputs
    return {
        "id": batch.id,
        "month": batch.month,
        "state": batch.state.value,
        "state_label": batch.state.label,
        "out": batch.out,
        "started_at": batch.started_at.isoformat(),
        "finished_at": batch.finished_at.isoformat() if batch.finished_at else None,
        "started_by": batch.started_by,
        "host": batch.host,
        "pid": batch.pid,
        "runs": batch.runs,
        "error": batch.error,
        "inputs": {
            "model_id": inputs.model_id,
            "library_id": inputs.library_id,
            "revision": inputs.revision,
            "token": inputs.token,
            "program": inputs.program,
            "counties": list(inputs.counties),
            "assignment": dict(inputs.assignment),
            "files": dict(inputs.files),
        },
        "steps": [
            {
                "step": step.step.value,
                "label": step.step.label,
                "done": step.done,
                "total": step.total,
                "seconds": step.seconds,
                "finished": step.finished_at is not None,
            }
            for step in batch.steps
        ],
        "documents": [
            {
                "path": each.path,
                "kind": each.kind.value,
                "county": each.county,
                "size": each.size,
                "sha256": each.sha256,
            }
            for each in documents
        ],
    }


def print_documents(batch: Batch, documents: Sequence[BatchDocument], folder: Path) -> None:
    """What a batch has written, and where."""
    letters = sum(each.kind is DocumentKind.LETTER for each in documents)
    console.print(
        f"{batch.month} 月度批次已完成，用时 {_long(batch.seconds)}："
        f"月报和附表 {len(documents) - letters} 份，对接函 {letters} 份",
        soft_wrap=True,
    )
    console.print(f"文档在 {folder.resolve()}", soft_wrap=True)
    for each in documents:
        if each.kind is not DocumentKind.LETTER:
            console.print(f"  {each.path}", soft_wrap=True)


def print_batch(batch: Batch, documents: int, *, whole: bool) -> None:
    """A batch in some lines, or with everything that it was made from."""
    ended = f"，{shown_moment(batch.finished_at)} 结束" if batch.finished_at else ""
    console.print(
        f"{batch.month}　编号 {batch.id}　{batch.state.label}　{batch.started_by}启动，"
        f"{shown_moment(batch.started_at)} 开始{ended}，文档 {documents} 份",
        soft_wrap=True,
    )
    if batch.error and batch.state is not BatchState.FINISHED:
        console.print(f"  {batch.error}", soft_wrap=True)
    if not whole:
        return
    table = Table(box=None, pad_edge=False)
    for heading in ("步骤", "完成", "共", "用时"):
        table.add_column(heading, justify="left" if heading == "步骤" else "right")
    for step in batch.steps:
        mark = "" if step.finished_at else "（未完）"
        label = Text(f"{step.step.label}{mark}")
        table.add_row(label, str(step.done), str(step.total), _long(step.seconds))
    console.print(table)
    inputs = batch.inputs
    lines = {
        "文件夹": batch.out,
        "运行": f"{batch.host} 上的进程 {batch.pid}，共启动 {batch.runs} 次",
        "资料库": f"{inputs.library_id}，版本 {inputs.revision}（{inputs.token}）",
        "语义模型": inputs.model_id,
        "程序版本": inputs.program,
        "县区版": "、".join(inputs.counties) or "有记录的县区都出",
        "配对设置": "，".join(
            f"{LABELS.get(name, name)} {_plain(value)}" for name, value in inputs.assignment.items()
        ),
    }
    for name, value in lines.items():
        console.print(f"{name}：{value}", soft_wrap=True)
    for file, digest in inputs.files.items():
        console.print(f"文件：{file}　SHA-256 {digest}", soft_wrap=True)


def _plain(value: object) -> str:
    """A setting as it is printed; one by kind of partner with the kinds' names."""
    if not isinstance(value, dict):
        return str(value)
    kinds = {kind.value: kind.label for kind in PartnerKind}
    return "、".join(f"{kinds.get(name, name)} {each}" for name, each in value.items())


def _long(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.1f} 秒"
    return f"{int(seconds) // 60} 分 {int(seconds) % 60} 秒"
