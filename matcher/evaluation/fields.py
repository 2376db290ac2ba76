"""Fields of a record of a test collection; each function raises with what is wrong."""

from collections.abc import Mapping
from typing import Any

from matcher.text.fold import tidy

Fields = Mapping[str, Any]

_YEARS = range(1, 10_000)
_SHOWN_CHARACTERS = 40


def read_id(values: Fields) -> str:
    """The id as TREC files can carry it: without blanks and control characters.

    Raises:
        KeyError: there is none.
        ValueError: it is neither text nor a whole number, or cannot stand in a TREC file.
    """
    value = values["id"]
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ValueError("id 应是文字或整数")
    identifier = str(value)
    if not identifier or identifier != "".join(tidy(identifier).split()):
        raise ValueError(f"id “{tidy(identifier)}” 为空，或含有空白或控制字符")
    return identifier


def read_text(values: Fields, name: str, *, required: bool = False) -> str:
    """Tidied text, empty where there is none.

    Raises:
        KeyError: there is none although it is required.
        ValueError: it is neither text nor a number.
    """
    value = values.get(name)
    if value is None and required:
        raise KeyError(name)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError(f"{name} 应是文字")
    return tidy(str(value))


def read_year(values: Fields) -> int | None:
    """The year, None where there is none or 0.

    Raises:
        ValueError: it is no year.
    """
    value = values.get("year")
    if not value:
        return None
    try:
        year = int(value)
    except (TypeError, ValueError, OverflowError):
        year = 0
    if isinstance(value, bool) or year not in _YEARS:
        raise ValueError(f"year “{_shown(value)}” 不是年份")
    return year


def read_keywords(values: Fields) -> tuple[str, ...]:
    """The keywords; a plain text is one keyword.

    Raises:
        ValueError: it is no list of texts.
    """
    value = values.get("keywords") or []
    keywords = [value] if isinstance(value, str) else value
    if not isinstance(keywords, list) or not all(isinstance(word, str) for word in keywords):
        raise ValueError("keywords 应是文字的列表")
    return tuple(filter(None, map(tidy, keywords)))


def read_objects(values: Fields, name: str) -> list[Fields]:
    """A list of JSON objects, empty where there is none.

    Raises:
        ValueError: it is none.
    """
    value = values.get(name)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise ValueError(f"{name} 应是 JSON 对象的列表")
    return value


def _shown(value: object) -> str:
    return tidy(repr(value))[:_SHOWN_CHARACTERS]
