"""Queries on keys for programs and links for enterprises."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from matcher.errors import NotFoundError
from matcher.people import ApiKey, Permission, Role, SubmissionLink
from matcher.store.tables_people import ApiKeyRow, SubmissionLinkRow

_USE_NOTED_EVERY = timedelta(minutes=10)


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


def note_key_use(session: Session, key: ApiKey) -> None:
    """Note that a key was used, at most every ten minutes."""
    now = datetime.now(UTC)
    if key.last_used is None or now - key.last_used > _USE_NOTED_EVERY:
        session.execute(
            update(ApiKeyRow).where(ApiKeyRow.prefix == key.prefix).values(last_used=now)
        )


def list_keys(session: Session) -> list[ApiKey]:
    """All keys, the latest first, revoked ones too."""
    return [_key(row) for row in session.scalars(select(ApiKeyRow).order_by(ApiKeyRow.created_at))][
        ::-1
    ]


def revoke_key(session: Session, prefix: str) -> ApiKey:
    """Make a key useless.

    Raises:
        NotFoundError: there is none with this prefix.
    """
    row = session.get(ApiKeyRow, prefix)
    if row is None:
        raise NotFoundError("接口密钥", prefix)
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


def list_links(session: Session, county: str = "") -> list[SubmissionLink]:
    """All links, or those of a county, the latest first."""
    query = select(SubmissionLinkRow).order_by(SubmissionLinkRow.id.desc())
    if county:
        query = query.where(SubmissionLinkRow.county == county)
    return [_link(row) for row in session.scalars(query)]


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
