"""Rules of site types and checks against them in requests and responses."""

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from matcher.casework.site_facts import SiteFact
from matcher.casework.stations import StationLevel
from matcher.desk.site_checks import PairCheck
from matcher.desk.site_facts import NOTE_LIMIT
from matcher.records import PartnerKind
from matcher.rules.conditions import Condition, Rules, SiteRules
from matcher.rules.facts import FACTS
from matcher.rules.records import Fact, FactOwner, Finding, SiteCheck, Source, Verdict

_NAMES = [name for name, kind in FACTS.items() if not kind.fact.derived]
_ANSWER = {"type": ["boolean", "number", "string", "null"]}
Answers = Annotated[
    dict[str, Any],
    WithJsonSchema(
        {
            "type": "object",
            "additionalProperties": False,
            "properties": dict.fromkeys(_NAMES, _ANSWER),
        }
    ),
]


class SourceOut(BaseModel):
    """条件出自的文件。"""

    model_config = ConfigDict(from_attributes=True)

    title: str
    number: str = Field(description="文号，没有查到的为空")
    issued: date | None
    address: str = Field(description="网址，没有查到的为空")

    @classmethod
    def of(cls, source: Source) -> Self:
        """The response for a source."""
        return cls.model_validate(source)


class FactOut(BaseModel):
    """条件要核对的一件事。"""

    name: str
    label: str
    owner: FactOwner = Field(description="企业、对象还是合作的情况")
    owner_label: str
    unit: str = Field(description="数字的单位；是非问题为空")
    yes_no: bool = Field(description="回答是或否；否则是数字")
    derived: bool = Field(description="系统由库中资料得出；否则由工作人员填写")
    help: str

    @classmethod
    def of(cls, fact: Fact) -> Self:
        """The response for a fact."""
        return cls(
            name=fact.name,
            label=fact.label,
            owner=fact.owner,
            owner_label=fact.owner.label,
            unit=fact.unit,
            yes_no=fact.yes_no,
            derived=fact.derived,
            help=fact.help,
        )


class ConditionOut(BaseModel):
    """一条建站条件。"""

    id: str
    label: str
    level: StationLevel | None = Field(description="只对这一级有要求；空为各级都要满足")
    level_label: str | None
    place: str = Field(description="哪里的规定")
    binding: bool = Field(description="本市是否按此核对；否则只作参考，不达标也不排除")
    requirement: str = Field(description="系统怎样核对，一句话")
    applies_to: str = Field(description="只对谁有要求；空为对谁都有要求")
    facts: list[str] = Field(description="核对时看的事项")
    since: date | None
    until: date | None
    in_force: bool = Field(description="现在是否有效")
    source: SourceOut

    @classmethod
    def of(cls, condition: Condition, day: date) -> Self:
        """The response for a condition."""
        return cls(
            id=condition.id,
            label=condition.label,
            level=condition.level,
            level_label=condition.level.label if condition.level else None,
            place=condition.place,
            binding=condition.binding,
            requirement=str(condition.test),
            applies_to=str(condition.when) if condition.when else "",
            facts=list(condition.facts),
            since=condition.since,
            until=condition.until,
            in_force=condition.holds_on(day),
            source=SourceOut.of(condition.source),
        )


class SiteRulesOut(BaseModel):
    """一种建站类型的规则。"""

    site_type: str
    label: str
    partner_kinds: list[PartnerKind] = Field(description="与哪几类对象共建；空为不需要对象")
    note: str
    conditions: list[ConditionOut]

    @classmethod
    def of(cls, rules: SiteRules, day: date) -> Self:
        """The response for the rules of a type."""
        return cls(
            site_type=rules.code,
            label=rules.label,
            partner_kinds=[kind for kind in PartnerKind if kind in rules.kinds],
            note=rules.note,
            conditions=[ConditionOut.of(each, day) for each in rules.conditions],
        )


