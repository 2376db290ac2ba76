"""The step that writes: reports of all editions, letters of the proposed pairs, a list of them all.

A document is done when it is noted in the store, and it is noted after it lies in the folder and in
the workspace whole.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Final

from matcher.batch.folder import drop_drafts, missing_documents, put_document
from matcher.batch.letters import letter_pieces
from matcher.batch.pieces import TEMPLATES, Piece, own_and_shipped, report_name
from matcher.batch.runner import Work
from matcher.casework.batches import BatchStep, DocumentKind
from matcher.casework.pairings import StoredFile
from matcher.errors import StoreError
from matcher.files import MEDIA_TYPES, FileStore
from matcher.reports.codec import report_from_json
from matcher.reports.excel import write_excel
from matcher.reports.records import Report
from matcher.reports.templates import REPORT_TEMPLATE, template_in
from matcher.reports.word import write_word
from matcher.store.batch_results import (
    BatchDocument,
    add_documents,
    documents_of,
    editions_of,
    find_report,
    get_document,
    plan_of_batch,
)
from matcher.store.batches import batched

CONTENTS: Final = "目录.txt"
"""Name of the list of all documents."""

_AT_ONCE: Final = 64
"""Letters that are noted in one transaction: so many are written again after a kill."""
_HANDS: Final = 4
"""Threads that write letters. Each waits most of the time for the disk to say that it has them."""


class Documents:
    """Writes whatever is not written yet."""

    name = BatchStep.DOCUMENTS

    def __init__(self) -> None:
        """Know nothing yet of what is to be written; it is found out once."""
        self._pieces: list[Piece] | None = None

    def standing(self, work: Work) -> tuple[int, int]:
        """Documents that are noted, and all."""
        with work.desk.database.reading() as session:
            written = len(documents_of(session, work.batch.id))
        return written, len(self._wanted(work)) + 1

    def rest(self, work: Work) -> Iterator[int]:
        """Write the others; the list of all comes last."""
        drop_drafts(work.out)
        with work.desk.database.reading() as session:
            written = documents_of(session, work.batch.id)
        noted = {document.path for document in written}
        missing = [piece for piece in self._wanted(work) if piece.path not in noted]
        letters = [piece for piece in missing if piece.kind is DocumentKind.LETTER]
        with ThreadPoolExecutor(_HANDS, "documents") as hands:
            for piece in missing:
                if piece.kind is not DocumentKind.LETTER:
                    yield from _done(work, [piece], hands)
            for some in batched(letters, _AT_ONCE):
                yield from _done(work, some, hands)
            if CONTENTS not in noted:
                yield from _done(work, [_contents(work)], hands)
        put_back(work)

    def _wanted(self, work: Work) -> list[Piece]:
        if self._pieces is None:
            self._pieces = _all_pieces(work)
        return self._pieces


def put_back(work: Work) -> int:
    """Put documents into the folder that are noted but not there; returns how many.

    Somebody removed them, or the batch goes on in another folder.

    Raises:
        StoreError: a document cannot be read from the workspace, or not be written.
    """
    with work.desk.database.reading() as session:
        known = {each.path: each for each in documents_of(session, work.batch.id)}
    sizes = [(path, each.size) for path, each in known.items()]
    gone = missing_documents(work.out, sizes)
    for path in gone:
        with work.desk.database.reading() as session:
            _, file = get_document(session, work.batch.id, known[path].id)
        content = _files(work).read(file.sha256)
        put_document(work.out, path, partial(_write, content))
    return len(gone)


def _all_pieces(work: Work) -> list[Piece]:
    """All documents but the list of them, in the order in which they are written."""
    with work.desk.database.reading() as session:
        editions = sorted(editions_of(session, work.batch.id))
        plan = plan_of_batch(session, work.batch.id)
    reports = [piece for county, ytd in editions for piece in _of_edition(work, county, ytd)]
    return [*reports, *(letter_pieces(work, plan) if plan is not None else [])]


def _of_edition(work: Work, county: str, year_to_date: bool) -> list[Piece]:
    name = report_name(work.month, county, year_to_date=year_to_date)
    folders = own_and_shipped(work.desk.matcher.home, TEMPLATES)

    def report() -> Report:
        with work.desk.database.reading() as session:
            kept = find_report(session, work.batch.id, county, year_to_date)
        if kept is None:
            raise StoreError(f"批次里没有{county or '全市'}的统计数据，请重新运行这个月的批次")
        return report_from_json(kept)

    def word(place: Path) -> None:
        write_word(report(), place, template_in(folders, REPORT_TEMPLATE))

    def excel(place: Path) -> None:
        write_excel(report(), place)

    return [
        Piece(kind=DocumentKind.WORD, county=county, path=f"{name}.docx", write=word),
        Piece(kind=DocumentKind.EXCEL, county=county, path=f"{name}.xlsx", write=excel),
    ]


def _done(work: Work, pieces: Sequence[Piece], hands: ThreadPoolExecutor) -> Iterator[int]:
    """Write some documents, then note them all together."""
    contents = list(hands.map(lambda piece: _put(work, piece), pieces))
    written = zip(pieces, contents, strict=True)
    with work.desk.database.appending() as session:
        add_documents(session, [_noted(work, piece, content) for piece, content in written])
    yield len(pieces)


def _put(work: Work, piece: Piece) -> tuple[int, str]:
    """Write a document into the folder and the workspace; returns its size and SHA-256."""
    content = put_document(work.out, piece.path, piece.write)
    return len(content), _files(work).keep(content)


def _noted(work: Work, piece: Piece, written: tuple[int, str]) -> tuple[BatchDocument, StoredFile]:
    size, sha256 = written
    name = piece.path.rpartition("/")[2]
    media_type = MEDIA_TYPES[name.rpartition(".")[2]]
    document = BatchDocument(
        id=0,
        batch_id=work.batch.id,
        county=piece.county,
        kind=piece.kind,
        path=piece.path,
        size=size,
        sha256=sha256,
        file_id=None,
    )
    kept = StoredFile(id=0, name=name, media_type=media_type, size=size, sha256=sha256)
    return document, kept


def _contents(work: Work) -> Piece:
    """The list of all documents, for whoever opens the folder or compares two of them."""
    with work.desk.database.reading() as session:
        documents = sorted(documents_of(session, work.batch.id), key=lambda each: each.path)
    inputs = work.batch.inputs
    lines = [
        f"{work.month.year} 年 {work.month.month} 月企业技术需求对接：批次文档目录",
        "",
        f"数据日期：{work.made_on:%Y-%m-%d}",
        f"资料库版本：{inputs.revision}（{inputs.token}）",
        f"语义模型：{inputs.model_id}",
        f"程序版本：{inputs.program}",
        f"文档：{len(documents)} 份",
        "",
        "每行为一份文档：类型、字节数、SHA-256、路径。",
        "",
        *(f"{each.kind.label}\t{each.size}\t{each.sha256}\t{each.path}" for each in documents),
    ]
    # With a mark and the line ends of Windows, whose old editors show anything else as one line.
    content = ("\r\n".join(lines) + "\r\n").encode("utf-8-sig")
    return Piece(
        kind=DocumentKind.CONTENTS,
        county="",
        path=CONTENTS,
        write=partial(_write, content),
    )


def _write(content: bytes, place: Path) -> None:
    place.write_bytes(content)


def _files(work: Work) -> FileStore:
    return FileStore(work.desk.matcher.home / "files")
