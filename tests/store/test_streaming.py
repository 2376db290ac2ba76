"""A whole side, block by block: as it stands in the store, in two statements a block."""

from dataclasses import replace

import numpy as np
import pytest
from sqlalchemy import event

from matcher.records import OwnerFacts, PartnerKind, Side
from matcher.store.database import Database
from matcher.store.needs import save_needs
from matcher.store.partners import delete_partner, save_partners
from matcher.store.passages import owner_facts, passages_of
from matcher.store.streaming import OwnerBlock, stream_owners
from matcher.store.vectors import save_vectors
from tests.conftest import CONTACTS, NEEDS, PARTNERS, SOCIETY

pytestmark = pytest.mark.any_database


def streamed(database: Database, side: Side = Side.PARTNER, **how: int | str) -> list[OwnerBlock]:
    with database.reading() as session:
        return list(stream_owners(session, side, "m", **how))  # type: ignore[arg-type]


@pytest.fixture
def filled_store(database: Database) -> Database:
    with database.writing() as session:
        save_partners(session, PARTNERS)
        save_needs(session, NEEDS)
        save_partners(session, [replace(CONTACTS, profile="另做高压开关。")])
    return database


@pytest.mark.parametrize("at_once", [1, 3, 4, 100])
@pytest.mark.parametrize("side", list(Side))
def test_it_gives_what_the_store_has_of_all_owners(
    filled_store: Database, side: Side, at_once: int
) -> None:
    records = PARTNERS if side is Side.PARTNER else NEEDS
    ids = sorted(record.id for record in records)
    blocks = streamed(filled_store, side, at_once=at_once)
    assert all(len(block.facts) == len(block.passages) <= at_once for block in blocks)
    with filled_store.reading() as session:
        facts = owner_facts(session, side, ids)
        expected = [(facts[key], passages_of(session, side, [key])) for key in ids]
    pairs = [pair for block in blocks for pair in zip(block.facts, block.passages, strict=True)]
    assert pairs == expected
    assert all(own for _, own in pairs)


def test_vectors_come_by_the_hash_of_the_text(filled_store: Database) -> None:
    with filled_store.writing() as session:
        first, *_, last = passages_of(session, Side.PARTNER, ["X1"])
        save_vectors(session, "m", {first.content_hash: np.array([0.6, 0.8], dtype=np.float32)})
        save_vectors(session, "other", {last.content_hash: np.array([1, 0], dtype=np.float32)})
    (block,) = streamed(filled_store)
    assert block.vectors.keys() == {first.content_hash}
    vector = block.vectors[first.content_hash]
    assert vector.dtype == np.float16
    assert vector == pytest.approx(np.array([0.6, 0.8], dtype=np.float16))


def test_two_owners_with_one_text_have_one_vector(database: Database) -> None:
    twin = replace(CONTACTS, id="X8")
    with database.writing() as session:
        save_partners(session, [CONTACTS, twin])
        hashes = {p.content_hash for p in passages_of(session, Side.PARTNER, ["X1", "X8"])}
        vector = np.array([1, 0], dtype=np.float32)
        save_vectors(session, "m", dict.fromkeys(hashes, vector))
    (block,) = streamed(database)
    first, second = ([p.content_hash for p in own] for own in block.passages)
    assert first == second
    assert block.vectors.keys() == set(first)


def test_an_owner_without_text_has_no_passages(database: Database) -> None:
    silent = replace(SOCIETY, id="A0", kind=PartnerKind.EXPERT, profile="", evidence=())
    with database.writing() as session:
        save_partners(session, [silent, CONTACTS])
        assert not passages_of(session, Side.PARTNER, ["A0"])
    (block,) = streamed(database)
    assert block.facts[0] == OwnerFacts("A0", "expert", "北京市")
    assert block.passages[0] == []
    assert block.passages[1] != []


def test_it_can_go_on_behind_an_owner_and_leaves_the_deleted_out(filled_store: Database) -> None:
    with filled_store.writing() as session:
        delete_partner(session, "X1")
    blocks = streamed(filled_store, after="O1", at_once=1)
    assert [owner.id for block in blocks for owner in block.facts] == ["S1", "X2"]
    assert streamed(filled_store, after="X2") == []


def test_a_block_costs_two_statements(filled_store: Database) -> None:
    asked: list[str] = []
    with filled_store.reading() as session:
        engine = filled_store.engine
        event.listen(engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
        assert len(list(stream_owners(session, Side.PARTNER, "m", at_once=2))) == 2
    assert len([statement for statement in asked if statement.startswith("SELECT")]) == 5
