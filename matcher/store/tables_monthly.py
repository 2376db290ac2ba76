"""Tables of the monthly work: facts that rules ask for, plans, batches and what they made."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Identity, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from matcher.store.tables import BIG, ID, Base

_AUTO: dict[str, Any] = {"sqlite_autoincrement": True}


class SiteFactRow(Base):
    """A fact that a rule asks for and that staff have found out."""

    __tablename__ = "site_facts"

    owner: Mapped[str] = mapped_column(String(12), primary_key=True)
    owner_id: Mapped[str] = mapped_column(ID, primary_key=True)
    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[Any] = mapped_column(JSON)
    note: Mapped[str] = mapped_column(String(300))
    noted_on: Mapped[date]
    noted_by: Mapped[str] = mapped_column(String(60))


class PlanMarkRow(Base):
    """A pair that staff want in every plan (pin), or in none (exclude)."""

    __tablename__ = "plan_marks"

    need_id: Mapped[str] = mapped_column(
        ID, ForeignKey("needs.id", ondelete="CASCADE"), primary_key=True
    )
    partner_id: Mapped[str] = mapped_column(
        ID, ForeignKey("partners.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    mark: Mapped[str] = mapped_column(String(12))
    note: Mapped[str] = mapped_column(String(300))
    marked_at: Mapped[datetime]
    marked_by: Mapped[str] = mapped_column(String(60))


class BatchRow(Base):
    """A monthly run: what it was made from, how far it has come, how it ended.

    `month` is YYYY-MM; `revision` and `token` name the library's state, `settings` everything that
    the result depends on beside it.
    """

    __tablename__ = "batches"
    __table_args__ = (_AUTO,)

    id: Mapped[int] = mapped_column(BIG, Identity(), primary_key=True)
    month: Mapped[str] = mapped_column(String(7), index=True)
    state: Mapped[str] = mapped_column(String(12), index=True)
    out: Mapped[str] = mapped_column(String(1000))
    settings: Mapped[dict[str, Any]]
    model_id: Mapped[str] = mapped_column(String(200))
    revision: Mapped[int] = mapped_column(BIG)
    token: Mapped[str] = mapped_column(String(32))
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    started_by: Mapped[str] = mapped_column(String(60))
    host: Mapped[str] = mapped_column(String(100))
    pid: Mapped[int]
    cancel: Mapped[bool]
    error: Mapped[str] = mapped_column(Text)
    runs: Mapped[int]


class BatchStepRow(Base):
    """How far a step of a batch has come."""

    __tablename__ = "batch_steps"

    batch_id: Mapped[int] = mapped_column(
        BIG, ForeignKey("batches.id", ondelete="CASCADE"), primary_key=True
    )
    step: Mapped[str] = mapped_column(String(20), primary_key=True)
    position: Mapped[int]
    done: Mapped[int]
    total: Mapped[int]
    seconds: Mapped[float]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class BatchNeedRow(Base):
    """What a batch found out about one need; a part that is not there yet is None."""

    __tablename__ = "batch_needs"

    batch_id: Mapped[int] = mapped_column(
        BIG, ForeignKey("batches.id", ondelete="CASCADE"), primary_key=True
    )
    need_id: Mapped[str] = mapped_column(ID, primary_key=True)
    position: Mapped[int]
    screening: Mapped[dict[str, Any] | None]
    candidates: Mapped[list[Any] | None] = mapped_column(JSON)


class BatchFiguresRow(Base):
    """A report of a batch as data, one for each edition."""

    __tablename__ = "batch_figures"

    batch_id: Mapped[int] = mapped_column(
        BIG, ForeignKey("batches.id", ondelete="CASCADE"), primary_key=True
    )
    county: Mapped[str] = mapped_column(String(50), primary_key=True)
    year_to_date: Mapped[bool] = mapped_column(primary_key=True)
    report: Mapped[dict[str, Any]]


class BatchDocumentRow(Base):
    """A document that a batch wrote; `path` is below its folder."""

    __tablename__ = "batch_documents"
    __table_args__ = (Index("ix_batch_documents_batch", "batch_id"), _AUTO)

    id: Mapped[int] = mapped_column(BIG, Identity(), primary_key=True)
    batch_id: Mapped[int] = mapped_column(BIG, ForeignKey("batches.id", ondelete="CASCADE"))
    county: Mapped[str] = mapped_column(String(50))
    kind: Mapped[str] = mapped_column(String(20))
    path: Mapped[str] = mapped_column(String(500))
    size: Mapped[int] = mapped_column(BIG)
    sha256: Mapped[str] = mapped_column(String(64))
    file_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("files.id", ondelete="RESTRICT"))


class PlanRow(Base):
    """A plan of a month: the pairs that the assignment proposes.

    `figures` holds what they amount to, beside the greedy and the naive choice.
    """

    __tablename__ = "plans"
    __table_args__ = (_AUTO,)

    id: Mapped[int] = mapped_column(BIG, Identity(), primary_key=True)
    month: Mapped[str] = mapped_column(String(7), index=True)
    batch_id: Mapped[int | None] = mapped_column(
        BIG, ForeignKey("batches.id", ondelete="SET NULL"), index=True
    )
    made_at: Mapped[datetime]
    made_by: Mapped[str] = mapped_column(String(60))
    model_id: Mapped[str] = mapped_column(String(200))
    revision: Mapped[int] = mapped_column(BIG)
    token: Mapped[str] = mapped_column(String(32))
    settings: Mapped[dict[str, Any]]
    figures: Mapped[dict[str, Any]]


class PlanPairRow(Base):
    """A pair that a plan proposes, and what staff decided about it."""

    __tablename__ = "plan_pairs"

    plan_id: Mapped[int] = mapped_column(
        BIG, ForeignKey("plans.id", ondelete="CASCADE"), primary_key=True
    )
    need_id: Mapped[str] = mapped_column(
        ID, ForeignKey("needs.id", ondelete="CASCADE"), primary_key=True
    )
    partner_id: Mapped[str] = mapped_column(
        ID, ForeignKey("partners.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    county: Mapped[str] = mapped_column(String(50), index=True)
    position: Mapped[int]
    rank: Mapped[int]
    probability: Mapped[float]
    reason: Mapped[str] = mapped_column(Text)
    pinned: Mapped[bool]
    sites: Mapped[list[Any]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(12), index=True)
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str] = mapped_column(String(60))
