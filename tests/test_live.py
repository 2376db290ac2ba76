"""The indexes of a process follow the store."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from sqlalchemy import text

from matcher import following, live
from matcher.bootstrap import load_judgement
from matcher.errors import IndexStateError
from matcher.index.passages import DENSE
from matcher.index.snapshot import Stamp, current_snapshot, save_snapshot
from matcher.live import LiveIndex
from matcher.records import SearchFilter, Side
from matcher.service import Matcher
from matcher.store.changes import library_state
from matcher.store.database import Database, open_database
from matcher.store.tables import VectorRow
from matcher.store.vectors import drop_unused_vectors, round_as_stored
from matcher.text.script import Script
from matcher.verify import verify_indexes
from tests.conftest import CONTACTS, NEEDS, PARTNERS, TANNING
from tests.fakes import HashEncoder

pytestmark = pytest.mark.any_database

REFERENCES = ("断路器触头发热\n温升过高", "皮革鞣制废水\n含铬", "水泵漏油\n密封圈老化")
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
    other = Matcher(
        database, encoder, LiveIndex(database, encoder, tmp_path / "index"), load_judgement()
    )
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
    filled.index.save()
    folder = filled.index.folder
    encoder = HashEncoder()
    loaded = Matcher(database, encoder, LiveIndex(database, encoder, folder), load_judgement())
    assert loaded.index.load()
    after = loaded.match_text(CONTACT_NEED)
    assert [(m.partner, m.evidence) for m in after.matches] == [
        (m.partner, m.evidence) for m in before.matches
    ]
    assert [m.score for m in after.matches] == pytest.approx([m.score for m in before.matches])
    assert verify_indexes(loaded) == []
    kept = list(loaded.index.snapshots.glob("snapshot-*"))
    assert len(kept) == 2, "the current one and the one before"


def test_an_older_snapshot_catches_up(filled: Matcher, database: Database) -> None:
    filled.index.rebuild()
    folder = filled.index.save().parent
    filled.delete_partner("X1")
    encoder = HashEncoder()
    loaded = Matcher(database, encoder, LiveIndex(database, encoder, folder), load_judgement())
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
    folder = filled.index.folder
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

    def fails(draft: Path) -> Stamp:
        (draft / "half").write_text("written")
        raise RuntimeError("the disk is full")

    with pytest.raises(IndexStateError, match="无法写入"):
        save_snapshot(folder, fails)
    assert current_snapshot(folder) == before
    assert list(folder.glob("writing-*")) == []
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(IndexStateError, match="无法写入"):
        save_snapshot(tmp_path / "file", lambda draft: before.stamp)


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
    "name",
    [
        "stamp.json",
        "partner/pairs/term_rows.i32",
        "partner/characters/document_terms.i32",
        "partner/hubness.f32",
        "partner/han/rows.f16",
        "need/names.json",
        "need/ids.i64",
    ],
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
        index.pairs.remove(index.catalogue.rows(some))
    assert any("词组" in fault for fault in verify_indexes(filled))
    with filled.index.current() as sides:
        sides[Side.NEED].drop_many(["N2"])
    assert any("数据库有" in fault for fault in verify_indexes(filled))
    with filled.index.current() as sides:
        vectors = sides[Side.PARTNER].vectors[Script.HAN]
        wrong = np.full((1, vectors.dimension), vectors.dimension**-0.5, dtype=np.float32)
        vectors.add(some, wrong)
    assert any("向量" in fault for fault in verify_indexes(filled))


class AskedEncoder(HashEncoder):
    """Notes the queries it embeds."""

    def __init__(self, dimension: int = 64, model_id: str = "hash") -> None:
        super().__init__(dimension, model_id)
        self.asked: list[str] = []

    def encode_query(self, text: str) -> NDArray[np.float32]:
        self.asked.append(text)
        return super().encode_query(text)


@pytest.fixture
def measured(database: Database, encoder: HashEncoder, tmp_path: Path) -> Matcher:
    """The small library, with reference needs."""
    matcher = Matcher(
        database,
        encoder,
        LiveIndex(database, encoder, tmp_path / "index", REFERENCES),
        load_judgement(),
    )
    matcher.save_partners(PARTNERS)
    matcher.save_needs(NEEDS)
    return matcher


def dense_scores(matcher: Matcher, side: Side, text: str) -> dict[int, float]:
    with matcher.index.current() as sides:
        found = sides[side].search(text, matcher.encoder.encode_query(text), SearchFilter())
    return dict(zip(found.passage_ids.tolist(), found.scores[DENSE].tolist(), strict=True))


def test_references_lower_the_scores_of_partners_alone(filled: Matcher, measured: Matcher) -> None:
    plain = dense_scores(filled, Side.PARTNER, CONTACT_NEED)
    lowered = dense_scores(measured, Side.PARTNER, CONTACT_NEED)
    assert plain.keys() == lowered.keys()
    assert all(lowered[passage] < plain[passage] for passage in plain)
    assert dense_scores(measured, Side.NEED, CONTACT_NEED) == pytest.approx(
        dense_scores(filled, Side.NEED, CONTACT_NEED)
    )


def test_an_index_with_references_agrees_with_the_store(measured: Matcher) -> None:
    assert first(measured, CONTACT_NEED) == "X1"
    assert verify_indexes(measured) == []
    measured.save_partners([replace(CONTACTS, id="X9")])
    measured.delete_partner("X2")
    assert verify_indexes(measured) == []


def test_a_snapshot_with_references_gives_the_same_answers(
    measured: Matcher, database: Database, encoder: HashEncoder
) -> None:
    measured.index.rebuild()
    folder = measured.index.folder
    loaded = Matcher(
        database, encoder, LiveIndex(database, encoder, folder, REFERENCES), load_judgement()
    )
    assert loaded.index.load()
    before, after = measured.match_text(CONTACT_NEED), loaded.match_text(CONTACT_NEED)
    assert after.matches == before.matches


@pytest.mark.parametrize(
    "other",
    [(), REFERENCES[:2], REFERENCES[::-1], (REFERENCES[0] + REFERENCES[1], REFERENCES[2])],
)
def test_a_snapshot_made_with_other_references_is_refused(
    measured: Matcher, database: Database, encoder: HashEncoder, other: tuple[str, ...]
) -> None:
    measured.index.rebuild()
    folder = measured.index.folder
    with pytest.raises(IndexStateError, match="matcher index build"):
        LiveIndex(database, encoder, folder, other).load()


def test_vectors_of_references_are_cached_by_model(database: Database, tmp_path: Path) -> None:
    def asked(encoder: AskedEncoder, references: tuple[str, ...]) -> list[str]:
        encoder.asked.clear()
        LiveIndex(database, encoder, tmp_path / "index", references)
        return encoder.asked

    assert asked(AskedEncoder(), REFERENCES[:2]) == list(REFERENCES[:2])
    assert asked(AskedEncoder(), REFERENCES) == [REFERENCES[2]]
    assert asked(AskedEncoder(), REFERENCES) == []
    assert asked(AskedEncoder(model_id="another"), REFERENCES) == list(REFERENCES)


def test_a_cached_reference_is_the_one_that_was_embedded(
    measured: Matcher, database: Database, encoder: HashEncoder
) -> None:
    measured.index.save()
    again = LiveIndex(database, encoder, measured.index.folder, REFERENCES)
    assert again.load()
    with again.current() as sides, measured.index.current() as own:
        rows = np.arange(sides[Side.PARTNER].catalogue.row_count)
        cached = sides[Side.PARTNER].hubness(rows)
        assert np.array_equal(cached, own[Side.PARTNER].hubness(rows))
    vectors = round_as_stored(np.stack([encoder.encode_query(text) for text in REFERENCES]))
    hubness = (vectors @ round_as_stored(encoder.encode_passages([CONTACTS.profile])).T).mean()
    assert np.abs(cached - hubness).min() < 1e-3


def test_a_passage_with_the_text_of_a_reference_has_its_own_vector(measured: Matcher) -> None:
    class Apart(HashEncoder):
        """Embeds queries otherwise than passages, as models with prompts do."""

        def encode_query(self, text: str) -> NDArray[np.float32]:
            return super().encode_query(f"query: {text}")

    encoder = Apart(model_id="apart")
    index = LiveIndex(measured.database, encoder, Path("unused"), [CONTACTS.profile])
    matcher = Matcher(measured.database, encoder, index, load_judgement())
    assert verify_indexes(matcher) == []
    assert CONTACTS.profile in " ".join(encoder.encoded)


def test_keys_of_cached_references_fit_their_column(measured: Matcher) -> None:
    longest = VectorRow.__table__.c.content_hash.type.length
    with measured.reading() as session:
        keys = session.execute(text("SELECT content_hash FROM vectors")).scalars().all()
    assert len(keys) >= len(REFERENCES)
    assert max(map(len, keys)) <= longest


def test_pruning_the_cache_leaves_the_references(measured: Matcher, tmp_path: Path) -> None:
    measured.index.refresh()
    with measured.writing() as session:
        drop_unused_vectors(session)
    encoder = AskedEncoder()
    LiveIndex(measured.database, encoder, tmp_path / "index", REFERENCES)
    assert encoder.asked == []


def beside(matcher: Matcher, encoder: HashEncoder | None = None) -> Matcher:
    """Another process over the same store and snapshots."""
    index = LiveIndex(matcher.database, encoder or HashEncoder(), matcher.index.folder)
    return Matcher(matcher.database, encoder or HashEncoder(), index, load_judgement())


def test_two_models_have_their_snapshots_side_by_side(filled: Matcher) -> None:
    filled.index.rebuild()
    other = beside(filled, HashEncoder(model_id="another"))
    with pytest.raises(IndexStateError, match="不能混用"):
        other.index.load()
    other.index.rebuild()
    assert other.index.snapshots != filled.index.snapshots
    for each in (filled, other, beside(filled)):
        assert each.index.load()
        assert verify_indexes(each) == []


def test_a_large_change_is_taken_over_beside_and_no_question_waits(
    filled: Matcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "_WAITED_FOR", 2)
    filled.index.rebuild()
    filled.index.follow_in_background()
    before = filled.index.revision
    with filled.index.current():  # so that the other thread's snapshot comes after the question
        filled.save_partners([replace(CONTACTS, id=f"X{number}") for number in range(20, 25)])
        assert filled.index.refresh() == 0
        assert filled.index.revisions_behind == 1
        assert filled.index.revision == before
    filled.index.wait_until_caught_up()
    assert "X20" in {m.partner.id for m in filled.match_text(CONTACT_NEED, top=50).matches}
    assert filled.index.revisions_behind == 0
    assert verify_indexes(filled) == []


def test_a_small_change_is_found_at_once_also_where_large_ones_wait(filled: Matcher) -> None:
    filled.index.rebuild()
    filled.index.follow_in_background()
    filled.save_partners([replace(CONTACTS, id="X9")])
    assert "X9" in {m.partner.id for m in filled.match_text(CONTACT_NEED).matches}


def test_far_from_the_snapshot_another_one_is_written_and_others_take_it_over(
    filled: Matcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "_UNSAVED", 5)
    filled.index.rebuild()
    other = beside(filled)
    assert other.index.load()
    first = current_snapshot(filled.index.snapshots)
    filled.save_partners([replace(CONTACTS, id=f"X{number}") for number in range(20, 25)])
    filled.index.refresh()
    second = current_snapshot(filled.index.snapshots)
    assert first is not None
    assert second is not None
    assert second.stamp.revision > first.stamp.revision
    assert filled.index.sizes()[Side.PARTNER][2] == 0
    filled.save_partners([replace(TANNING, id="X30")])
    assert other.index.refresh() == 1, "the snapshot has all but the last"
    for each in (filled, other):
        assert verify_indexes(each) == []


def test_very_many_changes_are_built_anew_in_constant_memory(
    filled: Matcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled.index.rebuild()
    monkeypatch.setattr(following, "_ANEW_FROM", 3)
    filled.save_partners([replace(CONTACTS, id=f"X{number}") for number in range(20, 25)])
    told: list[tuple[int, int]] = []
    filled.index.refresh(lambda done, total: told.append((done, total)))
    assert told[-1] == (len(PARTNERS) + len(NEEDS) + 5,) * 2
    assert filled.index.sizes()[Side.PARTNER][2] == 0
    assert verify_indexes(filled) == []


def test_what_fails_beside_is_logged_and_tried_again(
    filled: Matcher, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(live, "_WAITED_FOR", 0)
    filled.index.rebuild()
    filled.index.follow_in_background()

    def full(folder: Path, write: object) -> None:
        raise IndexStateError("索引无法写入：磁盘已满")

    with monkeypatch.context() as patched:
        patched.setattr(following, "save_snapshot", full)
        filled.save_partners([replace(CONTACTS, id="X9")])
        filled.match_text(CONTACT_NEED)
        filled.index.wait_until_caught_up()
    assert "磁盘已满" in caplog.text
    filled.match_text(CONTACT_NEED)
    filled.index.wait_until_caught_up()
    assert "X9" in {m.partner.id for m in filled.match_text(CONTACT_NEED).matches}
