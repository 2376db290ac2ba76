"""Plans at the desk: making one, deciding about its pairs, marks, and who sees what."""

import threading
import time
from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import event

from matcher.casework.batches import BatchState, Inputs
from matcher.casework.needs import NeedStatus
from matcher.casework.pairings import FailReason, Pairing, PairingStage
from matcher.casework.partners import PartnerFacts
from matcher.casework.plans import Mark, PairState, Plan, PlanMark
from matcher.desk import (
    Act,
    Desk,
    Subject,
    merging,
    pairings,
    plan_decisions,
    plan_jobs,
    plan_marks,
    plan_overview,
    plan_views,
    plans,
)
from matcher.errors import ConflictError, ForbiddenError, InvalidInputError, NotFoundError
from matcher.pairing.records import InfeasiblePlanError
from matcher.people import AuditEntry, Role
from matcher.planning import PlanSettings, load_settings
from matcher.planning.jobs import JobState, PlanCancelledError
from matcher.records import Enterprise, Need, Partner, PartnerKind, SiteType
from matcher.service import Matcher
from matcher.store.audit import list_audit
from matcher.store.batch_results import add_batch_needs, save_candidates
from matcher.store.batch_runs import Runner, begin_batch
from matcher.store.changes import library_state
from matcher.store.enterprises import save_enterprises
from matcher.store.need_steps import need_status, set_status
from matcher.store.needs import delete_need, get_needs
from matcher.store.pairings import find_pairing
from matcher.store.partner_facts import save_facts
from matcher.store.partners import save_partners
from matcher.store.plan_marks import marks_of_partner, set_mark
from matcher.store.plan_pairs import EVERY_PAIR, PairFilter, pairs_of_plan
from matcher.store.plans import add_plan, get_plan, list_plans
from tests.conftest import CONTACTS, HOT_CONTACTS
from tests.desk.test_pairings import desk_of
from tests.plans import NOW, PAIRS, plan, ranked

pytestmark = pytest.mark.any_database

S = PairingStage
FIRM = Enterprise(id="E1", name="示例电气有限公司", county="乐清市", sample=True)
RANKED = ranked(
    {
        "N1": [("X1", 0.9), ("S1", 0.3), ("O1", 0.01)],
        "N2": [("X2", 0.8), ("X1", 0.4)],
        "N3": [("X1", 0.6)],
    }
)


@pytest.fixture
def city(filled: Matcher) -> Desk:
    with filled.writing() as session:
        save_enterprises(session, [FIRM])
    filled.save_needs([replace(HOT_CONTACTS, enterprise_id="E1")])
    return desk_of(filled)


@pytest.fixture
def county(city: Desk) -> Desk:
    return desk_of(city.matcher, Role.COUNTY_STAFF, "乐清市")


@pytest.fixture
def kept(city: Desk) -> Plan:
    with city.matcher.writing() as session:
        return add_plan(session, plan(), PAIRS)


def make(desk: Desk, **more: object) -> Plan:
    return plans.make_plan(desk, "2026-11", ranked=RANKED, **more)  # type: ignore[arg-type]


def chosen(desk: Desk, made: Plan) -> dict[tuple[str, str], float]:
    with desk.matcher.reading() as session:
        found = pairs_of_plan(session, made.id)
    return {(pair.need_id, pair.partner_id): pair.probability for pair in found}


def know(desk: Desk, partner_id: str, **facts: object) -> None:
    with desk.matcher.writing() as session:
        save_facts(session, PartnerFacts(partner_id=partner_id, **facts))  # type: ignore[arg-type]


def log_of(desk: Desk, act: Act) -> list[AuditEntry]:
    with desk.matcher.reading() as session:
        return list_audit(session, subject=Subject.PLAN, action=act)[0]


def pairing_of(desk: Desk, need_id: str, partner_id: str) -> Pairing | None:
    with desk.matcher.reading() as session:
        return find_pairing(session, need_id, partner_id)


def states(desk: Desk, plan_id: int) -> dict[tuple[str, str], PairState]:
    with desk.matcher.reading() as session:
        return {(p.need_id, p.partner_id): p.state for p in pairs_of_plan(session, plan_id)}


# Making one


