"""Values as people read them: dates, money, chosen parts of a text with its marks."""

from collections.abc import Sequence
from datetime import date, datetime

from markupsafe import Markup, escape

from matcher.people.days import day_of, shown_moment

Spans = Sequence[tuple[int, int]]

_EXCERPT = 110
"""Length of an excerpt in Chinese characters; a Latin letter counts as half of one."""

_BEFORE_MARK = 20
_STOPS = "。；！？，：、\n"
_LONGEST_WORD = 16
_EXACT, _NEAR = Markup("<mark>"), Markup('<mark class="near">')


def long_date(value: date | None) -> str:
    """A date in running text: 2026年11月22日."""
    return f"{value.year}年{value.month}月{value.day}日" if value else ""


def short_date(value: date | None) -> str:
    """A date in a table: 2026-11-22."""
    return value.isoformat() if value else ""


def moment(value: datetime | None) -> str:
    """A moment in China's standard time: 2026-11-22 09:30."""
    return shown_moment(value)


def day(value: datetime | None) -> str:
    """The day of a moment in China's standard time: 2026-11-22; empty for none."""
    return short_date(day_of(value)) if value else ""


def money(value: float | None) -> str:
    """An amount in 万元, with at most two decimals and without the unit."""
    if value is None:
        return ""
    return f"{value:,.2f}".rstrip("0").rstrip(".")


def percent(probability: float) -> int:
    """A probability in hundredths; never 0 nor 100, which would claim to be certain."""
    return min(99, max(1, round(100 * probability)))


def probability(value: float) -> str:
    """A probability with two digits, never 0.00 nor 1.00."""
    return f"{percent(value) / 100:.2f}"


def marked(text: str, spans: Spans = (), near: Spans = ()) -> Markup:
    """The text as HTML with its spans in `<mark>`; everything else is escaped.

    Those `near`, which overlap no others, stand in `<mark class="near">`.
    """
    opening = [(start, end, _EXACT) for start, end in spans]
    opening += [(start, end, _NEAR) for start, end in near]
    parts: list[Markup] = []
    position = 0
    for start, end, tag in sorted(opening):
        parts += [escape(text[position:start]), tag, escape(text[start:end]), Markup("</mark>")]
        position = end
    parts.append(escape(text[position:]))
    return Markup("").join(parts)


def is_long(text: str, most: int = _EXCERPT) -> bool:
    """Whether a text is cut in lists, where there is room for `most` Chinese characters."""
    return len(text) > _room(text, most) + _BEFORE_MARK


def excerpt(text: str, spans: Spans = (), most: int = _EXCERPT, near: Spans = ()) -> Markup:
    """The part of a long text that holds most of its marks, as HTML; a short one whole.

    It begins a little before the first of these marks, or with the text if there is none.
    """
    if not is_long(text, most):
        return marked(text, spans, near)
    room, marks = _room(text, most), sorted([*spans, *near])
    start = _behind_stops(text, _best_start(text, marks, room), marks)
    end = _word_edge(text, min(start + room, len(text)))
    part = marked(text[start:end], _inside(spans, start, end), _inside(near, start, end))
    before, after = "…" if start else "", "…" if end < len(text) else ""
    return Markup("{}{}{}").format(before, part, after)


def _inside(spans: Spans, start: int, end: int) -> list[tuple[int, int]]:
    """What of the spans lies in a part of the text, counted from its beginning."""
    return [(max(a, start) - start, min(b, end) - start) for a, b in spans if a < end and b > start]


def _room(text: str, most: int) -> int:
    """How many characters of the text are as wide as `most` Chinese ones."""
    wide = sum(not character.isascii() for character in text)
    return round(most * 2 * len(text) / (len(text) + wide)) if text else most


def _best_start(text: str, spans: Spans, room: int) -> int:
    """Where the cut begins: near the mark after which most marked characters follow."""

    def held(start: int) -> int:
        end = start + room
        return sum(max(0, min(b, end) - max(a, start)) for a, b in spans)

    starts = [0, *(_sentence_start(text, a) for a, _ in spans)]
    best = max(starts, key=lambda start: (held(start), -start))
    return min(best, _word_edge(text, max(0, len(text) - room)))


def _behind_stops(text: str, start: int, spans: Spans) -> int:
    """The position behind the stops that it is at, unless that would cut a mark."""
    mark = min((a for a, b in spans if b > start), default=len(text))
    while 0 < start < mark and text[start] in _STOPS:
        start += 1
    return start


def _sentence_start(text: str, mark: int) -> int:
    """The beginning of the mark's clause, or a little before the mark if that is far."""
    lowest = max(0, mark - _BEFORE_MARK)
    stop = max(text.rfind(sign, lowest, mark) for sign in _STOPS)
    return stop + 1 if stop >= 0 else _word_edge(text, lowest)


def _word_edge(text: str, position: int) -> int:
    """The position, moved back to the edge of the number or Latin word that it would cut."""
    if position == len(text) or not _in_word(text[position]):
        return position
    edge = position
    while edge and _in_word(text[edge - 1]) and position - edge < _LONGEST_WORD:
        edge -= 1
    return edge if position - edge < _LONGEST_WORD else position


def _in_word(character: str) -> bool:
    return character.isascii() and (character.isalnum() or character in ".%/-")
