"""Amounts of money, in 万元."""

import re

from matcher.errors import InvalidInputError
from matcher.intake.results import shorten
from matcher.intake.values import read_line
from matcher.text.fold import fold

_OPEN = {"面议", "待定", "协商", "另议", "面谈", "双方协商", "不限", "视情况而定", "待议"}
_AMOUNT = re.compile(
    r"(?:约|大约|人民币|¥)?(\d{1,12}|\d{1,3}(?:,\d{3})+)(\.\d+)?(亿元?|万元?|元)?(?:人民币|整)?"
)
_IN_TEN_THOUSANDS = {"": 1.0, "万": 1.0, "亿": 10_000.0, "元": 0.0001}
_LARGEST = 10_000_000.0


def is_open(value: object) -> bool:
    """Whether the amount is left to negotiation (面议)."""
    return isinstance(value, str) and read_line(value) in _OPEN


def read_money(value: object) -> float | None:
    """An amount in 万元; a number alone is in 万元, 亿 and 元 are converted.

    Raises:
        InvalidInputError: it is negative, a range, more than 1000 亿元, or no amount.
    """
    text = re.sub(r"\s", "", fold(read_line(value)))
    if not text:
        return None
    if text.startswith(("-", "−")):
        raise InvalidInputError(f"“{shorten(value)}”是负数，请填 0 或以上的数字，单位为万元")
    found = _AMOUNT.fullmatch(text)
    if not found:
        raise InvalidInputError(
            f"“{shorten(value)}”不是金额，请填一个数字，单位为万元，如 80；未定的写“面议”"
        )
    whole, decimals, unit = found.groups()
    amount = float(whole.replace(",", "") + (decimals or ""))
    amount = round(amount * _IN_TEN_THOUSANDS[(unit or "")[:1]], 6)
    if amount > _LARGEST:
        raise InvalidInputError(f"“{shorten(value)}”超过 1000 亿元，请检查单位是否写错")
    return amount
