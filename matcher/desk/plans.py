"""Making a month's plan: which partners all open needs are brought together with.

The pairs are chosen at once by `matcher.pairing.assignment`; a plan proposes them, staff decide
(`plan_decisions`). Making one changes nothing else: earlier plans stay, the latest one counts.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final, TypeAlias

from sqlalchemy.orm import Session

from matcher.casework.plans import Mark, Plan, PlanPair, ProposedSite, month_named, month_title
from matcher.desk import site_checks
from matcher.desk.core import Act, Desk, Subject
from matcher.pairing.assignment import assign
from matcher.pairing.records import Assignment, Candidate, InfeasiblePlanError
from matcher.people import Permission
from matcher.people.days import day_of
from matcher.planning import PlanSettings, load_settings, pairs_to_check, question_of, unmet_of
from matcher.planning.material import gather, kinds_of, open_needs
from matcher.planning.naming import tokens_of, with_names
from matcher.planning.problem import Material, Pair, Question
from matcher.records import Need, RankedCandidate, RankedNeed
from matcher.rules.conditions import Rules
from matcher.rules.records import SiteCheck
from matcher.store.batch_results import candidates_of
from matcher.store.batch_runs import latest_batch
from matcher.store.batches import batched
from matcher.store.changes import LibraryState, library_state
from matcher.store.need_steps import need_statuses
from matcher.store.partners import get_partners
from matcher.store.plans import add_plan

Progress: TypeAlias = Callable[[str, int, int], None]
"""Called with a step in Chinese, how much of it is done, and how much there is."""

_RANKING: Final = "匹配对象"
_CHECKING: Final = "核对条件"
_TELLING: Final = "写推荐理由"
_TOLD_AT_ONCE: Final = 100
"""Needs whose reasons are asked for at once, so that the progress moves and can be stopped."""
ASKED_FOR: Final = "由工作人员指定"
"""Begins the reason of a pair that staff pinned and the ranking does not know."""
_MOST_SITES: Final = 3
"""Site types that are kept with a pair; the others stand on the need's page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A plan that is not stored yet (its number is 0), with its pairs.

    Attributes:
        plan: what becomes of it when it is kept.
        pairs: what it proposes.
        needs: the open needs, by id.
        candidates_of: number of the batch whose candidates were used, None if they were ranked.
    """

    plan: Plan
    pairs: tuple[PlanPair, ...]
    needs: dict[str, Need]
    candidates_of: int | None = None


def make_plan(
    desk: Desk,
    month: str,
    *,
    ranked: Iterable[RankedNeed] | None = None,
    batch_id: int | None = None,
    settings: PlanSettings | None = None,
    progress: Progress | None = None,
) -> Plan:
    """Make a plan and keep it; see `draft_plan` for the arguments.

    Raises:
        ForbiddenError: the actor may not.
        InvalidInputError: it is no month, or a settings or rules file has faults.
        InfeasiblePlanError: what staff asked for cannot all be had; it says what stands against
            it and what would free it.
    """
    draft = draft_plan(
        desk, month, ranked=ranked, batch_id=batch_id, settings=settings, progress=progress
    )
    return keep(desk, draft)


def draft_plan(
    desk: Desk,
    month: str,
    *,
    ranked: Iterable[RankedNeed] | None = None,
    batch_id: int | None = None,
    settings: PlanSettings | None = None,
    progress: Progress | None = None,
) -> Draft:
    """Choose the pairs of a month without keeping them.

    Args:
        desk: whoever does it.
        month: YYYY-MM; what is open now is planned, whatever the month.
        ranked: the candidates of the open needs; None takes those of the month's latest batch if
            neither the library nor the model has changed since, and else ranks.
        batch_id: the batch that this plan belongs to.
        settings: None for those of the files.
        progress: told of every step.

    Raises:
        ForbiddenError: the actor may not.
        InvalidInputError: it is no month, or a settings or rules file has faults.
        InfeasiblePlanError: see `make_plan`.
    """
    desk.actor.require(Permission.PLAN)
    month = month_named(month)
    task = _Task(
        desk=desk,
        settings=settings or load_settings(desk.matcher.home),
        rules=site_checks.rules_of(desk.matcher.home),
        now=datetime.now(UTC),
        tell=progress or _untold,
    )
    with desk.reading() as session:
        state, needs = library_state(session), open_needs(session)
    source = batch_id
    if ranked is None:
        ranked, source = _candidates(task, month, needs, state)
    task.tell(_CHECKING, 0, 1)
    material = _material(task, needs, ranked)
    question = question_of(material, task.settings)
    task.tell(_CHECKING, 1, 1)
    assignment = _assigned(task, question, needs)
    pairs = _pairs(task, material, assignment.chosen)
    served = {pair.need_id for pair in pairs}
    plan = Plan(
        id=0,
        month=month,
        batch_id=batch_id,
        made_at=task.now,
        made_by=desk.actor.name,
        model_id=desk.matcher.encoder.model_id,
        revision=state.revision,
        token=state.token,
        settings=task.settings.as_json(),
        figures=_figures(question, assignment),
        unmet=unmet_of(needs, question.outlooks, served),
    )
    return Draft(
        plan=plan,
        pairs=pairs,
        needs={need.id: need for need in needs},
        candidates_of=source,
    )


def keep(desk: Desk, draft: Draft) -> Plan:
    """Store a draft; what was deleted from the library meanwhile is left out."""
    with desk.writing(Permission.PLAN) as session:
        there = need_statuses(session, {pair.need_id for pair in draft.pairs})
        known = kinds_of(session, {pair.partner_id for pair in draft.pairs})
        pairs = [p for p in draft.pairs if p.need_id in there and p.partner_id in known]
        kept = add_plan(session, draft.plan, pairs)
        served = len({pair.need_id for pair in pairs})
        told = (
            f"{month_title(kept.month)}方案 {kept.id}：{served} 条需求，{len(pairs)} 对，"
            f"未满足 {len(kept.unmet)} 条"
        )
        desk.log(session, Act.CREATE, Subject.PLAN, kept.id, summary=told)
    return kept


@dataclass(frozen=True, slots=True, kw_only=True)
class _Task:
    """One plan to be drafted."""

    desk: Desk
    settings: PlanSettings
    rules: Rules
    now: datetime
    tell: Progress


def _candidates(
    task: _Task, month: str, needs: Sequence[Need], state: LibraryState
) -> tuple[list[RankedNeed], int | None]:
    """Candidates of the needs, and the number of the batch whose they are."""
    matcher, wanted = task.desk.matcher, task.settings.candidates_per_need
    with task.desk.reading() as session:
        batch_id = _same_library(session, month, matcher.encoder.model_id, state)
        known = list(candidates_of(session, batch_id)) if batch_id is not None else []
    if {need.id for need in needs} <= {each.need_id for each in known}:
        return [replace(each, candidates=each.candidates[:wanted]) for each in known], batch_id
    task.tell(_RANKING, 0, len(needs))
    texts = [(need.id, need.text) for need in needs]
    found = matcher.rank_many(
        texts, top=wanted, progress=lambda done, total: task.tell(_RANKING, done, total)
    )
    return list(found), None


def _same_library(session: Session, month: str, model_id: str, state: LibraryState) -> int | None:
    """Number of the month's latest batch, if library and model are those that it saw."""
    batch = latest_batch(session, month)
    if batch is None or (batch.inputs.model_id, batch.inputs.token) != (model_id, state.token):
        return None
    return batch.id


