"""Enterprise associations in requests and responses."""

from datetime import date
from typing import Annotated, Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema, computed_field
from pydantic.config import JsonDict

from api.schemas.loose import Date, Flag, Identifier, Line, LooseInput, Text, Whole
from api.schemas.out import NoteOut
from matcher.casework import associations as casework
from matcher.casework.associations import AssociationKind, AssociationStatus, EndReason
from matcher.desk.associations import AssociationFile
from matcher.intake.associations import CHECK_PREFIX
from matcher.intake.results import Note


def _one_of(choices: list[str]) -> dict[str, Any]:
    return {"type": ["string", "null"], "enum": [*choices, None]}


KindValue = Annotated[Any, WithJsonSchema({"type": "string", "enum": list(AssociationKind)})]
StatusValue = Annotated[Any, WithJsonSchema(_one_of(list(AssociationStatus)))]
ReasonValue = Annotated[Any, WithJsonSchema(_one_of(list(EndReason)))]

_EXAMPLE: JsonDict = {
    "kind": "enterprise",
    "name": "示例电气有限公司科学技术协会",
    "enterprise_name": "示例电气有限公司",
    "chair": "示例主席",
    "secretary": "示例秘书长",
    "members": 42,
}


class StrongCheckInput(LooseInput):
    """一强五有：是、否，没有核对过的不填或为空。"""

    leadership: Flag = Field(None, description="领导班子强")
    sign: Flag = Field(None, description="有牌子")
    premises: Flag = Field(None, description="有场所")
    plan: Flag = Field(None, description="有计划")
    rules: Flag = Field(None, description="有制度")
    funds: Flag = Field(None, description="有经费")


class AssociationInput(LooseInput):
    """一个企业科协、联络站或园区科协。"""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_EXAMPLE]})
    read_only: ClassVar[frozenset[str]] = frozenset(
        {
            *("id", "kind_label", "status_label", "next_congress", "missing", "version"),
            *("congress_overdue", "quiet", "notes", "history"),
        }
    )

    kind: KindValue = Field(..., description="组织类型")
    name: Line = Field(None, description="名称，必填")
    enterprise_id: Identifier = Field(None, description="所在企业的编号")
    enterprise_name: Line = Field(
        None, description="所在企业的全称；与编号不一致时以名称为准。园区科协两项都不填"
    )
    county: Line = Field(None, description="县区；企业科协和联络站取企业的县区")
    park: Line = Field(None, description="园区；园区科协必填")
    status: StatusValue = Field(None, description="登记时的状态，以后用“变更状态”")
    approved_on: Date = Field(None, description="批复日期")
    approved_by: Line = Field(None, description="批复单位，一般是县（市、区）科协")
    founded_on: Date = Field(None, description="成立大会的日期")
    chair: Line = Field(None, description="主席")
    secretary: Line = Field(None, description="秘书长")
    liaison: Line = Field(None, description="联络员；联络站必填")
    members: Whole = Field(None, description="会员人数")
    last_congress: Date = Field(None, description="最近一次会员大会（换届）")
    check: StrongCheckInput | None = Field(None, description="一强五有")
    last_activity: Date = Field(None, description="最近一次活动")
    note: Text = Field(None, description="备注")

    def record_values(self) -> dict[str, object]:
        """The fields that were given, as `parse_association` reads them."""
        values = self.values()
        check = values.pop("check", None)
        if isinstance(check, dict):
            values |= {CHECK_PREFIX + name: answer for name, answer in check.items()}
        return values


class AssociationChange(AssociationInput):
    """一个组织修改后的全部内容；没有给出的字段变为空，状态不变。"""

    read_only: ClassVar[frozenset[str]] = AssociationInput.read_only - {"version"}

    version: int = Field(..., ge=0, le=10**9, description="修改所依据的版本，取自查看的结果")

    def record_values(self) -> dict[str, object]:
        """The fields of the association."""
        values = super().record_values()
        values.pop("version", None)
        return values


