"""What a plan amounts to beside the choice by hand, in Chinese sentences."""

from collections.abc import Mapping
from typing import Any, Final

from matcher.pairing.records import PlanFigures

_TELLING_GAP: Final = 1e-4
"""A smaller gap is one of rounding; it would not change a pair."""


def figures_named(figures: Mapping[str, Any], name: str) -> PlanFigures:
    """`assignment`, `greedy` or `naive` of the figures of a plan."""
    return PlanFigures(**figures[name])


def compared(figures: Mapping[str, Any]) -> tuple[str, ...]:
    """Sentences that tell a plan from choosing need by need, and from taking the best of each.

    Args:
        figures: of a `Plan`; of one without any pair there is nothing to tell.
    """
    plan, greedy, naive = (
        figures_named(figures, name) for name in ("assignment", "greedy", "naive")
    )
    if not plan.pairs:
        return ()
    sentences = [_beside_greedy(plan, greedy), _beside_naive(plan, naive), _wanted(plan, greedy)]
    if plan.counties_empty:
        sentences.append(f"有 {plan.counties_empty} 个县区有合适的对象，却一条需求也没有配上。")
    sentences.append(_exactness(figures["gap"]))
    return tuple(sentence for sentence in sentences if sentence)


def _beside_greedy(plan: PlanFigures, greedy: PlanFigures) -> str:
    more = plan.needs_served - greedy.needs_served
    served = f"多服务 {more} 条需求" if more > 0 else "服务的需求一样多"
    if more < 0:
        served = f"少服务 {-more} 条需求，以照顾没有着落的县区和意向类型"
    gained = plan.quality - greedy.quality
    if gained >= 0.05:
        return f"与逐条挑选相比，{served}，推荐概率合计高 {gained:.1f}。"
    return f"与逐条挑选相比，{served}。"


def _beside_naive(plan: PlanFigures, naive: PlanFigures) -> str:
    over = f"有 {plan.overloaded} 个对象" if plan.overloaded else "没有对象"
    told = f"本方案{over}超出每年可对接数"
    if not naive.overloaded:
        return f"{told}。"
    return f"{told}；如果每条需求都直接取排在最前的对象，会有 {naive.overloaded} 个对象超出。"


def _wanted(plan: PlanFigures, greedy: PlanFigures) -> str:
    if not plan.wanted_met:
        return ""
    more = plan.wanted_met - greedy.wanted_met
    beside = f"，比逐条挑选多 {more} 条" if more > 0 else ""
    return f"有意向建站类型的需求中，{plan.wanted_met} 条配上了相应类型的对象{beside}。"


def _exactness(gap: float) -> str:
    if gap < _TELLING_GAP:
        return "在现有条件下，这是最好的配法。"
    return f"计算时间已到，推荐概率合计离最好的配法最多还差 {max(gap, 0.001):.1%}。"
