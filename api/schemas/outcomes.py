"""Outcomes in requests and responses."""

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Any, ClassVar, Self

from pydantic import BaseModel, Field, WithJsonSchema

from api.schemas.loose import Date, Line, LooseInput, Money, Text, Whole
from api.schemas.out import NoteOut
from matcher.casework.stations import Outcome, OutcomeKind
from matcher.intake.results import Note
from matcher.store.outcomes import OutcomeTotal, outcome_mark

KindValue = Annotated[Any, WithJsonSchema({"enum": [*(m.value for m in OutcomeKind), None]})]


class OutcomeInput(LooseInput):
    """一项成果，属于一个站点、一条对接，或两者。"""

    kind: KindValue = Field(None, description="成果类型")
    title: Line = Field(None, description="成果名称")
    on: Date = Field(None, description="取得日期，不晚于今天")
    number: Line = Field(None, description="专利号、标准号或论文的 DOI 等")
    amount: Money = Field(None, description="新增销售额，万元；其他类型不填")
    note: Text = Field(None, description="备注")
    station_id: Whole = Field(None, description="所属站点的编号")
    pairing_id: Whole = Field(
        None, description="所属对接的编号；站点由对接建立的，不填也会自动带上"
    )


class OutcomeChange(OutcomeInput):
    """一项成果修改以后的全部内容。"""

    read_only: ClassVar[frozenset[str]] = frozenset({"id", "kind_label", "county", "notes"})

    mark: Annotated[
        str, Field(max_length=64, description="查看时得到的 `mark`；别人改过则得到 409")
    ]


class OutcomeOut(BaseModel):
    """一项成果。"""

    id: int
    kind: OutcomeKind
    kind_label: str
    title: str
    on: date
    county: str
    number: str
    amount: float | None = Field(description="万元，只有新增销售额有")
    note: str
    station_id: int | None
    pairing_id: int | None
    mark: str = Field(description="内容的标记，修改时原样送回")
    notes: list[NoteOut] = Field(default_factory=list, description="保存时系统做的改动")

    @classmethod
    def of(cls, outcome: Outcome, notes: Iterable[Note] = ()) -> Self:
        """The response for an outcome."""
        return cls(
            id=outcome.id,
            kind=outcome.kind,
            kind_label=outcome.kind.label,
            title=outcome.title,
            on=outcome.on,
            county=outcome.county,
            number=outcome.number,
            amount=outcome.amount,
            note=outcome.note,
            station_id=outcome.station_id,
            pairing_id=outcome.pairing_id,
            mark=outcome_mark(outcome),
            notes=[NoteOut.model_validate(note) for note in notes],
        )


class OutcomePage(BaseModel):
    """成果列表的一页。"""

    items: list[OutcomeOut]
    total: int = Field(description="符合条件的总数")
    offset: int
    limit: int


class OutcomeTotalOut(BaseModel):
    """一类成果一年的合计。"""

    kind: OutcomeKind
    kind_label: str
    year: int
    count: int = Field(description="项数")
    amount: float = Field(description="金额合计，万元")

    @classmethod
    def of(cls, total: OutcomeTotal) -> Self:
        """The response for a total."""
        return cls(
            kind=total.kind,
            kind_label=total.kind.label,
            year=total.year,
            count=total.count,
            amount=round(total.amount, 6),
        )
