"""Needs in requests and responses."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, computed_field
from pydantic.config import JsonDict

from api.schemas.loose import (
    Date,
    FieldValue,
    Flag,
    Identifier,
    Line,
    LooseInput,
    Money,
    SiteValue,
    SolutionValue,
    Text,
    Texts,
)
from api.schemas.out import NoteOut, RecordOut, label_of
from matcher.casework.needs import NeedStatus, NeedStep, ReturnReason
from matcher.desk.needs import NOTE_LIMIT, NeedFile
from matcher.records import Need, SiteType, SolutionMode, TechField
from matcher.screener import SimilarNeed
from matcher.screening.duplicates import LikenessKind

_EXAMPLE: JsonDict = {
    "title": "塑壳断路器触头温升偏高",
    "problem": "400A 塑壳断路器额定电流下运行 2 小时，进线端温升 78 K，超过标准 8 K，"
    "更换银氧化锡触头后仍不稳定。",
    "indicators": "进线端温升不超过 65 K，机械寿命不少于 20000 次。",
    "goal": "通过型式试验并批量供货。",
    "keywords": ["断路器", "触头材料", "温升"],
    "field": "electronics",
    "industry": "配电开关控制设备制造",
    "deadline": "2027-06-30",
    "budget": 80,
    "solution_mode": "joint",
    "wanted_site": "academician_workstation",
    "enterprise_name": "示例电气有限公司",
    "county": "乐清市",
}


class NeedInput(LooseInput):
    """一条需求。需求名称与主要问题至少填一项。"""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_EXAMPLE]})
    read_only: ClassVar[frozenset[str]] = frozenset(
        {
            "field_label",
            "solution_mode_label",
            "wanted_site_label",
            "status",
            "status_label",
            "missing",
            "steps",
            "notes",
            "similar",
            "warnings",
        }
    )

    id: Identifier = Field(None, description="编号；不填则由系统编号")
    title: Line = Field(None, description="需求名称，一句话，最多 200 字")
    problem: Text = Field(None, description="主要问题：什么产品、出了什么问题、试过什么办法")
    indicators: Text = Field(None, description="技术关键与主要指标")
    goal: Text = Field(None, description="预期目标")
    keywords: Texts = Field(None, description="关键词，一般 1 至 5 个；也可以是用顿号分开的文字")
    field: FieldValue = Field(None, description="所属领域")
    industry: Line = Field(None, description="应用行业（GB/T 4754-2017 小类名称）")
    deadline: Date = Field(None, description="需求时限")
    budget: Money = Field(None, description="拟投入资金，万元")
    solution_mode: SolutionValue = Field(None, description="解决方式")
    intended_partner: Line = Field(None, description="合作意向单位")
    wanted_site: SiteValue = Field(None, description="意向建站类型")
    enterprise_id: Identifier = Field(None, description="库中企业的编号")
    enterprise_name: Line = Field(None, description="企业名称；库中没有时自动建立")
    credit_code: Line = Field(None, description="企业的统一社会信用代码")
    county: Line = Field(None, description="县区；不填则取企业的县区")
    submitted: Date = Field(None, description="提交日期")
    sample: Flag = Field(None, description="是否演示数据")


class NeedOut(RecordOut):
    """项目库中的一条需求。"""

    id: str
    title: str
    problem: str
    indicators: str
    goal: str
    keywords: list[str]
    field: TechField | None
    industry: str
    deadline: date | None
    budget: float | None = Field(description="万元")
    solution_mode: SolutionMode | None
    intended_partner: str
    wanted_site: SiteType | None
    enterprise_id: str | None
    county: str
    submitted: date | None
    sample: bool
    status: NeedStatus | None = Field(None, description="办理状态；由接口 steps 变更")

    @classmethod
    def at(cls, need: Need, status: NeedStatus | None) -> Self:
        """The response for a need that stands there."""
        return cls.of(need).model_copy(update={"status": status})

    @computed_field
    def status_label(self) -> str | None:
        """办理状态的中文名。"""
        return label_of(self.status)

    @computed_field
    def field_label(self) -> str | None:
        """所属领域的中文名。"""
        return label_of(self.field)

    @computed_field
    def solution_mode_label(self) -> str | None:
        """解决方式的中文名。"""
        return label_of(self.solution_mode)

    @computed_field
    def wanted_site_label(self) -> str | None:
        """意向建站类型的中文名。"""
        return label_of(self.wanted_site)


class NeedStepOut(RecordOut):
    """需求办理的一步。"""

    at: datetime = Field(description="时间")
    actor_name: str = Field(description="经办人")
    before: NeedStatus | None = Field(description="原状态；第一步为空")
    after: NeedStatus = Field(description="新状态")
    reason: ReturnReason | None = Field(description="退回原因")
    note: str = Field(description="说明")

    @computed_field
    def after_label(self) -> str:
        """新状态的中文名。"""
        return self.after.label

    @computed_field
    def reason_label(self) -> str | None:
        """退回原因的中文名。"""
        return label_of(self.reason)

    @classmethod
    def taken(cls, step: NeedStep) -> Self:
        """The response for a step."""
        return cls.model_validate(step)


class NeedDetail(NeedOut):
    """一条需求，连同办理过程。"""

    missing: list[str] = Field([], description="征集表要求而还没有填写的各项")
    steps: list[NeedStepOut] = Field([], description="办理过程，早的在前")

    @classmethod
    def opened(cls, found: NeedFile) -> Self:
        """The response for a need with its history."""
        update = {
            "missing": list(found.missing.values()),
            "steps": [NeedStepOut.taken(step) for step in found.steps],
        }
        return cls.at(found.need, found.status).model_copy(update=update)


class NeedStepInput(BaseModel):
    """要办理的一步。"""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"status": "returned", "reason": "incomplete", "note": "请补充技术指标"}]
        },
    )

    status: NeedStatus = Field(description="新状态")
    reason: ReturnReason | None = Field(None, description="退回原因，只在退回时给出，必填")
    note: str = Field("", description="说明", max_length=NOTE_LIMIT)
    seen: NeedStatus | None = Field(
        None, description="提交前看到的状态；与现在的不同时不办理，返回 409"
    )


class NeedSummary(RecordOut):
    """一条需求的概要。"""

    id: str
    title: str
    field: TechField | None
    industry: str
    enterprise_id: str | None
    county: str
    submitted: date | None
    sample: bool

    @computed_field
    def field_label(self) -> str | None:
        """所属领域的中文名。"""
        return label_of(self.field)


class SimilarNeedOut(BaseModel):
    """库中的一条需求，看来是同一条需求，或者说的是同一个问题。"""

    need: NeedSummary
    kind: LikenessKind = Field(
        description="same 重复需求：同一条需求再次提交，可能改过几处；"
        "same_problem 同一问题：说法不同，问题相同"
    )
    same: float = Field(description="是重复需求的概率", ge=0, le=1, examples=[0.97])
    related: float | None = Field(
        description="至少是同一问题的概率；当前模型不能判断时为空", ge=0, le=1, examples=[0.99]
    )
    common_words: list[str] = Field(
        description="两条需求都有的词，少见的在前，供核对", examples=[["银氧化锡", "温升"]]
    )

    @computed_field
    def kind_label(self) -> str:
        """相似类型的中文名。"""
        return self.kind.label

    @classmethod
    def of(cls, similar: SimilarNeed) -> Self:
        """The response for a need that was found."""
        likeness = similar.likeness
        return cls(
            need=NeedSummary.of(similar.need),
            kind=likeness.kind,
            same=likeness.same,
            related=likeness.related,
            common_words=list(likeness.common_words),
        )


class NeedSaved(NeedOut):
    """保存后的需求，以及保存时的提示。"""

    notes: list[NoteOut] = Field([], description="系统做了哪些改动，如隐去手机号")
    similar: list[SimilarNeedOut] = Field(
        [], description="库中看来重复或属于同一问题的其他需求，最像的在前；只作提醒，需求照常保存"
    )
    warnings: list[str] = Field([], description="需要注意的情况，如没有查重的原因")

    def compared(self, similar: Sequence[SimilarNeed], warnings: Sequence[str]) -> Self:
        """The same, with the needs that are like it."""
        found = [SimilarNeedOut.of(each) for each in similar]
        return self.model_copy(update={"similar": found, "warnings": list(warnings)})


class NeedPage(BaseModel):
    """一页需求，新提交的在前。"""

    items: list[NeedOut]
    total: int = Field(description="符合条件的总数")
    offset: int
    limit: int
