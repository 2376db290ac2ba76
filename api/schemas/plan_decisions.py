"""Decisions about the pairs of a plan, and marks, in requests and responses."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, computed_field

from api.plain import storable
from api.schemas.pairings import Note, Reason, Stage, StoredId
from matcher.casework.pairings import PairingStage
from matcher.casework.plans import Mark
from matcher.desk.plan_decisions import Adoption
from matcher.desk.plan_marks import LONGEST_NOTE, MarkLine

_MOST_PAIRS = 1000


def _mark(given: object) -> object:
    return Mark.parse(given, field="mark") if isinstance(given, str) else given


class PairKey(BaseModel):
    """一对：需求和对象。"""

    model_config = ConfigDict(extra="forbid")

    need_id: StoredId = Field(description="需求的编号")
    partner_id: StoredId = Field(description="对象的编号")


class AdoptInput(BaseModel):
    """采纳方案中的几对，或全部待决定的。"""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"pairs": [{"need_id": "2026-0001", "partner_id": "X1"}]}]},
    )

    pairs: list[PairKey] | None = Field(
        None, description="要采纳的；不给则采纳全部待决定的", max_length=_MOST_PAIRS
    )
    stage: Stage = Field(
        PairingStage.RECOMMENDED, description="recommended 只作推荐，sent 同时推送"
    )


class RefusedOut(BaseModel):
    """没有采纳的一对，以及原因。"""

    need_id: str
    partner_id: str
    why: str


class AdoptedOut(BaseModel):
    """采纳的结果。"""

    adopted: int = Field(description="采纳了几对")
    refused: list[RefusedOut] = Field(description="没有采纳的，各有原因")

    @classmethod
    def of(cls, adoption: Adoption) -> Self:
        """The response for an adoption."""
        return cls(
            adopted=len(adoption.adopted),
            refused=[
                RefusedOut(need_id=each.pair.need_id, partner_id=each.pair.partner_id, why=each.why)
                for each in adoption.refused
            ],
        )


class DropInput(PairKey):
    """把方案中的一对记为不合适。"""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"need_id": "2026-0001", "partner_id": "X1", "reason": "wrong_field", "note": ""}
            ]
        },
    )

    reason: Reason = Field(description="不合适的原因")
    note: Note = ""


class MarkInput(PairKey):
    """指定或排除一对。"""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"need_id": "2026-0001", "partner_id": "X1", "mark": "pin"}]
        },
    )

    mark: Annotated[Mark, BeforeValidator(_mark)] = Field(
        description="pin 指定：每个方案都有这一对；exclude 排除：每个方案都没有"
    )
    note: Annotated[str, AfterValidator(storable)] = Field(
        "", description=f"说明，最多 {LONGEST_NOTE} 字"
    )


class MarkOut(BaseModel):
    """一对上的标记。"""

    need_id: str
    need_title: str
    county: str
    partner_id: str
    partner_name: str
    mark: Mark
    note: str
    marked_at: datetime
    marked_by: str

    @computed_field
    def mark_label(self) -> str:
        """标记的中文名。"""
        return self.mark.label

    @classmethod
    def of(cls, line: MarkLine) -> Self:
        """The response for a mark."""
        return cls(
            need_id=line.need.id,
            need_title=line.need.title,
            county=line.need.county,
            partner_id=line.partner.id,
            partner_name=line.partner.name,
            mark=line.mark.mark,
            note=line.mark.note,
            marked_at=line.mark.marked_at,
            marked_by=line.mark.marked_by,
        )


class MarkPage(BaseModel):
    """一页标记。"""

    items: list[MarkOut]
    total: int
    offset: int
    limit: int
