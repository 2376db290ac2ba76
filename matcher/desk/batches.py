"""Monthly batches for somebody who may see or run them.

Everybody who may read sees that there is a batch and how it stands. How far it is, what it was made
from and what went wrong is for those who plan the month. Documents of a county are for that county
and for the city.
"""

import zipfile
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Final

from sqlalchemy.orm import Session

from matcher.batch.launching import Launch, Launcher
from matcher.batch.lock import as_it_is, is_held
from matcher.batch.orders import who_runs
from matcher.casework.batches import (
    Batch,
    BatchState,
    DocumentKind,
    Inputs,
    month_day,
    seconds_left,
)
from matcher.casework.pairings import StoredFile
from matcher.desk.core import Act, Desk, Subject
from matcher.errors import ConflictError, NotFoundError
from matcher.files import FileStore
from matcher.people import Permission
from matcher.people.days import today
from matcher.store.batch_results import BatchDocument, documents_of, get_document
from matcher.store.batch_runs import (
    ask_to_cancel,
    get_batch,
    latest_batch,
    list_batches,
)

_NOT_HERE: Final = (
    "这个服务不能从网页启动批次，请管理员在服务器上运行 matcher batch --month {month} --out 文件夹"
)
_REPORTS: Final = (DocumentKind.WORD, DocumentKind.EXCEL)
_EARLIEST_IN_ZIP: Final = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchView:
    """A batch as somebody may see it.

    Attributes:
        batch: its state is what is true now; for who does not plan without steps, error and place.
        documents: those that they may have.
        inputs: what it was made from, None for who does not plan.
        seconds_left: how long it will still take, None where nothing tells it.
    """

    batch: Batch
    documents: tuple[BatchDocument, ...]
    inputs: Inputs | None = None
    seconds_left: float | None = None

    @property
    def stopping(self) -> bool:
        """Whether it was asked to stop and has not yet."""
        return self.batch.state is BatchState.RUNNING and self.batch.cancel


def find(
    desk: Desk, *, month: str = "", offset: int = 0, limit: int = 20
) -> tuple[list[Batch], int]:
    """A page of batches, the last begun first, and how many there are in all.

    Raises:
        ForbiddenError: the actor may not read.
    """
    with desk.reading() as session:
        batches, total = list_batches(session, month=month, offset=offset, limit=limit)
    return [_seen(desk, _true_now(desk, batch)) for batch in batches], total


def open_batch(desk: Desk, batch_id: int, *, documents: bool = True) -> BatchView:
    """A batch, with its documents or, for who only asks how far it is, without.

    Raises:
        ForbiddenError: the actor may not read.
        NotFoundError: there is no such batch.
    """
    with desk.reading() as session:
        batch = get_batch(session, batch_id)
        found = _own_documents(desk, session, batch_id) if documents else ()
        earlier = latest_batch(session, state=BatchState.FINISHED)
    batch = _true_now(desk, batch)
    took = {step.step: step.seconds for step in earlier.steps} if earlier else {}
    planning = desk.actor.may(Permission.PLAN)
    running = planning and batch.state is BatchState.RUNNING
    return BatchView(
        batch=_seen(desk, batch),
        documents=found,
        inputs=batch.inputs if planning else None,
        seconds_left=seconds_left(batch.steps, took) if running else None,
    )


def download(desk: Desk, batch_id: int, document_id: int) -> tuple[StoredFile, bytes]:
    """A document with its bytes; that somebody took it is logged.

    Raises:
        ForbiddenError: the actor may not export, or, for a letter, not see contact data.
        NotFoundError: the batch has no such document, or it is of another county.
        StoreError: the bytes are not there any more.
    """
    with desk.reading(Permission.EXPORT) as session:
        document, file = get_document(session, batch_id, document_id)
        batch = get_batch(session, batch_id)
    if desk.actor.county and document.county != desk.actor.county:
        raise NotFoundError("批次文档", str(document_id))
    if document.kind is DocumentKind.LETTER:
        desk.actor.require(Permission.CONTACTS)
    content = _files(desk).read(file.sha256)
    _log(desk, Act.DOWNLOAD, batch, document.path)
    return replace(file, name=document.name), content


def download_all(desk: Desk, batch_id: int, county: str = "") -> tuple[str, bytes]:
    """All documents that the actor may have, in one archive with its name; it is logged.

    Args:
        desk: whoever wants them.
        batch_id: of which batch.
        county: only those of this county; empty for all.

    Raises:
        ForbiddenError: the actor may not export.
        NotFoundError: there is no such batch, or it has no documents for them.
        StoreError: the bytes of one are not there any more.
    """
    with desk.reading(Permission.EXPORT) as session:
        batch = get_batch(session, batch_id)
        own = _own_documents(desk, session, batch_id)
        documents = [each for each in own if county in ("", each.county)]
    if not documents:
        raise NotFoundError("批次文档", str(batch_id))
    content = _archive(desk, documents)
    place = county or desk.actor.county
    _log(desk, Act.EXPORT, batch, f"{place}{len(documents)} 份文档")
    return f"{batch.month}月度批次{place}.zip", content


