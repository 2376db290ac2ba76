"""Help with filling in the need form: suggestions beside the fields, filled in on request.

Every button works by sending the form, which comes back with everything that was typed; nothing
is saved by that.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from api.pages.advice import Advice, Filled, listed, sure
from api.pages.screened import Screened, screened
from matcher.desk import Desk
from matcher.intake import parse_need
from matcher.records import Need

TEXTS = ("title", "problem", "indicators", "goal")
"""Fields that say what is needed; the button for suggestions stands after the last."""

SUGGESTED = ("keywords", "field", "industry")
"""Fields that suggestions are made for."""

_FEW_LETTERS = 100
_TOO_LITTLE = "文字还太少，看不出领域和行业。请先写明产品、遇到的问题和希望达到的指标，再点这个按钮"
_UNKNOWN_WORDS = "从这些文字里看不出领域和行业。请写得再具体一些，或直接填写下面各项"

_DOUBTFUL = "这段文字不太像技术需求，建议仅供参考，请核对"


@dataclass(frozen=True, slots=True)
class Help:
    """The form as it comes back.

    Attributes:
        values: what stands in its fields.
        advice: suggestions, None if none were asked for or none can be made.
        marks: names of the fields that still hold what the system filled in.
        hint: why there are no suggestions though they were asked for, or what to check.
        asked: whether suggestions were asked for.
    """

    values: dict[str, str]
    advice: Advice | None = None
    marks: frozenset[str] = frozenset()
    hint: str = ""
    asked: bool = False


def is_asked(sent: Mapping[str, str]) -> bool:
    """Whether a button for help was pressed, and none to save."""
    return "suggest" in sent or "fill" in sent


def help_with(desk: Desk, sent: Mapping[str, str], values: dict[str, str]) -> Help:
    """What comes back for a form that was sent, whatever button it was sent with.

    Args:
        desk: whoever fills it in.
        sent: all that was sent: `suggest` asks for suggestions, `fill` is the token of a chosen
            one, `advised` says that suggestions were there before, `system-…` what was filled in.
        values: what was typed, by name of the field.
    """
    values = _filled_in(values, sent.get("fill", ""))
    marks = frozenset(
        name for name in SUGGESTED if values[name] and sent.get(f"system-{name}") == values[name]
    )
    if not (is_asked(sent) or "advised" in sent):
        return Help(values, marks=marks)
    need = _typed_need(values)
    if isinstance(need, str):
        return Help(values, marks=marks, hint=need, asked=True)
    found = screened(desk, need)
    if found.screening is None:
        trouble = f"现在不能自动识别，请直接填写下面各项，并告诉管理员：{found.trouble}"
        return Help(values, marks=marks, hint=trouble, asked=True)
    if "suggest" in sent:
        beforehand = sure(found.screening.classification)
        new = {name: value for name, value in beforehand.items() if not values[name].strip()}
        values, marks = values | new, marks | frozenset(new)
    advice = Advice.of(found.screening, Filled.in_form(values))
    return Help(values, advice, marks, _hint(advice, found), asked=True)


def _filled_in(values: dict[str, str], token: str) -> dict[str, str]:
    """The values with a chosen suggestion in its field; a keyword is added to the others."""
    name, _, value = token.partition(":")
    if name not in SUGGESTED or not value:
        return values
    if name == "keywords":
        value = "、".join(dict.fromkeys([*listed(values[name]), value]))
    return values | {name: value}


def _hint(advice: Advice, found: Screened) -> str:
    if not advice.fields:
        return _UNKNOWN_WORDS
    return _DOUBTFUL if found.doubtful else ""


def _typed_need(values: Mapping[str, str]) -> Need | str:
    """The need as far as it tells what is needed; or what is wrong with its text."""
    texts = {name: values[name] for name in TEXTS}
    parsed = parse_need(texts)
    if parsed.record is not None:
        return replace(parsed.record.need, keywords=listed(values["keywords"]))
    # Of a short text intake says that it cannot be matched, which nobody asked for here.
    is_short = sum(map(len, texts.values())) < _FEW_LETTERS
    return _TOO_LITTLE if is_short else parsed.faults[0].message
