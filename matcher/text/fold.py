"""Folding of text to one comparable form without moving a character."""

import unicodedata


class _FoldTable(dict[int, str]):
    """Table for `str.translate`, filled as characters are met."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        folded = unicodedata.normalize("NFKC", character).lower()
        self[code] = folded if len(folded) == 1 else character
        return self[code]


class _ControlTable(dict[int, int]):
    """Table for `str.translate` that turns control characters, but for tabs, into blanks."""

    def __missing__(self, code: int) -> int:
        character = chr(code)
        is_control = unicodedata.category(character)[0] == "C" and character != "\t"
        self[code] = ord(" ") if is_control else code
        return self[code]


_TABLE = _FoldTable()
_CONTROLS = _ControlTable()


def fold(text: str) -> str:
    """Fold width, compatibility forms and case, character by character.

    The result has the length of `text`, so that a range found in it is a range of `text`;
    a character whose normal form is longer (㎡) stays as it is. Idempotent.
    """
    return text.lower() if text.isascii() else text.translate(_TABLE)


def tidy(text: str) -> str:
    """Drop control characters and outer blanks and join runs of blanks; keep line breaks.

    Idempotent. Used on everything that people type or paste.
    """
    if text.isprintable():  # so it is one line without controls; much faster than translating
        return " ".join(text.split())
    lines = (
        " ".join((line if line.isprintable() else line.translate(_CONTROLS)).split())
        for line in text.splitlines()
    )
    return "\n".join(line for line in lines if line)
