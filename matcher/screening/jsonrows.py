"""Rows of JSON-lines files, packed with xz or not."""

import json
import lzma
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from matcher.errors import InvalidInputError, TrainingError

Row = TypeVar("Row")


def read_rows(path: Path, read: Callable[[dict[str, Any]], Row]) -> Iterator[Row]:
    """What `read` makes of each row of a file.

    Raises:
        TrainingError: the file is missing or empty, or a row is malformed: is no JSON, lacks a
            field (KeyError of `read`) or has a wrong one (any other ValueError or TypeError).
    """
    if not path.is_file():
        raise TrainingError(f"文件夹 {path.parent} 中缺少文件 {path.name}")
    opened = lzma.open if path.suffix == ".xz" else open
    number = 0
    with opened(path, "rt", encoding="utf-8") as lines:
        try:
            for line in lines:
                number += 1
                yield read(json.loads(line))
        except KeyError as error:
            raise TrainingError(f"{path.name} 第 {number} 行缺少字段 {error}") from error
        except (AttributeError, TypeError, ValueError, lzma.LZMAError) as error:
            raise TrainingError(f"{path.name} 第 {number} 行无法读取：{error}") from error
        except InvalidInputError as error:
            raise TrainingError(f"{path.name} 第 {number} 行：{error.message}") from error
    if number == 0:
        raise TrainingError(f"文件 {path.name} 是空的")
