"""Partners in requests and responses."""

from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field, computed_field
from pydantic.config import JsonDict

from api.schemas.loose import (
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
