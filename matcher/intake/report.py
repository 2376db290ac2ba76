"""What reading a file came to, and how it is told to a person."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from matcher.intake.results import Fault, Note, RowResult

Record = TypeVar("Record")

KEPT_FAULTS = 1000
"""So many faults are kept word for word; the others are counted."""

_KEPT_NOTES = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeReport:
    """Outcome of reading a file.

    Attributes:
        rows: rows read, without blank ones and the header.
        good: rows that gave a record.
        faulty: rows with at least one fault.
        fault_count: faults of all rows.
        faults: the first `KEPT_FAULTS` of them.
        notes: texts of notes with how often each occurred, the most frequent first.
    """

    rows: int
    good: int
    faulty: int
    fault_count: int
    faults: tuple[Fault, ...] = ()
    notes: tuple[tuple[str, int], ...] = ()

    @property
    def is_clean(self) -> bool:
        """Whether there is something to import and nothing wrong."""
        return self.good > 0 and self.fault_count == 0


def summarise(results: Iterable[RowResult[Record]]) -> IntakeReport:
    """Count the results of a file; memory does not grow with the file."""
    rows = good = faulty = fault_count = 0
    faults: list[Fault] = []
    notes: Counter[str] = Counter()
    for result in results:
        rows += 1
        good += result.record is not None
        faulty += bool(result.faults)
        fault_count += len(result.faults)
        faults.extend(result.faults[: max(0, KEPT_FAULTS - len(faults))])
        for note in result.notes:
            text = _note_text(note)
            notes[text if text in notes or len(notes) < _KEPT_NOTES else "其他提示"] += 1
    return IntakeReport(
        rows=rows,
        good=good,
        faulty=faulty,
        fault_count=fault_count,
        faults=tuple(faults),
        notes=tuple(notes.most_common()),
    )


def render_report(report: IntakeReport, *, most: int = 200) -> list[str]:
    """The report in Chinese, line by line: a summary, the faults, the notes.

    Args:
        report: what to tell.
        most: so many lines of faults, and of notes, at most; then the number of the others.
    """
    if not report.rows:
        return ["文件里没有数据行"]
    others = report.rows - report.good - report.faulty
    summary = f"共 {report.rows} 行，{report.good} 行可以导入，{report.faulty} 行有错误"
    lines = [summary + (f"，{others} 行是示例、重复或补充其他行" if others else "")]
    lines += map(render_fault, report.faults[:most])
    if report.fault_count > min(most, len(report.faults)):
        shown = min(most, len(report.faults))
        lines.append(f"还有 {report.fault_count - shown} 处错误没有列出，请先改正以上各处")
    lines += [f"提示：{text}" + (f"（{n} 处）" if n > 1 else "") for text, n in report.notes[:most]]
    if len(report.notes) > most:
        lines.append(f"还有 {len(report.notes) - most} 种提示没有列出")
    return lines


def render_fault(fault: Fault) -> str:
    """One fault with where it is: `第 12 行，需求时限：“2026-13-40”不是日期，…`."""
    places = [f"工作表“{fault.sheet}”" if fault.sheet else ""]
    places.append(f"第 {fault.row} 行" if fault.row is not None else "")
    place = "".join(places)
    named = not fault.label or fault.message.startswith(fault.label)
    what = fault.message if named else f"{fault.label}：{fault.message}"
    return f"{place}，{what}" if place else what


def _note_text(note: Note) -> str:
    return f"{note.label}：{note.message}" if note.label else note.message
