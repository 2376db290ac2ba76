"""Plans, their pairs and marks in the store."""

from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from matcher.casework.pairings import PairingStage
from matcher.casework.plans import Mark, PairState, Plan, PlanMark
from matcher.casework.stations import StationLevel
from matcher.errors import ConflictError, NotFoundError
from matcher.records import PartnerKind
from matcher.service import Matcher
from matcher.store.plan_marks import (
    drop_mark,
    find_mark,
    list_marks,
    marks_of_needs,
    marks_of_partner,
    move_marks,
    part_marks,
    set_mark,
)
from matcher.store.plan_pairs import (
    PLAN_ORDERS,
    PairFilter,
    count_needs_served,
    count_pairs,
    count_planned,
    count_states,
    counties_of_plan,
    decide_pair,
    get_pair,
    move_pairs,
    needs_of_plan,
    pair_keys_of,
    pairs_of_needs,
    pairs_of_plan,
    partners_of_plan,
)
from matcher.store.plans import (
    add_plan,
    get_plan,
    latest_plan,
    latest_plan_ids,
    list_plans,
    plan_months,
)
from matcher.store.tables_casework import PairingRow
from tests.plans import NOW, PAIRS, SITE, plan

pytestmark = pytest.mark.any_database


@pytest.fixture
def kept(filled: Matcher) -> Plan:
    with filled.writing() as session:
        return add_plan(session, plan(), PAIRS)


def pair_with_stage(session: Session, stage: PairingStage) -> None:
    session.add(
        PairingRow(
            need_id="N1",
            partner_id="X1",
            county="乐清市",
            stage=stage,
            created_at=NOW,
            updated_at=NOW,
            version=1,
        )
    )
    session.flush()


def keys(session: Session, plan_id: int, **wanted: object) -> list[tuple[str, str]]:
    found = pairs_of_plan(session, plan_id, PairFilter(**wanted))  # type: ignore[arg-type]
    assert len(found) == count_pairs(session, plan_id, PairFilter(**wanted))  # type: ignore[arg-type]
    return [(pair.need_id, pair.partner_id) for pair in found]


def test_a_plan_comes_back_as_it_was(filled: Matcher, kept: Plan) -> None:
    with filled.reading() as session:
        assert get_plan(session, kept.id) == kept
        assert kept == replace(plan(), id=kept.id)
        assert pairs_of_plan(session, kept.id) == [replace(each, plan_id=kept.id) for each in PAIRS]
        assert get_pair(session, kept.id, "N1", "X1").sites == (SITE,)
        with pytest.raises(NotFoundError):
            get_plan(session, 99)
        with pytest.raises(NotFoundError):
            get_pair(session, kept.id, "N1", "X2")


def test_a_level_of_a_site_survives(filled: Matcher) -> None:
    site = replace(SITE, level=StationLevel.PROVINCIAL, missing=())
    with filled.writing() as session:
        made = add_plan(session, plan(), [replace(PAIRS[1], sites=(site,))])
        (found,) = pairs_of_plan(session, made.id)
    assert found.sites == (site,)
    assert found.sites[0].title == "学会服务站（省级）"


def test_the_latest_counts_and_none_is_lost(filled: Matcher, kept: Plan) -> None:
    with filled.writing() as session:
        later = add_plan(session, plan(), ())
        other = add_plan(session, plan("2026-10"), ())
    with filled.reading() as session:
        assert latest_plan(session, "2026-11") == later
        assert latest_plan(session, "2026-09") is None
        assert latest_plan_ids(session, ["2026-11", "2026-09"]) == {later.id}
        found, total = list_plans(session)
        assert ([each.id for each in found], total) == ([later.id, kept.id, other.id], 3)
        assert list_plans(session, month="2026-10") == ([other], 1)
        assert list_plans(session, offset=1, limit=1)[0] == [kept]
        assert plan_months(session) == ["2026-11", "2026-10"]


def test_which_pairs(filled: Matcher, kept: Plan) -> None:
    n1x1, n1s1, n2x2 = ("N1", "X1"), ("N1", "S1"), ("N2", "X2")
    with filled.reading() as session:
        assert keys(session, kept.id) == [n2x2, n1x1, n1s1]
        assert keys(session, kept.id, county="乐清市") == [n1x1, n1s1]
        assert keys(session, kept.id, kind=PartnerKind.SOCIETY) == [n1s1]
        assert keys(session, kept.id, least=0.25, below=0.75) == [n1x1]
        assert keys(session, kept.id, text="皮革") == [n2x2]
        assert keys(session, kept.id, text="n1") == [n1x1, n1s1]
        assert keys(session, kept.id, partner_id="S1") == [n1s1]
        assert keys(session, kept.id, state=PairState.ADOPTED) == []
        assert keys(session, 99) == []
        assert counties_of_plan(session, kept.id) == ["乐清市", "平阳县"]
        assert partners_of_plan(session, kept.id) == {"X1": 1, "S1": 1, "X2": 1}
        assert partners_of_plan(session, kept.id, "平阳县") == {"X2": 1}


def test_needs_of_a_plan_by_page_and_order(filled: Matcher, kept: Plan) -> None:
    with filled.reading() as session:
        assert needs_of_plan(session, kept.id) == (["N2", "N1"], 2)
        assert needs_of_plan(session, kept.id, order="probability") == (["N2", "N1"], 2)
        assert needs_of_plan(session, kept.id, order="probability", descending=True)[0] == [
            "N1",
            "N2",
        ]
        assert needs_of_plan(session, kept.id, order="county")[0] == ["N1", "N2"]
        assert needs_of_plan(session, kept.id, offset=1, limit=1) == (["N1"], 2)
        assert needs_of_plan(session, kept.id, PairFilter(kind=PartnerKind.SOCIETY)) == (["N1"], 1)
        for order in PLAN_ORDERS:
            assert needs_of_plan(session, kept.id, order=order)[1] == 2
        found = pairs_of_needs(session, kept.id, ["N1", "N3"])
        assert [pair.partner_id for pair in found["N1"]] == ["X1", "S1"]
        assert found["N3"] == []


