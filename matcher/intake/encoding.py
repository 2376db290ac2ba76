"""Finding out the encoding of a text file by decoding all of it, strictly."""

import codecs
from pathlib import Path

from matcher.errors import UnreadableFileError

_BLOCK = 1024 * 1024
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_SAVE_AS_UTF8 = "请用 Excel 或 WPS 打开，另存为“CSV UTF-8”后再导入"


def find_encoding(path: Path) -> str:
    """The encoding of a text file: UTF-8 with or without mark, UTF-16 with mark, or GB18030.

    Every byte is decoded, so that reading with the encoding found never meets a wrong one.

    Raises:
        UnreadableFileError: none of them fits, or the file is no text.
    """
    with path.open("rb") as file:
        marked = file.read(2) in _UTF_16
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "gb18030"):
        if _is_text_in(path, encoding):
            return encoding
    raise UnreadableFileError(
        f"“{path.name}”既不是 UTF-8 也不是 GB18030（GBK）编码的文本，{_SAVE_AS_UTF8}"
    )


def _is_text_in(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    with path.open("rb") as file:
        try:
            while block := file.read(_BLOCK):
                if "\0" in decoder.decode(block):
                    return False
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True
