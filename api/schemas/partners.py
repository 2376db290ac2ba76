"""Partners in requests and responses."""

from datetime import date, datetime
from typing import Annotated, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, computed_field
from pydantic.config import JsonDict

from api.schemas.loose import (
    Date,
    EvidenceValue,
    Flag,
    Identifier,
    KindValue,
    Line,
    LooseInput,
    Text,
    Texts,
    Whole,
)
from api.schemas.out import NoteOut, RecordOut, label_of
from matcher.casework.merging import PartnerMerge
from matcher.casework.partners import PartnerFacts
from matcher.desk.merging import MergePreview, Twins
from matcher.records import EvidenceType, PartnerKind

_EXAMPLE: JsonDict = {
    "kind": "expert",
    "name": "张某某",
    "title": "教授",
    "affiliation": "某某大学电气工程学院",
    "region": "浙江省杭州市",
    "disciplines": ["电器学", "电接触材料"],
    "languages": ["zh"],
    "profile": "从事低压电器电接触材料与温升仿真研究二十年。",
    "evidence": [
        {
            "type": "paper",
            "title": "银氧化锡触头材料的电接触性能研究",
            "text": "比较了三种掺杂工艺下触头的接触电阻与温升。",
            "year": 2021,
            "source": "电工技术学报",
        }
    ],
}


class EvidenceInput(LooseInput):
    """一条证据：论文、专利、项目或服务。标题与内容至少填一项。"""

    read_only: ClassVar[frozenset[str]] = frozenset({"type_label"})

    id: Identifier = Field(None, description="编号，同一对象内不重复；不填则由系统编号")
    type: EvidenceValue = Field(None, description="证据类型")
    title: Line = Field(None, description="论文题目、专利名称、项目名称或服务内容")
    text: Text = Field(None, description="摘要或说明")
    year: Whole = Field(None, description="年份")
    source: Line = Field(None, description="期刊、专利号、项目编号等")
    keywords: Texts = Field(None, description="关键词")


class PartnerInput(LooseInput):
    """一个对象及其证据。"""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_EXAMPLE]})
    read_only: ClassVar[frozenset[str]] = frozenset({"kind_label", "notes"})

    id: Identifier = Field(None, description="编号；不填则由系统编号")
    kind: KindValue = Field(None, description="对象类型，必填")
    name: Line = Field(None, description="专家写姓名，其他写全称；必填")
    name_en: Line = Field(None, description="英文名称")
    title: Line = Field(None, description="职称，只有专家填写")
    affiliation: Line = Field(None, description="所在单位")
    region: Line = Field(None, description="省和市；海外的写国家")
    website: Line = Field(None, description="网址")
    disciplines: Texts = Field(None, description="学科方向，1 至 3 个")
    languages: Texts = Field(None, description="语言，如 zh、en")
    profile: Text = Field(None, description="做什么、擅长什么")
    evidence: list[EvidenceInput] | None = Field(None, description="证据")
    sample: Flag = Field(None, description="是否演示数据")


class EvidenceOut(BaseModel):
    """对象的一条证据。"""

    model_config = ConfigDict(from_attributes=True)

    id: str
    type: EvidenceType
    title: str
    text: str
    year: int | None
    source: str
    keywords: list[str]

    @computed_field
    def type_label(self) -> str | None:
        """证据类型的中文名。"""
        return label_of(self.type)


class PartnerSummary(RecordOut):
    """对象的概要，不含简介和证据。"""

    id: str
    kind: PartnerKind
    name: str
    name_en: str
    title: str
    affiliation: str
    region: str
    disciplines: list[str]
    sample: bool

    @computed_field
    def kind_label(self) -> str | None:
        """对象类型的中文名。"""
        return label_of(self.kind)


class PartnerOut(PartnerSummary):
    """目录中的一个对象。"""

    website: str
    languages: list[str]
    profile: str
    evidence: list[EvidenceOut]


class PartnerSaved(PartnerOut):
    """保存后的对象，以及保存时的提示。"""

    notes: list[NoteOut] = Field([], description="系统做了哪些改动，如隐去手机号")