class RulesOut(BaseModel):
    """全部建站规则。"""

    place: str = Field(description="本单位所在地")
    adopts: list[str] = Field(description="采用了哪些外地的规定")
    types: list[SiteRulesOut]
    facts: list[FactOut]

    @classmethod
    def of(cls, rules: Rules, day: date) -> Self:
        """The response for all rules."""
        return cls(
            place=rules.place.name,
            adopts=list(rules.place.adopts),
            types=[SiteRulesOut.of(each, day) for each in rules.types],
            facts=[FactOut.of(kind.fact) for kind in FACTS.values()],
        )


class FindingOut(BaseModel):
    """一条条件的核对结果。"""

    condition: str
    verdict: Verdict
    verdict_label: str
    binding: bool = Field(description="为假的只作参考，不符合也不排除")
    sentence: str
    asks: list[str] = Field(description="还要了解的事项")
    source: SourceOut

    @classmethod
    def of(cls, finding: Finding) -> Self:
        """The response for a finding."""
        return cls(
            condition=finding.condition,
            verdict=finding.verdict,
            verdict_label=finding.verdict.label,
            binding=finding.binding,
            sentence=finding.sentence,
            asks=[fact.name for fact in finding.asks],
            source=SourceOut.of(finding.source),
        )


class SiteCheckOut(BaseModel):
    """一种建站类型、一个级别的核对结果。"""

    site_type: str
    label: str
    level: StationLevel | None
    level_label: str | None
    verdict: Verdict
    verdict_label: str
    missing: list[FactOut] = Field(description="还要了解的事项")
    findings: list[FindingOut]

    @classmethod
    def of(cls, check: SiteCheck) -> Self:
        """The response for a check."""
        return cls(
            site_type=check.site_type,
            label=check.label,
            level=check.level,
            level_label=check.level.label if check.level else None,
            verdict=check.verdict,
            verdict_label=check.verdict.label,
            missing=[FactOut.of(fact) for fact in check.missing],
            findings=[FindingOut.of(each) for each in check.findings],
        )


class AnswerOut(BaseModel):
    """工作人员填写的一项情况。"""

    model_config = ConfigDict(from_attributes=True)

    name: str
    value: bool | int | float
    note: str = Field(description="依据")
    noted_on: date
    noted_by: str


class PairCheckOut(BaseModel):
    """一条需求和一个对象的建站核对。"""

    need_id: str
    partner_id: str
    enterprise_id: str | None
    pairing_id: int | None = Field(description="双方的对接；空为还没有建立")
    wanted_site: str = Field(description="企业想要的建站类型；空为没有写")
    on: date = Field(description="按哪一天有效的规则")
    sites: list[SiteCheckOut] = Field(description="可以建的，最合适的在前")
    excluded: list[SiteCheckOut] = Field(description="不符合的，连同原因")
    answers: list[AnswerOut]
    seen: str = Field(description="这些情况的版本；保存时送回，别人改过则得到 409")

    @classmethod
    def of(cls, check: PairCheck) -> Self:
        """The response for a check."""
        return cls(
            need_id=check.need_id,
            partner_id=check.partner_id,
            enterprise_id=check.enterprise.id if check.enterprise else None,
            pairing_id=check.pairing_id,
            wanted_site=check.wanted,
            on=check.on,
            sites=[SiteCheckOut.of(each) for each in check.fitting],
            excluded=[SiteCheckOut.of(each) for each in check.failing],
            answers=answers_of(check.answers.values()),
            seen=check.seen,
        )


def answers_of(facts: Iterable[SiteFact]) -> list[AnswerOut]:
    """The responses for answers."""
    return [AnswerOut.model_validate(fact) for fact in facts]


class FactsInput(BaseModel):
    """要填写的情况。"""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"facts": {"annual_output": 3200, "rd_body": True}, "note": "企业年报"}]
        },
    )

    facts: Answers = Field(description="事项的名称和回答；空值取消以前的回答")
    note: Annotated[str, Field(max_length=NOTE_LIMIT)] = Field("", description="依据")
    seen: Annotated[str, Field(max_length=64)] = Field("", description="打开时的版本，可不填")
