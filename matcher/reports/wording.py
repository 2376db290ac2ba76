"""Phrases of a Chinese report with figures in them, which read well with none, one and many."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

from matcher.reports.counting import Breakdown, Change

_ENOUGH_FOR_PERCENT: Final = 10
"""Below this number a growth in percent says nothing."""


def day_text(day: date) -> str:
    """A day without its year: 11月22日."""
    return f"{day.month}月{day.day}日"


def amount_text(amount: float) -> str:
    """An amount in 万元 with at most two decimals: 1200, 36.5."""
    return f"{amount:.2f}".rstrip("0").rstrip(".")


def percent_text(share: float) -> str:
    """A share in percent with at most one decimal: 12.5%, 100%."""
    return f"{100 * share:.1f}".removesuffix(".0") + "%"


def compared(change: Change, before_name: str, unit: str) -> str:
    """How a number compares with the time before; empty where there was nothing either time.

    Args:
        change: both numbers.
        before_name: how the time before is named, such as 上月.
        unit: measure word, such as 项.
    """
    difference = change.difference
    if not change.now and not change.before:
        return ""
    if not difference:
        return f"与{before_name}持平"
    verb, growth = ("增加", "增长") if difference > 0 else ("减少", "下降")
    told = f"比{before_name}{verb}{abs(difference)}{unit}"
    if change.before >= _ENOUGH_FOR_PERCENT:
        told += f"（{growth}{percent_text(abs(difference) / change.before)}）"
    return told


def joined(parts: Iterable[str], sign: str = "，") -> str:
    """The parts that say something, joined."""
    return sign.join(part for part in parts if part)


def counted(items: Iterable[tuple[str, int]], unit: str) -> str:
    """Names with their numbers, those of nothing left out: 待审核5项、已入库40项."""
    return "、".join(f"{name}{number}{unit}" for name, number in items if number)


def leading(parts: Breakdown, unit: str, most: int = 3) -> str:
    """Who leads a breakdown, with 居前 if others follow: 甲5项、乙4项、丙2项居前.

    Where there is only one, all come from it (全部来自甲); empty where nobody is named.
    """
    named = parts.named
    if not named:
        return ""
    if len(parts.parts) == 1:
        return f"全部来自{named[0].name}"
    shown = counted(((part.name, part.change.now) for part in named[:most]), unit)
    return f"{shown}居前" if len(named) > most else shown


def quoted(titles: Sequence[str], most: int) -> str:
    """Titles in Chinese quotation marks, the first ones, with 等 if there are more."""
    told = "、".join(f"“{title}”" for title in titles[:most])
    return f"{told}等" if len(titles) > most else told


def sentence(*parts: str) -> str:
    """Parts of a sentence that say something, with a full stop; empty if none does."""
    told = joined(parts)
    return f"{told}。" if told else ""
