"""A letter's texts cut to what one page holds."""

from dataclasses import dataclass, replace
from math import ceil

from matcher.reports.clean import one_line, shortened
from matcher.reports.formats import display_width
from matcher.reports.letter_records import Addressee, Letter

_PAGE = 630
"""Points from the first line of the page to the last: 225 mm, less a little."""
_AROUND = 215
"""Points of what stands in every letter: head, number, title, the name's line, close, signature."""
_TEXT_LINE, _SMALL_LINE = 21, 18
"""Points from line to line."""
_TEXT_WIDTH, _SMALL_WIDTH = 60, 70
"""Half-width characters on a line."""
_LABEL = "　　需求内容："
_WANTED_NEED = {Addressee.ENTERPRISE: 60, Addressee.PARTNER: 110, Addressee.BOTH: 110}
"""Characters of the need that are kept before the other parts; its enterprise knows it anyway."""
_SHORTEST_NEED = 53
"""With its label two lines; a third would be one too many for the fullest letters."""
_LONGEST_TITLE, _LONGEST_NAME, _LONGEST_PROOF, _LONGEST_WORD = 40, 60, 66, 24
_MOST_CONTACTS = 4
_OPENING = {Addressee.ENTERPRISE: 62, Addressee.PARTNER: 64, Addressee.BOTH: 32}
"""Characters of the first paragraph beside the name of the need."""
_SITE = "双方达成合作后，可以申请建立。申请前请核实：。"
_FORWARDING = 50


@dataclass(frozen=True, slots=True)
class _Room:
    """How many characters, or pieces of evidence, the parts of a letter may have."""

    evidence: int
    partner: int
    reason: int
    clarify: int
    contact: int


_ROOMS = (
    _Room(3, 100, 130, 60, 70),
    _Room(2, 100, 130, 60, 70),
    _Room(1, 80, 110, 45, 70),
    _Room(0, 50, 50, 30, 32),
)
"""From a letter with everything in it to one with the least, which fits in any case."""


def fitted(letter: Letter) -> Letter:
    """A letter that stands on one page, each of its texts on one line.

    Of the need at least its beginning is told. Where the page is short of room the evidence gives
    way first, then the longest texts; what is cut ends with an ellipsis.
    """
    for room in _ROOMS:
        cut = _cut(letter, room)
        spare = _PAGE - page_height(replace(cut, need_text=""))
        left = (spare // _TEXT_LINE + 1) * _TEXT_WIDTH // 2 - len(_LABEL)
        if left >= min(len(cut.need_text), _WANTED_NEED[letter.addressee]):
            break
    return replace(cut, need_text=shortened(cut.need_text, max(left, _SHORTEST_NEED)))


def _cut(letter: Letter, room: _Room) -> Letter:
    clarify = shortened("、".join(map(one_line, letter.to_clarify)), room.clarify)
    return replace(
        letter,
        to=shortened(one_line(letter.to), _LONGEST_NAME),
        need_title=shortened(one_line(letter.need_title), _LONGEST_TITLE),
        need_text=one_line(letter.need_text),
        partner_name=shortened(one_line(letter.partner_name), _LONGEST_WORD),
        partner_text=shortened(one_line(letter.partner_text), room.partner),
        reason=shortened(one_line(letter.reason), room.reason),
        evidence=tuple(
            shortened(one_line(line), _LONGEST_PROOF) for line in letter.evidence[: room.evidence]
        ),
        site=shortened(one_line(letter.site), _LONGEST_WORD),
        to_clarify=(clarify,) if clarify else (),
        contacts=tuple(
            shortened(one_line(line), room.contact) for line in letter.contacts[:_MOST_CONTACTS]
        ),
    )


def page_height(letter: Letter) -> int:
    """Points that a letter takes up in the shipped template, of the 637 that a page has."""
    opening = "　" * (2 + _OPENING[letter.addressee]) + letter.need_title + letter.partner_name
    texts = [letter.to, opening, _LABEL + letter.need_text, _LABEL + letter.reason]
    if letter.addressee is not Addressee.PARTNER:
        texts.append(_LABEL + letter.partner_text)
    if letter.site:
        texts.append(_LABEL + _SITE + letter.site + "".join(letter.to_clarify))
    texts.append(_LABEL + "　" * (0 if letter.contacts else _FORWARDING))
    texts += [_LABEL] if letter.evidence else []
    lines = sum(ceil(display_width(text) / _TEXT_WIDTH) for text in texts)
    small = [f"　　1．{line}" for line in letter.evidence]
    small += [f"　　{line}" for line in letter.contacts]
    small_lines = sum(ceil(display_width(text) / _SMALL_WIDTH) for text in small)
    return _AROUND + lines * _TEXT_LINE + small_lines * _SMALL_LINE
