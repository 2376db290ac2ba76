"""Enterprise associations (企业科协), as the policy on them lays down."""

from dataclasses import dataclass, fields
from datetime import date
from typing import Final

from matcher.records import LabelledEnum

CONGRESS_YEARS: Final = 4
"""A congress is held every four years."""
STAFF_FOR_ASSOCIATION: Final = 30
"""Science and technology staff from which an enterprise is encouraged to found an association;
a smaller one may found a liaison office (Wenzhou 2017)."""


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
    def next_congress(self) -> date | None:
        """When the next congress is due, four years after the last or the founding one."""
        last = self.last_congress or self.founded_on
        if last is None or self.kind is AssociationKind.LIAISON:
            return None
        try:
            return last.replace(year=last.year + CONGRESS_YEARS)
        except ValueError:  # 29 February
            return date(last.year + CONGRESS_YEARS, 3, 1)

    def congress_overdue(self, today: date) -> bool:
        """Whether the next congress should have been held."""
        due = self.next_congress
        alive = self.status in {AssociationStatus.FOUNDED, AssociationStatus.INACTIVE}
        return alive and due is not None and due < today


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Associations of a county against its target for a year; `county` empty: the whole city."""

    county: str
    founded: int
    target: int | None

    @property
    def share(self) -> float | None:
        """Founded of the target, None without one."""
        return self.founded / self.target if self.target else None
