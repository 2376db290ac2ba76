"""How a file of rules is written: keys in Chinese, as clerks read and edit them."""

import math
from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Annotated, Any, Self, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    StringConstraints,
    Tag,
    model_validator,
)

from matcher.casework.stations import StationLevel
from matcher.errors import InvalidInputError, UnknownNameError
from matcher.records import PartnerKind
from matcher.rules.conditions import Asked, Bounded, Joined, Test
from matcher.rules.facts import fact_named
from matcher.rules.values import FactKind, read_value

LONGEST = 300
Value = TypeVar("Value")


def _named_fact(given: object) -> FactKind:
    return _reading(lambda: fact_named(_text(given)))


def _kind(given: object) -> PartnerKind:
    return _reading(lambda: PartnerKind.parse(_text(given)))


def _level(given: object) -> StationLevel | None:
    return None if given is None else _reading(lambda: StationLevel.parse(_text(given)))


def _text(given: object) -> str:
    if not isinstance(given, str):
        raise ValueError(f"应是文字，现在是“{given}”")
    return given


def _day(given: object) -> date | None:
    if given is None or given == "":
        return None
    try:
        return date.fromisoformat(given.strip() if isinstance(given, str) else "")
    except ValueError:
        raise ValueError(f"“{given}”不是日期，应写成 2019-06-11 的样子") from None


def _yes_no(given: object) -> bool:
    answers = {"是": True, "否": False, True: True, False: False}
    if not isinstance(given, str | bool) or given not in answers:
        raise ValueError(f"“{given}”应是“是”或“否”")
    return answers[given]


def _reading(read: Callable[[], Value]) -> Value:
    """Read a value; Pydantic tells what is wrong with it, and where."""
    try:
        return read()
    except (InvalidInputError, UnknownNameError) as error:
        raise ValueError(error.message) from None


Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST)]
Day = Annotated[date | None, BeforeValidator(_day)]
Kind = Annotated[PartnerKind, BeforeValidator(_kind)]
Level = Annotated[StationLevel | None, BeforeValidator(_level)]
YesNo = Annotated[bool, BeforeValidator(_yes_no)]
NamedFact = Annotated[Any, BeforeValidator(_named_fact)]


class _Part(BaseModel):
    """A part of a file; a key that is not known is a mistake, and is told."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class SourcePart(_Part):
    """A document that conditions stand in."""

    title: Line = Field(alias="标题")
    number: Annotated[str, Field(max_length=LONGEST)] = Field("", alias="文号")
    issued: Day = Field(None, alias="日期")
    address: Annotated[str, Field(max_length=500, pattern="^(https?://|$)")] = Field(
        "", alias="网址"
    )


class LeafPart(_Part):
    """One fact and what it must be."""

    fact: NamedFact = Field(alias="事项")
    wanted: YesNo | None = Field(None, alias="为")
    low: float | None = Field(None, alias="不少于", ge=0, allow_inf_nan=False)
    high: float | None = Field(None, alias="不超过", ge=0, allow_inf_nan=False)

    @model_validator(mode="after")
    def _fits_its_fact(self) -> Self:
        fact = self.fact.fact
        bounds = self.low is not None or self.high is not None
        if fact.yes_no and (bounds or self.wanted is None):
            raise ValueError(f"“{fact.label}”是一个问题，请写“为: 是”或“为: 否”")
        if not fact.yes_no and (self.wanted is not None or not bounds):
            unit = fact.unit
            raise ValueError(f"“{fact.label}”是数字（{unit}），请写“不少于”或“不超过”")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError("“不少于”的数字不能大于“不超过”的数字")
        for bound in (self.low, self.high):
            if bound is not None:
                _reading(partial(read_value, fact, bound))
        return self

    def test(self) -> Test:
        """The same as the product holds it."""
        name = self.fact.fact.name
        if self.wanted is not None:
            return Asked(name, self.wanted)
        high = math.inf if self.high is None else self.high
        return Bounded(name, self.low or 0.0, high)


class AllPart(_Part):
    """Tests of which all must hold."""

    tests: "list[TestPart]" = Field(alias="全部", min_length=1)

    def test(self) -> Test:
        """The same as the product holds it."""
        return Joined(tuple(each.test() for each in self.tests), all_of=True)


class AnyPart(_Part):
    """Tests of which one must hold."""

    tests: "list[TestPart]" = Field(alias="任一", min_length=1)

    def test(self) -> Test:
        """The same as the product holds it."""
        return Joined(tuple(each.test() for each in self.tests), all_of=False)


def _form(given: object) -> str:
    """Which of the three forms a test has."""
    forms = given if isinstance(given, dict) else ()
    return next((form for form in ("全部", "任一") if form in forms), "事项")


TestPart = Annotated[
    Annotated[LeafPart, Tag("事项")]
    | Annotated[AllPart, Tag("全部")]
    | Annotated[AnyPart, Tag("任一")],
    Discriminator(_form),
]


class ConditionPart(_Part):
    """A condition."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")] = Field(alias="编号")
    label: Line = Field(alias="说明")
    level: Level = Field(None, alias="级别")
    place: Line = Field(alias="地区")
    adopted: YesNo = Field(False, alias="本市采用")
    source: Line = Field(alias="依据")
    since: Day = Field(None, alias="起")
    until: Day = Field(None, alias="止")
    when: TestPart | None = Field(None, alias="适用于")
    test: TestPart = Field(alias="要求")

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.since and self.until and self.until < self.since:
            raise ValueError(f"“止”（{self.until}）早于“起”（{self.since}）")
        return self


class SitePart(_Part):
    """A whole file: one type of site."""

    code: Line = Field(alias="建站类型")
    label: Line = Field(alias="名称")
    note: Annotated[str, Field(max_length=1000)] = Field("", alias="备注")
    kinds: list[Kind] = Field(alias="合作对象")
    kinds_source: Line = Field(alias="合作对象依据")
    sources: dict[str, SourcePart] = Field(alias="文件", min_length=1)
    conditions: list[ConditionPart] = Field(alias="条件", min_length=1, max_length=200)

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        known = "、".join(self.sources)
        if self.kinds_source not in self.sources:
            raise ValueError(f"合作对象依据“{self.kinds_source}”不在“文件”中，那里有：{known}")
        seen: set[str] = set()
        for each in self.conditions:
            if each.source not in self.sources:
                raise ValueError(
                    f"条件“{each.id}”的依据“{each.source}”不在“文件”中，那里有：{known}"
                )
            if each.id in seen:
                raise ValueError(f"有两个条件的编号都是“{each.id}”，请改掉一个")
            seen.add(each.id)
        return self


class PlacePart(_Part):
    """Where the association is (place.yaml)."""

    name: Line = Field(alias="本单位所在地")
    adopts: list[Line] = Field(default_factory=list, alias="采用外地规定")
