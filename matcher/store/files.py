"""Queries on attached files; their bytes lie in the workspace (`matcher.files`)."""

from sqlalchemy.orm import Session

from matcher.casework.pairings import StoredFile
from matcher.errors import NotFoundError
from matcher.store.tables_casework import FileRow


def add_file(session: Session, file: StoredFile) -> StoredFile:
    """Note a file; returns it with the number that the store gave it."""
    row = FileRow(name=file.name, media_type=file.media_type, size=file.size, sha256=file.sha256)
    session.add(row)
    session.flush()
    return file_from(row)


def get_file(session: Session, file_id: int) -> StoredFile:
    """One file.

    Raises:
        NotFoundError: there is none with this number.
    """
    row = session.get(FileRow, file_id)
    if row is None:
        raise NotFoundError("附件", str(file_id))
    return file_from(row)


def file_from(row: FileRow) -> StoredFile:
    """The record of a row."""
    return StoredFile(
        id=row.id, name=row.name, media_type=row.media_type, size=row.size, sha256=row.sha256
    )