def test_a_pair_is_decided_once(filled: Matcher, kept: Plan) -> None:
    with filled.writing() as session:
        pair = get_pair(session, kept.id, "N1", "X1")
        decide_pair(session, pair, PairState.ADOPTED, at=NOW, by="甲")
        with pytest.raises(ConflictError, match="别人已经"):
            decide_pair(session, pair, PairState.DROPPED, at=NOW, by="乙")
    with filled.reading() as session:
        pair = get_pair(session, kept.id, "N1", "X1")
        assert (pair.state, pair.decided_by, pair.decided_at) == (PairState.ADOPTED, "甲", NOW)
        assert count_states(session, [kept.id])[kept.id] == {
            PairState.PROPOSED: 2,
            PairState.ADOPTED: 1,
            PairState.DROPPED: 0,
        }
        assert sum(count_states(session, [kept.id], "平阳县")[kept.id].values()) == 1
        assert count_states(session, []) == {}
        assert count_needs_served(session, [kept.id, 999]) == {kept.id: 2, 999: 0}
        assert count_needs_served(session, [kept.id], "乐清市") == {kept.id: 1}


@pytest.mark.parametrize(
    ("stage", "planned"),
    [(PairingStage.RECOMMENDED, 1), (PairingStage.SENT, 0), (PairingStage.FAILED, 0)],
)
def test_what_a_partner_may_still_get(
    filled: Matcher, kept: Plan, stage: PairingStage, planned: int
) -> None:
    with filled.writing() as session:
        pair_with_stage(session, stage)
        dropped = get_pair(session, kept.id, "N2", "X2")
        decide_pair(session, dropped, PairState.DROPPED, at=NOW, by="甲")
        found = count_planned(session, kept.id)
    assert found.get("X1", 0) == planned
    assert found["S1"] == 1
    assert "X2" not in found


def test_what_is_deleted_takes_its_pairs_and_marks_along(filled: Matcher, kept: Plan) -> None:
    with filled.writing() as session:
        for need_id, partner_id in (("N1", "X1"), ("N2", "X2"), ("N2", "S1")):
            set_mark(session, mark(need_id, partner_id))
    filled.delete_need("N2")
    filled.delete_partner("X1")
    with filled.reading() as session:
        assert keys(session, kept.id) == [("N1", "S1")]
        assert list_marks(session) == ([], 0)


# Marks


def mark(need_id: str, partner_id: str, kind: Mark = Mark.PIN, note: str = "") -> PlanMark:
    return PlanMark(
        need_id=need_id,
        partner_id=partner_id,
        mark=kind,
        note=note,
        marked_at=NOW,
        marked_by="示例",
    )


def test_a_mark_is_set_replaced_and_taken_away(filled: Matcher) -> None:
    with filled.writing() as session:
        set_mark(session, mark("N1", "X1"))
        set_mark(session, mark("N1", "X1", Mark.EXCLUDE, "企业不愿意"))
        set_mark(session, mark("N2", "X2"))
    with filled.writing() as session:
        assert find_mark(session, "N1", "X1") == mark("N1", "X1", Mark.EXCLUDE, "企业不愿意")
        assert marks_of_needs(session, ["N1", "N3"]) == {
            ("N1", "X1"): mark("N1", "X1", Mark.EXCLUDE, "企业不愿意")
        }
        assert list_marks(session)[1] == 2
        assert list_marks(session, county="平阳县") == ([mark("N2", "X2")], 1)
        assert list_marks(session, mark=Mark.EXCLUDE)[1] == 1
        assert drop_mark(session, "N1", "X1")
        assert not drop_mark(session, "N1", "X1")
        assert find_mark(session, "N1", "X1") is None


def test_marks_and_pairs_move_to_another_record_and_back(filled: Matcher, kept: Plan) -> None:
    """N1 is marked with both; of N2 the other record alone has a mark."""
    both, alone = mark("N1", "X1", Mark.EXCLUDE), mark("N2", "X1", note="点名")
    with filled.writing() as session:
        for each in (mark("N1", "S1"), both, alone):
            set_mark(session, each)
        move_marks(session, "X1", "S1")
        move_pairs(session, [(kept.id, "N1")], "X1", "S1")
        assert marks_of_partner(session, "X1") == ()
        assert marks_of_partner(session, "S1") == (
            mark("N1", "S1"),
            replace(alone, partner_id="S1"),
        )
        assert pair_keys_of(session, "X1") == ((kept.id, "N1"),), "S1 has a pair with N1 already"
        part_marks(session, "S1", [both, alone], shared={"N1"})
        assert marks_of_partner(session, "X1") == (both, alone)
        assert marks_of_partner(session, "S1") == (mark("N1", "S1"),)
        move_pairs(session, [(kept.id, "N1")], "X1", "X2")
        assert [key for key in keys(session, kept.id) if key[1] == "X2"] == [
            ("N2", "X2"),
            ("N1", "X2"),
        ]


def test_a_mark_changed_since_stays_where_it_is(filled: Matcher) -> None:
    with filled.writing() as session:
        set_mark(session, mark("N2", "S1", Mark.EXCLUDE, "后来改的"))
        part_marks(session, "S1", [mark("N2", "X1"), mark("N3", "X1")], shared=())
        assert marks_of_partner(session, "X1") == ()
        assert len(marks_of_partner(session, "S1")) == 1
