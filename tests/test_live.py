"""The indexes of a process follow the store."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import text

from matcher.errors import IndexStateError
from matcher.index.snapshot import current_snapshot, save_snapshot
from matcher.live import LiveIndex
from matcher.records import Side
from matcher.service import Matcher
from matcher.store.changes import library_state
from matcher.store.database import Database, open_database
from matcher.verify import verify_indexes
from tests.conftest import CONTACTS, TANNING
from tests.fakes import HashEncoder

CONTACT_NEED = "断路器触头温升过高，银合金触头发热"
TANNING_NEED = "牛皮制革无铬鞣制的收缩温度不够"


def first(matcher: Matcher, text: str) -> str:
    return matcher.match_text(text).matches[0].partner.id


def test_what_is_saved_is_found_at_once_and_what_is_deleted_is_gone(filled: Matcher) -> None:
    assert first(filled, CONTACT_NEED) == "X1"
    filled.delete_partner("X1")
    assert "X1" not in {m.partner.id for m in filled.match_text(CONTACT_NEED).matches}
    filled.save_partners([replace(TANNING, id="X7", profile="断路器触头温升", evidence=())])
    assert "X7" in {m.partner.id for m in filled.match_text(CONTACT_NEED).matches}


def test_a_changed_partner_is_found_by_its_new_text_alone(filled: Matcher) -> None:
    first(filled, CONTACT_NEED)
    filled.save_partners([replace(CONTACTS, profile="深水网箱养殖大黄鱼。", evidence=())])
    found = {m.partner.id: m for m in filled.match_text("深水网箱大黄鱼养殖病害").matches}
    assert found["X1"].evidence[0].text == "深水网箱养殖大黄鱼。"
    assert verify_indexes(filled) == []


def test_a_second_process_follows(filled: Matcher, database: Database, tmp_path: Path) -> None:
    encoder = HashEncoder()
    other = Matcher(database, encoder, LiveIndex(database, encoder, tmp_path / "index"))
    assert first(other, CONTACT_NEED) == "X1"
    assert encoder.encoded == [] or first(filled, CONTACT_NEED) == "X1"
    filled.delete_partner("X1")
    assert first(other, CONTACT_NEED) != "X1"


def test_a_text_is_embedded_once(filled: Matcher, encoder: HashEncoder) -> None:
    filled.index.refresh()
    embedded = len(encoder.encoded)
    filled.save_partners([replace(CONTACTS, id="X9")])
    filled.index.rebuild()
    assert len(encoder.encoded) == embedded
    assert len(set(encoder.encoded)) == embedded


def test_a_snapshot_brings_the_indexes_back(filled: Matcher, database: Database) -> None:
    filled.index.rebuild()
    before = filled.match_text(CONTACT_NEED)
    folder = filled.index.save().parent
    encoder = HashEncoder()
    loaded = Matcher(database, encoder, LiveIndex(database, encoder, folder))
    assert loaded.index.load()
    after = loaded.match_text(CONTACT_NEED)
    assert [(m.partner, m.evidence) for m in after.matches] == [
        (m.partner, m.evidence) for m in before.matches
    ]
    assert [m.score for m in after.matches] == pytest.approx([m.score for m in before.matches])
    assert verify_indexes(loaded) == []
    assert len(list(folder.glob("snapshot-*"))) == 2  # the current one and the one before


def test_an_older_snapshot_catches_up(filled: Matcher, database: Database) -> None:
    filled.index.rebuild()
    folder = filled.index.save().parent
    filled.delete_partner("X1")
    encoder = HashEncoder()
    loaded = Matcher(database, encoder, LiveIndex(database, encoder, folder))
    loaded.index.load()
    assert "X1" not in {m.partner.id for m in loaded.match_text(CONTACT_NEED).matches}


def test_no_snapshot_is_no_error(matcher: Matcher) -> None:
    assert matcher.index.load() is False


@pytest.mark.parametrize("other", [HashEncoder(32), HashEncoder(64, "another")])
def test_a_snapshot_of_another_model_is_refused(
    filled: Matcher, database: Database, other: HashEncoder
) -> None:
    filled.index.rebuild()
    folder = filled.index.save().parent
    with pytest.raises(IndexStateError, match="模型") as raised:
        LiveIndex(database, other, folder).load()
    assert "matcher index build" in raised.value.message
    assert current_snapshot(folder) is not None


def test_a_snapshot_of_another_library_is_refused(filled: Matcher, tmp_path: Path) -> None:
    filled.index.rebuild()
    folder = filled.index.save().parent
    other = open_database(f"sqlite:///{tmp_path / 'other.sqlite3'}")
    with pytest.raises(IndexStateError, match="另一个数据库"):
        LiveIndex(other, HashEncoder(), folder).load()


def go_back_one_revision(database: Database) -> None:
    """What restoring a backup from before the last change leaves."""
    with database.writing() as session:
        session.execute(text("DELETE FROM revisions WHERE number = (SELECT revision FROM library)"))
        session.execute(text("DELETE FROM partners WHERE id = 'X9'"))
        session.execute(text("DELETE FROM passages WHERE owner_id = 'X9'"))
        session.execute(text("DELETE FROM changes WHERE owner_id = 'X9'"))
        session.execute(text("UPDATE library SET revision = revision - 1"))


@pytest.mark.parametrize("goes_on", [False, True])
def test_a_snapshot_from_before_a_restore_is_refused(
    filled: Matcher, database: Database, goes_on: bool
) -> None:
    filled.save_partners([replace(CONTACTS, id="X9")])
    filled.index.rebuild()
    folder = filled.index.save().parent
    go_back_one_revision(database)
    if goes_on:
        filled.save_partners([replace(TANNING, id="X8")])
    with pytest.raises(IndexStateError, match="备份"):
        LiveIndex(database, HashEncoder(), folder).load()


@pytest.mark.parametrize("goes_on", [False, True])
def test_a_running_process_notices_a_restore(
    filled: Matcher, database: Database, goes_on: bool
) -> None:
    filled.save_partners([replace(CONTACTS, id="X9")])
    assert "X9" in {m.partner.id for m in filled.match_text(CONTACT_NEED).matches}
    go_back_one_revision(database)
    if goes_on:
        filled.save_partners([replace(TANNING, id="X8")])
    found = {m.partner.id for m in filled.match_text(CONTACT_NEED, top=50).matches}
    assert "X9" not in found
    assert ("X8" in found) == goes_on
    assert verify_indexes(filled) == []


def test_a_snapshot_that_cannot_be_written_leaves_the_current_one(
    filled: Matcher, tmp_path: Path
) -> None:
    filled.index.rebuild()
    folder = filled.index.save().parent
    before = current_snapshot(folder)
    assert before is not None
    with filled.index.current() as sides:
        broken = {Side.PARTNER: sides[Side.PARTNER], Side.NEED: None}
        with pytest.raises(AttributeError):
            save_snapshot(folder, before.stamp, broken)  # type: ignore[arg-type]
    assert current_snapshot(folder) == before
    assert list(folder.glob("writing-*")) == []
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(IndexStateError, match="无法写入"):
        save_snapshot(tmp_path / "file", before.stamp, {})


def test_closing_brings_the_snapshot_up_to_date(filled: Matcher, database: Database) -> None:
    filled.index.rebuild()
    folder = filled.index.save().parent
    filled.save_partners([replace(CONTACTS, id="X9")])
    filled.index.refresh()
    filled.close()
    snapshot = current_snapshot(folder)
    assert snapshot is not None
    with database.reading() as session:
        assert snapshot.stamp.token == library_state(session).token


@pytest.mark.parametrize(
    "name", ["stamp.json", "partner/words.npz", "need/vectors.faiss", "need/scripts.npy"]
)
def test_a_damaged_snapshot_is_refused_and_can_be_rebuilt(filled: Matcher, name: str) -> None:
    filled.index.rebuild()
    (filled.index.save() / name).write_bytes(b"rubbish")
    with pytest.raises(IndexStateError, match="matcher index build"):
        filled.index.load()
    filled.index.rebuild()
    assert filled.index.load()
    assert verify_indexes(filled) == []


def test_verification_finds_a_difference(filled: Matcher) -> None:
    filled.index.refresh()
    with filled.index.current() as sides:
        index = sides[Side.PARTNER]
        some = index.catalogue.passage_ids()[:1]
        index.words.remove(some)
    assert any("词语" in fault for fault in verify_indexes(filled))
    with filled.index.current() as sides:
        sides[Side.NEED].drop_many(["N2"])
    assert any("数据库有" in fault for fault in verify_indexes(filled))
    with filled.index.current() as sides:
        dimension = sides[Side.PARTNER].vectors.dimension
        wrong = np.full((1, dimension), dimension**-0.5, dtype=np.float32)
        sides[Side.PARTNER].vectors.remove(some)
        sides[Side.PARTNER].vectors.add(some, wrong)
    assert any("向量" in fault for fault in verify_indexes(filled))
