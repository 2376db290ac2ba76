"""Queries on what a batch has found out and written: by need, by edition, by document."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from sqlalchemy import Table, bindparam, func, insert, select, update
from sqlalchemy.orm import Session

from matcher.casework.batches import DocumentKind
from matcher.casework.pairings import StoredFile
from matcher.errors import NotFoundError
from matcher.records import RankedCandidate, RankedNeed
from matcher.store.files import get_file
from matcher.store.tables import NeedRow
from matcher.store.tables_casework import FileRow
from matcher.store.tables_monthly import (
    BatchDocumentRow,
    BatchFiguresRow,
    BatchNeedRow,
    PlanRow,
)

Part = Literal["screening", "candidates"]
_PARTS: Final = {"screening": BatchNeedRow.screening, "candidates": BatchNeedRow.candidates}


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchDocument:
    """A document of a batch; `path` is below its folder, `county` empty for the whole city."""

    id: int
    batch_id: int
    county: str
    kind: DocumentKind
    path: str
    size: int
    sha256: str
    file_id: int | None

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition("/")[2]


def open_need_ids(session: Session, statuses: Iterable[str]) -> list[str]:
    """Ids of the needs in these statuses, in order."""
    query = select(NeedRow.id).where(NeedRow.status.in_(list(statuses))).order_by(NeedRow.id)
    return list(session.scalars(query))


def add_batch_needs(session: Session, batch_id: int, need_ids: Iterable[str]) -> None:
    """Note the needs that a batch is about; nothing is known of them yet."""
    rows = [
        {"batch_id": batch_id, "need_id": need_id, "position": position}
        for position, need_id in enumerate(need_ids)
    ]
    if rows:
        session.execute(insert(BatchNeedRow), rows)


def count_batch_needs(session: Session, batch_id: int, part: Part | None = None) -> int:
    """How many needs a batch is about, or of how many it knows this part."""
    query = select(func.count()).where(BatchNeedRow.batch_id == batch_id)
    if part is not None:
        query = query.where(_PARTS[part].is_not(None))
    return session.scalar(query) or 0


def needs_without(session: Session, batch_id: int, part: Part) -> list[str]:
    """Ids of the needs of which a batch does not know this part yet, in their order."""
    query = select(BatchNeedRow.need_id).where(
        BatchNeedRow.batch_id == batch_id, _PARTS[part].is_(None)
    )
    return list(session.scalars(query.order_by(BatchNeedRow.position)))


def save_screenings(
    session: Session, batch_id: int, screenings: Mapping[str, dict[str, Any]]
) -> None:
    """Keep what was seen of some needs, by id."""
    _note(session, batch_id, "screening", screenings)


def save_candidates(session: Session, batch_id: int, ranked: Iterable[RankedNeed]) -> None:
    """Keep the candidates of some needs; of one without any that there are none."""
    candidates = {
        need.need_id: [
            [each.partner_id, each.probability, each.score, list(each.passage_ids)]
            for each in need.candidates
        ]
        for need in ranked
    }
    _note(session, batch_id, "candidates", candidates)


def screenings_of(session: Session, batch_id: int) -> dict[str, dict[str, Any]]:
    """What was seen of each need, by id."""
    query = select(BatchNeedRow.need_id, BatchNeedRow.screening).where(
        BatchNeedRow.batch_id == batch_id, BatchNeedRow.screening.is_not(None)
    )
    rows = session.execute(query.order_by(BatchNeedRow.position))
    return {need_id: screening for need_id, screening in rows if screening is not None}


def candidates_of(session: Session, batch_id: int) -> Iterator[RankedNeed]:
    """The needs of a batch with their candidates, as far as they are ranked, in their order."""
    query = select(BatchNeedRow.need_id, BatchNeedRow.candidates).where(
        BatchNeedRow.batch_id == batch_id, BatchNeedRow.candidates.is_not(None)
    )
    rows = session.execute(
        query.order_by(BatchNeedRow.position), execution_options={"yield_per": 500}
    )
    for need_id, candidates in rows:
        yield RankedNeed(
            need_id=need_id,
            candidates=tuple(
                RankedCandidate(
                    partner_id=partner_id,
                    probability=probability,
                    score=score,
                    passage_ids=tuple(passage_ids),
                )
                for partner_id, probability, score, passage_ids in candidates or ()
            ),
        )


def plan_of_batch(session: Session, batch_id: int) -> int | None:
    """Number of the plan that a batch made; None if it has made none yet."""
    query = select(PlanRow.id).where(PlanRow.batch_id == batch_id).order_by(PlanRow.id.desc())
    return session.scalar(query.limit(1))


def save_report(
    session: Session, batch_id: int, county: str, year_to_date: bool, report: dict[str, Any]
) -> None:
    """Keep the report of an edition as data."""
    session.add(
        BatchFiguresRow(batch_id=batch_id, county=county, year_to_date=year_to_date, report=report)
    )


def editions_of(session: Session, batch_id: int) -> set[tuple[str, bool]]:
    """County and whether it is the year to date, of every report that is kept."""
    query = select(BatchFiguresRow.county, BatchFiguresRow.year_to_date)
    rows = session.execute(query.where(BatchFiguresRow.batch_id == batch_id))
    return {(county, year_to_date) for county, year_to_date in rows}


def find_report(
    session: Session, batch_id: int, county: str, year_to_date: bool
) -> dict[str, Any] | None:
    """The report of an edition as data; None if it is not kept."""
    row = session.get(BatchFiguresRow, (batch_id, county, year_to_date))
    return None if row is None else row.report


def add_documents(
    session: Session, written: Sequence[tuple[BatchDocument, StoredFile]]
) -> list[BatchDocument]:
    """Note documents that were written, each with the file in which the workspace keeps it.

    Their own numbers and those of their files count for nothing: the store gives them new ones.
    """
    files = [
        FileRow(name=file.name, media_type=file.media_type, size=file.size, sha256=file.sha256)
        for _, file in written
    ]
    session.add_all(files)
    session.flush()
    rows = [
        BatchDocumentRow(
            batch_id=document.batch_id,
            county=document.county,
            kind=document.kind,
            path=document.path,
            size=document.size,
            sha256=document.sha256,
            file_id=file.id,
        )
        for (document, _), file in zip(written, files, strict=True)
    ]
    session.add_all(rows)
    session.flush()
    return [_document(row) for row in rows]


def documents_of(
    session: Session,
    batch_id: int,
    *,
    county: str | None = None,
    kinds: Collection[DocumentKind] = (),
) -> list[BatchDocument]:
    """The documents of a batch in the order they were written: all, of a county, of some kinds."""
    query = select(BatchDocumentRow).where(BatchDocumentRow.batch_id == batch_id)
    if county is not None:
        query = query.where(BatchDocumentRow.county == county)
    if kinds:
        query = query.where(BatchDocumentRow.kind.in_(kinds))
    return [_document(row) for row in session.scalars(query.order_by(BatchDocumentRow.id))]


def get_document(
    session: Session, batch_id: int, document_id: int
) -> tuple[BatchDocument, StoredFile]:
    """One document and the file that holds it.

    Raises:
        NotFoundError: the batch has no such document.
    """
    row = session.get(BatchDocumentRow, document_id)
    if row is None or row.batch_id != batch_id or row.file_id is None:
        raise NotFoundError("批次文档", str(document_id))
    return _document(row), get_file(session, row.file_id)


def _note(session: Session, batch_id: int, part: Part, found: Mapping[str, Any]) -> None:
    """Note a part of some needs, by id, in one statement."""
    if not found:
        return
    own = (BatchNeedRow.batch_id == batch_id, BatchNeedRow.need_id == bindparam("of_need"))
    table = BatchNeedRow.__table__
    assert isinstance(table, Table)
    statement = update(table).where(*own).values({part: bindparam("noted")})
    rows = [{"of_need": need_id, "noted": value} for need_id, value in found.items()]
    session.connection().execute(statement, rows)
    session.expire_all()


def _document(row: BatchDocumentRow) -> BatchDocument:
    return BatchDocument(
        id=row.id,
        batch_id=row.batch_id,
        county=row.county,
        kind=DocumentKind(row.kind),
        path=row.path,
        size=row.size,
        sha256=row.sha256,
        file_id=row.file_id,
    )