def start(desk: Desk, launcher: Launcher | None, month: str, *, fresh: bool = False) -> Launch:
    """Start a batch in a process of its own; returns at once.

    Raises:
        ForbiddenError: the actor may not.
        InvalidInputError: it is no month, or has not begun yet.
        ConflictError: one is running, or this service can start none.
        StoreError: the process cannot be started.
    """
    desk.actor.require(Permission.PLAN)
    first = month_day(month, today())
    if launcher is None:
        raise ConflictError(_NOT_HERE.format(month=f"{first:%Y-%m}"))
    if is_held(desk.database, desk.matcher.home):
        with desk.reading() as session:
            raise ConflictError(who_runs(session))
    launch = launcher.launch(f"{first:%Y-%m}", desk.actor.name, fresh=fresh)
    with desk.database.appending() as session:
        desk.log(session, Act.CREATE, Subject.BATCH, "", summary=f"{launch.month} 月度批次：启动")
    return launch


def cancel(desk: Desk, batch_id: int) -> Batch:
    """Ask a batch to stop after the piece of work that it is at.

    Raises:
        ForbiddenError: the actor may not.
        NotFoundError: there is no such batch.
        ConflictError: it is not running.
    """
    desk.actor.require(Permission.PLAN)
    with desk.database.appending() as session:
        batch = _true_now(desk, get_batch(session, batch_id))
        if batch.state is not BatchState.RUNNING:
            raise ConflictError(f"这个批次现在是“{batch.state.label}”，没有在运行，不用取消")
        ask_to_cancel(session, batch_id)
        _log_in(desk, session, Act.STEP, batch, "要求取消")
        return get_batch(session, batch_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class StartView:
    """How the last start stands.

    Attributes:
        starting: a process is there that has no batch yet: it loads the library and the model.
        trouble: why the last start from a page came to nothing; empty if it did not.
        begun: number of the batch that the last start from a page led to.
    """

    starting: bool = False
    trouble: str = ""
    begun: int | None = None


def last_start(desk: Desk, launcher: Launcher | None) -> StartView:
    """How the last start stands.

    Raises:
        ForbiddenError: the actor may not run batches.
    """
    with desk.reading(Permission.PLAN) as session:
        running = latest_batch(session, state=BatchState.RUNNING)
        latest = latest_batch(session)
    if is_held(desk.database, desk.matcher.home):
        return StartView(starting=running is None, begun=running.id if running else None)
    launch = launcher.last() if launcher else None
    if launcher is None or launch is None:
        return StartView()
    # A batch that ended after the start is the one that was started: only one runs at a time.
    if latest is not None and latest.finished_at is not None and latest.finished_at >= launch.at:
        return StartView(begun=latest.id)
    if launcher.is_alive(launch):
        return StartView(starting=True)
    return StartView(trouble=launcher.message(launch) if launch.failed else "")


def last_batch(desk: Desk) -> BatchView | None:
    """The batch that was begun last, with its reports, for the first page; None if none was.

    Raises:
        ForbiddenError: the actor may not read.
    """
    with desk.reading() as session:
        batch = latest_batch(session)
        reports = _own_documents(desk, session, batch.id, _REPORTS) if batch else ()
    if batch is None:
        return None
    return BatchView(batch=_seen(desk, _true_now(desk, batch)), documents=reports)


def _true_now(desk: Desk, batch: Batch) -> Batch:
    return as_it_is(desk.database, desk.matcher.home, batch)


def _seen(desk: Desk, batch: Batch) -> Batch:
    """What the actor may see of a batch: numbers of the whole city are for the city."""
    if desk.actor.may(Permission.PLAN):
        return batch
    return replace(batch, steps=(), error="", out="", host="", pid=0)


def _own_documents(
    desk: Desk, session: Session, batch_id: int, kinds: Collection[DocumentKind] = ()
) -> tuple[BatchDocument, ...]:
    found = documents_of(session, batch_id, county=desk.actor.county or None, kinds=kinds)
    if desk.actor.may(Permission.CONTACTS):
        return tuple(found)
    return tuple(each for each in found if each.kind is not DocumentKind.LETTER)


def _archive(desk: Desk, documents: Iterable[BatchDocument]) -> bytes:
    written = BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_STORED) as archive:
        for document in documents:
            entry = zipfile.ZipInfo(document.path, _EARLIEST_IN_ZIP)
            archive.writestr(entry, _files(desk).read(document.sha256))
    return written.getvalue()


def _files(desk: Desk) -> FileStore:
    return FileStore(desk.matcher.home / "files")


def _log(desk: Desk, act: Act, batch: Batch, what: str) -> None:
    # Nothing is changed but the log, so the library keeps its revision and is not locked.
    with desk.database.appending() as session:
        _log_in(desk, session, act, batch, what)


def _log_in(desk: Desk, session: Session, act: Act, batch: Batch, what: str) -> None:
    summary = f"{batch.month} 月度批次：{what}"
    desk.log(session, act, Subject.BATCH, batch.id, county=desk.actor.county, summary=summary)
