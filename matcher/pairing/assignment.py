"""The monthly assignment: all open needs at once.

problem → instance     checked and numbered by the ids
→ conflicts    what cannot be kept together, or nothing
→ core         what is left to decide once the pins are kept
→ start        a plan at once
→ stages       fairness, then quality: two cheapest flows
→ Assignment   compared with what one would choose by hand
"""

from collections.abc import Callable, Generator
from contextlib import closing
from math import fsum
from time import monotonic

import numpy as np

from matcher.errors import InvalidInputError
from matcher.pairing.bound import upper_bound
from matcher.pairing.changes import advice
from matcher.pairing.child import stages_elsewhere
from matcher.pairing.conflicts import conflicts_of, sentences
from matcher.pairing.core import UNIT, Core, core_of
from matcher.pairing.greedy import choice_figures, greedy_choice, naive_choice
from matcher.pairing.instance import Instance, Ints, instance_of
from matcher.pairing.records import Assignment, InfeasiblePlanError, Problem
from matcher.pairing.stages import LABELS, Stage, stages, standing
from matcher.pairing.start import start

Progress = Callable[[str, int, int], None]

CHECKING = "检查名额、承接能力和指定的配对"
DONE = "方案已完成"
ELSEWHERE = 30_000
"""With more pairs than this the solver gets a process of its own: it takes about half a second."""


def assign(
    problem: Problem, *, time_limit: float = 60.0, progress: Progress | None = None
) -> Assignment:
    """Choose the pairs of a month.

    Always kept: no need gets more than its places and no partner more than its capacity; what is
    barred is not chosen and what is pinned is, and counts against both; with a required kind every
    need with an open place and a candidate of the kind that it wants, who is not barred, gets one
    of them.

    Among the plans that keep all that, the best is wanted by, in this order:

    1. Fairness between counties. The smallest share of needs served, of those in a county that
       could be, is as large as possible, then the next, and so on. It goes first because a sum
       would let the counties with the best universities take everybody.
    2. As many needs as possible with at least one partner, for the same reason between needs: no
       need stays empty while another takes a second or third whom it could spare. This costs
       fairness nothing, nor fairness this; see `fairness`.
    3. With a preferred kind, as many needs as possible that get the kind that they want: that is
       what the enterprise asked for.
    4. The largest sum of qualities.

    Every step is exact and a whole number of pairs, since all of it is a flow in a network.
    Qualities are added as whole millionths. Equal problems get equal answers, in whatever order
    they name their records, unless the time limit decides.

    Args:
        problem: needs, partners and who may be brought together.
        time_limit: seconds. When they are over, the best plan so far is the answer; there is one
            from the start, also with 0. Large problems are solved in a child process that is
            stopped then; the preparations before and the comparison after it, a few seconds for
            ten thousand needs, are not interrupted.
        progress: told what is being done, how many steps are done, and of how many.

    Returns:
        The plan. Its `gap` is 0.0 if it is proven to be the best and no quality was rounded; a
        quality with more than six decimals may leave some millionths. If the time ran out, it
        compares with the quality of any plan, fair or not.

    Raises:
        InvalidInputError: the problem or the time limit cannot be used; see `instance_of`.
        InfeasiblePlanError: not everything that must be kept can be.
    """
    if not time_limit >= 0:
        raise InvalidInputError(
            f"时间上限是 {time_limit} 秒，应为不小于 0 的数", field="time_limit"
        )
    began = monotonic()
    tell = progress or _silent
    steps = len(LABELS) + 1

    tell(CHECKING, 0, steps)
    instance = instance_of(problem)
    found = conflicts_of(instance)
    if found:
        raise InfeasiblePlanError(sentences(instance, found), advice(instance, found))
    core = core_of(instance)
    must = np.searchsorted(core.candidate, found.granted)
    plan = Stage(start(core, must), proven=not len(core.need))
    if not plan.proven:
        plan = _improved(core, plan, began + time_limit, tell)
    tell(DONE, steps, steps)

    pins = np.flatnonzero(instance.pinned)
    chosen = np.sort(np.concatenate([pins, core.candidate[plan.chosen]]))
    return Assignment(
        chosen=instance.records(chosen),
        figures=choice_figures(instance, chosen),
        greedy=choice_figures(instance, greedy_choice(instance)),
        naive=choice_figures(instance, naive_choice(instance)),
        gap=_gap(instance, core, plan, chosen),
        seconds=monotonic() - began,
    )


def _improved(core: Core, plan: Stage, deadline: float, tell: Progress) -> Stage:
    """The best plan that is found until the deadline; proven plans need no comparison."""
    steps = len(LABELS) + 1
    if monotonic() >= deadline:
        return plan
    tell(LABELS[0], 1, steps)
    with closing(_solving(core, deadline)) as solving:
        for done, stage in enumerate(solving, start=2):
            plan = stage if stage.proven else max(plan, stage, key=lambda one: _rank(core, one))
            if stage.proven or monotonic() >= deadline:
                break
            tell(LABELS[done - 1], done, steps)
    return plan


def _solving(core: Core, deadline: float) -> Generator[Stage, None, None]:
    if len(core.need) > ELSEWHERE:
        return stages_elsewhere(core, deadline=deadline)
    return stages(core)


def _rank(core: Core, plan: Stage) -> tuple[tuple[int, ...], int, float]:
    return standing(core, plan.chosen)


def _gap(instance: Instance, core: Core, plan: Stage, chosen: Ints) -> float:
    """How far the quality may lie below the best one, as a share of it."""
    quality = fsum(instance.quality[chosen].tolist())
    mine = float(core.quality[plan.chosen].sum())
    if plan.proven:
        worth = core.worth
        rounding = float(np.abs(worth / UNIT - core.quality).max(initial=0.0))
        if rounding < 1e-12:
            return 0.0
        pairs = min(int(core.places[np.unique(core.need)].sum()), len(core.need))
        bound = int(worth[plan.chosen].sum()) / UNIT + pairs * rounding
    else:
        bound = upper_bound(core, mine)
    best = quality - mine + max(bound, mine)
    return (best - quality) / best if best > 0 else 0.0


def _silent(step: str, done: int, total: int) -> None:
    """Report to nobody."""
