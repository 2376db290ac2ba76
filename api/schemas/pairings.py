"""Pairings in requests and responses."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    WithJsonSchema,
    computed_field,
)

from api.plain import existing_id, storable, tidied
from api.schemas.out import label_of
from matcher.casework.pairings import (
    EventKind,
    FailReason,
    Pairing,
    PairingEvent,
    PairingStage,
    StoredFile,
)
from matcher.casework.progress import Load
from matcher.desk.pairing_views import PairingCard, PairingFile
from matcher.records import PartnerKind

StoredId = Annotated[str, BeforeValidator(tidied), AfterValidator(existing_id)]
Note = Annotated[str, AfterValidator(storable), Field(description="说明，最多 2000 字")]
Seen = Annotated[
    int, Field(description="您看到的版本号 `version`；别人先办理过时得到 409", ge=1, le=2**31)
]


def _stage(given: object) -> object:
    return PairingStage.parse(given, field="stage") if isinstance(given, str) else given


def _reason(given: object) -> object:
    return FailReason.parse(given, field="reason") if isinstance(given, str) else given


def _enum(values: Sequence[str]) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "enum": list(values)})


_STAGES = [stage.value for stage in PairingStage]
Stage = Annotated[PairingStage, BeforeValidator(_stage), _enum(_STAGES[:-1])]
AnyStage = Annotated[PairingStage, BeforeValidator(_stage), _enum(_STAGES)]
Reason = Annotated[
    FailReason, BeforeValidator(_reason), _enum([reason.value for reason in FailReason])
]


class PairingInput(BaseModel):
    """把一条需求与一个对象放到一起：推荐、推送，或记为不合适。"""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"need_id": "2026-0001", "partner_id": "X1", "stage": "sent", "probability": 0.86}
            ]
        },
    )

    need_id: StoredId = Field(description="需求的编号")
    partner_id: StoredId = Field(description="对象的编号")
    stage: AnyStage = Field(
        PairingStage.SENT,
        description="recommended 推荐，sent 推送，failed 不合适；failed 时要给出 reason",
    )
    reason: Reason | None = Field(None, description="不合适的原因")
    probability: float | None = Field(
        None, description="匹配时给出的概率；自行选定的对象不填", ge=0, le=1
    )
    note: Note = ""


class StageInput(BaseModel):
    """到另一个阶段。"""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"stage": "contacted", "seen": 1}]}
    )

    stage: Stage = Field(description="后面的任一阶段；退回上一阶段要写 note；未成的可回到推荐")
    seen: Seen
    note: Note = ""


class FailInput(BaseModel):
    """记为未成。"""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"reason": "no_capacity", "seen": 2}]}
    )

    reason: Reason = Field(description="未成的原因")
    seen: Seen
    note: Note = ""


class NoteInput(BaseModel):
    """一条备注。"""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, AfterValidator(storable)] = Field(
        description="内容，最多 2000 字", examples=["对方同意下周三到厂"]
    )


class ReleaseInput(BaseModel):
    """公开联系方式。"""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"seen": 3}]})

    seen: Seen
    note: Note = ""


class FileOut(BaseModel):
    """一个附件。"""

    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    media_type: str
    size: int = Field(description="字节")
    sha256: str

    @classmethod
    def of(cls, file: StoredFile) -> Self:
        """The response for a file."""
        return cls.model_validate(file)


class EventOut(BaseModel):
    """时间线上的一行。"""

    model_config = ConfigDict(from_attributes=True)

    at: datetime
    actor_name: str
    kind: EventKind
    before: PairingStage | None
    after: PairingStage | None
    reason: FailReason | None
    text: str
    file: FileOut | None

    @computed_field
    def kind_label(self) -> str:
        """时间线类型的中文名。"""
        return self.kind.label

    @computed_field
    def before_label(self) -> str | None:
        """原阶段的中文名。"""
        return label_of(self.before)

    @computed_field
    def after_label(self) -> str | None:
        """新阶段的中文名。"""
        return label_of(self.after)

    @computed_field
    def reason_label(self) -> str | None:
        """原因的中文名。"""
        return label_of(self.reason)

    @classmethod
    def of(cls, event: PairingEvent) -> Self:
        """The response for a line."""
        return cls.model_validate(event)


class PairingOut(BaseModel):
    """一项对接。"""

    model_config = ConfigDict(from_attributes=True)

    id: int
    need_id: str
    partner_id: str
    county: str
    stage: PairingStage
    reason: FailReason | None = Field(description="未成的原因")
    probability: float | None = Field(description="开始时匹配给出的概率；自行选定的为空")
    created_at: datetime
    updated_at: datetime
    released_at: datetime | None = Field(description="公开联系方式的时间")
    version: int

    @computed_field
    def stage_label(self) -> str:
        """阶段的中文名。"""
        return self.stage.label

    @computed_field
    def reason_label(self) -> str | None:
        """未成原因的中文名。"""
        return label_of(self.reason)

    @classmethod
    def of(cls, pairing: Pairing) -> Self:
        """The response for a pairing."""
        return cls.model_validate(pairing)


class PairingSaved(PairingOut):
    """新的对接，以及需要注意的情况。"""

    warnings: list[str] = Field([], description="需要注意的情况，如对象今年的对接已满")

    @classmethod
    def told(cls, pairing: Pairing, load: Load) -> Self:
        """The response for a pairing that was just begun."""
        warnings = [load.warning] if load.warning else []
        return cls.of(pairing).model_copy(update={"warnings": warnings})


class PairingListed(PairingOut):
    """一项对接和它的双方。"""

    need_title: str
    enterprise_id: str | None
    enterprise_name: str
    partner_name: str
    partner_kind: PartnerKind
    days: int = Field(description="在现在的阶段有几天")
    overdue: bool = Field(description="是否超过 30 天没有进展")

    @computed_field
    def partner_kind_label(self) -> str:
        """对象类型的中文名。"""
        return self.partner_kind.label

    @classmethod
    def listed(cls, card: PairingCard, **more: Any) -> Self:  # noqa: ANN401 - further fields
        """The response for a pairing with its sides."""
        values = PairingOut.of(card.pairing).model_dump()
        values |= {
            "need_title": card.need.title,
            "enterprise_id": card.need.enterprise_id,
            "enterprise_name": card.enterprise.name if card.enterprise else "",
            "partner_name": card.partner.name,
            "partner_kind": card.partner.kind,
            "days": card.days,
            "overdue": card.overdue,
        }
        return cls.model_validate(values | more)


class PairingDetail(PairingListed):
    """一项对接的全部内容。"""

    events: list[EventOut] = Field(description="时间线，早的在前")
    active_this_year: int = Field(description="该对象今年的对接数")
    capacity: int | None = Field(description="该对象每年能承接的对接数；不清楚时为空")
    proposes_relisting: bool = Field(description="最后一项进行中的对接未成，建议把需求退回项目库")

    @classmethod
    def of_file(cls, file: PairingFile) -> Self:
        """The response for a pairing with all that belongs to it."""
        return cls.listed(
            file.card,
            events=[EventOut.of(event) for event in file.events],
            active_this_year=file.load.active,
            capacity=file.load.capacity,
            proposes_relisting=file.proposes_relisting,
        )


class PairingPage(BaseModel):
    """一页对接。"""

    items: list[PairingListed]
    total: int = Field(description="符合条件的总数")
    offset: int
    limit: int
