"""Monthly batches in requests and responses."""

from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field

from matcher.batch.launching import Launch
from matcher.casework.batches import Batch, BatchState, BatchStep, DocumentKind, StepProgress
from matcher.desk.batches import BatchView
from matcher.store.batch_results import BatchDocument


class BatchInput(BaseModel):
    """要运行的月份。"""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"month": "2026-11", "fresh": False}]}
    )
    month: Annotated[str, Field(max_length=20, description="月份，如 2026-11；不能晚于本月")]
    fresh: bool = Field(False, description="重新做一遍，即使这个月已经做完或可以接着做")


class LaunchOut(BaseModel):
    """已经启动的批次；它的进度在 `/batches` 中查看。"""

    month: str
    at: datetime
    by: str

    @classmethod
    def of(cls, launch: Launch) -> Self:
        """The response for a start."""
        return cls(month=launch.month, at=launch.at, by=launch.by)


class StepOut(BaseModel):
    """批次的一个步骤。"""

    step: BatchStep
    label: str
    unit: str = Field(description="计数的单位")
    done: int
    total: int
    percent: int
    seconds: float = Field(description="已用的秒数，各次启动合计")
    started: bool
    finished: bool

    @classmethod
    def of(cls, step: StepProgress) -> Self:
        """The response for a step."""
        return cls(
            step=step.step,
            label=step.step.label,
            unit=step.step.unit,
            done=step.done,
            total=step.total,
            percent=step.percent,
            seconds=step.seconds,
            started=step.started_at is not None,
            finished=step.finished_at is not None,
        )


class InputsOut(BaseModel):
    """批次由什么得出；同样的内容得出同样的结果。"""

    model_config = ConfigDict(from_attributes=True)

    model_id: str
    library_id: str
    revision: int
    token: str
    program: str
    counties: list[str] = Field(description="要出的县区版；空为有记录的县区都出")
    assignment: dict[str, Any]
    files: dict[str, str] = Field(description="规则和模板文件的 SHA-256")


class DocumentOut(BaseModel):
    """批次的一份文档。"""

    id: int
    kind: DocumentKind
    kind_label: str
    county: str = Field(description="哪个县区的；空为全市")
    path: str
    size: int = Field(description="字节数")
    sha256: str

    @classmethod
    def of(cls, document: BatchDocument) -> Self:
        """The response for a document."""
        return cls(
            id=document.id,
            kind=document.kind,
            kind_label=document.kind.label,
            county=document.county,
            path=document.path,
            size=document.size,
            sha256=document.sha256,
        )


class BatchOut(BaseModel):
    """一个月度批次。"""

    id: int
    month: str
    state: BatchState
    state_label: str
    started_at: datetime
    finished_at: datetime | None
    started_by: str
    steps: list[StepOut] = Field(description="各步骤的进度；只给能做月度方案和批次的人")
    error: str = Field(description="停下的原因；只给能做月度方案和批次的人")

    @classmethod
    def of(cls, batch: Batch) -> Self:
        """The response for a batch."""
        return cls(**_shared(batch))


class BatchDetail(BatchOut):
    """一个月度批次、它的文档，以及它由什么得出。"""

    stopping: bool = Field(description="已要求取消，正在停下")
    seconds_left: float | None = Field(description="估计还要的秒数；看不出时为空")
    inputs: InputsOut | None = Field(description="只给能做月度方案和批次的人")
    documents: list[DocumentOut] = Field(description="本人可以下载的文档")

    @classmethod
    def of_view(cls, view: BatchView) -> Self:
        """The response for a batch as somebody may see it."""
        return cls(
            **_shared(view.batch),
            stopping=view.stopping,
            seconds_left=view.seconds_left,
            inputs=InputsOut.model_validate(view.inputs) if view.inputs else None,
            documents=[DocumentOut.of(document) for document in view.documents],
        )


class BatchPage(BaseModel):
    """批次列表的一页。"""

    items: list[BatchOut]
    total: int
    offset: int
    limit: int


def _shared(batch: Batch) -> dict[str, Any]:
    return {
        "id": batch.id,
        "month": batch.month,
        "state": batch.state,
        "state_label": batch.state.label,
        "started_at": batch.started_at,
        "finished_at": batch.finished_at,
        "started_by": batch.started_by,
        "steps": [StepOut.of(step) for step in batch.steps],
        "error": batch.error,
    }
