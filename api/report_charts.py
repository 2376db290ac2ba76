"""Charts of a report as SVG that is part of a page, with the numbers on the marks.

Bars lie as in `api.charts`. Columns and lines stand on shares of the width, so that a chart fills
its place and the type keeps its size; on a narrow screen the chart is scrolled.
"""

from typing import Final

from markupsafe import Markup

from api.charts import Bar, bars
from matcher.reports.charting import ChartData, Series
from matcher.reports.formats import shown
from matcher.reports.records import ChartKind

_TOP: Final = 52
"""Where the drawing begins in px; above it stand the names of the series and the highest number."""
_HEIGHT: Final = 148
_LABELS: Final = _TOP + _HEIGHT + 18
_WHOLE: Final = _LABELS + 12
_LONGEST: Final = 7
"""Chinese characters of a label that are shown; two Latin ones count as one."""
_NEAR: Final = 28
"""Distance in px below which a number above one dot would touch the dot over it."""
_GROUP: Final = 0.7
"""Share of its place that a group of columns takes."""
_COLOURS: Final = 3
"""Colours there are for series; a fourth begins again."""
_KEY_STEP: Final = 132
"""Distance of the names of the series in px."""


def chart_svg(data: ChartData) -> Markup:
    """A chart as the page shows it.

    Bars show the first series alone, columns and lines all of them.
    """
    if data.kind is ChartKind.BARS:
        (series, *_) = data.series
        rows = [
            Bar(label, value or 0.0, text=_text(value, series), title=_told(label, value, series))
            for label, value in zip(data.labels, series.values, strict=True)
        ]
        return bars(rows, data.title)
    draw = _columns if data.kind is ChartKind.COLUMNS else _line
    highest = max((value or 0.0 for each in data.series for value in each.values), default=0) or 1
    drawn = Markup("").join(
        draw(data, series, place, highest) for place, series in enumerate(data.series)
    )
    several = len(data.series) > 1
    keys = (_key(series, place) for place, series in enumerate(data.series) if several)
    return Markup(
        '<svg class="chart chart-upright" width="100%" height="{height}" role="group"'
        ' aria-label="{title}">{keys}{ground}{labels}{drawn}</svg>'
    ).format(
        height=_WHOLE,
        title=data.title,
        keys=Markup("").join(keys),
        ground=Markup('<line class="chart-ground" x1="0" x2="100%" y1="{y}" y2="{y}"/>').format(
            y=_TOP + _HEIGHT
        ),
        labels=Markup("").join(
            Markup('<text class="chart-foot" x="{x:.2f}%" y="{y}">{label}</text>').format(
                x=_middle(data, place), y=_LABELS, label=_cut(label)
            )
            for place, label in enumerate(data.labels)
        ),
        drawn=drawn,
    )


def _columns(data: ChartData, series: Series, place: int, highest: float) -> Markup:
    width = 100 / len(data.labels) * _GROUP / len(data.series)
    drawn = []
    for at, (label, value) in enumerate(zip(data.labels, series.values, strict=True)):
        if value is None:
            continue
        left = _middle(data, at) + width * (place - len(data.series) / 2)
        height = _HEIGHT * value / highest
        drawn.append(
            Markup(
                '<g><title>{told}</title><rect class="chart-{colour}" x="{x:.2f}%" y="{y:.1f}"'
                ' width="{width:.2f}%" height="{height:.1f}"/>'
                '<text class="chart-head" x="{middle:.2f}%" y="{above:.1f}">{text}</text></g>'
            ).format(
                told=_told(label, value, series),
                colour=place % _COLOURS,
                x=left,
                y=_TOP + _HEIGHT - height,
                width=width,
                height=height,
                middle=left + width / 2,
                above=_TOP + _HEIGHT - height - 10,
                text=_text(value, series),
            )
        )
    return Markup("").join(drawn)


def _line(data: ChartData, series: Series, place: int, highest: float) -> Markup:
    """A line through the values that are there, with a dot and the number at each.

    The line lies in a picture of its own, which is stretched to the width; dots and numbers are
    not. The numbers stand above their dots, below where another series is near; a zero needs none.
    """
    known = [(at, value) for at, value in enumerate(series.values) if value is not None]
    points = " ".join(
        f"{_middle(data, at):.2f},{100 - 100 * value / highest:.2f}" for at, value in known
    )
    line = Markup(
        '<svg x="0" y="{top}" width="100%" height="{height}" viewBox="0 0 100 100"'
        ' preserveAspectRatio="none" class="chart-lines">'
        '<polyline class="chart-line chart-line-{colour}" points="{points}"'
        ' vector-effect="non-scaling-stroke"/></svg>'
    ).format(top=_TOP, height=_HEIGHT, colour=place % _COLOURS, points=points)
    dots = []
    for at, value in known:
        y = _TOP + _HEIGHT * (1 - value / highest)
        dots.append(
            Markup(
                "<g><title>{told}</title>"
                '<circle class="chart-{colour}" cx="{x:.2f}%" cy="{y:.1f}" r="3"/>'
                '<text class="chart-head" x="{x:.2f}%" y="{beside:.1f}">{text}</text></g>'
            ).format(
                told=_told(data.labels[at], value, series),
                colour=place % _COLOURS,
                x=_middle(data, at),
                y=y,
                beside=y + (12 if _is_crowded(data, place, at, highest) else -12),
                text=_text(value, series) if value else "",
            )
        )
    return line + Markup("").join(dots)


def _is_crowded(data: ChartData, place: int, at: int, highest: float) -> bool:
    """Whether an earlier series has a dot right above that of a later one."""
    own = data.series[place].values[at] or 0.0
    others = (series.values[at] for series in data.series[:place])
    return any(
        other is not None and 0 <= (other - own) * _HEIGHT / highest < _NEAR for other in others
    )


def _key(series: Series, place: int) -> Markup:
    return Markup(
        '<rect class="chart-{colour}" x="{x}" y="4" width="12" height="12"/>'
        '<text x="{after}" y="10">{name}</text>'
    ).format(
        colour=place % _COLOURS,
        x=_KEY_STEP * place,
        after=_KEY_STEP * place + 18,
        name=series.name,
    )


def _middle(data: ChartData, place: int) -> float:
    """Middle of a label's place, in percent of the width."""
    return 100 * (place + 0.5) / len(data.labels)


def _text(value: float | None, series: Series) -> str:
    return shown(value, series.kind)


def _told(label: str, value: float | None, series: Series) -> str:
    return f"{label} {series.name} {_text(value, series)}{series.unit if value is not None else ''}"


def _cut(label: str) -> str:
    room = 2 * _LONGEST
    for end, character in enumerate(label):
        room -= 1 if character.isascii() else 2
        if room < 0:
            return f"{label[: end - 1]}…"
    return label