def test_a_plan_is_made_and_kept(city: Desk) -> None:
    steps: list[tuple[str, int, int]] = []
    made = make(city, progress=lambda *step: steps.append(step))
    assert chosen(city, made) == {
        ("N1", "X1"): 0.9,
        ("N1", "S1"): 0.3,
        ("N2", "X2"): 0.8,
        ("N2", "X1"): 0.4,
        ("N3", "X1"): 0.6,
    }
    assert (made.month, made.made_by, made.batch_id) == ("2026-11", "市级工作人员", None)
    assert made.figures["assignment"]["needs_served"] == 3
    assert (made.figures["needs"], made.figures["weak"], made.unmet) == (3, 1, ())
    with city.matcher.reading() as session:
        assert get_plan(session, made.id) == made
        state = library_state(session)
        first = pairs_of_plan(session, made.id)[0]
    assert (made.revision, made.token) == (state.revision, state.token)
    assert (first.county, first.rank, first.position) == ("乐清市", 1, 0)
    assert first.reason.endswith("。")
    assert first.sites
    assert first.sites[0].verdict in {"pass", "unknown"}
    assert steps[0][0] == "核对条件"
    (line,) = log_of(city, Act.CREATE)
    assert line.summary == "2026年11月方案 1：3 条需求，5 对，未满足 0 条"


def test_without_candidates_it_ranks_itself(city: Desk) -> None:
    steps = set()
    lenient = replace_settings(lowest_probability=0.0)
    made = plans.make_plan(
        city, "2026年11月", settings=lenient, progress=lambda step, *_: steps.add(step)
    )
    assert "匹配对象" in steps
    assert made.month == "2026-11"
    assert {need_id for need_id, _ in chosen(city, made)} == {"N1", "N2", "N3"}


def replace_settings(**more: object) -> PlanSettings:
    return PlanSettings.model_validate(load_settings().as_json() | more)


def batch_of(desk: Desk, *, token: str = "", model_id: str = "") -> int:
    """A batch that has ranked all needs, of the present library unless said otherwise."""
    with desk.matcher.writing() as session:
        state = library_state(session)
        inputs = Inputs(
            model_id=model_id or desk.matcher.encoder.model_id,
            library_id=state.library_id,
            revision=state.revision,
            token=token or state.token,
            program="test",
        )
        runner = Runner(host="here", pid=1, by="示例")
        batch = begin_batch(
            session, "2026-11", inputs=inputs, out="/nowhere", runner=runner, at=NOW
        )
        add_batch_needs(session, batch.id, ["N1", "N2", "N3"])
        save_candidates(session, batch.id, RANKED)
    assert batch.state is BatchState.RUNNING
    return batch.id


def test_the_candidates_of_a_batch_are_used_while_nothing_has_changed(city: Desk) -> None:
    number = batch_of(city)
    draft = plans.draft_plan(city, "2026-11")
    assert draft.candidates_of == number
    assert [(p.need_id, p.partner_id) for p in draft.pairs][:2] == [("N1", "X1"), ("N1", "S1")]
    assert plans.draft_plan(city, "2026-10").candidates_of is None, "of another month"
    city.matcher.save_partners([replace(CONTACTS, profile="另有研究。")])
    assert plans.draft_plan(city, "2026-11").candidates_of is None


@pytest.mark.parametrize("other", [{"token": "another"}, {"model_id": "another"}])
def test_a_batch_of_another_library_or_model_is_not(city: Desk, other: dict[str, str]) -> None:
    batch_of(city, **other)
    assert plans.draft_plan(city, "2026-11").candidates_of is None


def test_nothing_is_kept_of_a_draft(city: Desk) -> None:
    draft = plans.draft_plan(city, "2026-11", ranked=RANKED)
    assert (draft.plan.id, len(draft.pairs)) == (0, 5)
    with city.matcher.reading() as session:
        assert list_plans(session) == ([], 0)


def test_what_was_deleted_meanwhile_is_left_out(city: Desk) -> None:
    draft = plans.draft_plan(city, "2026-11", ranked=RANKED)
    city.matcher.delete_need("N2")
    city.matcher.delete_partner("S1")
    assert set(chosen(city, plans.keep(city, draft))) == {("N1", "X1"), ("N3", "X1")}


