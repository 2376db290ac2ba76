"""A need, and its enterprise, from the values of its fields."""

from collections.abc import Mapping

from matcher.errors import NeedTextError
from matcher.intake.form import Form
from matcher.intake.ids import enterprise_id, need_id
from matcher.intake.need_columns import NEEDS
from matcher.intake.needtext import NEED_TEXT_LIMIT, check_need_text
from matcher.intake.results import Parsed, ParsedNeed
from matcher.records import Enterprise, Need, SiteType, SolutionMode, TechField

_SHORTEN_OR_SPLIT = "请删减或拆成几条需求"
_USUAL_KEYWORDS = 5
_MOST_KEYWORDS = 10


def parse_need(values: Mapping[str, object]) -> Parsed[ParsedNeed]:
    """Read a need.

    Args:
        values: by field name of `Need`, and `enterprise_name` and `credit_code` of the enterprise,
            as text, number, date or list; others are ignored.

    Returns:
        The need with its enterprise, or the faults; a need without id gets a stable one.
    """
    form = Form(values, NEEDS)
    name, credit_code = form.line("enterprise_name", 200), form.credit_code("credit_code")
    enterprise = form.identifier("enterprise_id") or (
        enterprise_id(name, credit_code) if name else ""
    )
    title = form.masked_line("title", 200)
    problem = form.text("problem", advice=_SHORTEN_OR_SPLIT)
    need = Need(
        id=form.identifier("id") or need_id(enterprise, title, problem),
        title=title,
        problem=problem,
        indicators=form.text("indicators", advice=_SHORTEN_OR_SPLIT),
        goal=form.text("goal", advice=_SHORTEN_OR_SPLIT),
        keywords=_keywords(form),
        field=form.choice_or_note("field", TechField, "不在十二类中，已留空，待审核时确定"),
        industry=form.line("industry", 100),
        deadline=form.day("deadline", last_of_month=True),
        budget=form.money("budget"),
        solution_mode=form.choice("solution_mode", SolutionMode),
        intended_partner=form.masked_line("intended_partner", 500),
        wanted_site=form.choice("wanted_site", SiteType),
        enterprise_id=enterprise or None,
        county=form.line("county", 50),
        submitted=form.day("submitted"),
        sample=form.flag("sample") or False,
    )
    _check_says_something(need, form)
    return Parsed(
        record=None if form.faults else _with_enterprise(need, name, credit_code),
        faults=tuple(form.faults),
        notes=tuple(form.notes),
    )


def _with_enterprise(need: Need, name: str, credit_code: str) -> ParsedNeed:
    """The need with what it says of its enterprise, if it names it."""
    if not (name and need.enterprise_id):
        return ParsedNeed(need=need)
    enterprise = Enterprise(
        id=need.enterprise_id,
        name=name,
        credit_code=credit_code,
        county=need.county,
        industry=need.industry,
    )
    return ParsedNeed(need=need, enterprise=enterprise)


def _keywords(form: Form) -> tuple[str, ...]:
    keywords = form.listed("keywords", most=_MOST_KEYWORDS, by_blanks=True)
    if _USUAL_KEYWORDS < len(keywords) <= _MOST_KEYWORDS:
        form.note(
            "keywords", f"有 {len(keywords)} 个，一般为 1 至 {_USUAL_KEYWORDS} 个，已全部保留"
        )
    return keywords


def _check_says_something(need: Need, form: Form) -> None:
    """Add a fault when the need cannot be matched, unless its text is at fault anyway."""
    if any(fault.field in {"title", "problem", "indicators", "goal"} for fault in form.faults):
        return
    if not need.title and not need.problem:
        form.fault("title", "需求名称和主要问题都是空的，至少要填一项")
        return
    try:
        check_need_text(need.text[:NEED_TEXT_LIMIT])
    except NeedTextError as error:
        form.fault("problem" if need.problem else "title", error.message)
