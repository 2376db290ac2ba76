"""The question of a month's plan: settings, problem, comparison, names, the one being made."""

import json
import threading
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.casework.pairings import FailReason, Pairing, PairingStage
from matcher.casework.plans import Mark, PlanMark, UnmetReason, month_named, month_title
from matcher.errors import ConflictError, InvalidInputError, UnreadableFileError
from matcher.pairing.assignment import assign
from matcher.pairing.records import InfeasiblePlanError, WantedKind
from matcher.planning import load_settings, pairs_to_check, question_of, unmet_of
from matcher.planning.comparison import compared
from matcher.planning.jobs import JobBoard, JobState, PlanCancelledError
from matcher.planning.naming import tokens_of, with_names
from matcher.planning.problem import Material, Outlook
from matcher.planning.settings import FILE, settings_of
from matcher.ranking.calibration import THRESHOLDS
from matcher.records import Band, Need, PartnerKind, SiteType
from matcher.store.pairings import Limits
from tests.plans import NOW, SETTINGS, plan, ranked

SHIPPED = load_settings()
EXPERT, SOCIETY = PartnerKind.EXPERT, PartnerKind.SOCIETY


def own(home: Path, text: str) -> Path:
    path = home / FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return home


def test_the_shipped_settings_propose_from_possible_on() -> None:
    assert SHIPPED.lowest_probability == dict(THRESHOLDS)[Band.POSSIBLE]
    assert (SHIPPED.partners_per_need, SHIPPED.candidates_per_need) == (3, 50)
    assert SHIPPED.wanted_kind is WantedKind.PREFERRED
    assert all(SHIPPED.yearly_capacity.of(kind) > 0 for kind in PartnerKind)
    assert settings_of(json.loads(json.dumps(SHIPPED.as_json()))) == SHIPPED


