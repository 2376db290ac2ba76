"""Charts as SVG that is part of a page: no script, no style of its own, labels on the marks.

Lengths are shares of the width, so that a chart fills its column and the type keeps its size.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from markupsafe import Markup

_ROW: Final = 28
"""Height of a row in px."""
_THICK: Final = 14
_CHARACTER: Final = 13
"""Width of a Chinese character of the labels in px."""
_LONGEST: Final = 9
"""Characters of a label that are shown."""
_LONGEST_BAR: Final = 48
"""Length of the longest bar in percent; the labels before and the values behind need the rest."""


class Bar(NamedTuple):
    """A row: a label, a length, what is written behind the bar, and where it leads."""

    label: str
    value: float
    text: str = ""
    href: str = ""
    title: str = ""


def bars(rows: Sequence[Bar], title: str) -> Markup:
    """Horizontal bars under each other, the longest over the same width in every chart.

    Args:
        rows: what is shown, from above; values are not negative.
        title: what the chart shows, for who cannot see it.
    """
    longest = max((row.value for row in rows), default=0) or 1
    indent = _CHARACTER * min(_LONGEST, max((_width(row.label) for row in rows), default=0)) + 12
    drawn = Markup("").join(
        _row(row, top=_ROW * place, indent=indent, share=row.value / longest)
        for place, row in enumerate(rows)
    )
    return Markup(
        '<svg class="chart" width="100%" height="{}" role="group" aria-label="{}">{}</svg>'
    ).format(_ROW * len(rows), title, drawn)


def _row(row: Bar, *, top: int, indent: int, share: float) -> Markup:
    middle, length = top + _ROW // 2, f"{_LONGEST_BAR * share:.2f}%"
    text = row.text or f"{row.value:g}"
    drawn = Markup(
        '<title>{title}</title><text class="chart-label" x="0" y="{middle}">{label}</text>'
        '<g transform="translate({indent} 0)">'
        '<rect class="chart-bar" x="0" y="{above}" width="{length}" height="{thick}"/>'
        '<text class="chart-value" x="{length}" dx="6" y="{middle}">{text}</text></g>'
    ).format(
        title=row.title or f"{row.label} {text}",
        label=_cut(row.label),
        text=text,
        middle=middle,
        indent=indent,
        above=middle - _THICK // 2,
        length=length,
        thick=_THICK,
    )
    if not row.href:
        return Markup('<g class="chart-row">{}</g>').format(drawn)
    return Markup('<a class="chart-row" href="{}">{}</a>').format(row.href, drawn)


def _cut(label: str) -> str:
    return label if len(label) <= _LONGEST else f"{label[: _LONGEST - 1]}…"


def _width(label: str) -> int:
    """Width in Chinese characters; two Latin ones count as one."""
    return sum(2 if ord(character) > 0x2E7F else 1 for character in label) // 2 + 1
