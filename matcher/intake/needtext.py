"""Whether a text says enough to be matched."""

from matcher.errors import NeedTextError
from matcher.intake.results import shorten
from matcher.text.fold import tidy
from matcher.text.mask import mask_personal
from matcher.text.segment import words

NEED_TEXT_LIMIT = 10_000
"""Longest text of a need, in characters."""

_FEWEST_LETTERS = 6
_ADVICE = "请写明产品、遇到的问题和希望达到的指标，至少一句话"


def check_need_text(text: str) -> None:
    """Refuse a text that says nothing, and one too long for one need.

    Personal numbers say nothing, so the text is looked at without them.

    Raises:
        NeedTextError: the text is empty, has fewer than six letters or Chinese characters, is
            one word only, or has more than `NEED_TEXT_LIMIT` characters.
    """
    text = tidy(text)
    if len(text) > NEED_TEXT_LIMIT:
        raise NeedTextError(
            f"需求有 {len(text)} 字，最多 {NEED_TEXT_LIMIT} 字，请删减或拆成几条需求"
        )
    if not text:
        raise NeedTextError(f"没有写需求内容。{_ADVICE}")
    if _says_little(without_masks(text)):
        raise NeedTextError(f"“{shorten(text)}”太短，无法匹配。{_ADVICE}")


def without_masks(text: str) -> str:
    """The text without personal numbers, whether still there or already masked."""
    masked, hidden = mask_personal(text)
    for name in {*hidden, "身份证号", "手机号", "固定电话", "电子邮箱"}:
        masked = masked.replace(f"〔{name}已隐去〕", " ")
    return masked


def _says_little(text: str) -> bool:
    letters = sum(character.isalpha() for character in text)
    return letters < _FEWEST_LETTERS or len(set(words(text))) < 2
