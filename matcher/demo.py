"""The demo library: loading what ships under data/demo into a workspace, and who signs in there."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from matcher.bootstrap import open_library
from matcher.demo_casework import is_loaded, load_casework
from matcher.desk import RecordDesk
from matcher.desk.people import create_account
from matcher.errors import ConflictError, UnreadableFileError
from matcher.importing import import_file
from matcher.intake import Subject, render_report
from matcher.people import Role, actor_of_program
from matcher.settings import Settings, data_folder
from matcher.store.accounts import count_accounts
from matcher.store.database import Database

Report = Callable[[str, int, int], None]

FILES: tuple[tuple[str, Subject], ...] = (
    ("enterprises.jsonl", Subject.ENTERPRISES),
    ("experts.jsonl", Subject.PARTNERS),
    ("societies.jsonl", Subject.PARTNERS),
    ("institutes.jsonl", Subject.PARTNERS),
    ("overseas.jsonl", Subject.PARTNERS),
    ("needs.jsonl", Subject.NEEDS),
)

DEMO_USERNAME = "demo"

_SHOWN_FAULTS = 3
_LOADED = "demo-loaded"
"""Empty file in the home of a workspace that holds the whole demo library."""


def demo_folder() -> Path:
    """Folder of the demo files."""
    return data_folder() / "demo"


def demo_settings(settings: Settings) -> Settings:
    """The settings of the demo's own workspace, a folder of the home with its own database."""
    return settings.model_copy(update={"home": settings.home / "demo", "database_url": ""})


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
        complete = is_loaded(database)
        if not complete:
            _import_records(database, report)
            load_casework(database, demo_folder() / "casework", report)
    loaded.touch()
    return not complete


def create_demo_account(settings: Settings) -> str:
    """Create an administrator in a workspace that has no account yet.

    Returns:
        The password, made at random; empty where there is an account already.
    """
    with closing(open_library(settings)) as database:
        with database.reading() as session:
            if count_accounts(session):
                return ""
        desk = RecordDesk(database, actor_of_program())
        try:
            _, password = create_account(
                desk, DEMO_USERNAME, name="演示管理员", role=Role.CITY_ADMIN
            )
        except ConflictError:
            return ""  # another process was faster, and tells the password
        return password


def _import_records(database: Database, report: Report) -> None:
    for name, subject in FILES:
        path = demo_folder() / name
        result = import_file(database, path, subject, progress=report)
        if not result.imported:
            faults = "；".join(render_report(result.report, most=_SHOWN_FAULTS))
            raise UnreadableFileError(f"演示数据 {path} 没有导入：{faults}")