def test_a_city_says_only_what_differs(tmp_path: Path) -> None:
    told = "每条需求最多几个对象: 2\n每年可对接:\n  学会: 20\n意向类型要求: 必须满足\n"
    chosen = load_settings(own(tmp_path, told))
    assert (chosen.partners_per_need, chosen.wanted_kind) == (2, WantedKind.REQUIRED)
    assert chosen.yearly_capacity.society == 20
    assert chosen.yearly_capacity.expert == SHIPPED.yearly_capacity.expert
    assert chosen.time_limit == SHIPPED.time_limit
    assert load_settings(own(tmp_path, "partners_per_need: 4")).partners_per_need == 4
    assert load_settings(own(tmp_path, "# 还没有改\n")) == SHIPPED
    assert load_settings(tmp_path / "nowhere") == SHIPPED


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("每条需求最多几个对象: 0", "每条需求最多几个对象的值“0”不可用，不能小于 1"),
        ("每条需求最多几个对象: 两个", "应是整数"),
        ("每条需求最多: 3", "没有“每条需求最多”这一项，可用的有：每条需求最多几个对象"),
        ("每年可对接:\n  专家: 3", "没有“每年可对接的专家”这一项，可用的有：院士专家"),
        ("每年可对接:\n  学会: -1", "每年可对接的学会的值“-1”不可用，不能小于 0"),
        ("每年可对接: 5", "应分类型逐行写明"),
        ("最低推荐概率: 30", "不能大于 1"),
        ("最低推荐概率: .nan", "不可用"),
        ("意向类型要求: 随便", "可用的有：必须满足、尽量满足"),
        ("计算时限: .inf", "不可用"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(InvalidInputError, match=r"assignment\.yaml") as caught:
        load_settings(own(tmp_path, text))
    assert told in caught.value.message


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("- 3", "名称: 值"),
        ("每年可对接: [", "第 1 行"),
        ("a: b: c", "第 1 行"),
        ("计算时限: 1\n计算时限: 2", "第 2 行.*“计算时限”写了两次"),
        (f"计算时限: {'9' * 5000}", "写得不对"),
        ("a: " + "[" * 3000, "层次太多"),
    ],
)
def test_a_file_that_is_no_list_of_settings(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(UnreadableFileError, match=told):
        load_settings(own(tmp_path, text))
    (tmp_path / FILE).write_bytes(b"\xff\xfe\xfa")
    with pytest.raises(UnreadableFileError, match="UTF-8"):
        load_settings(tmp_path)


def test_one_plan_may_differ() -> None:
    changed = SHIPPED.changed(partners_per_need=1, time_limit=0)
    assert (changed.partners_per_need, changed.time_limit) == (1, 0)
    assert SHIPPED.changed() == SHIPPED
    with pytest.raises(InvalidInputError, match="每条需求最多几个对象") as caught:
        SHIPPED.changed(partners_per_need=21)
    assert caught.value.field == "partners_per_need"


@pytest.mark.parametrize("text", ["2026-11", "2026年11月", " 2026/11 ", "2026.11"])
def test_months(text: str) -> None:
    assert month_named(text) == "2026-11"
    assert month_title("2026-01") == "2026年1月"


@pytest.mark.parametrize(
    "text", ["", "2026", "2026-13", "2026-00", "26-11", "2026-11-22", "十一月"]
)
def test_what_is_no_month(text: str) -> None:
    with pytest.raises(InvalidInputError, match="如 2026-11"):
        month_named(text)


# The problem


def need(identifier: str, county: str = "乐清市", **more: object) -> Need:
    return Need(id=identifier, title=f"需求{identifier}", county=county, **more)  # type: ignore[arg-type]


def known(
    need_id: str, partner_id: str, stage: PairingStage, reason: FailReason | None = None
) -> Pairing:
    return Pairing(
        id=1,
        need_id=need_id,
        partner_id=partner_id,
        county="乐清市",
        stage=stage,
        reason=reason,
        probability=0.4,
        created_at=NOW,
        updated_at=NOW,
    )


def mark(need_id: str, partner_id: str, kind: Mark, note: str = "") -> PlanMark:
    return PlanMark(
        need_id=need_id,
        partner_id=partner_id,
        mark=kind,
        note=note,
        marked_at=NOW,
        marked_by="示例",
    )


def material(**more: object) -> Material:
    """Two needs; X1 and S1 suit N1, X1 alone suits N2; X9 is gone from the library."""
    usual: dict[str, object] = {
        "needs": (need("N1", enterprise_id="E1"), need("N2", "平阳县")),
        "ranked": {
            each.need_id: each.candidates
            for each in ranked(
                {
                    "N1": [("X9", 0.95), ("X1", 0.9), ("S1", 0.3), ("O1", 0.01)],
                    "N2": [("X1", 0.5)],
                }
            )
        },
        "kinds": {"X1": EXPERT, "S1": SOCIETY, "O1": PartnerKind.OVERSEAS, "X5": EXPERT},
    }
    return Material(**(usual | more))  # type: ignore[arg-type]


def test_the_plain_problem() -> None:
    question = question_of(material(), SHIPPED)
    problem = question.problem
    assert [(each.id, each.county, each.places) for each in problem.needs] == [
        ("N1", "乐清市", 3),
        ("N2", "平阳县", 3),
    ]
    assert [(each.id, each.kind, each.capacity) for each in problem.partners] == [
        ("S1", "society", 10),
        ("X1", "expert", 3),
    ]
    assert [(c.need_id, c.partner_id, c.quality) for c in problem.candidates] == [
        ("N1", "X1", 0.9),
        ("N1", "S1", 0.3),
        ("N2", "X1", 0.5),
    ]
    assert question.weak == 1, "O1 is too improbable; X9 is not in the library any more"
    nearest = question.outlooks["N1"].nearest
    assert nearest is not None
    assert nearest.partner_id == "X1"


def test_what_is_under_way_takes_places_and_capacity() -> None:
    question = question_of(
        material(
            pairings={
                ("N1", "X1"): known("N1", "X1", PairingStage.VISITED),
                ("N2", "S1"): known("N2", "S1", PairingStage.RECOMMENDED),
            },
            active={"X1": 1, "S1": 12},
            limits={"X1": Limits(capacity=2)},
        ),
        SHIPPED,
    )
    assert [(each.id, each.places) for each in question.problem.needs] == [("N1", 2), ("N2", 3)]
    assert {each.id: each.capacity for each in question.problem.partners} == {"S1": 0, "X1": 1}
    assert [(c.need_id, c.partner_id) for c in question.problem.candidates] == [
        ("N1", "S1"),
        ("N2", "X1"),
    ]


def test_a_need_that_has_all_its_partners_is_left_out() -> None:
    pairings = {("N1", id): known("N1", id, PairingStage.SENT) for id in ("A", "B", "C")}
    question = question_of(material(pairings=pairings), SHIPPED)
    assert [each.id for each in question.problem.needs] == ["N2"]
    pinned = {("N1", "X5"): mark("N1", "X5", Mark.PIN)}
    question = question_of(material(pairings=pairings, marks=pinned), SHIPPED)
    assert [(each.id, each.places) for each in question.problem.needs] == [("N1", 0), ("N2", 3)]


def test_what_bars_a_pair() -> None:
    question = question_of(
        material(
            limits={"S1": Limits(conflicts=frozenset({"E1"}))},
            pairings={("N2", "X1"): known("N2", "X1", PairingStage.FAILED, FailReason.TERMS)},
            marks={("N1", "X1"): mark("N1", "X1", Mark.EXCLUDE, "企业不愿意")},
        ),
        SHIPPED,
    )
    barred = {(c.need_id, c.partner_id): c.barred for c in question.problem.candidates}
    assert barred == {
        ("N1", "X1"): "工作人员排除了这一对：企业不愿意",
        ("N1", "S1"): "对象与这家企业有利益冲突",
        ("N2", "X1"): "以前对接未成：费用或条件未谈成",
    }
    assert question.outlooks["N1"].barred == Counter({"工作人员排除": 1, "利益冲突": 1})
    failing = question_of(material(failing={("N2", "X1"): "不是院士"}), SHIPPED)
    assert [c.barred for c in failing.problem.candidates] == ["", "", "不是院士"]


def test_pins_stay_whatever_the_ranking_said() -> None:
    marks = {
        ("N1", "O1"): mark("N1", "O1", Mark.PIN),
        ("N2", "X5"): mark("N2", "X5", Mark.PIN),
    }
    question = question_of(material(marks=marks), SHIPPED)
    pinned = {c.partner_id: c.quality for c in question.problem.candidates if c.pinned}
    assert pinned == {"O1": 0.01, "X5": 0.0}, "its own probability, or none"
    assert question.weak == 0
    recommended = {("N2", "X5"): known("N2", "X5", PairingStage.RECOMMENDED)}
    question = question_of(material(marks=marks, pairings=recommended), SHIPPED)
    assert {c.partner_id: c.quality for c in question.problem.candidates if c.pinned}["X5"] == 0.4


def test_only_needs_that_want_a_site_are_checked() -> None:
    wanting = need("N1", wanted_site=SiteType.ACADEMICIAN_WORKSTATION)
    marks = {
        ("N1", "X5"): mark("N1", "X5", Mark.PIN),
        ("N2", "X5"): mark("N2", "X5", Mark.PIN),
    }
    takes = {SiteType.ACADEMICIAN_WORKSTATION: frozenset({EXPERT})}
    asked = material(needs=(wanting, need("N2")), marks=marks, site_kinds=takes)
    assert pairs_to_check(asked, SHIPPED) == [("N1", "X1"), ("N1", "X5")], "S1 is no expert"


def test_the_kind_that_a_need_must_get() -> None:
    academicians, both = SiteType.ACADEMICIAN_WORKSTATION, SiteType.INNOVATION_COMMUNITY
    question = question_of(
        material(
            needs=(need("N1", wanted_site=academicians), need("N2", wanted_site=both)),
            site_kinds={academicians: frozenset({EXPERT}), both: frozenset({EXPERT, SOCIETY})},
        ),
        SHIPPED.changed(wanted_kind=WantedKind.REQUIRED),
    )
    assert [each.wanted_kind for each in question.problem.needs] == ["expert", ""]
    assert question.problem.wanted is WantedKind.REQUIRED


@pytest.mark.parametrize(
    ("more", "reason", "told"),
    [
        ({"ranked": {}}, UnmetReason.NOBODY, ""),
        ({"kinds": {"O1": PartnerKind.OVERSEAS}}, UnmetReason.WEAK, ""),
        (
            {"marks": {("N1", id): mark("N1", id, Mark.EXCLUDE) for id in ("X1", "S1")}},
            UnmetReason.BARRED,
            "工作人员排除 2 个",
        ),
        (
            {
                "active": {"X1": 9},
                "limits": {"S1": Limits(conflicts=frozenset({"E1"}))},
            },
            UnmetReason.FULL,
            "今年已排满 1 个；利益冲突 1 个",
        ),
        ({}, UnmetReason.TAKEN, "今年还有名额的 2 个，都安排给了别的需求"),
    ],
)
def test_why_a_need_gets_nobody(more: dict[str, object], reason: UnmetReason, told: str) -> None:
    asked = material(**more)
    question = question_of(asked, SHIPPED)
    (unmet,) = unmet_of(asked.needs, question.outlooks, {"N2"})
    assert (unmet.need_id, unmet.reason, unmet.told) == ("N1", reason, told)


def test_who_has_a_partner_already_is_not_unmet() -> None:
    outlooks = {"N1": Outlook(underway=1), "N2": Outlook()}
    unmet = unmet_of(material().needs, outlooks, ())
    assert [each.need_id for each in unmet] == ["N2"]


NEEDS, PARTNERS = 6, 5
probabilities = st.floats(0, 1)
pairs = st.tuples(st.integers(0, NEEDS - 1), st.integers(0, PARTNERS - 1))


@given(
    chances=st.dictionaries(pairs, probabilities, max_size=25),
    stages=st.dictionaries(pairs, st.sampled_from(list(PairingStage)), max_size=6),
    excluded=st.sets(pairs, max_size=5),
    active=st.dictionaries(st.integers(0, PARTNERS - 1), st.integers(0, 4)),
    capacities=st.dictionaries(st.integers(0, PARTNERS - 1), st.integers(0, 4)),
    conflicts=st.sets(pairs, max_size=4),
    per_need=st.integers(1, 4),
)
def test_a_plan_never_exceeds_what_is_left(
    *,
    chances: dict[tuple[int, int], float],
    stages: dict[tuple[int, int], PairingStage],
    excluded: set[tuple[int, int]],
    active: dict[int, int],
    capacities: dict[int, int],
    conflicts: set[tuple[int, int]],
    per_need: int,
) -> None:
    by_need = {
        f"N{n}": sorted(
            ((f"P{p}", chance) for (of, p), chance in chances.items() if of == n),
            key=lambda found: -found[1],
        )
        for n in range(NEEDS)
    }
    settings = SHIPPED.changed(partners_per_need=per_need)
    asked = Material(
        needs=tuple(need(f"N{n}", f"县{n % 3}", enterprise_id=f"E{n}") for n in range(NEEDS)),
        ranked={each.need_id: each.candidates for each in ranked(by_need)},
        kinds={f"P{p}": EXPERT for p in range(PARTNERS)},
        limits={
            f"P{p}": Limits(capacities.get(p), frozenset(f"E{n}" for n, of in conflicts if of == p))
            for p in range(PARTNERS)
        },
        active={f"P{p}": count for p, count in active.items()},
        pairings={(f"N{n}", f"P{p}"): known(f"N{n}", f"P{p}", s) for (n, p), s in stages.items()},
        marks={(f"N{n}", f"P{p}"): mark(f"N{n}", f"P{p}", Mark.EXCLUDE) for n, p in excluded},
    )
    question = question_of(asked, settings)
    chosen = assign(question.problem).chosen
    taken, served = Counter(c.partner_id for c in chosen), Counter(c.need_id for c in chosen)
    underway = Counter(
        f"N{n}"
        for (n, _), stage in stages.items()
        if stage not in {PairingStage.RECOMMENDED, PairingStage.FAILED}
    )
    for p in range(PARTNERS):
        yearly = capacities.get(p, settings.yearly_capacity.expert)
        assert taken[f"P{p}"] <= max(0, yearly - active.get(p, 0))
    for n in range(NEEDS):
        assert served[f"N{n}"] <= max(0, per_need - underway[f"N{n}"])
    for each in chosen:
        n, p = int(each.need_id[1:]), int(each.partner_id[1:])
        assert (n, p) not in excluded | conflicts
        assert stages.get((n, p), PairingStage.RECOMMENDED) is PairingStage.RECOMMENDED
        assert each.quality >= settings.lowest_probability
    unmet = unmet_of(asked.needs, question.outlooks, set(served))
    assert {each.need_id for each in unmet} == {
        f"N{n}" for n in range(NEEDS) if not served[f"N{n}"] and not underway[f"N{n}"]
    }


# How it is told


def test_the_comparison_in_sentences() -> None:
    figures = dict(plan().figures)
    assert compared(figures) == (
        "与逐条挑选相比，多服务 1 条需求，推荐概率合计高 0.3。",
        "本方案没有对象超出每年可对接数；如果每条需求都直接取排在最前的对象，会有 1 个对象超出。",
        "在现有条件下，这是最好的配法。",
    )
    same = figures | {"greedy": figures["assignment"], "naive": figures["assignment"], "gap": 0.02}
    assert compared(same) == (
        "与逐条挑选相比，服务的需求一样多。",
        "本方案没有对象超出每年可对接数。",
        "计算时间已到，推荐概率合计离最好的配法最多还差 2.0%。",
    )
    fewer = figures | {
        "assignment": figures["assignment"] | {"needs_served": 0, "wanted_met": 2},
        "greedy": figures["assignment"] | {"wanted_met": 1},
    }
    assert compared(fewer)[0].startswith("与逐条挑选相比，少服务 2 条需求，以照顾")
    assert compared(fewer)[2].endswith("2 条配上了相应类型的对象，比逐条挑选多 1 条。")
    empty = figures | {"assignment": figures["assignment"] | {"pairs": 0}}
    assert compared(empty) == ()


def test_names_stand_beside_ids() -> None:
    error = InfeasiblePlanError(
        ("能与 2026-0092 对接的 X174 都已不能再承接 3 项",), ("把 X174 由 3 调到 4",)
    )
    assert tokens_of(error) == {"2026-0092", "X174"}
    named = with_names(error, {"X174": "某教授", "3": "不是这个"})
    assert named.constraints == ("能与 2026-0092 对接的 X174“某教授” 都已不能再承接 3 项",)
    assert named.changes == ("把 X174“某教授” 由 3 调到 4",)
    assert with_names(error, {}).constraints == error.constraints


# The one that is being made


def test_progress_is_there_for_every_process(tmp_path: Path) -> None:
    board = JobBoard(tmp_path)
    assert board.current() is None
    board.cancel()
    with board.making("2026-11", "某人") as making:
        making.progress("匹配对象", 1, 4)
        job = JobBoard(tmp_path).current()
        assert job is not None
        assert (job.state, job.step, job.done, job.total) == (JobState.RUNNING, "匹配对象", 1, 4)
        later = job.step_at + timedelta(seconds=10)
        assert job.seconds_left(later) == pytest.approx(30)
        with pytest.raises(ConflictError, match="某人正在生成 2026-11 的方案"):
            JobBoard(tmp_path).begin("2026-12", "别人")
        making.finish(7)
    ended = board.current()
    assert ended is not None
    assert (ended.state, ended.plan_id) == (JobState.FINISHED, 7)
    assert ended.seconds_left(datetime.now(UTC)) is None


def test_cancelling_stops_at_the_next_word(tmp_path: Path) -> None:
    board = JobBoard(tmp_path)
    making = board.begin("2026-11", "某人")
    JobBoard(tmp_path).cancel()
    with pytest.raises(PlanCancelledError) as caught:
        making.progress("匹配对象", 0, 4)
    making.fail(caught.value)
    job = board.current()
    assert job is not None
    assert (job.state, job.error) == (JobState.CANCELLED, "")
    with board.making("2026-12", "别人") as again:
        again.progress("匹配对象", 0, 4)  # an old wish to cancel is forgotten
        again.finish(1)


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (InvalidInputError("设置有误"), "设置有误"),
        (RuntimeError("boom"), "意外错误"),
        (InfeasiblePlanError(("名额不够",), ("多给一个",)), "没有满足全部要求"),
    ],
)
def test_a_failure_is_told(tmp_path: Path, error: Exception, told: str) -> None:
    board = JobBoard(tmp_path)
    with pytest.raises(type(error)), board.making("2026-11", "某人"):
        raise error
    job = board.current()
    assert job is not None
    assert job.state is JobState.FAILED
    assert told in job.error
    assert "boom" not in job.error
    if isinstance(error, InfeasiblePlanError):
        assert (job.constraints, job.changes) == (("名额不够",), ("多给一个",))


def test_a_process_that_died_is_noticed(tmp_path: Path) -> None:
    board = JobBoard(tmp_path)
    making = board.begin("2026-11", "某人")
    making._lock.release()  # as the system does when a process dies
    job = board.current()
    assert job is not None
    assert job.state is JobState.INTERRUPTED
    board.begin("2026-12", "别人").finish(1)


def test_of_many_that_begin_at_once_one_does(tmp_path: Path) -> None:
    begun, refused = [], []
    ready = threading.Barrier(6)

    def begin() -> None:
        ready.wait()
        try:
            begun.append(JobBoard(tmp_path).begin("2026-11", "某人"))
        except ConflictError as error:
            refused.append(error)

    threads = [threading.Thread(target=begin) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(begun), len(refused)) == (1, 5)
    begun[0].finish(None)


def test_what_is_stored_can_be_read_again() -> None:
    assert settings_of(SETTINGS) == SHIPPED
