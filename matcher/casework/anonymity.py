"""Texts without the name of whoever must not be known yet (匿名)."""

import re
from collections.abc import Iterable

_FORMS = re.compile(
    r"(?:集团)?(?:股份有限公司|有限责任公司|有限公司|集团公司|公司|集团|厂)(?:[（(][^（）()]*[）)])?$"
)
_PLACES = re.compile(r"^(?:(?:浙江|温州)(?:省|市)?){0,2}(?:[\u4e00-\u9fff]{2,4}?(?:市|县|区))?")
_SHORTEST = 4
_SAMPLE = "（示例）"
"""Ends the affiliation of a sample partner; texts name the affiliation without it."""
_BODIES = re.compile(
    r".*?(?:大学|科学院|工程院|研究院|设计院|研究总院|研究所|学院|学会|协会|医院|公司|集团|实验室|中心)"
)


def known_names(name: str) -> tuple[str, ...]:
    """A name and the shorter forms by which an enterprise calls itself, the longest first.

    示例市甲乙电气有限公司 → that, 示例市甲乙电气, 甲乙电气. A short form of fewer than four
    characters is usually a word of the trade (断路器), which the text cannot do without.
    """
    name = name.strip()
    without_form = _FORMS.sub("", name)
    core = _PLACES.sub("", without_form)
    short = [form for form in (without_form, core) if len(form) >= _SHORTEST]
    return tuple(sorted(filter(None, {name, *short}), key=len, reverse=True))


def known_bodies(name: str) -> tuple[str, ...]:
    """A body and those that its name begins with, in all their forms, the longest first.

    示例大学电气学院（示例） → that, without the bracket, and 示例大学.
    """
    whole = {name.strip(), name.replace(_SAMPLE, "").strip()}
    forms = {form for each in whole for form in known_names(each)}
    for each in whole:
        end = 0
        while found := _BODIES.match(each, end):
            end = found.end()
            body = each[:end]
            if end >= _SHORTEST and body.count("（") == body.count("）"):
                forms |= set(known_names(body))
    return tuple(sorted(forms, key=lambda form: (-len(form), form)))


def anonymous(text: str, names: Iterable[str], instead: str) -> str:
    """The text with every name replaced, whatever its case.

    Args:
        text: any text.
        names: what must not be read in it; empty ones are passed over.
        instead: what stands there.
    """
    wanted = sorted({name for name in names if name}, key=len, reverse=True)
    if not wanted:
        return text
    pattern = "|".join(re.escape(name) for name in wanted)
    return re.sub(pattern, instead, text, flags=re.IGNORECASE)
