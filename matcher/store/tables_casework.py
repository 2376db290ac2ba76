"""Tables of the casework: steps of needs, contacts, pairings, stations, outcomes, associations."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Identity, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matcher.store.tables import BIG, ID, Base

_AUTO: dict[str, Any] = {"sqlite_autoincrement": True}


class NeedStepRow(Base):
    """A step of a need from status to status."""

    __tablename__ = "need_steps"
    __table_args__ = (_AUTO,)

    id: Mapped[int] = mapped_column(BIG, Identity(), primary_key=True)
    need_id: Mapped[str] = mapped_column(ID, ForeignKey("needs.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(index=True)
    actor_name: Mapped[str] = mapped_column(String(60))
    before: Mapped[str | None] = mapped_column(String(20))
    after: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str | None] = mapped_column(String(20))
    note: Mapped[str] = mapped_column(Text)


class ContactRow(Base):
    """Contact data of an enterprise, a need or a partner."""

    __tablename__ = "contacts"
    __table_args__ = (Index("ix_contacts_owner", "owner", "owner_id"), _AUTO)

    id: Mapped[int] = mapped_column(BIG, Identity(), primary_key=True)
    owner: Mapped[str] = mapped_column(String(12))
    owner_id: Mapped[str] = mapped_column(ID)
    name: Mapped[str] = mapped_column(String(60))
    phone: Mapped[str] = mapped_column(String(60))
    email: Mapped[str] = mapped_column(String(120))
    position: Mapped[str] = mapped_column(String(60))
    secrecy: Mapped[str] = mapped_column(String(12))


class PartnerFactsRow(Base):
    """What the association knows of a partner beside its profile."""

    __tablename__ = "partner_facts"

    partner_id: Mapped[str] = mapped_column(
        ID, ForeignKey("partners.id", ondelete="CASCADE"), primary_key=True
    )
    aliases: Mapped[list[str]]
    capacity: Mapped[int | None]
    conflicts: Mapped[list[str]]
    stations_elsewhere: Mapped[int | None]
    retired: Mapped[bool | None]
    last_contacted: Mapped[date | None]
    note: Mapped[str] = mapped_column(Text)
    version: Mapped[int]


class PartnerMergeRow(Base):
    """A merge of two records of one partner, with both as they were."""

    __tablename__ = "partner_merges"
    __table_args__ = (_AUTO,)

    id: Mapped[int] = mapped_column(BIG, Identity(), primary_key=True)
    kept_id: Mapped[str] = mapped_column(ID, index=True)
    merged_id: Mapped[str] = mapped_column(ID, index=True)
    kept: Mapped[dict[str, Any]]
    merged: Mapped[dict[str, Any]]
    merged_at: Mapped[datetime]
    merged_by: Mapped[str] = mapped_column(String(60))
    undone_at: Mapped[datetime | None]


class PairingRow(Base):
    """A need and a partner who are brought together."""

    __tablename__ = "pairings"
    __table_args__ = (UniqueConstraint("need_id", "partner_id"), _AUTO)

    id: Mapped[int] = mapped_column(BIG, Identity(), primary_key=True)
    need_id: Mapped[str] = mapped_column(ID, ForeignKey("needs.id", ondelete="RESTRICT"))
    partner_id: Mapped[str] = mapped_column(
        ID, ForeignKey("partners.id", ondelete="RESTRICT"), index=True
    )
    county: Mapped[str] = mapped_column(String(50), index=True)
    stage: Mapped[str] = mapped_column(String(20), index=True)
    reason: Mapped[str | None] = mapped_column(String(20))
    probability: Mapped[float | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime] = mapped_column(index=True)
    released_at: Mapped[datetime | None]
    version: Mapped[int]


class FileRow(Base):
    """An attached file; its bytes lie in the workspace."""

    __tablename__ = "files"
    __table_args__ = (_AUTO,)

    id: Mapped[int] = mapped_column(BIG, Identity(), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int] = mapped_column(BIG)
    sha256: Mapped[str] = mapped_column(String(64), index=True)


class PairingEventRow(Base):
    """A line of a pairing's timeline."""

    __tablename__ = "pairing_events"
    __table_args__ = (_AUTO,)

    id: Mapped[int] = mapped_column(BIG, Identity(), primary_key=True)
    pairing_id: Mapped[int] = mapped_column(
        BIG, ForeignKey("pairings.id", ondelete="CASCADE"), index=True
    )
    at: Mapped[datetime]
    actor_name: Mapped[str] = mapped_column(String(60))
    kind: Mapped[str] = mapped_column(String(12))
    before: Mapped[str | None] = mapped_column(String(20))
    after: Mapped[str | None] = mapped_column(String(20))
    reason: Mapped[str | None] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(Text)
    file_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("files.id", ondelete="RESTRICT"))
    file: Mapped[FileRow | None] = relationship(lazy="joined")


