"""The demo library: loading what ships under data/demo into a workspace."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from matcher.bootstrap import open_library
from matcher.errors import UnreadableFileError
from matcher.importing import import_file
from matcher.intake import Subject, render_report
from matcher.settings import Settings, data_folder

Report = Callable[[str, int, int], None]

FILES: tuple[tuple[str, Subject], ...] = (
    ("enterprises.jsonl", Subject.ENTERPRISES),
    ("experts.jsonl", Subject.PARTNERS),
    ("societies.jsonl", Subject.PARTNERS),
    ("institutes.jsonl", Subject.PARTNERS),
    ("overseas.jsonl", Subject.PARTNERS),
    ("needs.jsonl", Subject.NEEDS),
)

_SHOWN_FAULTS = 3
_LOADED = "demo-loaded"
"""Empty file in the home of a workspace that holds the whole demo library."""


def demo_folder() -> Path:
    """Folder of the demo files."""
    return data_folder() / "demo"


def load_demo(settings: Settings, report: Report) -> bool:
    """Load the demo library into a workspace, once; a load that was interrupted is completed.

    What was changed or deleted in the workspace afterwards stays so.

    Returns:
        Whether anything was loaded.

    Raises:
        UnreadableFileError: a demo file is missing or has faults.
    """
    loaded = settings.home / _LOADED
    if loaded.exists():
        return False
    with closing(open_library(settings)) as database:
        for name, subject in FILES:
            path = demo_folder() / name
            result = import_file(database, path, subject, progress=report)
            if not result.imported:
                faults = "；".join(render_report(result.report, most=_SHOWN_FAULTS))
                raise UnreadableFileError(f"演示数据 {path} 没有导入：{faults}")
    loaded.touch()
    return True
