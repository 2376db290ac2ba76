"""Enterprise associations (企业科协), as the policy on them lays down.

The numbers are those of Wenzhou's opinion of 2017 (温科协〔2017〕97 号), articles 2 and 8 to 13.
"""

from dataclasses import dataclass, fields
from datetime import date
from typing import Final

from matcher.casework.steps import Flow
from matcher.records import LabelledEnum

CONGRESS_YEARS: Final = 4
"""A congress is held every four years (article 9)."""
STAFF_FOR_ASSOCIATION: Final = 30
"""Science and technology staff from which an enterprise is encouraged to found an association;
a smaller one may found a liaison office (article 8)."""
ENTERPRISES_FOR_PARK: Final = 3
"""Enterprises from which a park's own association is suggested. The policy (article 10) names no
number; with three, one office serves more than the neighbours could by helping each other."""
QUIET_YEARS: Final = 1
"""Years without any activity after which an association is proposed as inactive. The policy wants
a plan of work and activities every year (articles 3 and 13), and those without any cancelled
(article 2)."""
POLICY_TARGETS: Final = {2018: 300, 2020: 500}
"""How many associations the whole of Wenzhou was to have by the end of a year (article 2)."""


class AssociationKind(LabelledEnum):
    """The three forms."""

    ENTERPRISE = "enterprise", "企业科协"
    LIAISON = "liaison", "联络站"
    PARK = "park", "园区科协"

    @classmethod
    def term(cls) -> str:
        """Chinese name of the list, for error messages."""
        return "组织类型"


class AssociationStatus(LabelledEnum):
    """How far it is founded, and whether it is alive."""

    APPLIED = "applied", "申请中"
    APPROVED = "approved", "已批复"
    FOUNDED = "founded", "已成立"
    INACTIVE = "inactive", "不活跃，拟撤销"
    CANCELLED = "cancelled", "已撤销"

    @classmethod
    def term(cls) -> str:
        """Chinese name of the list, for error messages."""
        return "组织状态"


class EndReason(LabelledEnum):
    """Why an association is marked as inactive, or is cancelled."""

    NO_ACTIVITY = "no_activity", "长期没有活动"
    NO_LEADERS = "no_leaders", "无人负责"
    GONE = "gone", "企业注销、迁出或停产"
    UNWILLING = "unwilling", "企业或园区不愿继续"
    MERGED = "merged", "并入其他科协组织"
    DUPLICATE = "duplicate", "重复登记"
    OTHER = "other", "其他（请在说明中写明）"

    @classmethod
    def term(cls) -> str:
        """Chinese name of the list, for error messages."""
        return "原因"


_S = AssociationStatus
ASSOCIATION_FLOW: Final = Flow(
    {
        _S.APPLIED: (_S.APPROVED, _S.CANCELLED),
        _S.APPROVED: (_S.FOUNDED, _S.CANCELLED),
        _S.FOUNDED: (_S.INACTIVE,),
        _S.INACTIVE: (_S.FOUNDED, _S.CANCELLED),
        # One that was cancelled comes back by the same way as a new one.
        _S.CANCELLED: (_S.APPLIED,),
    }
)
STANDING: Final = frozenset({_S.FOUNDED, _S.INACTIVE})
"""Founded and not cancelled."""
COUNTED_KINDS: Final = frozenset({AssociationKind.ENTERPRISE, AssociationKind.PARK})
"""What counts against a target; a liaison office stands in for an association and is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StrongCheck:
    """The check 一强五有: a strong leadership; sign, premises, work plan, rules and funds.

    None is: not looked at yet.
    """

    leadership: bool | None = None
    sign: bool | None = None
    premises: bool | None = None
    plan: bool | None = None
    rules: bool | None = None
    funds: bool | None = None

    LABELS = {  # noqa: RUF012 - not a field, and never changed
        "leadership": "领导班子强",
        "sign": "有牌子",
        "premises": "有场所",
        "plan": "有计划",
        "rules": "有制度",
        "funds": "有经费",
    }

    @property
    def missing(self) -> tuple[str, ...]:
        """Chinese names of what is missing or not looked at yet."""
        return tuple(
            self.LABELS[each.name] for each in fields(self) if not getattr(self, each.name)
        )

    @property
    def answers(self) -> tuple[tuple[str, str, bool | None], ...]:
        """Of each question its name, its Chinese name and the answer."""
        return tuple((name, label, getattr(self, name)) for name, label in self.LABELS.items())


@dataclass(frozen=True, slots=True, kw_only=True)
class Association:
    """An association of an enterprise or a park, or a liaison office of a smaller enterprise.

    `enterprise_id` is None for a park's; `liaison` is the liaison (联络员) of an office.
    """

    id: int
    name: str
    kind: AssociationKind
    county: str
    enterprise_id: str | None = None
    park: str = ""
    status: AssociationStatus = AssociationStatus.APPLIED
    approved_on: date | None = None
    approved_by: str = ""
    founded_on: date | None = None
    chair: str = ""
    secretary: str = ""
    liaison: str = ""
    members: int | None = None
    last_congress: date | None = None
    check: StrongCheck = StrongCheck()
    last_activity: date | None = None
    note: str = ""
    version: int = 1

    @property
    def is_checked(self) -> bool:
        """Whether the check 一强五有 is for it: a liaison office is not measured by it."""
        return self.kind in COUNTED_KINDS and self.status in STANDING

    @property
    def next_congress(self) -> date | None:
        """When the next congress is due, four years after the last or the founding one."""
        last = self.last_congress or self.founded_on
        if last is None or self.kind is AssociationKind.LIAISON:
            return None
        return years_after(last, CONGRESS_YEARS)

    def congress_overdue(self, today: date) -> bool:
        """Whether the next congress should have been held."""
        due = self.next_congress
        return self.status in STANDING and due is not None and due < today

    @property
    def last_sign_of_life(self) -> date | None:
        """The latest activity or congress, also the founding one."""
        signs = (self.last_activity, self.last_congress, self.founded_on)
        return max((sign for sign in signs if sign is not None), default=None)

    def is_quiet(self, today: date) -> bool:
        """Whether nothing was heard of it for so long that it is proposed as inactive."""
        last = self.last_sign_of_life
        long_ago = years_after(today, -QUIET_YEARS)
        return self.status is AssociationStatus.FOUNDED and (last is None or last < long_ago)


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Associations of a county against its target for a year; `county` empty: the whole city.

    `liaison` are the liaison offices, which do not count against the target.
    """

    county: str
    founded: int
    target: int | None
    liaison: int = 0

    @property
    def share(self) -> float | None:
        """Founded of the target, None without one."""
        return self.founded / self.target if self.target else None


def years_after(day: date, years: int) -> date:
    """The same day so many years later; of 29 February the first of March, if there is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def suggested_kind(st_staff: int) -> AssociationKind:
    """What an enterprise with so many science and technology staff is encouraged to found."""
    many = st_staff >= STAFF_FOR_ASSOCIATION
    return AssociationKind.ENTERPRISE if many else AssociationKind.LIAISON


def suggested_name(kind: AssociationKind, of: str) -> str:
    """The usual name of an association of an enterprise or a park; empty if that is empty."""
    ending = "科协工作联络站" if kind is AssociationKind.LIAISON else "科学技术协会"
    return f"{of}{ending}" if of else ""
