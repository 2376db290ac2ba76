"""Text as a document can hold it."""

import re
from typing import Final

MOST_IN_CELL: Final = 32_767
"""Characters that a cell of a spreadsheet holds, counted in UTF-16 units (Excel's limit)."""
CUT: Final = "……（内容过长，已截断）"
"""Ends a text that was cut."""

# What XML 1.0 (section 2.2) allows, less the control characters beyond ASCII.
_UNFIT = re.compile("[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd\U00010000-\U0010fffd]")
_LINE_ENDS = re.compile("\r\n?|[\u2028\u2029\x85\x0b\x0c]")


def clean(text: str) -> str:
    """A text without what a document cannot hold: control characters, lone surrogates.

    All line ends become line feeds. Idempotent.
    """
    return _UNFIT.sub("", _LINE_ENDS.sub("\n", text))


def one_line(text: str) -> str:
    """A clean text on one line, its line breaks and runs of blanks joined to one blank."""
    return " ".join(clean(text).split())


def cut(text: str, most: int) -> str:
    """A text of at most so many UTF-16 units; one that is longer is cut and says so.

    Args:
        text: any text.
        most: how much there is room for, no less than the length of `CUT`.
    """
    if len(text) * 2 <= most or _units(text) <= most:
        return text
    room = most - len(CUT)
    head = text.encode("utf-16-le", "surrogatepass")[: room * 2]
    # Half of a pair at the end is dropped, so that no lone surrogate is left.
    return head.decode("utf-16-le", "ignore") + CUT


def shortened(text: str, most: int) -> str:
    """A text of at most so many characters; one that is longer ends with an ellipsis."""
    return text if len(text) <= most else text[: most - 1].rstrip("，、；：。 ") + "…"


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
