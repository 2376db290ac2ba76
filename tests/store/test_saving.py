"""Saving: few statements for what is new, and fingerprints that stay what they are."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from sqlalchemy import event

from matcher.records import Enterprise, Evidence, EvidenceType, Need, Partner, PartnerKind, Side
from matcher.store.changes import changed_owners
from matcher.store.codec import fingerprint
from matcher.store.database import Database
from matcher.store.needs import save_needs
from matcher.store.partners import get_partners, save_partners
from matcher.store.passages import passages_of
from matcher.store.vectors import load_vectors, save_vectors
from tests.conftest import CONTACTS, NEEDS, TANNING

pytestmark = pytest.mark.any_database


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """The statements that go to the database meanwhile."""
    asked: list[str] = []

    def note(*about: object) -> None:
        asked.append(str(about[2]))

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(database.engine, "before_cursor_execute", note)


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (
            Partner(
                id="P1",
                kind=PartnerKind.EXPERT,
                name="张某某",
                disciplines=("电器学",),
                evidence=(
                    Evidence(id="1", type=EvidenceType.PAPER, title="触头", keywords=("温升",)),
                ),
            ),
            "149453588e39b3b693898d9204bb3ef8",
        ),
        (
            Need(id="N1", title="题", deadline=date(2027, 6, 30), budget=80.5),
            "5e37bcde61c7f0bfbad0c238cf3b2408",
        ),
        (Enterprise(id="E1", name="甲厂", high_tech=True), "4f0ca8b5f25701fadaeb381bff171a2b"),
    ],
)
def test_fingerprints_are_those_of_libraries_that_exist(
    record: Partner | Need | Enterprise, expected: str
) -> None:
    assert fingerprint(record) == expected
    assert fingerprint(replace(record, sample=True)) != expected


def test_what_is_new_is_not_looked_up(database: Database) -> None:
    people = [replace(CONTACTS, id=f"P{n}") for n in range(400)]
    with database.writing() as session, statements(database) as asked:
        save_partners(session, people)
    assert len([s for s in asked if s.startswith("INSERT")]) == 5
    assert not [s for s in asked if "FROM passages" in s or s.startswith("DELETE")]
    with database.reading() as session:
        assert get_partners(session, ["P0", "P399"]) == {"P0": people[0], "P399": people[399]}


def test_new_and_changed_records_in_one_save(database: Database) -> None:
    with database.writing() as session:
        save_partners(session, [CONTACTS])
        kept = {p.id for p in passages_of(session, Side.PARTNER, ["X1"])}
        counts = save_partners(session, [replace(CONTACTS, title="教授"), TANNING])
        assert (counts.created, counts.updated) == (1, 1)
        assert {p.id for p in passages_of(session, Side.PARTNER, ["X1"])} == kept
        assert len(passages_of(session, Side.PARTNER, ["X2"])) == 2
        assert sorted(changed_owners(session, Side.PARTNER, 1)) == ["X1", "X2"]


def test_needs_get_their_passages_at_once(database: Database) -> None:
    with database.writing() as session:
        save_needs(session, NEEDS)
        save_needs(session, [replace(NEEDS[0], problem="换了一个问题。")])
        texts = [p.text for p in passages_of(session, Side.NEED, [need.id for need in NEEDS])]
    assert len(texts) == len(NEEDS)
    assert f"{NEEDS[0].title}\n换了一个问题。" in texts


def test_vectors_in_any_order_go_in_once(database: Database) -> None:
    vectors = {f"h{n:04}": np.full(4, n / 2000, dtype=np.float32) for n in range(1200)}
    with database.appending() as session:
        save_vectors(session, "m", dict(reversed(vectors.items())))
        save_vectors(session, "m", {"h0003": np.ones(4, dtype=np.float32)})
    with database.reading() as session:
        found = load_vectors(session, "m", vectors)
    assert found.keys() == vectors.keys()
    assert all(found[key] == pytest.approx(vectors[key], abs=1e-3) for key in vectors)
