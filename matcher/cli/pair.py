"""The verb pair: the pairs of a month, chosen at once."""

import json
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from matcher.casework.plans import PlanPair, UnmetNeed, month_named, month_title
from matcher.cli.match import AsJson
from matcher.cli.shared import console, errors, opened, progress_bar, read_settings
from matcher.desk import Desk
from matcher.desk.plan_jobs import board_of
from matcher.desk.plans import Draft, Progress, draft_plan, keep
from matcher.pairing.records import InfeasiblePlanError, PlanFigures, WantedKind
from matcher.people import actor_of_program
from matcher.planning import PlanSettings, load_settings
from matcher.planning.comparison import compared, figures_named
from matcher.planning.settings import MOST_PARTNERS, MOST_SECONDS
from matcher.ranking.calibration import band_of
from matcher.records import Partner
from matcher.service import Matcher
from matcher.store.partners import get_partners

_SHOWN = 40
"""Pairs and unmet needs that a terminal is given; the pages and --json have all."""
_KINDS_OF_CHOICE = (("assignment", "本方案"), ("greedy", "逐条挑选"), ("naive", "各取最前"))
_INFEASIBLE = 4
"""Exit status where no plan satisfies everything, to tell it from a mistake."""


def pair(
    *,
    month: Annotated[str, typer.Option("--month", help="哪个月的方案，如 2026-11")],
    per_need: Annotated[
        int | None,
        typer.Option("--per-need", min=1, max=MOST_PARTNERS, help="每条需求最多几个对象"),
    ] = None,
    wanted: Annotated[
        str | None,
        typer.Option("--wanted", help="意向类型：required 必须满足，preferred 尽量满足"),
    ] = None,
    time_limit: Annotated[
        float | None,
        typer.Option("--time-limit", min=0, max=MOST_SECONDS, help="计算最多用多少秒"),
    ] = None,
    as_json: AsJson = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只算不存")] = False,
) -> None:
    """为全部在库需求一次配好对象，形成月度方案，并与逐条挑选比较。"""
    named = month_named(month)
    strictness = WantedKind.parse(wanted, field="wanted") if wanted else None
    with opened(read_settings()) as matcher, progress_bar() as report:
        settings = load_settings(matcher.home).changed(
            partners_per_need=per_need, wanted_kind=strictness, time_limit=time_limit
        )
        try:
            draft = _made(Desk(matcher, actor_of_program()), named, settings, report, dry_run)
        except InfeasiblePlanError as error:
            _tell_infeasible(error, as_json)
            raise typer.Exit(_INFEASIBLE) from error
        partners = _partners(matcher, draft)
    if as_json:
        typer.echo(json.dumps(_data(draft, partners), ensure_ascii=False, indent=2))
        return
    _show(draft, partners)


def _made(desk: Desk, month: str, settings: PlanSettings, report: Progress, dry_run: bool) -> Draft:
    """The plan, kept unless it is a dry run; nobody else makes one meanwhile."""
    if dry_run:
        return draft_plan(desk, month, settings=settings, progress=report)
    with board_of(desk).making(month, desk.actor.name) as making:

        def tell(step: str, done: int, total: int) -> None:
            report(step, done, total)
            making.progress(step, done, total)

        draft = draft_plan(desk, month, settings=settings, progress=tell)
        kept = keep(desk, draft)
        making.finish(kept.id)
    return Draft(plan=kept, pairs=draft.pairs, needs=draft.needs, candidates_of=draft.candidates_of)


def _partners(matcher: Matcher, draft: Draft) -> dict[str, Partner]:
    named = {each.partner_id for each in draft.pairs}
    named |= {each.partner_id for each in draft.plan.unmet if each.partner_id}
    with matcher.reading() as session:
        return get_partners(session, named)


def _tell_infeasible(error: InfeasiblePlanError, as_json: bool) -> None:
    if as_json:
        data = {"feasible": False, "constraints": error.constraints, "changes": error.changes}
        typer.echo(json.dumps(data, ensure_ascii=False, indent=2))
        return
    errors.print("没有满足全部要求的配对方案。", style="bold red")
    for heading, lines in (("原因", error.constraints), ("最少要这样调整", error.changes)):
        errors.print(f"{heading}：")
        for line in lines:
            errors.print(f"  · {line}", soft_wrap=True)


