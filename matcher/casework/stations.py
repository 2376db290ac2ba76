"""Stations (建站): the lasting sites that pairings found, their assessments and their end."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from matcher.casework.steps import Flow
from matcher.records import LabelledEnum

EXPIRY_NOTICE: Final = timedelta(days=60)
"""How long before the end of its agreement a station is pointed out."""
PASS_MARK: Final = 70
"""Yearly score below which a station fails; two such years in a row propose its cancellation."""


class StationLevel(LabelledEnum):
    """By whom a station is recognised (级别)."""

    NATIONAL = "national", "国家级"
    PROVINCIAL = "provincial", "省级"
    CITY = "city", "市级"
    COUNTY = "county", "县级"

    @classmethod
    def term(cls) -> str:
        """Chinese name of the list, for error messages."""
        return "建站级别"


class StationStatus(LabelledEnum):
    """Whether a station works."""

    ACTIVE = "active", "运行中"
    EXPIRED = "expired", "协议到期"
    CANCELLED = "cancelled", "已撤销"

    @classmethod
    def term(cls) -> str:
        """Chinese name of the list, for error messages."""
        return "站点状态"


_S = StationStatus
STATION_FLOW: Final = Flow(
    {
        _S.ACTIVE: (_S.EXPIRED, _S.CANCELLED),
        _S.EXPIRED: (_S.ACTIVE, _S.CANCELLED),
        _S.CANCELLED: (),
    }
)


class Grade(LabelledEnum):
    """Grade of a yearly assessment (年度考核)."""

    EXCELLENT = "excellent", "优秀"
    GOOD = "good", "良好"
    PASS = "pass", "合格"
    FAIL = "fail", "不合格"

    @classmethod
    def term(cls) -> str:
        """Chinese name of the list, for error messages."""
        return "考核等次"


def grade_of(score: float) -> Grade:
    """优秀 from 90, 良好 from 80, 合格 from 70 points of 100."""
    if score >= 90:
        return Grade.EXCELLENT
    if score >= 80:
        return Grade.GOOD
    return Grade.PASS if score >= PASS_MARK else Grade.FAIL


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """A station's yearly assessment, 0 to 100 points."""

    year: int
    score: float
    note: str = ""

    @property
    def grade(self) -> Grade:
        """The grade that the points give."""
        return grade_of(self.score)


@dataclass(frozen=True, slots=True, kw_only=True)
class Station:
    """A site at an enterprise, with one partner or several.

    `type` is the code of a site type: one of `SiteType`, or one that the city added.
    """

    id: int
    name: str
    type: str
    level: StationLevel
    enterprise_id: str
    county: str
    partner_ids: tuple[str, ...]
    agreed_on: date
    ends_on: date
    status: StationStatus = StationStatus.ACTIVE
    pairing_id: int | None = None
    note: str = ""
    assessments: tuple[Assessment, ...] = ()
    version: int = 1

    def expires_soon(self, today: date) -> bool:
        """Whether its agreement ends within the time of notice, or has ended unnoticed."""
        return self.status is StationStatus.ACTIVE and self.ends_on <= today + EXPIRY_NOTICE

    @property
    def proposes_cancellation(self) -> bool:
        """Whether it failed in the last two years that were assessed, one after the other."""
        return self.status is not StationStatus.CANCELLED and failed_twice(self.assessments)


def failed_twice(assessments: Iterable[Assessment]) -> bool:
    """Whether the latest assessed year and the one before it are both below the pass mark."""
    latest = sorted(assessments, key=lambda each: each.year)[-2:]
    return (
        len(latest) == 2
        and latest[1].year - latest[0].year == 1
        and all(each.grade is Grade.FAIL for each in latest)
    )


class OutcomeKind(LabelledEnum):
    """What came of a pairing or a station (成果)."""

    PATENT = "patent", "专利"
    STANDARD = "standard", "标准"
    PRODUCT = "product", "新产品"
    PAPER = "paper", "论文"
    SALES = "sales", "新增销售额"

    @classmethod
    def term(cls) -> str:
        """Chinese name of the list, for error messages."""
        return "成果类型"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """An outcome of a pairing, a station, or both.

    `amount` is in 万元, for sales; `number` the patent's, standard's or paper's own.
    """

    id: int
    kind: OutcomeKind
    title: str
    on: date
    county: str
    pairing_id: int | None = None
    station_id: int | None = None
    number: str = ""
    amount: float | None = None
    note: str = ""
