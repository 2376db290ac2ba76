"""Batches for tests that do not run one."""

from datetime import UTC, datetime

from matcher.casework.batches import Batch, BatchState, DocumentKind, Inputs
from matcher.casework.pairings import StoredFile
from matcher.files import FileStore
from matcher.service import Matcher
from matcher.store.batch_results import BatchDocument, add_documents
from matcher.store.batch_runs import Runner, begin_batch, end_batch

BEGUN = datetime(2026, 11, 1, 2, tzinfo=UTC)
DOCUMENTS = (
    ("全市.txt", "", DocumentKind.WORD),
    ("乐清市.txt", "乐清市", DocumentKind.WORD),
    ("对接函/乐清市/1.txt", "乐清市", DocumentKind.LETTER),
    ("平阳县.txt", "平阳县", DocumentKind.EXCEL),
)
"""Path, county and kind; each holds its own path."""


def inputs() -> Inputs:
    return Inputs(
        model_id="hash-64",
        library_id="library",
        revision=7,
        token="7f",
        program="0.1.0",
        assignment={"partners_per_need": 3, "yearly_capacity": {"expert": 3}},
        files={"rules/place.yaml": "00ff"},
    )


def add_batch(
    matcher: Matcher,
    *,
    state: BatchState,
    month: str = "2026-10",
    error: str = "",
    documents: tuple[tuple[str, str, DocumentKind], ...] = DOCUMENTS,
) -> Batch:
    """A batch with documents of the city and two counties."""
    files = FileStore(matcher.home / "files")
    runner = Runner(host="server", pid=4711, by="测试")
    with matcher.database.appending() as session:
        batch = begin_batch(session, month, inputs(), out="/data/out", runner=runner, at=BEGUN)
        for path, county, kind in documents:
            content = path.encode()
            sha256, size = files.keep(content), len(content)
            name = path.rpartition("/")[2]
            document = BatchDocument(
                id=0,
                batch_id=batch.id,
                county=county,
                kind=kind,
                path=path,
                size=size,
                sha256=sha256,
                file_id=None,
            )
            stored = StoredFile(id=0, name=name, media_type="text/plain", size=size, sha256=sha256)
            add_documents(session, [(document, stored)])
        if state is BatchState.RUNNING:
            return batch
        return end_batch(session, batch.id, state, datetime.now(UTC), error)
