"""Rows of a JSON-lines file; a broken line is a fault of that line."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn, TextIO

from matcher.intake.encoding import find_encoding
from matcher.intake.results import RawRow

LONGEST_LINE = 4_000_000
"""Longest line in characters; a longer one is read past, not into memory."""


def read_jsonlines(path: Path) -> Iterator[RawRow]:
    """The objects of a file line by line; empty lines are skipped.

    Raises:
        UnreadableFileError: the file is no text in a known encoding.
    """
    with path.open(encoding=find_encoding(path), newline="\n") as file:
        for number, line in enumerate(_lines(file), start=1):
            if len(line) > LONGEST_LINE:
                yield RawRow(number=number, fault=f"这一行超过 {LONGEST_LINE} 个字符，请拆开")
            elif line.strip():
                yield _row(number, line)


def _lines(file: TextIO) -> Iterator[str]:
    """Lines, of one that is too long only the start."""
    while line := file.readline(LONGEST_LINE + 1):
        rest = line
        while len(rest) > LONGEST_LINE and not rest.endswith("\n"):
            rest = file.readline(LONGEST_LINE + 1)
        yield line


def _row(number: int, line: str) -> RawRow:
    try:
        values = _DECODER.decode(line.rstrip())
    except json.JSONDecodeError as error:
        return RawRow(
            number=number, fault=f"不是完整的 JSON（第 {error.colno} 个字符处），请检查引号和逗号"
        )
    except (ValueError, RecursionError):
        return RawRow(number=number, fault="不是能读取的 JSON：数字太大、不是数字或嵌套太深")
    if not isinstance(values, dict):
        return RawRow(number=number, fault="应是一个 JSON 对象，即用 { } 括起来的一组字段")
    return RawRow(number=number, values=values)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


_DECODER = json.JSONDecoder(parse_constant=_refuse)