class SiteTypeRow(Base):
    """A site type that the city added to those of `SiteType`."""

    __tablename__ = "site_types"

    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    label: Mapped[str] = mapped_column(String(40), unique=True)
    several_partners: Mapped[bool]


class StationRow(Base):
    """A site at an enterprise."""

    __tablename__ = "stations"
    __table_args__ = (_AUTO,)

    id: Mapped[int] = mapped_column(BIG, Identity(), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    type: Mapped[str] = mapped_column(String(40), index=True)
    level: Mapped[str] = mapped_column(String(20))
    enterprise_id: Mapped[str] = mapped_column(
        ID, ForeignKey("enterprises.id", ondelete="RESTRICT"), index=True
    )
    county: Mapped[str] = mapped_column(String(50), index=True)
    agreed_on: Mapped[date]
    ends_on: Mapped[date] = mapped_column(index=True)
    status: Mapped[str] = mapped_column(String(20), index=True)
    pairing_id: Mapped[int | None] = mapped_column(
        BIG, ForeignKey("pairings.id", ondelete="SET NULL"), index=True
    )
    note: Mapped[str] = mapped_column(Text)
    version: Mapped[int]
    partners: Mapped[list["StationPartnerRow"]] = relationship(
        order_by="StationPartnerRow.position",
        cascade="all, delete-orphan",
        passive_deletes=True,
        lazy="selectin",
    )
    assessments: Mapped[list["AssessmentRow"]] = relationship(
        order_by="AssessmentRow.year",
        cascade="all, delete-orphan",
        passive_deletes=True,
        lazy="selectin",
    )


class StationPartnerRow(Base):
    """A partner of a station."""

    __tablename__ = "station_partners"

    station_id: Mapped[int] = mapped_column(
        BIG, ForeignKey("stations.id", ondelete="CASCADE"), primary_key=True
    )
    partner_id: Mapped[str] = mapped_column(
        ID, ForeignKey("partners.id", ondelete="RESTRICT"), primary_key=True, index=True
    )
    position: Mapped[int]


class AssessmentRow(Base):
    """A station's yearly assessment."""

    __tablename__ = "assessments"

    station_id: Mapped[int] = mapped_column(
        BIG, ForeignKey("stations.id", ondelete="CASCADE"), primary_key=True
    )
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    score: Mapped[float]
    note: Mapped[str] = mapped_column(Text)


class OutcomeRow(Base):
    """An outcome of a pairing or a station."""

    __tablename__ = "outcomes"
    __table_args__ = (_AUTO,)

    id: Mapped[int] = mapped_column(BIG, Identity(), primary_key=True)
    kind: Mapped[str] = mapped_column(String(12), index=True)
    title: Mapped[str] = mapped_column(String(300))
    on: Mapped[date] = mapped_column(index=True)
    county: Mapped[str] = mapped_column(String(50), index=True)
    pairing_id: Mapped[int | None] = mapped_column(
        BIG, ForeignKey("pairings.id", ondelete="RESTRICT"), index=True
    )
    station_id: Mapped[int | None] = mapped_column(
        BIG, ForeignKey("stations.id", ondelete="RESTRICT"), index=True
    )
    number: Mapped[str] = mapped_column(String(60))
    amount: Mapped[float | None]
    note: Mapped[str] = mapped_column(Text)


class AssociationRow(Base):
    """An enterprise association, a liaison office, or a park's association."""

    __tablename__ = "associations"
    __table_args__ = (_AUTO,)

    id: Mapped[int] = mapped_column(BIG, Identity(), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(12), index=True)
    county: Mapped[str] = mapped_column(String(50), index=True)
    enterprise_id: Mapped[str | None] = mapped_column(
        ID, ForeignKey("enterprises.id", ondelete="RESTRICT"), index=True
    )
    park: Mapped[str] = mapped_column(String(100))
    status: Mapped[str] = mapped_column(String(12), index=True)
    approved_on: Mapped[date | None]
    approved_by: Mapped[str] = mapped_column(String(100))
    founded_on: Mapped[date | None]
    chair: Mapped[str] = mapped_column(String(60))
    secretary: Mapped[str] = mapped_column(String(60))
    liaison: Mapped[str] = mapped_column(String(60))
    members: Mapped[int | None]
    last_congress: Mapped[date | None]
    check: Mapped[dict[str, Any]]
    last_activity: Mapped[date | None]
    note: Mapped[str] = mapped_column(Text)
    version: Mapped[int]


class AssociationTargetRow(Base):
    """How many associations a county, or with an empty county the city, shall have by a year."""

    __tablename__ = "association_targets"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    county: Mapped[str] = mapped_column(String(50), primary_key=True)
    target: Mapped[int]