def _material(task: _Task, needs: Sequence[Need], ranked: Iterable[RankedNeed]) -> Material:
    with task.desk.reading() as session:
        material = gather(session, needs, ranked, task.rules, task.now)
        checked = pairs_to_check(material, task.settings)
        failing = site_checks.excluding(session, checked, day_of(task.now), task.rules)
    return replace(material, failing=failing)


def _assigned(task: _Task, question: Question, needs: Sequence[Need]) -> Assignment:
    """The answer of the solver; where there is none, it names whom it is about."""
    try:
        limit = task.settings.time_limit
        return assign(question.problem, time_limit=limit, progress=task.tell)
    except InfeasiblePlanError as error:
        tokens = tokens_of(error)
        with task.desk.reading() as session:
            names = {id: each.name for id, each in get_partners(session, tokens).items()}
        names |= {need.id: need.title for need in needs if need.id in tokens}
        raise with_names(error, names) from error


def _pairs(task: _Task, material: Material, chosen: Sequence[Candidate]) -> tuple[PlanPair, ...]:
    """The chosen candidates with reasons and sites, by county, need and falling quality."""
    needs = {need.id: need for need in material.needs}
    of_need: dict[str, list[Candidate]] = {}
    for each in chosen:
        of_need.setdefault(each.need_id, []).append(each)
    order = sorted(of_need, key=lambda need_id: (needs[need_id].county, need_id))
    reasons = _reasons(task, material, [(needs[id], of_need[id]) for id in order])
    keys = [(each.need_id, each.partner_id) for id in order for each in of_need[id]]
    with task.desk.reading() as session:
        sites = site_checks.proposals(session, keys, on=day_of(task.now), rules=task.rules)
    task.tell(_TELLING, len(order), len(order))
    ranked = ((rank, each) for id in order for rank, each in enumerate(of_need[id], start=1))
    return tuple(
        PlanPair(
            plan_id=0,
            need_id=each.need_id,
            partner_id=each.partner_id,
            county=needs[each.need_id].county,
            position=position,
            rank=rank,
            probability=each.quality,
            reason=reasons[each.need_id, each.partner_id],
            pinned=each.pinned,
            sites=_sites(sites.get((each.need_id, each.partner_id), ())),
        )
        for position, (rank, each) in enumerate(ranked)
    )