class PartnerPage(BaseModel):
    """一页对象，按名称排序。"""

    items: list[PartnerSummary]
    total: int = Field(description="符合条件的总数")
    offset: int
    limit: int


class FactsInput(LooseInput):
    """对接信息修改以后的全部内容；没有给出的字段变为空。"""

    read_only: ClassVar[frozenset[str]] = frozenset({"partner_id"})

    aliases: Texts = Field(None, description="其他名称；在列表里按文字查找时也能找到")
    capacity: Whole = Field(None, description="每年可以承担几项对接，最多 999")
    conflicts: Texts = Field(None, description="有利益冲突的企业，写编号、全称或信用代码")
    stations_elsewhere: Whole = Field(None, description="在外地已有几个工作站")
    retired: Flag = Field(None, description="是否已退休，只有专家填写")
    last_contacted: Date = Field(None, description="最近一次联系的日期")
    note: Text = Field(None, description="给工作人员看的备注，最多 2000 字")
    version: Annotated[
        int | None,
        Field(ge=0, le=2**31, description="打开时看到的版本号；别人改过则得到 409。不填则直接覆盖"),
    ] = None


class FactsOut(BaseModel):
    """简介和证据以外，已知的对接信息。"""

    model_config = ConfigDict(from_attributes=True)

    partner_id: str
    aliases: list[str]
    capacity: int | None
    conflicts: list[str] = Field(description="有利益冲突的企业的编号")
    stations_elsewhere: int | None
    retired: bool | None
    last_contacted: date | None
    note: str
    version: int = Field(description="每改一次加一，0 表示还没有填过")

    @classmethod
    def of(cls, facts: PartnerFacts) -> Self:
        """The response for what is known of a partner."""
        return cls.model_validate(facts)


class TwinOut(BaseModel):
    """看起来是同一对象的另一条记录。"""

    partner: PartnerSummary
    why: str = Field(description="为什么看起来是同一对象")

    @classmethod
    def of(cls, twins: Twins) -> Self:
        """The response for another record of a partner."""
        return cls(partner=PartnerSummary.of(twins.other), why=twins.why)


class MergeInput(BaseModel):
    """把另一条记录并入这一条。"""

    model_config = ConfigDict(extra="forbid")

    other: Annotated[str, Field(max_length=64, description="并入的记录的编号，合并后不再单独存在")]
    seen: Annotated[
        str, Field(max_length=64, description="预览时得到的 `seen`；之后有人改过则得到 409")
    ] = ""


class MergePreviewOut(BaseModel):
    """合并的结果，还没有保存。"""

    partner: PartnerOut
    facts: FactsOut
    repeated: list[EvidenceOut] = Field(description="两条记录都有、只保留一份的证据")
    moved_contacts: int = Field(description="转过来的联系方式数")
    moved_pairings: int = Field(description="转过来的对接数")
    moved_stations: int = Field(description="转过来的站点数")
    clashes: list[str] = Field(description="与两条记录都有对接的需求；不为空时不能合并")
    seen: str

    @classmethod
    def of(cls, preview: MergePreview) -> Self:
        """The response for a preview."""
        return cls(
            partner=PartnerOut.of(preview.joined.partner),
            facts=FactsOut.of(preview.facts),
            repeated=[EvidenceOut.model_validate(item) for item in preview.joined.repeated],
            moved_contacts=preview.moved_contacts,
            moved_pairings=len(preview.other.pairings),
            moved_stations=len(preview.other.stations),
            clashes=[need.id for need in preview.clashes],
            seen=preview.seen,
        )


class MergeOut(BaseModel):
    """一次合并。"""

    id: int = Field(description="撤销时用")
    kept: PartnerSummary = Field(description="保留的记录合并以前的样子")
    merged: PartnerSummary = Field(description="并入的记录合并以前的样子")
    merged_at: datetime
    merged_by: str

    @classmethod
    def of(cls, merge: PartnerMerge) -> Self:
        """The response for a merge."""
        return cls(
            id=merge.id,
            kept=PartnerSummary.of(merge.kept.partner),
            merged=PartnerSummary.of(merge.merged.partner),
            merged_at=merge.merged_at,
            merged_by=merge.merged_by,
        )