def test_only_open_needs_are_planned(city: Desk) -> None:
    with city.matcher.writing() as session:
        set_status(session, "N3", NeedStatus.CLOSED)
        set_status(session, "N1", NeedStatus.MATCHING)
    assert {need_id for need_id, _ in chosen(city, make(city))} == {"N1", "N2"}


def test_capacities_conflicts_and_refusals_are_kept_to(city: Desk) -> None:
    know(city, "X1", capacity=1)
    know(city, "S1", conflicts=("E1",))
    pairings.refuse(city, "N2", "X2", FailReason.WRONG_FIELD)
    made = make(city)
    (x1,) = chosen(city, made)
    assert x1[1] == "X1"
    assert len(made.unmet) == 2
    assert made.figures["naive"]["overloaded"] == 1


def test_what_is_under_way_is_not_proposed_again(city: Desk) -> None:
    pairings.begin(city, "N1", "X1")
    made = make(city, settings=load_settings().changed(partners_per_need=1))
    assert "N1" not in {need_id for need_id, _ in chosen(city, made)}
    assert "N1" not in {each.need_id for each in made.unmet}, "it has somebody"


def test_a_pinned_pair_is_there_even_if_nobody_found_it(city: Desk) -> None:
    plan_marks.put(city, "N3", "O1", Mark.PIN, note="企业点名")
    plan_marks.put(city, "N1", "X1", Mark.EXCLUDE)
    made = make(city)
    found = chosen(city, made)
    assert found["N3", "O1"] == 0.0
    assert ("N1", "X1") not in found
    with city.matcher.reading() as session:
        (pinned,) = [p for p in pairs_of_plan(session, made.id) if p.pinned]
    assert pinned.reason == "由工作人员指定：企业点名。"


def test_an_impossible_plan_names_people_and_firms(city: Desk) -> None:
    know(city, "X1", capacity=1)
    for need_id in ("N1", "N3"):
        with city.matcher.writing() as session:
            pin = PlanMark(
                need_id=need_id, partner_id="X1", mark=Mark.PIN, marked_at=NOW, marked_by="示例"
            )
            set_mark(session, pin)
    with pytest.raises(InfeasiblePlanError) as caught:
        make(city)
    assert caught.value.constraints
    assert caught.value.changes
    with city.matcher.reading() as session:
        assert list_plans(session) == ([], 0)


def test_the_wanted_site_bars_who_cannot_found_it(city: Desk) -> None:
    """The station is for academicians: what the rules exclude is told, and others stay."""
    wanted = replace(HOT_CONTACTS, enterprise_id="E1", wanted_site=SiteType.ACADEMICIAN_WORKSTATION)
    city.matcher.save_needs([wanted])
    know(city, "X1", stations_elsewhere=5, retired=False)
    academician = Partner(
        id="X1", kind=PartnerKind.EXPERT, name="某院士", title="中国工程院院士", profile="电接触。"
    )
    with city.matcher.writing() as session:
        save_partners(session, [academician])
    assert ("N1", "X1") not in chosen(city, make(city))
    assert ("N1", "S1") in chosen(city, make(city)), "who cannot found it may still help"


@pytest.mark.parametrize("role", [Role.COUNTY_STAFF, Role.READ_ONLY])
def test_only_the_city_makes_plans(city: Desk, role: Role) -> None:
    desk = desk_of(city.matcher, role, "乐清市" if role is Role.COUNTY_STAFF else "")
    for act in (
        lambda: make(desk),
        lambda: plan_jobs.start(desk, "2026-11"),
        lambda: plan_jobs.cancel(desk),
        lambda: plan_jobs.current(desk),
    ):
        with pytest.raises(ForbiddenError):
            act()
    with pytest.raises(InvalidInputError, match="2026-11"):
        plans.make_plan(city, "2026-13", ranked=RANKED)


def test_nothing_is_asked_for_need_by_need(city: Desk) -> None:
    def queries(needs: int) -> int:
        more = [Need(id=f"M{n}", title=f"触头温升过高 {n}", county="乐清市") for n in range(needs)]
        if more:
            city.matcher.save_needs(more)
        found = RANKED + ranked({need.id: [("X2", 0.5), ("S1", 0.2)] for need in more})
        counted = 0

        def count(*_: object) -> None:
            nonlocal counted
            counted += 1

        engine = city.matcher.database.engine
        event.listen(engine, "before_cursor_execute", count)
        try:
            plans.draft_plan(city, "2026-11", ranked=found)
        finally:
            event.remove(engine, "before_cursor_execute", count)
        return counted

    few = queries(0)
    assert queries(80) - few < 80 / 4, "passages and reasons are read for some needs at once"


