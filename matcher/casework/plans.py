"""Plans (月度方案): which partners a month's open needs are to be brought together with."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from matcher.casework.stations import StationLevel
from matcher.errors import InvalidInputError
from matcher.records import LabelledEnum

_MONTH: Final = re.compile(r"(20\d\d)\s*[-/.年]\s*(\d{1,2})\s*月?")
_MONTHS_OF_A_YEAR: Final = 12


class PairState(LabelledEnum):
    """What staff decided about a pair that a plan proposes."""

    PROPOSED = "proposed", "待决定"
    ADOPTED = "adopted", "已采纳"
    DROPPED = "dropped", "不合适"

    @classmethod
    def term(cls) -> str:
        """Chinese name of the list, for error messages."""
        return "方案决定"


class Mark(LabelledEnum):
    """What staff want of a pair in every plan, until they take the mark away."""

    PIN = "pin", "指定"
    EXCLUDE = "exclude", "排除"

    @classmethod
    def term(cls) -> str:
        """Chinese name of the list, for error messages."""
        return "标记"


class UnmetReason(LabelledEnum):
    """Why a need without any partner gets none from a plan either."""

    NOBODY = "nobody", "目录中没有相近的对象"
    WEAK = "weak", "最接近的对象证据也不足"
    BARRED = "barred", "合适的对象都不能安排"
    FULL = "full", "合适的对象今年都已排满"
    TAKEN = "taken", "合适的对象都安排给了别的需求"

    @classmethod
    def term(cls) -> str:
        """Chinese name of the list, for error messages."""
        return "未满足原因"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanMark:
    """A pair that staff want in every plan, or in none."""

    need_id: str
    partner_id: str
    mark: Mark
    note: str = ""
    marked_at: datetime
    marked_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposedSite:
    """A type of site that a pair may found.

    Attributes:
        code: of the type.
        label: its Chinese name.
        level: None where the rules make no difference.
        verdict: value of `matcher.rules.records.Verdict`.
        missing: Chinese names of the facts that are still to be asked for.
    """

    code: str
    label: str
    level: StationLevel | None = None
    verdict: str
    missing: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """Name of the type with the level, as staff say it."""
        return f"{self.label}（{self.level.label}）" if self.level else self.label


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanPair:
    """A need and a partner that a plan proposes to bring together.

    Attributes:
        plan_id: of which plan.
        need_id: the need.
        partner_id: the partner.
        county: of the need when the plan was made.
        position: place in the plan, from 0: by county, need and rank.
        rank: place among the partners that the plan proposes for the need, from 1.
        probability: what the ranking said; 0 for a pinned partner that it did not find.
        reason: one Chinese sentence that says why.
        pinned: whether staff had asked for this pair.
        sites: what the two may found, the best fitting first.
        state: what staff decided.
        decided_at: when, None while it is open.
        decided_by: by whom.
    """

    plan_id: int
    need_id: str
    partner_id: str
    county: str
    position: int
    rank: int
    probability: float
    reason: str
    pinned: bool = False
    sites: tuple[ProposedSite, ...] = ()
    state: PairState = PairState.PROPOSED
    decided_at: datetime | None = None
    decided_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnmetNeed:
    """A need that has no partner and gets none.

    Attributes:
        need_id: the need.
        county: of the need when the plan was made.
        reason: why.
        told: more about it in Chinese, such as what bars the partners; may be empty.
        best: probability of the partner that came nearest, 0 if there is none.
        partner_id: that partner, empty if there is none.
    """

    need_id: str
    county: str
    reason: UnmetReason
    told: str = ""
    best: float = 0.0
    partner_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A plan of a month.

    Attributes:
        id: its number; of several plans of a month the one with the greatest counts.
        month: YYYY-MM.
        batch_id: the batch that made it, None if it was made by itself.
        made_at: when.
        made_by: by whom.
        model_id: the embedding model that ranked.
        revision: of the library.
        token: of that revision.
        settings: `PlanSettings` as JSON.
        figures: `assignment`, `greedy` and `naive` with the fields of
            `matcher.pairing.records.PlanFigures`; `gap` and `seconds` of the assignment; `needs`,
            how many were open; `places`, how many partners they could still get; `weak`, how many
            candidates were too improbable to be proposed.
        unmet: the needs that get nobody.
    """

    id: int
    month: str
    batch_id: int | None = None
    made_at: datetime
    made_by: str
    model_id: str
    revision: int
    token: str
    settings: Mapping[str, Any]
    figures: Mapping[str, Any]
    unmet: tuple[UnmetNeed, ...] = ()


def month_named(text: str) -> str:
    """A month as people write it, as YYYY-MM.

    Raises:
        InvalidInputError: it is no month between 2000 and 2099.
    """
    found = _MONTH.fullmatch(text.strip())
    if found is None or not 1 <= int(found[2]) <= _MONTHS_OF_A_YEAR:
        raise InvalidInputError(
            f"月份“{text.strip()}”不可用，请写成“年-月”，如 2026-11", field="month"
        )
    return f"{found[1]}-{int(found[2]):02d}"


def month_title(month: str) -> str:
    """A month as it stands in a heading: 2026年11月."""
    year, number = month.split("-")
    return f"{year}年{int(number)}月"