class StepInput(LooseInput):
    """组织走一步。"""

    then: Annotated[Any, WithJsonSchema({"type": "string", "enum": list(AssociationStatus)})] = (
        Field(..., description="新的状态")
    )
    version: int = Field(..., ge=0, le=10**9, description="看到的版本")
    on: Date = Field(None, description="批复、成立大会的日期；恢复活动时是最近一次活动的日期")
    by: Line = Field(None, description="批复单位；不填为县区科协")
    chair: Line = Field(None, description="成立时的主席")
    secretary: Line = Field(None, description="成立时的秘书长")
    liaison: Line = Field(None, description="联络站的联络员")
    reason: ReasonValue = Field(None, description="转为不活跃，或没有经过不活跃就撤销的原因")
    note: Text = Field(None, description="说明")


class ActivityInput(LooseInput):
    """一次活动。"""

    version: int = Field(..., ge=0, le=10**9, description="看到的版本")
    on: Date = Field(..., description="日期")
    what: Line = Field(None, description="内容，一句话")
    congress: bool = Field(False, description="是否会员大会（换届）")


class StrongCheckOut(BaseModel):
    """一强五有；空值是没有核对过。"""

    model_config = ConfigDict(from_attributes=True)

    leadership: bool | None
    sign: bool | None
    premises: bool | None
    plan: bool | None
    rules: bool | None
    funds: bool | None


class AssociationOut(BaseModel):
    """一个组织。"""

    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    kind: AssociationKind
    county: str
    enterprise_id: str | None
    park: str
    status: AssociationStatus
    approved_on: date | None
    approved_by: str
    founded_on: date | None
    chair: str
    secretary: str
    liaison: str
    members: int | None
    last_congress: date | None
    check: StrongCheckOut
    last_activity: date | None
    note: str
    version: int
    next_congress: date | None = Field(description="下次会员大会的期限，每四年一次")
    congress_overdue: bool = Field(description="会员大会是否逾期")
    quiet: bool = Field(description="是否长期没有活动，建议转为不活跃")
    missing: list[str] = Field(description="一强五有中缺少或没有核对的；只对已成立的组织")

    @computed_field
    def kind_label(self) -> str:
        """组织类型的中文名。"""
        return self.kind.label

    @computed_field
    def status_label(self) -> str:
        """组织状态的中文名。"""
        return self.status.label

    @classmethod
    def of(cls, association: casework.Association, today: date) -> Self:
        """The response for an association."""
        own = {name: getattr(association, name) for name in _OWN}
        return cls(
            **own,
            check=StrongCheckOut.model_validate(association.check),
            congress_overdue=association.congress_overdue(today),
            quiet=association.is_quiet(today),
            missing=list(association.check.missing) if association.is_checked else [],
        )


_COMPUTED = {"check", "congress_overdue", "quiet", "missing"}
_OWN = [name for name in AssociationOut.model_fields if name not in _COMPUTED]


class EventOut(BaseModel):
    """经历中的一条。"""

    day: date
    actor_name: str = Field(description="经办人")
    label: str = Field(description="做了什么")
    text: str


class AssociationShown(AssociationOut):
    """一个组织和它的经历。"""

    history: list[EventOut] = Field([], description="经历，最近的在前")

    @classmethod
    def opened(cls, opened: AssociationFile, today: date) -> Self:
        """The response for an association with its history."""
        events = [
            EventOut(day=each.day, actor_name=each.actor_name, label=each.label, text=each.text)
            for each in opened.history
        ]
        return cls.of(opened.association, today).model_copy(update={"history": events})


class AssociationSaved(AssociationOut):
    """保存后的组织，以及保存时的提示。"""

    notes: list[NoteOut] = Field([], description="系统做了哪些改动，如隐去手机号")

    @classmethod
    def saved(cls, association: casework.Association, notes: tuple[Note, ...], today: date) -> Self:
        """The response for an association that was just saved."""
        noted = [NoteOut.model_validate(note) for note in notes]
        return cls.of(association, today).model_copy(update={"notes": noted})


class AssociationPage(BaseModel):
    """一页组织，新登记的在前。"""

    items: list[AssociationOut]
    total: int = Field(description="符合条件的总数")
    offset: int
    limit: int
