"""Enterprises in requests and responses."""

from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field, computed_field
from pydantic.config import JsonDict

from api.schemas.loose import Flag, Identifier, Line, LooseInput, SizeValue, Whole
from api.schemas.out import NoteOut, RecordOut, label_of
from matcher.records import EnterpriseSize

_EXAMPLE: JsonDict = {
    "name": "示例电气有限公司",
    "county": "乐清市",
    "park": "乐清经济开发区",
    "industry": "配电开关控制设备制造",
    "industry_code": "3823",
    "size": "medium",
    "above_designated": True,
    "high_tech": True,
    "leading": False,
    "staff_count": 320,
    "st_staff_count": 45,
}


class EnterpriseInput(LooseInput):
    """一家企业。"""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_EXAMPLE]})
    read_only: ClassVar[frozenset[str]] = frozenset({"size_label", "notes"})

    id: Identifier = Field(None, description="编号；不填则用信用代码，或由系统编号")
    name: Line = Field(None, description="企业全称，必填")
    credit_code: Line = Field(None, description="统一社会信用代码，18 位")
    county: Line = Field(None, description="县区")
    park: Line = Field(None, description="所在园区")
    industry: Line = Field(None, description="所属行业（GB/T 4754-2017 小类名称）")
    industry_code: Line = Field(None, description="4 位行业小类代码")
    size: SizeValue = Field(None, description="企业规模")
    above_designated: Flag = Field(None, description="规上企业")
    high_tech: Flag = Field(None, description="高新技术企业")
    leading: Flag = Field(None, description="龙头企业")
    staff_count: Whole = Field(None, description="职工总数")
    st_staff_count: Whole = Field(None, description="科技人员数")
    sample: Flag = Field(None, description="是否演示数据")


class EnterpriseOut(RecordOut):
    """一家企业。"""

    id: str
    name: str
    credit_code: str
    county: str
    park: str
    industry: str
    industry_code: str
    size: EnterpriseSize | None
    above_designated: bool | None
    high_tech: bool | None
    leading: bool | None
    staff_count: int | None
    st_staff_count: int | None
    sample: bool

    @computed_field
    def size_label(self) -> str | None:
        """企业规模的中文名。"""
        return label_of(self.size)


class EnterpriseSaved(EnterpriseOut):
    """保存后的企业，以及保存时的提示。"""

    notes: list[NoteOut] = Field([], description="值得核对的内容")


class EnterprisePage(BaseModel):
    """一页企业，按名称排序。"""

    items: list[EnterpriseOut]
    total: int = Field(description="符合条件的总数")
    offset: int
    limit: int
