"""Bars with a mark where the target is, as SVG that is part of a page."""

from collections.abc import Sequence
from typing import Final

from fastapi import Request
from markupsafe import Markup

from api.pages.render import address
from matcher.casework.associations import Coverage

_ROW: Final = 32
"""Height of a row in px."""
_THICK: Final = 14
_INDENT: Final = 104
"""Width of the labels in px: seven Chinese characters."""
_LONGEST: Final = 38
"""Length of the longest bar in percent of the width; names and numbers need the rest."""


def target_bars(request: Request, rows: Sequence[Coverage], title: str) -> Markup:
    """A bar of what is founded for each county, and a line where its target is.

    Args:
        request: whose addresses the labels lead to.
        rows: counties, from above.
        title: what the chart shows, for who cannot see it.
    """
    longest = max((max(row.founded, row.target or 0) for row in rows), default=0) or 1
    drawn = Markup("").join(
        _row(request, row, top=_ROW * place, scale=_LONGEST / longest)
        for place, row in enumerate(rows)
    )
    return Markup(
        '<svg class="chart" width="100%" height="{}" role="group" aria-label="{}">{}</svg>'
    ).format(_ROW * len(rows), title, drawn)


def told(row: Coverage) -> str:
    """What is written behind a bar."""
    if row.target is None:
        return f"{row.founded} 家，未设目标"
    share = "" if row.share is None else f"（{row.share:.0%}）"
    return f"{row.founded} / {row.target} 家{share}"


def _row(request: Request, row: Coverage, *, top: int, scale: float) -> Markup:
    middle = top + _ROW // 2
    target = None if row.target is None else f"{row.target * scale:.2f}%"
    mark = Markup("")
    if target is not None:
        mark = Markup('<line class="chart-target" x1="{x}" x2="{x}" y1="{y1}" y2="{y2}"/>').format(
            x=target, y1=middle - _THICK // 2 - 5, y2=middle + _THICK // 2 + 5
        )
    return Markup(
        '<a class="chart-row" href="{href}"><title>{county} {text}</title>'
        '<text class="chart-label" x="0" y="{middle}">{label}</text>'
        '<g transform="translate({indent} 0)">'
        '<rect class="chart-bar" x="0" y="{above}" width="{length}" height="{thick}"/>{mark}'
        '<text class="chart-value" x="{end}" dx="8" y="{middle}">{text}</text></g></a>'
    ).format(
        href=address(request, "/associations", county=row.county),
        county=row.county,
        label=row.county if len(row.county) <= 7 else f"{row.county[:6]}…",
        text=told(row),
        indent=_INDENT,
        middle=middle,
        above=middle - _THICK // 2,
        thick=_THICK,
        length=f"{row.founded * scale:.2f}%",
        end=f"{max(row.founded, row.target or 0) * scale:.2f}%",
        mark=mark,
    )
