"""Files attached to a pairing (附件): uploading and downloading them."""

from matcher.casework.pairings import EventKind, StoredFile
from matcher.desk.core import Act, Desk
from matcher.desk.timelines import add_line, checked_text, log_pairing, own_pairing
from matcher.errors import NotFoundError
from matcher.files import FileStore, examined
from matcher.people import Permission
from matcher.store.files import add_file
from matcher.store.pairings import events_of


def attach(desk: Desk, pairing_id: int, name: str, content: bytes, *, note: str = "") -> StoredFile:
    """Attach a file to a pairing.

    Args:
        desk: whoever does it.
        pairing_id: to which.
        name: as the file was called where it came from.
        content: all of its bytes.
        note: anything to add.

    Raises:
        NotFoundError: there is no such pairing, or it is not the actor's to see.
        InvalidInputError: the file is none that is kept, or the note is too long.
        StoreError: it cannot be written down.
    """
    desk.actor.require(Permission.EDIT)
    text = checked_text(note, required=False)
    file = examined(name, content)
    with desk.reading() as session:
        own_pairing(desk, session, pairing_id)
    # Bytes that nothing refers to do no harm; a reference to bytes that are not there would.
    sha256 = _files(desk).keep(file.content)
    with desk.writing() as session:
        pairing = own_pairing(desk, session, pairing_id)
        size = len(file.content)
        stored = StoredFile(
            id=0, name=file.name, media_type=file.media_type, size=size, sha256=sha256
        )
        stored = add_file(session, stored)
        add_line(desk, session, pairing, EventKind.FILE, text=text, file=stored)
        log_pairing(desk, session, Act.ATTACH, pairing, file.name)
        return stored


def download(desk: Desk, pairing_id: int, file_id: int) -> tuple[StoredFile, bytes]:
    """A file of a pairing with its bytes; that somebody took it is logged.

    Agreements and letters name people and their numbers, so who may not see contact data may not
    open them either.

    Raises:
        NotFoundError: there is no such pairing, it is not the actor's to see, or has no such file.
        ForbiddenError: the actor may not see contact data.
        StoreError: the bytes are not there any more.
    """
    desk.actor.require(Permission.CONTACTS)
    with desk.reading() as session:
        pairing = own_pairing(desk, session, pairing_id)
        files = [event.file for event in events_of(session, pairing_id) if event.file]
    file = next((file for file in files if file.id == file_id), None)
    if file is None:
        raise NotFoundError("附件", str(file_id))
    content = _files(desk).read(file.sha256)
    # Nothing is changed but the log, so the library keeps its revision and is not locked.
    with desk.database.appending() as session:
        log_pairing(desk, session, Act.DOWNLOAD, pairing, file.name)
    return file, content


def _files(desk: Desk) -> FileStore:
    return FileStore(desk.matcher.home / "files")