# Beside the pages


def test_a_plan_is_made_beside_the_page(city: Desk) -> None:
    lenient = replace_settings(lowest_probability=0.0)
    plan_jobs.start(city, "2026-11", lenient).join(60)
    job = plan_jobs.current(city)
    assert job is not None
    assert (job.state, job.plan_id, job.by) == (JobState.FINISHED, 1, "市级工作人员")


def test_what_goes_wrong_beside_the_page_is_told(city: Desk) -> None:
    with city.matcher.writing() as session:
        pin = PlanMark(
            need_id="N1", partner_id="X1", mark=Mark.PIN, marked_at=NOW, marked_by="示例"
        )
        set_mark(session, pin)
    know(city, "X1", capacity=0)
    plan_jobs.start(city, "2026-11").join(60)
    job = plan_jobs.current(city)
    assert job is not None
    assert job.state is JobState.FAILED
    assert job.constraints
    assert any("触头专家" in line or "X1" in line for line in job.constraints)


def test_one_at_a_time_and_it_can_be_cancelled(city: Desk) -> None:
    making = plan_jobs.board_of(city).begin("2026-11", "别人")
    with pytest.raises(ConflictError, match="别人正在生成"):
        plan_jobs.start(city, "2026-11")
    plan_jobs.cancel(city)
    with pytest.raises(InvalidInputError):
        plan_jobs.start(city, "不是月份")
    with pytest.raises(PlanCancelledError):
        making.progress("匹配对象", 0, 1)
    making.finish(None)


# Decisions


def test_adopting_begins_a_pairing(county: Desk, kept: Plan) -> None:
    adopted = plan_decisions.adopt(county, kept.id, "N1", "X1")
    assert (adopted.state, adopted.decided_by) == (PairState.ADOPTED, "县级工作人员")
    pairing = pairing_of(county, "N1", "X1")
    assert pairing is not None
    assert (pairing.stage, pairing.probability) == (S.RECOMMENDED, 0.7)
    plan_decisions.adopt(county, kept.id, "N1", "S1", stage=S.SENT)
    with county.reading() as session:
        assert need_status(session, "N1") is NeedStatus.MATCHING
    assert states(county, kept.id)["N1", "S1"] is PairState.ADOPTED
    line = log_of(county, Act.STEP)[0]
    assert (line.summary, line.county) == ("采纳 N1 与 S1：已推送", "乐清市")


def test_what_is_recommended_already_is_adopted_too(city: Desk, kept: Plan) -> None:
    before = pairings.begin(city, "N1", "X1", stage=S.RECOMMENDED)
    plan_decisions.adopt(city, kept.id, "N1", "X1")
    after = pairing_of(city, "N1", "X1")
    assert after is not None
    assert (after.id, after.stage, after.version) == (before.id, S.RECOMMENDED, before.version)
    pairings.begin(city, "N2", "X2", stage=S.RECOMMENDED)
    plan_decisions.adopt(city, kept.id, "N2", "X2", stage=S.SENT)
    after = pairing_of(city, "N2", "X2")
    assert after is not None
    assert after.stage is S.SENT


def test_dropping_teaches_the_ranking(county: Desk, kept: Plan) -> None:
    plan_decisions.drop(county, kept.id, "N1", "X1", FailReason.WRONG_FIELD, note="做的是另一行")
    assert states(county, kept.id)["N1", "X1"] is PairState.DROPPED
    pairing = pairing_of(county, "N1", "X1")
    assert pairing is not None
    assert (pairing.stage, pairing.reason) == (S.FAILED, FailReason.WRONG_FIELD)
    made = make(desk_of(county.matcher))
    assert ("N1", "X1") not in chosen(county, made)


