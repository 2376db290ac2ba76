"""Coverage, targets and candidates of enterprise associations in requests and responses."""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field

from api.schemas.enterprises import EnterpriseOut
from api.schemas.loose import LooseInput
from matcher.casework.associations import AssociationKind, Coverage
from matcher.desk.association_coverage import MOST
from matcher.records import Enterprise


class CoverageOut(BaseModel):
    """一个县区的企业科协数和目标；县区为空的是全市。"""

    county: str
    founded: int = Field(description="已成立的企业科协和园区科协")
    target: int | None = Field(description="目标，没有设的为空")
    share: float | None = Field(description="完成比例，没有目标的为空", examples=[0.6])
    liaison: int = Field(description="联络站，不计入")

    @classmethod
    def of(cls, coverage: Coverage) -> Self:
        """The response for a county."""
        return cls(
            county=coverage.county,
            founded=coverage.founded,
            target=coverage.target,
            share=coverage.share,
            liaison=coverage.liaison,
        )


class CoverageYear(BaseModel):
    """一年的覆盖情况，全市在前。"""

    year: int
    items: list[CoverageOut]


class TargetsInput(LooseInput):
    """一年的目标。"""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"targets": {"": 500, "乐清市": 60}}]}
    )

    targets: dict[
        Annotated[str, Field(max_length=50)], Annotated[int, Field(ge=0, le=MOST)] | None
    ] = Field(
        description="县区 → 目标（家）；空的县区是全市，空的目标是取消，没有列出的不变",
        max_length=1000,
    )


class CandidateOut(EnterpriseOut):
    """一家还没有企业科协的企业。"""

    suggested: AssociationKind | None = Field(
        None, description="建议建立的类型；科技人员数不明的为空"
    )
    suggested_label: str = Field("", description="建议的中文名")
    liaison_id: int | None = Field(None, description="已有联络站的编号")

    @classmethod
    def suggest(
        cls, enterprise: Enterprise, kind: AssociationKind | None, liaison_id: int | None
    ) -> Self:
        """The response for an enterprise."""
        found = cls.model_validate(enterprise)
        label = kind.label if kind else ""
        update = {"suggested": kind, "suggested_label": label, "liaison_id": liaison_id}
        return found.model_copy(update=update)


class CandidatePage(BaseModel):
    """一页企业，科技人员多的在前。"""

    items: list[CandidateOut]
    total: int = Field(description="符合条件的总数")
    offset: int
    limit: int


class ParkOut(BaseModel):
    """一个还没有园区科协的园区。"""

    model_config = ConfigDict(from_attributes=True)

    name: str
    county: str
    enterprises: int = Field(description="企业数")
    staff: int = Field(description="已知的科技人员数")
    unknown: int = Field(description="科技人员数不明的企业")
    with_own: int = Field(description="已有企业科协的企业")
