"""Stations as people write them."""

from datetime import date

import pytest

from matcher.casework.stations import Grade, StationLevel, StationStatus
from matcher.desk.station_forms import (
    parse_assessment,
    parse_station,
    parse_step,
    term_note,
)
from matcher.store.site_types import PRESET, SiteKind
from tests.stations import VALUES

TODAY = date(2026, 11, 22)
DOCTORS = SiteKind("own_1", "博士创新站", several_partners=False)
TYPES = PRESET | {DOCTORS.code: DOCTORS}


def faults(**changes: object) -> dict[str, str]:
    parsed = parse_station({**VALUES, **changes}, TYPES)
    assert (parsed.record is None) == bool(parsed.faults)
    return {fault.field: fault.message for fault in parsed.faults}


def test_what_people_write_is_read() -> None:
    written = {
        "name": " 示例  专家站 ",
        "type": "院士专家工作站",
        "level": "省级",
        "partner_ids": "X1",
        "agreed_on": "2024年3月1日",
        "ends_on": "2027-02",
        "pairing_id": "7",
        "note": "联系 13800138000",
    }
    parsed = parse_station({**VALUES, **written}, TYPES)
    record = parsed.record
    assert record is not None
    assert record.name == "示例 专家站"
    assert record.type is PRESET["academician_workstation"]
    assert record.level is StationLevel.PROVINCIAL
    assert record.partner_ids == ("X1",)
    assert (record.agreed_on, record.ends_on) == (date(2024, 3, 1), date(2027, 2, 28))
    assert record.pairing_id == 7
    assert "13800138000" not in record.note
    assert [note.field for note in parsed.notes] == ["note"]


def test_all_faults_at_once() -> None:
    parsed = parse_station({}, TYPES)
    assert {fault.field for fault in parsed.faults} == {
        "type",
        "level",
        "enterprise_id",
        "partner_ids",
        "agreed_on",
        "ends_on",
    }
    assert "还没有填写签订日期，请补上" in {fault.message for fault in parsed.faults}


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"type": "火箭站"}, "type", "可用的有：院士专家工作站"),
        ({"level": "乡级"}, "level", "国家级"),
        ({"agreed_on": "昨天"}, "agreed_on", "不是日期"),
        ({"ends_on": "2024-03-01"}, "ends_on", "应在签订日期之后"),
        ({"pairing_id": "十"}, "pairing_id", "不是对接的编号"),
        ({"partner_ids": ["X1", "X2"]}, "partner_ids", "只能有一个合作对象"),
        ({"name": "长" * 201}, "name", "最多 200 字"),
    ],
)
def test_faults(changes: dict[str, object], field: str, said: str) -> None:
    told = faults(**changes)
    assert list(told) == [field]
    assert said in told[field]


def test_a_community_may_have_several_partners() -> None:
    assert faults(type="协同创新共同体", partner_ids=["X1", "X2"]) == {}
    assert "partner_ids" in faults(type="博士创新站", partner_ids=["X1", "X2"])


@pytest.mark.parametrize(
    ("ends", "said"),
    [
        (date(2027, 2, 13), "约 2 年 11 个月"),
        (date(2027, 2, 14), ""),
        (date(2027, 3, 1), ""),
        (date(2029, 3, 16), ""),
        (date(2029, 3, 17), "约 5 年 1 个月"),
        (date(2024, 8, 1), "约 5 个月"),
        (date(2025, 9, 1), "约 1 年 6 个月"),
    ],
)
def test_an_unusual_term_is_only_pointed_out(ends: date, said: str) -> None:
    begins = date(2024, 3, 1)
    note = term_note(begins, ends)
    assert note.startswith(f"协议期{said}，一般为 3 至 5 年") if said else note == ""
    assert faults(ends_on=ends.isoformat()) == {}


def test_a_term_that_begins_on_a_leap_day() -> None:
    assert term_note(date(2024, 2, 29), date(2027, 2, 28)) == ""


@pytest.mark.parametrize(
    ("score", "grade"),
    [
        ("100", Grade.EXCELLENT),
        ("90", Grade.EXCELLENT),
        (89.9, Grade.GOOD),
        ("80分", Grade.GOOD),
        ("79.99", Grade.PASS),
        (70, Grade.PASS),
        ("69.5", Grade.FAIL),
        (0, Grade.FAIL),
    ],
)
def test_scores(score: object, grade: Grade) -> None:
    parsed = parse_assessment({"year": "2025", "score": score}, today=TODAY)
    assert parsed.record is not None
    assert parsed.record.grade is grade


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"year": 2027, "score": 80}, "year"),
        ({"year": "去年", "score": 80}, "year"),
        ({"score": 80}, "year"),
        ({"year": 2025, "score": 100.5}, "score"),
        ({"year": 2025, "score": -1}, "score"),
        ({"year": 2025, "score": "优秀"}, "score"),
        ({"year": 2025}, "score"),
    ],
)
def test_wrong_assessments(values: dict[str, object], field: str) -> None:
    parsed = parse_assessment(values, today=TODAY)
    assert parsed.record is None
    assert [fault.field for fault in parsed.faults] == [field]


def test_steps() -> None:
    parsed = parse_step({"status": "运行中", "ends_on": "2030-01-31", "note": " 续签三年 "})
    assert parsed.record is not None
    assert (parsed.record.status, parsed.record.ends_on, parsed.record.note) == (
        StationStatus.ACTIVE,
        date(2030, 1, 31),
        "续签三年",
    )
    wrong = parse_step({"ends_on": "x", "note": "长" * 501})
    assert {fault.field for fault in wrong.faults} == {"status", "ends_on", "note"}
