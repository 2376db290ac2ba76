"""The reference needs (参照需求): what needs at large look like, whatever the library holds.

Written for this project, from all subjects; see data/reference/README.md. The index measures by
them which partners are near to everything.
"""

import json
from functools import cache
from pathlib import Path

from matcher.errors import UnreadableFileError
from matcher.settings import data_folder


def reference_needs() -> tuple[str, ...]:
    """The texts of the reference needs that ship with the product, title and text.

    Raises:
        UnreadableFileError: the file is missing or damaged.
    """
    return _read(data_folder() / "reference" / "needs.jsonl")


@cache
def _read(path: Path) -> tuple[str, ...]:
    try:
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        return tuple(f"{row['title']}\n{row['text']}" for row in rows)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UnreadableFileError(f"参照需求 {path} 缺失或已损坏，请重新安装：{error}") from error
