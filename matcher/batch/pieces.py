"""What a document of a batch is before it is written, and what it is called."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from matcher.casework.batches import DocumentKind
from matcher.settings import data_folder

TEMPLATES: Final = "report_templates"
"""Folder of the templates of documents, and of the file that says who issues them."""

_UNFIT: Final = re.compile(r'[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\\/:*?"<>|]+')
_LONGEST: Final = 40
"""Characters of a name: a path of three such parts is short enough for every system."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A document that is to be written; `write` is given the place, `path` is below the folder."""

    kind: DocumentKind
    county: str
    path: str
    write: Callable[[Path], None]


def safe_name(text: str) -> str:
    """A text as a part of a file's name on any system; "_" where nothing of it can stand there."""
    return _UNFIT.sub(" ", text).strip(" .")[:_LONGEST].strip(" .") or "_"


def report_name(month: date, county: str, *, year_to_date: bool) -> str:
    """Path of a report without its ending, such as 2026年11月需求对接月报（全市）."""
    if year_to_date:
        months = f"1—{month.month}月" if month.month > 1 else "1月"
        return f"{month.year}年{months}需求对接月报（{safe_name(county or '全市')}累计）"
    name = f"{month.year}年{month.month}月需求对接月报（{safe_name(county or '全市')}）"
    return f"县区版/{name}" if county else name


def own_and_shipped(home: Path, folder: str) -> tuple[Path, Path]:
    """A folder of a city's own files in the home of an instance, and that of those that ship."""
    return home / folder, data_folder() / folder
