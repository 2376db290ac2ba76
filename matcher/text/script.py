"""In which script a text is written, and so, here, in which of two languages."""

import re
from enum import IntEnum

_HAN = re.compile(r"[一-鿿㐀-䶿]")
_LATIN_WORD = re.compile(r"[A-Za-z]{2,}")
_HAN_SHARE = 0.25


class Script(IntEnum):
    """Chinese text stands in Chinese characters, whatever Latin names are strewn in."""

    HAN = 0
    LATIN = 1


def script_of(text: str) -> Script:
    """The script of a text; one with neither characters nor words counts as Chinese.

    A Chinese character is weighed like a Latin word, since each of them carries about as much.
    """
    han, latin = len(_HAN.findall(text)), len(_LATIN_WORD.findall(text))
    return Script.LATIN if latin and han / (han + latin) < _HAN_SHARE else Script.HAN
