"""One value as people write it → a Python value; each function raises with what to write instead.

A value comes from a cell (text, number, date, truth), from JSON or from a web form. Blank values
and the usual ways to say "nothing" (`/`, `无`, `未知`) give the empty value.
"""

import math
import re
from collections.abc import Iterable
from datetime import date, datetime
from functools import cache
from typing import TypeVar

from matcher.errors import InvalidInputError, UnknownNameError
from matcher.intake.results import shorten
from matcher.records import LabelledEnum
from matcher.text.fold import fold, tidy

_BLANK = {
    *("", "/", "\\", "-", "--", "—", "——", "无", "暂无", "没有", "不详", "未知", "未注明"),
    *("未说明", "未填写", "n/a", "nan", "none", "null"),
}
_CELL_ERRORS = {"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!"}
_YES = {"是", "有", "true", "1", "yes", "y", "对", "√", "✓", "✔", "☑"}
_NO = {"否", "无", "没有", "非", "不是", "false", "0", "no", "n", "×", "✗", "✘", "x", "☐"}
_SEPARATORS = re.compile(r"[、，,；;\n\t|]+")
_WHOLE = re.compile(r"(\d{1,9}|\d{1,3}(?:,\d{3})+)(?:\.0+)?(?:人|名|个)?")
_YEAR = re.compile(r"(\d{4})(?:\.0+)?(?:年?|[-/.年]\d{1,2}\b.*)")

_LONGEST_BLANK = max(map(len, _BLANK))
_SWAPPED = str.maketrans("它他", "他它")
_LARGEST_NUMBER = 10**15

Member = TypeVar("Member", bound=LabelledEnum)


def as_text(value: object) -> str:
    """Tidied text of a plain value; numbers without needless decimals, dates in ISO form.

    Raises:
        InvalidInputError: the value is a list or an object, a number without meaning, or an
            error that a formula left in a cell.
    """
    if isinstance(value, str):
        return _plain_text(value)
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else str(value)
    if isinstance(value, int | float):
        return _number_text(value)
    if isinstance(value, date):
        return value.isoformat()
    raise InvalidInputError("这里应是文字或数字")


def is_blank(text: str) -> bool:
    """Whether a tidied text says that there is nothing."""
    return len(text) <= _LONGEST_BLANK and fold(text) in _BLANK


def read_line(value: object) -> str:
    """A text of one line, empty if it says that there is nothing."""
    text = as_text(value)
    if "\n" in text:
        text = " ".join(text.split())
    return "" if is_blank(text) else text


def read_text(value: object) -> str:
    """A text that may have several lines, empty if it says that there is nothing."""
    text = as_text(value)
    return "" if is_blank(text) else text


def read_choice(value: object, choices: type[Member], *, field: str) -> Member | None:
    """A member of a closed list, by value or Chinese label; 其它 and 其他 are the same.

    Raises:
        UnknownNameError: the list has no such member.
    """
    text = read_line(value)
    if not text:
        return None
    exact = _names(choices).get(text)
    if exact:
        return choices[exact]
    for spelling in (text, fold(text), text.translate(_SWAPPED)):
        try:
            return choices.parse(spelling)
        except UnknownNameError:
            continue
    known = (f"{member.label}（{member.value}）" for member in choices)
    raise UnknownNameError(choices.term(), shorten(text), known, field=field)


@cache
def _names(choices: type[LabelledEnum]) -> dict[str, str]:
    """Names of the members by value and by label; what is written exactly so needs no search."""
    names: dict[str, str] = {}
    for member in choices:
        names.setdefault(member.value, member.name)
        names.setdefault(member.label, member.name)
    return names


def read_flag(value: object) -> bool | None:
    """Yes or no in the ways of forms: 是/否, √/×, 有/无, true/false, 1/0.

    Raises:
        InvalidInputError: it is none of them.
    """
    text = fold(as_text(value))
    if text in _YES or text in _NO:
        return text in _YES
    if text in _BLANK:
        return None
    raise InvalidInputError(f"“{shorten(text)}”不明确，请填“是”或“否”")


def read_whole(value: object) -> int | None:
    """A number of people: a whole number from 0.

    Raises:
        InvalidInputError: it is no such number.
    """
    text = fold(read_line(value)).replace(" ", "")
    if not text:
        return None
    found = _WHOLE.fullmatch(text)
    if not found:
        raise InvalidInputError(f"“{shorten(text)}”不是整数，请只填数字，如 320")
    return int(found.group(1).replace(",", ""))


def read_year(value: object, *, latest: int) -> int | None:
    """A year from 1900 to `latest`; a date gives its year.

    Raises:
        InvalidInputError: it is no year, or out of the range.
    """
    text = fold(read_line(value)).replace(" ", "")
    if not text:
        return None
    found = _YEAR.fullmatch(text)
    if not found:
        raise InvalidInputError(f"“{shorten(text)}”不是年份，请写四位数字，如 2021")
    year = int(found.group(1))
    if not 1900 <= year <= latest:
        raise InvalidInputError(f"年份 {year} 不在 1900 到 {latest} 之间")
    return year


def read_list(value: object, *, by_blanks: bool = False) -> tuple[str, ...]:
    """Short texts, without repeats: a list, or a text split at 、，,；; and line breaks.

    Args:
        value: the list or text; what stands in a list is not split further.
        by_blanks: split a text without those signs at blanks.

    Raises:
        InvalidInputError: the list holds something other than texts.
    """
    if isinstance(value, list | tuple):
        parts: Iterable[str] = [read_line(item) for item in value]
    else:
        text = read_text(value)
        whole_parts = _SEPARATORS.split(text)
        parts = text.split() if by_blanks and len(whole_parts) == 1 else whole_parts
        parts = [" ".join(part.split()) for part in parts]
    first_by_form: dict[str, str] = {}
    for part in filter(None, parts):
        first_by_form.setdefault(fold(part), part)
    return tuple(first_by_form.values())


def _plain_text(text: str) -> str:
    tidied = tidy(text)
    if tidied.startswith("#") and tidied in _CELL_ERRORS:
        raise InvalidInputError(f"单元格里是公式错误 {tidied}，请改成内容")
    return tidied


def _number_text(number: float) -> str:
    if not abs(number) < _LARGEST_NUMBER:
        raise InvalidInputError("数字太大；编号、代码之类请把单元格设为文本格式")
    return str(int(number)) if number == int(number) else str(number)
