"""Candidates, plans and their pairs for tests."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from matcher.casework.plans import Plan, PlanPair, ProposedSite, UnmetNeed, UnmetReason
from matcher.records import RankedCandidate, RankedNeed

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
FIGURES = {
    "quality": 1.5,
    "pairs": 2,
    "needs_served": 2,
    "wanted_met": 0,
    "overloaded": 0,
    "counties_empty": 0,
}
SETTINGS = {
    "partners_per_need": 3,
    "candidates_per_need": 50,
    "lowest_probability": 0.02,
    "yearly_capacity": {"expert": 3, "society": 10, "institute": 6, "overseas": 4},
    "wanted_kind": "preferred",
    "time_limit": 60.0,
}
SITE = ProposedSite(
    code="society_station", label="学会服务站", verdict="unknown", missing=("进站专家数",)
)
UNMET = UnmetNeed(
    need_id="N3",
    county="柳市镇",
    reason=UnmetReason.WEAK,
    best=0.01,
    partner_id="O1",
)


def ranked(candidates: Mapping[str, Sequence[tuple[str, float]]]) -> list[RankedNeed]:
    """Candidates from need → (partner, probability), best first, without passages."""
    return [
        RankedNeed(
            need_id=need_id,
            candidates=tuple(
                RankedCandidate(
                    partner_id=partner_id,
                    probability=probability,
                    score=probability,
                    passage_ids=(),
                )
                for partner_id, probability in found
            ),
        )
        for need_id, found in candidates.items()
    ]


def plan(month: str = "2026-11", unmet: Sequence[UnmetNeed] = (UNMET,)) -> Plan:
    """A plan that is not stored yet."""
    return Plan(
        id=0,
        month=month,
        made_at=NOW,
        made_by="示例",
        model_id="hash-64",
        revision=3,
        token="t3",
        settings=SETTINGS,
        figures={
            "assignment": FIGURES,
            "greedy": FIGURES | {"needs_served": 1, "quality": 1.2},
            "naive": FIGURES | {"overloaded": 1},
            "gap": 0.0,
            "seconds": 0.1,
            "needs": 3,
            "places": 9,
            "weak": 2,
        },
        unmet=tuple(unmet),
    )


def pair(need_id: str, partner_id: str, county: str, position: int, **more: object) -> PlanPair:
    """A pair of a plan that is not stored yet."""
    usual: dict[str, object] = {"rank": 1, "probability": 0.7, "reason": "证据直接相关。"}
    return PlanPair(
        plan_id=0,
        need_id=need_id,
        partner_id=partner_id,
        county=county,
        position=position,
        **(usual | more),  # type: ignore[arg-type]
    )


PAIRS = (
    pair("N2", "X2", "平阳县", 0, probability=0.8),
    pair("N1", "X1", "乐清市", 1, sites=(SITE,)),
    pair("N1", "S1", "乐清市", 2, rank=2, probability=0.1),
)
"""Pairs of the small library of `tests.conftest`."""
