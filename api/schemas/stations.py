"""Stations and site types in requests and responses."""

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from api.schemas.loose import Date, Identifier, Line, LooseInput, Text, Texts, Whole
from api.schemas.out import NoteOut
from matcher.casework.stations import Assessment, Grade, StationLevel, StationStatus
from matcher.desk.stations import StationLine
from matcher.intake.results import Note
from matcher.store.site_types import SiteKind

Version = Annotated[
    int, Field(ge=1, le=2**31, description="打开时看到的版本号；别人改过则得到 409")
]
Score = Annotated[Any, WithJsonSchema({"type": ["number", "null"], "minimum": 0, "maximum": 100})]
LevelValue = Annotated[Any, WithJsonSchema({"enum": [*(m.value for m in StationLevel), None]})]
StatusValue = Annotated[Any, WithJsonSchema({"enum": [*(m.value for m in StationStatus), None]})]


class StationFields(LooseInput):
    """What is said of a station."""

    name: Line = Field(None, description="站点名称；不填则用企业名称加建站类型")
    type: Line = Field(None, description="建站类型的代码或名称，见 `/stations/types`")
    level: LevelValue = Field(None, description="建站级别")
    enterprise_id: Identifier = Field(None, description="建站企业的编号")
    partner_ids: Texts = Field(None, description="合作对象的编号，至少一个；能否有多个由类型决定")
    agreed_on: Date = Field(None, description="协议签订日期")
    ends_on: Date = Field(None, description="协议到期日期；一般在签订后 3 至 5 年")
    note: Text = Field(None, description="备注")


class StationInput(StationFields):
    """一个新站点。"""

    pairing_id: Whole = Field(None, description="来自哪条已签约的对接；建站后它变为“已建站”")


class StationChange(StationFields):
    """一个站点修改以后的全部内容；状态、考核和来自的对接不在这里修改。"""

    read_only: ClassVar[frozenset[str]] = frozenset(
        {
            *("id", "type_label", "level_label", "enterprise_name", "county", "status"),
            *("status_label", "pairing_id", "assessments", "expires_soon"),
            *("proposes_cancellation", "notes"),
        }
    )

    version: Version


class AssessmentInput(LooseInput):
    """一个年度的考核。"""

    score: Score = Field(None, description="得分，0 到 100")
    note: Text = Field(None, description="考核意见")
    version: Version


class StepInput(LooseInput):
    """站点状态的一步。"""

    status: StatusValue = Field(
        None, description="`expired` 协议到期，`cancelled` 撤销，`active` 续签"
    )
    ends_on: Date = Field(None, description="续签后的到期日期，只在续签时填写")
    note: Text = Field(None, description="原因或说明，撤销时必填，最多 500 字")
    version: Version


class AssessmentOut(BaseModel):
    """一个年度的考核结果。"""

    year: int
    score: float
    grade: Grade
    grade_label: str = Field(description="90 分起优秀，80 分起良好，70 分起合格，以下不合格")
    note: str

    @classmethod
    def of(cls, assessment: Assessment) -> Self:
        """The response for an assessment."""
        return cls(
            year=assessment.year,
            score=assessment.score,
            grade=assessment.grade,
            grade_label=assessment.grade.label,
            note=assessment.note,
        )


class StationOut(BaseModel):
    """一个站点。"""

    id: int
    name: str
    type: str
    type_label: str
    level: StationLevel
    level_label: str
    enterprise_id: str
    enterprise_name: str
    county: str = Field(description="企业所在的县区")
    partner_ids: list[str]
    agreed_on: date
    ends_on: date
    status: StationStatus
    status_label: str
    pairing_id: int | None
    note: str
    assessments: list[AssessmentOut]
    expires_soon: bool = Field(description="协议 60 天内到期，或已经到期还没有办理")
    proposes_cancellation: bool = Field(description="连续两年考核低于 70 分，建议撤销")
    version: int
    notes: list[NoteOut] = Field(default_factory=list, description="保存时值得核对的地方")

    @classmethod
    def of(cls, line: StationLine, today: date, notes: Iterable[Note] = ()) -> Self:
        """The response for a station."""
        station = line.station
        return cls(
            id=station.id,
            name=station.name,
            type=station.type,
            type_label=line.kind.label,
            level=station.level,
            level_label=station.level.label,
            enterprise_id=station.enterprise_id,
            enterprise_name=line.enterprise.name,
            county=station.county,
            partner_ids=list(station.partner_ids),
            agreed_on=station.agreed_on,
            ends_on=station.ends_on,
            status=station.status,
            status_label=station.status.label,
            pairing_id=station.pairing_id,
            note=station.note,
            assessments=[AssessmentOut.of(each) for each in station.assessments],
            expires_soon=station.expires_soon(today),
            proposes_cancellation=station.proposes_cancellation,
            version=station.version,
            notes=[NoteOut.model_validate(note) for note in notes],
        )


class StationPage(BaseModel):
    """站点列表的一页。"""

    items: list[StationOut]
    total: int = Field(description="符合条件的总数")
    offset: int
    limit: int


class SiteTypeInput(BaseModel):
    """一种建站类型。"""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"label": "博士创新站", "several_partners": False}]},
    )
    label: Annotated[str, Field(max_length=40, description="名称，如：博士创新站")]
    several_partners: bool = Field(False, description="一个站点能否有多个合作对象")


class SiteTypeOut(BaseModel):
    """一种建站类型。"""

    model_config = ConfigDict(from_attributes=True)

    code: str
    label: str
    several_partners: bool
    own: bool = Field(description="是否由本市添加；其余几种不能修改")

    @classmethod
    def of(cls, kind: SiteKind) -> Self:
        """The response for a type."""
        return cls.model_validate(kind)
