"""What a batch is made from, so that a month can be made again and a change be noticed."""

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from matcher import __version__
from matcher.casework.batches import Inputs
from matcher.errors import StoreError, UnknownNameError
from matcher.service import Matcher
from matcher.settings import data_folder
from matcher.store.changes import library_state
from matcher.store.report_records import report_counties

OWN_FOLDERS: Final = ("rules", "report_templates")
"""Folders of `data` with files that a city may edit; those of the same name in the home of an
instance stand before them."""
_ENDINGS: Final = frozenset({".yaml", ".yml", ".docx"})


def inputs_of(
    matcher: Matcher, *, counties: Iterable[str] = (), assignment: Mapping[str, Any]
) -> Inputs:
    """What a batch would be made from now.

    Args:
        matcher: the library and the model.
        counties: the counties that get an edition; none means each with any record.
        assignment: settings of the monthly assignment, as JSON holds them.

    Raises:
        UnknownNameError: there are no records of one of the counties.
        StoreError: a file of rules or templates cannot be read.
    """
    wanted = tuple(sorted(set(counties)))
    with matcher.reading() as session:
        library, known = library_state(session), report_counties(session)
    for county in wanted:
        if county not in known:
            raise UnknownNameError("县区", county, known, field="county")
    return Inputs(
        model_id=matcher.encoder.model_id,
        library_id=library.library_id,
        revision=library.revision,
        token=library.token,
        program=__version__,
        counties=wanted,
        assignment=dict(assignment),
        files=_shipped() | _own(matcher.home),
    )


def _shipped() -> dict[str, str]:
    return {
        f"{name}/{key}": digest
        for name in OWN_FOLDERS
        for key, digest in _digests(data_folder() / name).items()
    }


def _own(home: Path) -> dict[str, str]:
    return {
        f"本地 {name}/{key}": digest
        for name in OWN_FOLDERS
        for key, digest in _digests(home / name).items()
    }


def _digests(folder: Path) -> dict[str, str]:
    """SHA-256 of each file that counts, by its path below the folder."""
    if not folder.is_dir():
        return {}
    files = sorted(path for path in folder.rglob("*") if path.suffix.lower() in _ENDINGS)
    # What an editor leaves while a document is open (~$月报.docx) is no template.
    files = [path for path in files if not path.name.startswith(("~$", "."))]
    try:
        return {
            path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in files
        }
    except OSError as error:
        raise StoreError(f"读不了规则或模板文件 {error.filename}：{error.strerror}") from error
