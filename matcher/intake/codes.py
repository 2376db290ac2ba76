"""Ids and official codes, checked."""

import re

from stdnum.cn import uscc
from stdnum.exceptions import InvalidChecksum, ValidationError

from matcher.errors import InvalidInputError
from matcher.intake.results import shorten
from matcher.intake.values import as_text, read_line
from matcher.text.fold import fold

_INDUSTRY_CODE = re.compile(r"[a-t]?(\d{4})(?:\.0)?")


def read_credit_code(value: object) -> str:
    """A unified social credit code (GB 32100-2015), checked by its check digit.

    Raises:
        InvalidInputError: a wrong length, a sign that cannot stand there, a wrong check digit.
    """
    text = fold(read_line(value)).replace(" ", "").upper()
    if not text:
        return ""
    if not text.isascii() or len(text) != 18:
        raise InvalidInputError(f"“{shorten(text)}”有 {len(text)} 位，统一社会信用代码应是 18 位")
    try:
        return str(uscc.validate(text))
    except InvalidChecksum as error:
        raise InvalidInputError(
            f"“{text}”的最后一位校验码不对，请对照营业执照检查是否抄错"
        ) from error
    except ValidationError as error:
        raise InvalidInputError(
            f"“{shorten(text)}”含有统一社会信用代码中不会出现的字符，请对照营业执照检查"
        ) from error


def read_industry_code(value: object) -> str:
    """A four-digit class of GB/T 4754-2017; the letter of its section is dropped.

    Raises:
        InvalidInputError: it is not four digits.
    """
    text = fold(read_line(value)).replace(" ", "")
    if not text:
        return ""
    found = _INDUSTRY_CODE.fullmatch(text)
    if not found:
        raise InvalidInputError(
            f"“{shorten(text)}”不是 4 位行业代码，如 3823；以 0 开头的请把单元格设为文本格式"
        )
    return found.group(1)


def read_id(value: object) -> str:
    """An id: 1 to 64 characters without blanks; empty when there is none.

    Raises:
        InvalidInputError: it is too long or has blanks in it.
    """
    text = as_text(value)
    if len(text.split()) > 1:
        raise InvalidInputError(f"编号“{shorten(text)}”中间有空格，请去掉")
    if len(text) > 64:
        raise InvalidInputError(f"编号有 {len(text)} 个字符，最多 64 个")
    return text
