"""Queries on keys for programs and links for enterprises."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeVar

from sqlalchemy import Select, func, or_, select, update
from sqlalchemy.orm import Session

from matcher.errors import NotFoundError
from matcher.people import ApiKey, Permission, Role, SubmissionLink, Validity
from matcher.store.tables_people import ApiKeyRow, SubmissionLinkRow

_USE_NOTED_EVERY = timedelta(minutes=10)

KEYS_SORTED_BY: Final = {
    "name": ApiKeyRow.name,
    "role": ApiKeyRow.role,
    "county": ApiKeyRow.county,
    "created_at": ApiKeyRow.created_at,
    "expires_at": ApiKeyRow.expires_at,
    "last_used": ApiKeyRow.last_used,
}
"""What a list of keys can be sorted by."""
LINKS_SORTED_BY: Final = {
    "county": SubmissionLinkRow.county,
    "label": SubmissionLinkRow.label,
    "created_at": SubmissionLinkRow.created_at,
    "expires_at": SubmissionLinkRow.expires_at,
    "uses": SubmissionLinkRow.uses,
}
"""What a list of links can be sorted by."""

Row = TypeVar("Row", ApiKeyRow, SubmissionLinkRow)


def add_key(session: Session, key: ApiKey, digest: str) -> None:
    """Create a key of which `digest` is the hash."""
    session.add(
        ApiKeyRow(
            prefix=key.prefix,
            digest=digest,
            name=key.name,
            role=key.role,
            county=key.county,
            scope=sorted(key.scope),
            created_at=key.created_at,
            created_by=key.created_by,
            expires_at=key.expires_at,
            revoked_at=None,
            last_used=None,
        )
    )
    session.flush()


def find_key(session: Session, prefix: str) -> tuple[ApiKey, str] | None:
    """A key that is neither revoked nor expired, with its hash; None if there is none."""
    row = session.get(ApiKeyRow, prefix)
    if row is None or not _lives(row.revoked_at, row.expires_at):
        return None
    return _key(row), row.digest


def is_use_due(key: ApiKey) -> bool:
    """Whether a use of a key is to be noted: every ten minutes, a write for each is too much."""
    return key.last_used is None or datetime.now(UTC) - key.last_used > _USE_NOTED_EVERY


def note_key_use(session: Session, key: ApiKey) -> None:
    """Note that a key is used now."""
    session.execute(
        update(ApiKeyRow).where(ApiKeyRow.prefix == key.prefix).values(last_used=datetime.now(UTC))
    )


def get_key(session: Session, prefix: str) -> ApiKey:
    """One key.

    Raises:
        NotFoundError: there is none with this prefix.
    """
    return _key(_key_row(session, prefix))


def find_keys(
    session: Session,
    *,
    text: str = "",
    validity: Validity | None = None,
    sort: str = "created_at",
    descending: bool = True,
    offset: int = 0,
    limit: int = 50,
) -> tuple[list[ApiKey], int]:
    """A page of the keys, the latest first, and how many there are in all.

    Args:
        session: of the store.
        text: a part of the name, the prefix, the county or of who made it.
        validity: only those that are valid, expired or revoked.
        sort: one of `KEYS_SORTED_BY`.
        descending: the largest first.
        offset: keys to pass over.
        limit: keys of the page.
    """
    query = _of_validity(select(ApiKeyRow), ApiKeyRow, validity)
    if text:
        columns = (ApiKeyRow.name, ApiKeyRow.prefix, ApiKeyRow.county, ApiKeyRow.created_by)
        query = query.where(or_(*(each.icontains(text, autoescape=True) for each in columns)))
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    order = _order(KEYS_SORTED_BY[sort], descending)
    page = query.order_by(order, ApiKeyRow.prefix).offset(offset).limit(limit)
    return [_key(row) for row in session.scalars(page)], total


def revoke_key(session: Session, prefix: str) -> ApiKey:
    """Make a key useless.

    Raises:
        NotFoundError: there is none with this prefix.
    """
    row = _key_row(session, prefix)
    row.revoked_at = row.revoked_at or datetime.now(UTC)
    session.flush()
    return _key(row)


def add_link(session: Session, link: SubmissionLink, digest: str) -> SubmissionLink:
    """Create a link of whose token `digest` is the hash; its number is given here."""
    row = SubmissionLinkRow(
        digest=digest,
        county=link.county,
        label=link.label,
        created_at=link.created_at,
        created_by=link.created_by,
        expires_at=link.expires_at,
        revoked_at=None,
        uses=0,
    )
    session.add(row)
    session.flush()
    return _link(row)


def find_link(session: Session, digest: str) -> SubmissionLink | None:
    """The link with this token hash that is neither revoked nor expired."""
    query = select(SubmissionLinkRow).where(SubmissionLinkRow.digest == digest)
    row = session.scalar(query)
    if row is None or not _lives(row.revoked_at, row.expires_at):
        return None
    return _link(row)


def count_link_use(session: Session, link_id: int) -> None:
    """Count a need that came by a link."""
    session.execute(
        update(SubmissionLinkRow)
        .where(SubmissionLinkRow.id == link_id)
        .values(uses=SubmissionLinkRow.uses + 1)
    )


def find_links(
    session: Session,
    *,
    county: str = "",
    text: str = "",
    validity: Validity | None = None,
    sort: str = "created_at",
    descending: bool = True,
    offset: int = 0,
    limit: int = 50,
) -> tuple[list[SubmissionLink], int]:
    """A page of the links, the latest first, and how many there are in all.

    Args:
        session: of the store.
        county: only those of this county; empty for all.
        text: a part of the label or the county, or of who made it.
        validity: only those that are valid, expired or closed.
        sort: one of `LINKS_SORTED_BY`.
        descending: the largest first.
        offset: links to pass over.
        limit: links of the page.
    """
    query = _of_validity(select(SubmissionLinkRow), SubmissionLinkRow, validity)
    if county:
        query = query.where(SubmissionLinkRow.county == county)
    if text:
        row = SubmissionLinkRow
        columns = (row.label, row.county, row.created_by)
        query = query.where(or_(*(each.icontains(text, autoescape=True) for each in columns)))
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    order = _order(LINKS_SORTED_BY[sort], descending)
    page = query.order_by(order, SubmissionLinkRow.id.desc()).offset(offset).limit(limit)
    return [_link(row) for row in session.scalars(page)], total


def get_link(session: Session, link_id: int) -> SubmissionLink:
    """One link.

    Raises:
        NotFoundError: there is none with this number.
    """
    return _link(_link_row(session, link_id))


def revoke_link(session: Session, link_id: int) -> SubmissionLink:
    """Make a link useless.

    Raises:
        NotFoundError: there is none with this number.
    """
    row = _link_row(session, link_id)
    row.revoked_at = row.revoked_at or datetime.now(UTC)
    session.flush()
    return _link(row)


def _link_row(session: Session, link_id: int) -> SubmissionLinkRow:
    row = session.get(SubmissionLinkRow, link_id)
    if row is None:
        raise NotFoundError("填报链接", str(link_id))
    return row


def _key_row(session: Session, prefix: str) -> ApiKeyRow:
    row = session.get(ApiKeyRow, prefix)
    if row is None:
        raise NotFoundError("接口密钥", prefix)
    return row


def _of_validity(query: Select[Row], row: type[Row], validity: Validity | None) -> Select[Row]:
    now = datetime.now(UTC)
    is_expired = row.expires_at.is_not(None) & (row.expires_at <= now)
    if validity is Validity.CLOSED:
        return query.where(row.revoked_at.is_not(None))
    if validity is Validity.EXPIRED:
        return query.where(row.revoked_at.is_(None), is_expired)
    if validity is Validity.VALID:
        return query.where(row.revoked_at.is_(None), ~is_expired)
    return query


def _order(column: Any, descending: bool) -> Any:  # noqa: ANN401 - an expression of any type
    return (column.desc() if descending else column.asc()).nulls_last()


def _lives(revoked_at: datetime | None, expires_at: datetime | None) -> bool:
    return revoked_at is None and (expires_at is None or datetime.now(UTC) < expires_at)


def _key(row: ApiKeyRow) -> ApiKey:
    return ApiKey(
        prefix=row.prefix,
        name=row.name,
        role=Role(row.role),
        county=row.county,
        scope=frozenset(map(Permission, row.scope)),
        created_at=row.created_at,
        created_by=row.created_by,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        last_used=row.last_used,
    )


def _link(row: SubmissionLinkRow) -> SubmissionLink:
    return SubmissionLink(
        id=row.id,
        county=row.county,
        label=row.label,
        created_at=row.created_at,
        created_by=row.created_by,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        uses=row.uses,
    )
