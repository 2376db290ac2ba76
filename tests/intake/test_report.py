from hypothesis import given
from hypothesis import strategies as st

from matcher.intake.report import IntakeReport, render_fault, render_report, summarise
from matcher.intake.results import Fault, Note, RowResult


def fault(row: int) -> Fault:
    return Fault(field="budget", label="资金", value="x", message="不是金额", row=row)


def test_lines_are_capped_and_the_rest_counted() -> None:
    results = [RowResult(row=n, faults=(fault(n),)) for n in range(2, 1502)]
    report = summarise(results)
    assert len(report.faults) == 1000
    lines = render_report(report)
    assert lines[0] == "共 1500 行，0 行可以导入，1500 行有错误"
    assert lines[1] == "第 2 行，资金：不是金额"
    assert lines[-1] == "还有 1300 处错误没有列出，请先改正以上各处"
    assert len(lines) == 202


def test_equal_notes_are_counted() -> None:
    note = Note(field="problem", label="主要问题", message="已隐去 1 处手机号")
    report = summarise([RowResult(row=n, record="r", notes=(note,)) for n in range(3)])
    assert report.is_clean
    assert render_report(report)[1:] == ["提示：主要问题：已隐去 1 处手机号（3 处）"]


def test_many_kinds_of_notes_do_not_pile_up() -> None:
    notes = tuple(Note(field="", label="", message=str(n)) for n in range(500))
    report = summarise([RowResult(row=1, record="r", notes=notes)])
    assert len(report.notes) == 201
    assert report.notes[0] == ("其他提示", 300)


def test_an_empty_file() -> None:
    report = summarise([])
    assert report == IntakeReport(rows=0, good=0, faulty=0, fault_count=0)
    assert not report.is_clean
    assert render_report(report) == ["文件里没有数据行"]


def test_a_fault_without_place() -> None:
    bare = Fault(field="", label="", value="", message="坏了")
    assert render_fault(bare) == "坏了"


@given(st.lists(st.sampled_from(["good", "bad", "neither"])))
def test_the_parts_sum_up(kinds: list[str]) -> None:
    results = [
        RowResult(
            row=n,
            record="r" if kind == "good" else None,
            faults=(fault(n), fault(n)) if kind == "bad" else (),
        )
        for n, kind in enumerate(kinds)
    ]
    report = summarise(results)
    assert report.rows == report.good + report.faulty + kinds.count("neither")
    assert report.fault_count == len(report.faults) == 2 * report.faulty