def _reasons(
    task: _Task, material: Material, chosen: Sequence[tuple[Need, Sequence[Candidate]]]
) -> dict[Pair, str]:
    """Why each pair is proposed: what the ranking says, or that staff asked for it."""
    asked: list[tuple[str, list[RankedCandidate]]] = []
    for need, candidates in chosen:
        ids = {each.partner_id for each in candidates}
        ranked = material.ranked.get(need.id, ())
        asked.append((need.text, [each for each in ranked if each.partner_id in ids]))
    found: list[dict[str, str]] = []
    for some in batched(asked, _TOLD_AT_ONCE):
        task.tell(_TELLING, len(found), len(asked))
        found += task.desk.matcher.reasons(some)
    told: dict[Pair, str] = {}
    for (need, candidates), reasons in zip(chosen, found, strict=True):
        for each in candidates:
            pair = (need.id, each.partner_id)
            told[pair] = reasons.get(each.partner_id) or _asked_for(material, pair)
    return told


def _asked_for(material: Material, pair: Pair) -> str:
    mark = material.marks.get(pair)
    if mark is None or mark.mark is not Mark.PIN:
        return ""
    return f"{ASKED_FOR}：{mark.note.rstrip('。')}。" if mark.note else f"{ASKED_FOR}。"


def _sites(checks: Sequence[SiteCheck]) -> tuple[ProposedSite, ...]:
    return tuple(
        ProposedSite(
            code=check.site_type,
            label=check.label,
            level=check.level,
            verdict=check.verdict.value,
            missing=tuple(fact.label for fact in check.missing),
        )
        for check in checks[:_MOST_SITES]
    )


def _figures(question: Question, assignment: Assignment) -> dict[str, Any]:
    return {
        "assignment": asdict(assignment.figures),
        "greedy": asdict(assignment.greedy),
        "naive": asdict(assignment.naive),
        "gap": assignment.gap,
        "seconds": round(assignment.seconds, 2),
        "needs": len(question.outlooks),
        "places": sum(need.places for need in question.problem.needs),
        "weak": question.weak,
    }


def _untold(_step: str, _done: int, _total: int) -> None:
    """Nobody wants to know."""