@pytest.mark.parametrize(
    "act",
    [
        lambda desk, number: plan_decisions.adopt(desk, number, "N1", "X1"),
        lambda desk, number: plan_decisions.drop(desk, number, "N1", "X1", FailReason.OTHER),
    ],
    ids=["adopt", "drop"],
)
def test_a_pair_is_decided_once(city: Desk, kept: Plan, act: Callable[[Desk, int], object]) -> None:
    plan_decisions.adopt(city, kept.id, "N1", "X1")
    with pytest.raises(ConflictError, match="已经办理过"):
        act(city, kept.id)


def test_of_two_who_decide_at_once_one_is_told(city: Desk, kept: Plan) -> None:
    ready, outcomes = threading.Barrier(2), []

    def decide(act: Callable[[], object]) -> None:
        ready.wait()
        try:
            act()
            outcomes.append("done")
        except ConflictError:
            outcomes.append("told")

    threads = [
        threading.Thread(target=decide, args=(act,))
        for act in (
            lambda: plan_decisions.adopt(city, kept.id, "N1", "X1", stage=S.SENT),
            lambda: plan_decisions.drop(city, kept.id, "N1", "X1", FailReason.OTHER),
        )
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["done", "told"]
    pairing = pairing_of(city, "N1", "X1")
    assert pairing is not None
    adopted = states(city, kept.id)["N1", "X1"] is PairState.ADOPTED
    assert (pairing.stage is S.SENT) == adopted


def test_what_has_become_impossible_is_told_and_the_others_go_through(
    city: Desk, kept: Plan
) -> None:
    with city.matcher.writing() as session:
        set_status(session, "N2", NeedStatus.CLOSED)
    know(city, "S1", conflicts=("E1",))
    done = plan_decisions.adopt_open(city, kept.id, EVERY_PAIR, stage=S.SENT)
    assert [(p.need_id, p.partner_id) for p in done.adopted] == [("N1", "X1")]
    told = {(each.pair.need_id, each.pair.partner_id): each.why for each in done.refused}
    assert "已关闭" in told["N2", "X2"]
    assert "利益冲突" in told["N1", "S1"]
    assert states(city, kept.id)["N1", "S1"] is PairState.PROPOSED
    assert pairing_of(city, "N1", "S1") is None
    assert log_of(city, Act.STEP)[0].summary == "采纳 1 对：已推送"


def test_who_is_full_by_now_is_asked_only_one_by_one(city: Desk, kept: Plan) -> None:
    know(city, "X1", capacity=0)
    several = [("N1", "X1"), ("N1", "S1")]
    done = plan_decisions.adopt_several(city, kept.id, several, stage=S.SENT)
    assert [each.pair.partner_id for each in done.refused] == ["X1"]
    assert "单独采纳" in done.refused[0].why
    done = plan_decisions.adopt_several(city, kept.id, several[:1], stage=S.RECOMMENDED)
    assert not done.refused, "a recommendation takes nothing of the capacity"
    assert plan_decisions.adopt_open(city, kept.id, EVERY_PAIR, stage=S.SENT).refused == []


def test_a_recommendation_of_a_need_that_was_closed_is_not_adopted(city: Desk, kept: Plan) -> None:
    pairings.begin(city, "N1", "X1", stage=S.RECOMMENDED)
    with city.matcher.writing() as session:
        set_status(session, "N1", NeedStatus.CLOSED)
    with pytest.raises(ConflictError, match="不再寻找对象"):
        plan_decisions.adopt(city, kept.id, "N1", "X1")
    assert states(city, kept.id)["N1", "X1"] is PairState.PROPOSED


def test_counties_decide_their_own(county: Desk, kept: Plan) -> None:
    with pytest.raises(NotFoundError):
        plan_decisions.adopt(county, kept.id, "N2", "X2")
    with pytest.raises(NotFoundError):
        plan_decisions.drop(county, kept.id, "N2", "X2", FailReason.OTHER)
    with pytest.raises(NotFoundError):
        plan_decisions.adopt_several(
            county, kept.id, [("N1", "X1"), ("N2", "X2")], stage=S.RECOMMENDED
        )
    elsewhere = PairFilter(county="平阳县")
    assert not plan_decisions.adopt_open(county, kept.id, elsewhere, stage=S.SENT).adopted
    done = plan_decisions.adopt_open(county, kept.id, EVERY_PAIR, stage=S.RECOMMENDED)
    assert {pair.need_id for pair in done.adopted} == {"N1"}
    assert states(county, kept.id)["N2", "X2"] is PairState.PROPOSED


def test_a_need_that_moved_takes_its_pairs_along(city: Desk, county: Desk, kept: Plan) -> None:
    elsewhere = desk_of(city.matcher, Role.COUNTY_STAFF, "平阳县")
    city.matcher.save_needs([replace(HOT_CONTACTS, enterprise_id="E1", county="平阳县")])
    assert plan_views.by_need(county, kept.id) == ([], 0)
    assert plan_views.pair_list(county, kept.id) == []
    assert plan_views.loads(county, kept.id) == ([], 0)
    card = plan_overview.summary(county, kept.id).card
    assert (card.pairs, card.needs_served) == (0, 0)
    with pytest.raises(NotFoundError):
        plan_decisions.adopt(county, kept.id, "N1", "X1")
    assert not plan_decisions.adopt_open(county, kept.id, EVERY_PAIR, stage=S.RECOMMENDED).adopted
    summary = plan_overview.summary(elsewhere, kept.id)
    assert (summary.card.pairs, summary.counties) == (3, ("平阳县",))
    assert plan_decisions.adopt(elsewhere, kept.id, "N1", "X1").county == "平阳县"
    assert log_of(city, Act.STEP)[0].county == "平阳县"


def test_an_unmet_need_that_moved_is_shown_to_its_new_county(
    city: Desk, county: Desk, kept: Plan
) -> None:
    with city.matcher.reading() as session:
        third = get_needs(session, ["N3"])["N3"]
    city.matcher.save_needs([replace(third, county="乐清市")])
    assert [line.need.id for line in plan_views.unmet(county, kept.id)[0]] == ["N3"]
    assert plan_overview.summary(county, kept.id).card.unmet == 1
    with city.matcher.writing() as session:
        delete_need(session, "N3")
    assert plan_views.unmet(city, kept.id) == ([], 0)
    assert plan_overview.summary(city, kept.id).card.unmet == 0, "as many as are listed"


def test_readers_decide_nothing(city: Desk, kept: Plan) -> None:
    reader = desk_of(city.matcher, Role.READ_ONLY)
    for act in (
        lambda: plan_decisions.adopt(reader, kept.id, "N1", "X1"),
        lambda: plan_decisions.adopt_several(reader, kept.id, [("N1", "X1")], stage=S.SENT),
        lambda: plan_decisions.adopt_open(reader, kept.id, EVERY_PAIR, stage=S.SENT),
        lambda: plan_decisions.drop(reader, kept.id, "N1", "X1", FailReason.OTHER),
        lambda: plan_marks.put(reader, "N1", "X1", Mark.PIN),
        lambda: plan_marks.remove(reader, "N1", "X1"),
    ):
        with pytest.raises(ForbiddenError):
            act()
    assert plan_overview.summary(reader, kept.id).plan == kept


def test_odd_stages_and_plans(city: Desk, kept: Plan) -> None:
    with pytest.raises(InvalidInputError, match="采纳以后只能是"):
        plan_decisions.adopt_open(city, kept.id, EVERY_PAIR, stage=S.SIGNED)
    with pytest.raises(NotFoundError):
        plan_decisions.adopt_open(city, 99, EVERY_PAIR, stage=S.SENT)
    with pytest.raises(NotFoundError):
        plan_decisions.adopt(city, kept.id, "N3", "X1")


# Marks


def test_marks_are_seen_by_their_county(city: Desk, county: Desk) -> None:
    plan_marks.put(county, "N1", "X1", Mark.PIN, note="企业点名")
    plan_marks.put(city, "N2", "X2", Mark.EXCLUDE)
    assert [line.need.id for line in plan_marks.find(county)[0]] == ["N1"]
    assert plan_marks.find(city)[1] == 2
    line = plan_marks.find(city, Mark.PIN)[0][0]
    assert (line.partner.name, line.enterprise) == ("触头专家", FIRM)
    assert (line.mark.note, line.mark.marked_by) == ("企业点名", "县级工作人员")
    with pytest.raises(NotFoundError):
        plan_marks.put(county, "N2", "X1", Mark.PIN)
    with pytest.raises(NotFoundError):
        plan_marks.remove(county, "N2", "X2")
    plan_marks.remove(county, "N1", "X1")
    with pytest.raises(NotFoundError):
        plan_marks.remove(county, "N1", "X1")
    assert [entry.summary for entry in log_of(city, Act.CHANGE)] == [
        "取消指定 N1 与 X1",
        "排除 N2 与 皮革专家",
        "指定 N1 与 触头专家",
    ]


def test_what_cannot_come_about_is_not_pinned(city: Desk) -> None:
    know(city, "X1", conflicts=("E1",))
    pairings.begin(city, "N2", "X2")
    pairings.refuse(city, "N2", "S1", FailReason.TERMS)
    with city.matcher.writing() as session:
        set_status(session, "N3", NeedStatus.CLOSED)
    for need_id, partner_id, told in (
        ("N1", "X1", "利益冲突"),
        ("N2", "X2", "已经在对接"),
        ("N2", "S1", "记过未成（费用或条件未谈成）"),
        ("N3", "X2", "已关闭"),
    ):
        with pytest.raises(ConflictError, match=told):
            plan_marks.put(city, need_id, partner_id, Mark.PIN)
        plan_marks.put(city, need_id, partner_id, Mark.EXCLUDE)
    with pytest.raises(InvalidInputError, match="300"):
        plan_marks.put(city, "N1", "X2", Mark.PIN, note="长" * 301)
    with pytest.raises(NotFoundError):
        plan_marks.put(city, "none", "X2", Mark.PIN)
    with pytest.raises(NotFoundError):
        plan_marks.put(city, "N1", "nobody", Mark.PIN)


def test_people_write_names_rather_than_ids(city: Desk) -> None:
    assert plan_marks.need_called(city, "N1") == "N1"
    assert plan_marks.need_called(city, "触头温升") == "N1"
    assert plan_marks.partner_called(city, "X2") == "X2"
    assert plan_marks.partner_called(city, "皮革专家") == "X2"
    with pytest.raises(InvalidInputError, match=r"N1、N3|N3、N1"):
        plan_marks.need_called(city, "断路器")
    with pytest.raises(InvalidInputError, match="请填写编号"):
        plan_marks.partner_called(city, "专家")
    with pytest.raises(InvalidInputError, match="没有找到"):
        plan_marks.partner_called(city, "某某")
    for named in (plan_marks.need_called, plan_marks.partner_called):
        with pytest.raises(InvalidInputError, match="请填写"):
            named(city, "")


def test_merging_partners_moves_marks_and_pairs_and_undoing_brings_them_back(
    city: Desk, kept: Plan
) -> None:
    plan_marks.put(city, "N1", "X1", Mark.PIN, note="企业点名")
    plan_marks.put(city, "N2", "X1", Mark.EXCLUDE)
    plan_marks.put(city, "N2", "X2", Mark.PIN)
    before = {id: marks(city, id) for id in ("X1", "X2")}
    done = merging.merge(city, "X2", "X1")
    assert [(m.need_id, m.mark) for m in marks(city, "X2")] == [
        ("N1", Mark.PIN),
        ("N2", Mark.PIN),
    ]
    assert set(states(city, kept.id)) == {("N1", "X2"), ("N1", "S1"), ("N2", "X2")}
    merging.undo(city, done.id)
    assert {id: marks(city, id) for id in ("X1", "X2")} == before
    assert set(states(city, kept.id)) == {("N1", "X1"), ("N1", "S1"), ("N2", "X2")}


def marks(desk: Desk, partner_id: str) -> tuple[PlanMark, ...]:
    with desk.matcher.reading() as session:
        return marks_of_partner(session, partner_id)


# Reading


def test_the_city_sees_all_and_a_county_its_own(city: Desk, county: Desk, kept: Plan) -> None:
    whole, own = plan_overview.summary(city, kept.id), plan_overview.summary(county, kept.id)
    assert (whole.card.pairs, whole.card.needs_served, whole.card.unmet) == (3, 2, 1)
    assert (own.card.pairs, own.card.needs_served, own.card.unmet) == (2, 1, 0)
    assert whole.counties == ("乐清市", "平阳县")
    assert own.counties == ("乐清市",)
    assert whole.sentences
    assert whole.figures is not None
    assert (own.sentences, own.figures, own.greedy, own.naive) == ((), None, None, None)
    assert [each.need.id for each in plan_views.by_need(city, kept.id)[0]] == ["N2", "N1"]
    assert [each.need.id for each in plan_views.by_need(county, kept.id)[0]] == ["N1"]
    assert plan_views.by_need(county, kept.id, PairFilter(county="平阳县")) == ([], 0)
    assert plan_views.count(county, kept.id, PairFilter(county="平阳县")) == 0
    assert plan_views.pair_list(county, kept.id, PairFilter(county="平阳县")) == []
    assert len(plan_views.pair_list(city, kept.id)) == plan_views.count(city, kept.id) == 3
    assert [line.need.id for line in plan_views.unmet(city, kept.id)[0]] == ["N3"]
    assert plan_views.unmet(county, kept.id) == ([], 0)
    assert plan_views.unmet(city, kept.id, "平阳县") == ([], 0)
    assert {line.partner.id for line in plan_views.loads(city, kept.id)[0]} == {"X1", "X2", "S1"}
    assert {line.partner.id for line in plan_views.loads(county, kept.id)[0]} == {"X1", "S1"}
    cards, total = plan_overview.find(county)
    assert (cards[0].pairs, cards[0].is_latest, total) == (2, True, 1)
    assert plan_overview.months(county) == ["2026-11"]
    for read in (
        plan_overview.summary,
        plan_views.by_need,
        plan_views.unmet,
        plan_views.loads,
        plan_views.pair_list,
    ):
        with pytest.raises(NotFoundError):
            read(city, 99)


def test_a_line_tells_what_became_of_the_pair(city: Desk, kept: Plan) -> None:
    know(city, "X1", capacity=1)
    plan_marks.put(city, "N1", "S1", Mark.EXCLUDE)
    pairings.begin(city, "N3", "X1")
    (_, group), _ = plan_views.by_need(city, kept.id)
    x1, s1 = group.lines
    assert (group.is_open, group.enterprise) == (True, FIRM)
    assert (x1.load.active, x1.load.planned, x1.load.yearly) == (1, 1, 1)
    assert x1.load.is_known
    assert x1.load.is_over
    assert (s1.load.is_known, s1.load.is_over, s1.load.yearly) == (False, False, 10)
    assert s1.mark is not None
    assert x1.may_be_decided
    pairings.begin(city, "N1", "X1")
    (_, group), _ = plan_views.by_need(city, kept.id)
    x1 = group.lines[0]
    assert x1.pairing is not None
    assert not x1.may_be_decided, "somebody has sent it from the need's page meanwhile"
    assert (x1.load.active, x1.load.planned) == (2, 0)


def test_unmet_needs_that_are_gone_are_not_shown(city: Desk, kept: Plan) -> None:
    (line,), _ = plan_views.unmet(city, kept.id)
    assert line.nearest is not None
    assert line.nearest.id == "O1"
    city.matcher.delete_partner("O1")
    (line,), _ = plan_views.unmet(city, kept.id)
    assert line.nearest is None
    city.matcher.delete_need("N3")
    assert plan_views.unmet(city, kept.id) == ([], 0)


def test_a_thousand_needs_take_seconds(city: Desk) -> None:
    needs = [
        Need(id=f"M{n:05}", title=f"触头温升过高 {n}", county=f"县{n % 9}") for n in range(1000)
    ]
    city.matcher.save_needs(needs)
    people = [
        Partner(id=f"Q{n:04}", kind=PartnerKind.EXPERT, name=f"示例{n}", profile="电接触。")
        for n in range(400)
    ]
    with city.matcher.writing() as session:
        save_partners(session, people)
    found = ranked(
        {
            need.id: [(f"Q{(n * 7 + k) % 400:04}", max(0.03, 0.9 - k / 60)) for k in range(50)]
            for n, need in enumerate(needs)
        }
    )
    begun = time.perf_counter()
    draft = plans.draft_plan(city, "2026-11", ranked=found)
    assert time.perf_counter() - begun < 20
    assert draft.plan.figures["assignment"]["overloaded"] == 0
    assert len(draft.pairs) == 1200, "400 partners with three pairings each"
