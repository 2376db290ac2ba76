"""Monthly reports in responses."""

from datetime import date, datetime
from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from matcher.desk.reports import ReportList, ShownReport
from matcher.reports.codec import report_to_json
from matcher.reports.records import CellKind, ChartKind

CellOut = str | int | float | None


class EditionOut(BaseModel):
    """哪个月、哪个地方的月报。"""

    month: date = Field(description="该月第一天")
    county: str = Field(description="县区，空的是全市")
    year_to_date: bool = Field(description="是否从一月累计")


class ColumnOut(BaseModel):
    """表的一列。"""

    key: str
    label: str
    kind: CellKind = Field(
        description="text 文字；count 数量；amount 金额；share 比例，0 到 1；date 日期"
    )
    unit: str
    printed: bool = Field(description="纸质文件中是否也有这一列")


class TableOut(BaseModel):
    """一张表；每行的格数与列数相同，空值是没有。"""

    key: str
    title: str
    columns: list[ColumnOut]
    rows: list[list[CellOut]]
    total: list[CellOut] | None = Field(description="合计，没有合计的为空")
    empty: str = Field(description="没有行时怎样说明")


class ChartOut(BaseModel):
    """一张图，取自一张表的几列。"""

    table: str = Field(description="表的 key")
    title: str
    kind: ChartKind = Field(description="bars 条形图；columns 柱形图；line 折线图")
    label: str = Field(description="作为名称的列")
    series: list[str] = Field(description="作为数值的列")
    most: int = Field(description="最多画前几行")


class SectionOut(BaseModel):
    """正文的一部分。"""

    key: str
    heading: str
    paragraphs: list[str]
    charts: list[ChartOut]
    tables: list[TableOut]


class ReportOut(BaseModel):
    """一份月报：正文、图、表和附表；Word、Excel 和网页都取自同样的内容。"""

    edition: EditionOut
    title: str
    issue: str = Field(description="期号，如：2026年第11期")
    period: str = Field(description="统计的日期范围")
    issuer: str = Field(description="发文机关")
    made_on: date = Field(description="统计日期")
    batch_id: int | None = Field(description="定稿的批次编号；空的是现在的数据")
    finished_at: datetime | None = Field(description="定稿的时间")
    sections: list[SectionOut]
    appendices: list[TableOut]
    notes: list[str]

    @classmethod
    def of(cls, shown: ShownReport) -> Self:
        """The response for a report."""
        about = {"batch_id": shown.batch_id, "finished_at": shown.finished_at}
        return cls.model_validate(report_to_json(shown.report) | about)


class ReportMonthOut(BaseModel):
    """有月报的一个月。"""

    model_config = ConfigDict(from_attributes=True)

    month: date = Field(description="该月第一天")
    finished_at: datetime | None = Field(description="批次定稿的时间，没有定稿的为空")


class ReportListOut(BaseModel):
    """有月报的月份，新的在前。"""

    months: list[ReportMonthOut]
    counties: list[str] = Field(description="可以选择的县区")

    @classmethod
    def of(cls, found: ReportList) -> Self:
        """The response for a list."""
        months = [ReportMonthOut.model_validate(each) for each in found.months]
        return cls(months=months, counties=list(found.counties))
