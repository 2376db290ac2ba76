"""Who issues the reports, and for which place: data that a city edits."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml

from matcher.errors import UnreadableFileError

ISSUER_FILE: Final = "发文机关.yaml"
"""Name of the file; it lies beside the templates of the documents."""
_LONGEST: Final = 60


@dataclass(frozen=True, slots=True)
class Issuer:
    """The association that issues a report (发文机关), and the city that it is for.

    `place` is such as 温州市, `name` such as 温州市科学技术协会.
    """

    place: str
    name: str


def load_issuer(folders: Iterable[Path]) -> Issuer:
    """Read the file from the first folder that has it.

    Args:
        folders: a city's own folder before the one that ships with the product.

    Raises:
        UnreadableFileError: none has it, or it does not say what it should.
    """
    searched = [folder / ISSUER_FILE for folder in folders]
    path = next((each for each in searched if each.is_file()), None)
    if path is None:
        raise UnreadableFileError(f"没有找到 {searched[-1]}，请重新安装")
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UnreadableFileError(f"{path} 打不开：{error.strerror}") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        # ValueError: no UTF-8, or a number of thousands of digits.
        raise UnreadableFileError(
            f"{path} 写得不对，请检查缩进、冒号（冒号后面要空一格）和编码（UTF-8）"
        ) from error
    if not isinstance(content, dict):
        raise UnreadableFileError(f"{path} 应写明 place（城市）和 name（发文机关）两项")
    return Issuer(place=_text(path, content, "place"), name=_text(path, content, "name"))


def _text(path: Path, content: dict[str, object], key: str) -> str:
    value = content.get(key)
    text = value.strip() if isinstance(value, str) else ""
    if not text or len(text) > _LONGEST:
        raise UnreadableFileError(f"{path} 的 {key} 应是 1 到 {_LONGEST} 个字的文字")
    return text
