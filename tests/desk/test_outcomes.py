"""Outcomes at the desk, and their sums."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.casework.stations import OutcomeKind
from matcher.desk import Act, Desk, Subject, outcomes
from matcher.desk.outcomes import OutcomeDraft, parse_outcome
from matcher.desk.station_forms import accepted
from matcher.errors import ConflictError, ForbiddenError, NotFoundError
from matcher.intake.results import RecordFaultsError
from matcher.people import Role
from matcher.service import Matcher
from matcher.store.audit import list_audit
from matcher.store.outcomes import OutcomeFilter, OutcomeTotal, outcome_mark, sum_by_kind
from tests.stations import add_firms, desk_of, found, pair

pytestmark = pytest.mark.any_database

TODAY = date(2026, 11, 22)
PATENT = {"kind": "patent", "title": "一种触头", "on": "2025-05-01", "number": "ZL1"}
SALES = {"kind": "sales", "title": "新品销售", "on": "2026-06-30", "amount": "120.5"}


@pytest.fixture
def city(filled: Matcher) -> Desk:
    add_firms(filled)
    return desk_of(filled)


@pytest.fixture
def elsewhere(city: Desk) -> Desk:
    return desk_of(city.matcher, Role.COUNTY_STAFF, "平阳县")


def draft(**values: object) -> OutcomeDraft:
    return accepted(parse_outcome({**PATENT, **values}, today=TODAY))


def test_an_outcome_of_a_station(city: Desk) -> None:
    station = found(city.matcher)
    made = outcomes.create(city, draft(station_id=station.id))
    assert (made.county, made.station_id, made.pairing_id) == ("乐清市", station.id, None)
    assert outcomes.get(city, made.id) == made
    with city.matcher.reading() as session:
        (entry,), _ = list_audit(session, subject=Subject.OUTCOME)
    assert (entry.action, entry.county, entry.summary) == (Act.CREATE, "乐清市", "专利：一种触头")


def test_one_of_a_station_is_one_of_its_pairing(city: Desk) -> None:
    pairing = pair(city.matcher)
    station = found(city.matcher, pairing_id=pairing.id)
    made = outcomes.create(city, draft(station_id=station.id))
    assert made.pairing_id == pairing.id
    (line,), _ = outcomes.find(city, OutcomeFilter(pairing_id=pairing.id))
    assert line.station is not None
    assert line.basis is not None
    assert (line.station.name, line.basis.need_id) == ("示例专家站", "N1")


def test_one_of_a_pairing_alone(city: Desk) -> None:
    pairing = pair(city.matcher)
    made = outcomes.create(city, draft(pairing_id=pairing.id))
    assert (made.station_id, made.county) == (None, "乐清市")


def test_a_pairing_that_has_nothing_to_do_with_the_station(city: Desk) -> None:
    first = pair(city.matcher)
    station = found(city.matcher, pairing_id=first.id)
    with pytest.raises(RecordFaultsError) as caught:
        outcomes.create(city, draft(station_id=station.id, pairing_id=first.id + 1))
    assert caught.value.field in {"station_id", "pairing_id"}


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"kind": ""}, "kind", "还没有选择成果类型"),
        ({"title": "长" * 301}, "title", "最多 300 字"),
        ({"title": ""}, "title", "还没有填写成果名称"),
        ({"on": "2026-11-23"}, "on", "今天以后"),
        ({"amount": "12"}, "amount", "只有“新增销售额”"),
        ({"kind": "sales"}, "amount", "要填写金额"),
        ({"kind": "sales", "amount": "很多"}, "amount", "不是金额"),
        ({"station_id": "x"}, "station_id", "是一个整数"),
        ({"station_id": "9" * 19}, "station_id", "是一个整数"),
        ({"station_id": ""}, "station_id", "还没有选择"),
    ],
)
def test_faults(changes: dict[str, object], field: str, said: str) -> None:
    parsed = parse_outcome({**PATENT, "station_id": 1, **changes}, today=TODAY)
    assert parsed.record is None
    (fault,) = parsed.faults
    assert fault.field == field
    assert said in fault.message


def test_units_of_money_are_read() -> None:
    parsed = parse_outcome({**SALES, "amount": "1.2亿元", "station_id": 1}, today=TODAY)
    assert parsed.record is not None
    assert parsed.record.amount == 12_000


def test_a_change_over_somebody_elses_is_refused(city: Desk) -> None:
    station = found(city.matcher)
    made = outcomes.create(city, draft(station_id=station.id))
    seen = outcome_mark(made)
    changed = outcomes.change(city, made.id, draft(station_id=station.id, number="ZL2"), seen=seen)
    assert changed.number == "ZL2"
    with pytest.raises(ConflictError, match="别人改过"):
        outcomes.change(city, made.id, draft(station_id=station.id, number="ZL3"), seen=seen)
    same = outcomes.change(
        city, made.id, draft(station_id=station.id, number="ZL2"), seen=outcome_mark(changed)
    )
    assert same == changed
    outcomes.remove(city, made.id)
    with pytest.raises(NotFoundError):
        outcomes.get(city, made.id)
    with city.matcher.reading() as session:
        told, _ = list_audit(session, subject=Subject.OUTCOME)
    assert [entry.action for entry in told] == ["delete", "change", "create"]
    assert told[0].details["number"] == "ZL2"
    assert told[1].details == {"number": ["ZL1", "ZL2"]}


def test_county_staff_keep_to_their_county(city: Desk, elsewhere: Desk) -> None:
    station = found(city.matcher)
    made = outcomes.create(city, draft(station_id=station.id))
    for attempt in (
        lambda: outcomes.get(elsewhere, made.id),
        lambda: outcomes.remove(elsewhere, made.id),
        lambda: outcomes.change(elsewhere, made.id, draft(station_id=station.id), seen=""),
        lambda: outcomes.belongs_to(elsewhere, station.id, None),
    ):
        with pytest.raises(NotFoundError):
            attempt()
    with pytest.raises(RecordFaultsError):
        outcomes.create(elsewhere, draft(station_id=station.id))
    assert outcomes.find(elsewhere, OutcomeFilter()) == ([], 0)
    assert outcomes.find(elsewhere, OutcomeFilter(county="乐清市")) == ([], 0)
    assert outcomes.sums(elsewhere) == []
    assert outcomes.sums(elsewhere, county="乐清市") == []
    assert outcomes.counties(elsewhere) == []


def test_who_only_reads(city: Desk) -> None:
    station = found(city.matcher)
    reader = desk_of(city.matcher, Role.READ_ONLY)
    with pytest.raises(ForbiddenError):
        outcomes.create(reader, draft(station_id=station.id))
    assert outcomes.find(reader, OutcomeFilter()) == ([], 0)


def test_filters_sorting_and_sums(city: Desk) -> None:
    here = found(city.matcher)
    there = found(city.matcher, enterprise_id="E2")
    outcomes.create(city, draft(station_id=here.id))
    outcomes.create(city, draft(station_id=here.id, title="另一种触头", on="2025-12-31"))
    outcomes.create(city, draft(**SALES, number="", station_id=here.id))
    outcomes.create(city, draft(**(SALES | {"amount": 10}), number="", station_id=there.id))

    def titles(**wanted: object) -> list[str]:
        sort = str(wanted.pop("sort", ""))
        lines, _ = outcomes.find(
            city,
            OutcomeFilter(**wanted),  # type: ignore[arg-type]
            sort=sort.removeprefix("-"),
            descending=sort.startswith("-"),
        )
        return [line.outcome.title for line in lines]

    assert titles() == ["新品销售", "新品销售", "另一种触头", "一种触头"]
    assert titles(kind=OutcomeKind.PATENT, sort="title") == ["一种触头", "另一种触头"]
    assert titles(until=date(2025, 12, 30)) == ["一种触头"]
    assert titles(since=date(2025, 12, 31), county="乐清市") == ["新品销售", "另一种触头"]
    assert titles(text="另一种") == ["另一种触头"]
    assert titles(text="zl1", sort="on") == ["一种触头", "另一种触头"]
    assert titles(station_id=there.id) == ["新品销售"]
    assert titles(sort="amount")[-2:] == titles(sort="-amount")[-2:], "no amount stands last"
    patents = OutcomeTotal(OutcomeKind.PATENT, 2025, 2, 0.0)
    assert outcomes.sums(city) == [patents, OutcomeTotal(OutcomeKind.SALES, 2026, 2, 130.5)]
    assert outcomes.sums(city, county="平阳县") == [OutcomeTotal(OutcomeKind.SALES, 2026, 1, 10)]
    assert outcomes.sums(city, since=date(2025, 5, 2), until=date(2025, 12, 31)) == [
        OutcomeTotal(OutcomeKind.PATENT, 2025, 1, 0.0)
    ]


@given(
    st.lists(
        st.builds(
            OutcomeTotal,
            st.sampled_from(OutcomeKind),
            st.integers(2000, 2030),
            st.integers(0, 100),
            st.integers(0, 1000).map(float),
        )
    )
)
def test_every_sum_is_the_sum_of_its_parts(parts: list[OutcomeTotal]) -> None:
    sums = sum_by_kind(parts)
    assert list(sums) == list(OutcomeKind)
    assert sum(count for count, _ in sums.values()) == sum(part.count for part in parts)
    assert sum(amount for _, amount in sums.values()) == sum(part.amount for part in parts)