def _show(draft: Draft, partners: dict[str, Partner]) -> None:
    plan = draft.plan
    kept = f"方案 {plan.id}" if plan.id else "试算，没有保存"
    title = f"{month_title(plan.month)}月度方案（{kept}）"
    if draft.candidates_of is not None:
        console.print(f"候选对象取自批次 {draft.candidates_of}，资料库此后没有变动")
    if draft.pairs:
        console.print(_pair_table(draft, partners, title))
        _tell_rest(len(draft.pairs), "对")
    else:
        console.print(f"{title}：没有可以提出的配对。")
    console.print(_comparison(plan.figures))
    for sentence in compared(plan.figures):
        console.print(sentence)
    if plan.unmet:
        console.print(_unmet_table(draft, plan.unmet, partners))
        _tell_rest(len(plan.unmet), "条")


def _tell_rest(count: int, unit: str) -> None:
    if count > _SHOWN:
        console.print(f"还有 {count - _SHOWN} {unit}，见网页“方案”，或用 --json", style="dim")


def _pair_table(draft: Draft, partners: dict[str, Partner], title: str) -> Table:
    table = _table("县区", "需求", "对象", "档次", "概率", title=title)
    for each in draft.pairs[:_SHOWN]:
        need, partner = draft.needs[each.need_id], partners.get(each.partner_id)
        first = each.rank == 1
        table.add_row(
            Text(need.county if first else ""),
            Text(f"{need.id} {need.title}" if first else ""),
            Text(
                f"{partner.name if partner else each.partner_id}{'（指定）' if each.pinned else ''}"
            ),
            band_of(each.probability).label,
            _probability(each.probability),
        )
    return table


def _comparison(figures: Mapping[str, Any]) -> Table:
    table = _table("", "有对象的需求", "配对", "概率合计", "配上意向类型", "超出的对象")
    for name, label in _KINDS_OF_CHOICE:
        found: PlanFigures = figures_named(figures, name)
        table.add_row(
            label,
            str(found.needs_served),
            str(found.pairs),
            f"{found.quality:.1f}",
            str(found.wanted_met),
            str(found.overloaded),
        )
    return table


def _unmet_table(draft: Draft, unmet: Sequence[UnmetNeed], partners: dict[str, Partner]) -> Table:
    title = f"没有配上对象的需求（{len(unmet)} 条）"
    table = _table("县区", "需求", "原因", "最接近的对象", title=title)
    for each in unmet[:_SHOWN]:
        need, nearest = draft.needs[each.need_id], partners.get(each.partner_id)
        table.add_row(
            Text(each.county),
            Text(f"{need.id} {need.title}"),
            Text(f"{each.reason.label}{f'（{each.told}）' if each.told else ''}"),
            Text(f"{nearest.name} {_probability(each.best)}" if nearest else ""),
        )
    return table


def _table(*headings: str, title: str = "") -> Table:
    table = Table(title=title or None, title_justify="left")
    for heading in headings:
        table.add_column(heading, overflow="fold")
    return table


def _probability(value: float) -> str:
    """A probability as pages show it: never 0.00 nor 1.00, which would claim to be certain."""
    return f"{min(0.99, max(0.01, value)):.2f}"


def _data(draft: Draft, partners: dict[str, Partner]) -> dict[str, Any]:
    plan = draft.plan
    return {
        "feasible": True,
        "id": plan.id or None,
        "month": plan.month,
        "model_id": plan.model_id,
        "revision": plan.revision,
        "settings": dict(plan.settings),
        "figures": dict(plan.figures),
        "sentences": list(compared(plan.figures)),
        "pairs": [_pair_data(each, draft, partners) for each in draft.pairs],
        "unmet": [
            {
                "need_id": each.need_id,
                "title": draft.needs[each.need_id].title,
                "county": each.county,
                "reason": each.reason.value,
                "reason_label": each.reason.label,
                "told": each.told,
                "nearest": each.partner_id,
                "probability": round(each.best, 6),
            }
            for each in plan.unmet
        ],
    }


def _pair_data(each: PlanPair, draft: Draft, partners: dict[str, Partner]) -> dict[str, Any]:
    partner = partners.get(each.partner_id)
    return {
        "need_id": each.need_id,
        "title": draft.needs[each.need_id].title,
        "county": each.county,
        "partner_id": each.partner_id,
        "name": partner.name if partner else "",
        "rank": each.rank,
        "probability": round(each.probability, 6),
        "band": band_of(each.probability).value,
        "pinned": each.pinned,
        "reason": each.reason,
        "sites": [
            {"code": site.code, "title": site.title, "verdict": site.verdict}
            | {"missing": list(site.missing)}
            for site in each.sites
        ],
    }
