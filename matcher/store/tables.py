"""Tables of the store.

`needs`, `partners`, `evidence` and `enterprises` hold what people gave; `passages` is derived from
them on every write; `vectors` caches embeddings by model and content, apart from the records;
`changes` tells followers what to index again; `match_runs` records what was answered.
"""

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Dialect,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

ID = String(64)
BIG = BigInteger().with_variant(Integer, "sqlite")


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC; SQLite stores no zone, so it is put back when a moment is read."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """A moment as it is stored; one without a zone is a mistake of ours."""
        if value is not None and value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """A stored moment, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Base of all tables; constraints get predictable names, which migrations need."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it from the class
        dict[str, Any]: JSON,
        list[str]: JSON,
        datetime: UtcDateTime(),
    }


class EnterpriseRow(Base):
    """An enterprise (企业)."""

    __tablename__ = "enterprises"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(32))
    name: Mapped[str] = mapped_column(String(200), index=True)
    credit_code: Mapped[str] = mapped_column(String(18), index=True)
    county: Mapped[str] = mapped_column(String(50), index=True)
    park: Mapped[str] = mapped_column(String(100))
    industry: Mapped[str] = mapped_column(String(100))
    industry_code: Mapped[str] = mapped_column(String(8))
    size: Mapped[str | None] = mapped_column(String(20))
    above_designated: Mapped[bool | None]
    high_tech: Mapped[bool | None]
    leading: Mapped[bool | None]
    staff_count: Mapped[int | None]
    st_staff_count: Mapped[int | None]
    sample: Mapped[bool]


class NeedRow(Base):
    """A technical need (企业技术需求)."""

    __tablename__ = "needs"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(32))
    title: Mapped[str] = mapped_column(String(200))
    problem: Mapped[str] = mapped_column(Text)
    indicators: Mapped[str] = mapped_column(Text)
    goal: Mapped[str] = mapped_column(Text)
    keywords: Mapped[list[str]]
    field: Mapped[str | None] = mapped_column(String(30), index=True)
    industry: Mapped[str] = mapped_column(String(100))
    deadline: Mapped[date | None]
    budget: Mapped[float | None]
    solution_mode: Mapped[str | None] = mapped_column(String(20))
    intended_partner: Mapped[str] = mapped_column(String(500))
    wanted_site: Mapped[str | None] = mapped_column(String(40))
    enterprise_id: Mapped[str | None] = mapped_column(
        ID, ForeignKey("enterprises.id", ondelete="RESTRICT"), index=True
    )
    county: Mapped[str] = mapped_column(String(50), index=True)
    submitted: Mapped[date | None] = mapped_column(index=True)
    sample: Mapped[bool]
    # How far the association has come with it is no part of what the enterprise says.
    status: Mapped[str] = mapped_column(String(20), index=True, default="listed")
    status_since: Mapped[datetime | None]


class PartnerRow(Base):
    """An expert, society, institute or overseas organization."""

    __tablename__ = "partners"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(32))
    kind: Mapped[str] = mapped_column(String(20), index=True)
    name: Mapped[str] = mapped_column(String(300), index=True)
    name_en: Mapped[str] = mapped_column(String(300))
    title: Mapped[str] = mapped_column(String(100))
    affiliation: Mapped[str] = mapped_column(String(300))
    region: Mapped[str] = mapped_column(String(100), index=True)
    website: Mapped[str] = mapped_column(String(300))
    disciplines: Mapped[list[str]]
    languages: Mapped[list[str]]
    profile: Mapped[str] = mapped_column(Text)
    sample: Mapped[bool]
    evidence: Mapped[list["EvidenceRow"]] = relationship(
        order_by="EvidenceRow.position", cascade="all, delete-orphan", passive_deletes=True
    )


class EvidenceRow(Base):
    """A paper, patent, project or service of one partner; co-authors each have their own row."""

    __tablename__ = "evidence"
    __table_args__ = (UniqueConstraint("partner_id", "id"),)

    key: Mapped[int] = mapped_column(BIG, Identity(), primary_key=True)
    partner_id: Mapped[str] = mapped_column(ID, ForeignKey("partners.id", ondelete="CASCADE"))
    id: Mapped[str] = mapped_column(ID)
    position: Mapped[int]
    type: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    year: Mapped[int | None]
    source: Mapped[str] = mapped_column(String(300))
    keywords: Mapped[list[str]]


class PassageRow(Base):
    """A piece of a record's text; its id is never used again, so that indexes may hold it."""

    __tablename__ = "passages"
    __table_args__ = (
        Index("ix_passages_owner", "side", "owner_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(BIG, Identity(), primary_key=True)
    side: Mapped[str] = mapped_column(String(10))
    owner_id: Mapped[str] = mapped_column(ID)
    evidence_id: Mapped[str | None] = mapped_column(ID)
    text: Mapped[str] = mapped_column(Text)
    content_hash: Mapped[str] = mapped_column(String(32), index=True)


class VectorRow(Base):
    """A cached embedding: unit length, little-endian float16."""

    __tablename__ = "vectors"

    model_id: Mapped[str] = mapped_column(String(200), primary_key=True)
    content_hash: Mapped[str] = mapped_column(String(32), primary_key=True)
    vector: Mapped[bytes] = mapped_column(LargeBinary)


class LibraryRow(Base):
    """One row: which library this is, and how often it has changed.

    Whoever changes records locks the row first and holds it until the commit, so revisions are
    committed in their order and a follower that has seen number n has seen everything up to n.
    """

    __tablename__ = "library"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    revision: Mapped[int] = mapped_column(BIG)


class RevisionRow(Base):
    """A revision with a random token.

    Restoring a backup takes the library back, and later changes give the same numbers to other
    contents; the token tells the two apart.
    """

    __tablename__ = "revisions"

    number: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=False)
    token: Mapped[str] = mapped_column(String(32))
    created_at: Mapped[datetime]


class ChangeRow(Base):
    """The latest revision at which the passages of this owner changed."""

    __tablename__ = "changes"

    side: Mapped[str] = mapped_column(String(10), primary_key=True)
    owner_id: Mapped[str] = mapped_column(ID, primary_key=True)
    revision: Mapped[int] = mapped_column(BIG, index=True)


class MatchRunRow(Base):
    """One answered match: what was asked, with which model and library, and what came out."""

    __tablename__ = "match_runs"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(BIG, Identity(), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(index=True)
    need_id: Mapped[str | None] = mapped_column(ID, index=True)
    query_text: Mapped[str] = mapped_column(Text)
    filter: Mapped[dict[str, Any]]
    model_id: Mapped[str] = mapped_column(String(200))
    revision: Mapped[int] = mapped_column(BIG)
    milliseconds: Mapped[float]
    results: Mapped[dict[str, Any]]
