"""Whole files into the store: all, or nothing, or only what is good when asked for."""

import json
from pathlib import Path

import pytest

from matcher.importing import import_file
from matcher.intake import Subject
from matcher.store.changes import library_state
from matcher.store.database import Database
from matcher.store.enterprises import list_enterprises
from matcher.store.needs import list_needs
from matcher.store.partners import count_partners
from matcher.store.saving import SaveCounts

pytestmark = pytest.mark.any_database

GOOD = {"id": "N1", "title": "断路器触头温升过高", "problem": "触头发热，温升超标，求解决。"}
BAD = {"id": "N2", "title": "阀门泄漏问题待解决", "deadline": "2026-13-40", "budget": "很多"}


def lines(path: Path, *rows: dict[str, object]) -> Path:
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), "utf-8")
    return path


def test_the_same_file_twice_changes_nothing(database: Database, tmp_path: Path) -> None:
    file = lines(tmp_path / "needs.jsonl", GOOD, {"title": "没有编号的需求也要稳定导入一次"})
    first = import_file(database, file, Subject.NEEDS)
    with database.reading() as session:
        state = library_state(session)
    second = import_file(database, file, Subject.NEEDS)
    assert first.counts == SaveCounts(created=2)
    assert second.counts == SaveCounts(unchanged=2)
    with database.reading() as session:
        assert library_state(session) == state


def test_a_file_with_faults_imports_nothing(database: Database, tmp_path: Path) -> None:
    result = import_file(database, lines(tmp_path / "needs.jsonl", GOOD, BAD), Subject.NEEDS)
    assert not result.imported
    assert {(fault.row, fault.field) for fault in result.report.faults} == {
        (2, "deadline"),
        (2, "budget"),
    }
    with database.reading() as session:
        assert list_needs(session)[1] == 0


def test_the_good_rows_can_be_kept(database: Database, tmp_path: Path) -> None:
    file = lines(tmp_path / "needs.jsonl", GOOD, BAD)
    result = import_file(database, file, Subject.NEEDS, keep_good=True)
    assert result.counts == SaveCounts(created=1)
    assert result.report.faulty == 1


def test_a_dry_run_writes_nothing(database: Database, tmp_path: Path) -> None:
    file = lines(tmp_path / "needs.jsonl", GOOD)
    result = import_file(database, file, Subject.NEEDS, dry_run=True)
    assert result.report.is_clean
    assert not result.imported
    with database.reading() as session:
        assert library_state(session).revision == 0


def test_an_unknown_enterprise_id_is_a_fault(database: Database, tmp_path: Path) -> None:
    file = lines(tmp_path / "needs.jsonl", GOOD | {"enterprise_id": "E404"})
    result = import_file(database, file, Subject.NEEDS)
    assert not result.imported
    assert "E404" in result.report.faults[0].message


def test_an_enterprise_known_by_name_is_found_and_an_unknown_one_created(
    database: Database, tmp_path: Path
) -> None:
    import_file(
        database,
        lines(tmp_path / "enterprises.jsonl", {"id": "E1", "name": "甲电器有限公司"}),
        Subject.ENTERPRISES,
    )
    file = lines(
        tmp_path / "needs.jsonl",
        GOOD | {"enterprise_name": "甲电器有限公司"},
        GOOD | {"id": "N5", "enterprise_name": "乙阀门有限公司", "county": "永嘉县"},
        GOOD | {"id": "N6", "enterprise_name": "乙阀门有限公司", "county": "永嘉县"},
    )
    result = import_file(database, file, Subject.NEEDS)
    assert (result.counts.created, result.new_enterprises) == (3, 1)
    with database.reading() as session:
        needs = {need.id: need for need in list_needs(session)[0]}
        names = {e.id: e.name for e in list_enterprises(session)[0]}
    assert needs["N1"].enterprise_id == "E1"
    assert names[needs["N5"].enterprise_id or ""] == "乙阀门有限公司"
    assert needs["N5"].enterprise_id == needs["N6"].enterprise_id
    again = import_file(database, file, Subject.NEEDS)
    assert (again.counts, again.new_enterprises) == (SaveCounts(unchanged=3), 0)


def test_a_failure_while_writing_leaves_nothing(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [{"id": f"P{n}", "kind": "expert", "name": f"专家{n}"} for n in range(2500)]
    file = lines(tmp_path / "partners.jsonl", *rows)

    def stop(step: str, done: int, _total: int) -> None:
        if step == "导入" and done >= 2000:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_file(database, file, Subject.PARTNERS, progress=stop)
    with database.reading() as session:
        assert sum(count_partners(session).values()) == 0
    assert import_file(database, file, Subject.PARTNERS).counts.created == 2500


def test_the_file_may_change_once_it_is_checked(database: Database, tmp_path: Path) -> None:
    file = lines(tmp_path / "needs.jsonl", GOOD)

    def spoil(step: str, _done: int, _total: int) -> None:
        if step == "检查":
            lines(file, BAD)

    result = import_file(database, file, Subject.NEEDS, progress=spoil)
    assert result.counts == SaveCounts(created=1)
    with database.reading() as session:
        assert [need.id for need in list_needs(session)[0]] == ["N1"]


def test_steps_are_told_with_how_far_they_are(database: Database, tmp_path: Path) -> None:
    rows = [{"id": f"P{n}", "kind": "expert", "name": f"专家{n}"} for n in range(1500)]
    told: list[tuple[str, int, int]] = []
    import_file(
        database,
        lines(tmp_path / "partners.jsonl", *rows),
        Subject.PARTNERS,
        progress=lambda *step: told.append(step),
    )
    assert told == [
        ("检查", 1000, 0),
        ("检查", 1500, 0),
        ("导入", 1000, 1500),
        ("导入", 1500, 1500),
    ]
