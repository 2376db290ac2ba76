"""Reports as JSON and back."""

import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.errors import InvalidInputError
from matcher.reports.codec import report_from_json, report_to_json
from matcher.reports.records import (
    Cell,
    CellKind,
    Chart,
    ChartKind,
    Column,
    Edition,
    Report,
    Section,
    Table,
)

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
CELLS: dict[CellKind, st.SearchStrategy[Cell]] = {
    CellKind.TEXT: TEXTS,
    CellKind.COUNT: st.integers(),
    CellKind.AMOUNT: st.floats(allow_nan=False, allow_infinity=False),
    CellKind.SHARE: st.floats(0, 1),
    CellKind.DATE: st.dates(),
}


@st.composite
def tables(draw: st.DrawFn) -> Table:
    kinds = draw(st.lists(st.sampled_from(CellKind), min_size=1, max_size=4))
    columns = tuple(
        Column(key=f"c{place}", label=draw(TEXTS), kind=kind, unit=draw(TEXTS))
        for place, kind in enumerate(kinds)
    )
    row = st.tuples(*(st.none() | CELLS[kind] for kind in kinds))
    return Table(
        key="t",
        title=draw(TEXTS),
        columns=columns,
        rows=tuple(draw(st.lists(row, max_size=3))),
        total=draw(st.none() | row),
        empty=draw(TEXTS),
    )


charts = st.builds(
    Chart,
    table=TEXTS,
    title=TEXTS,
    kind=st.sampled_from(ChartKind),
    label=TEXTS,
    series=st.lists(TEXTS, max_size=2).map(tuple),
    most=st.integers(1, 20),
)
sections = st.builds(
    Section,
    key=TEXTS,
    heading=TEXTS,
    paragraphs=st.lists(TEXTS, max_size=2).map(tuple),
    charts=st.lists(charts, max_size=2).map(tuple),
    tables=st.lists(tables(), max_size=2).map(tuple),
)
reports = st.builds(
    Report,
    edition=st.builds(Edition, month=st.dates(), county=TEXTS, year_to_date=st.booleans()),
    title=TEXTS,
    issue=TEXTS,
    period=TEXTS,
    issuer=TEXTS,
    made_on=st.dates(),
    sections=st.lists(sections, max_size=2).map(tuple),
    appendices=st.lists(tables(), max_size=2).map(tuple),
    notes=st.lists(TEXTS, max_size=2).map(tuple),
)


@given(reports)
def test_a_report_comes_back_as_it_was(report: Report) -> None:
    written = json.dumps(report_to_json(report), allow_nan=False)
    assert report_from_json(json.loads(written)) == report


SMALL = Report(
    edition=Edition(month=date(2026, 11, 1)),
    title="月报",
    issue="",
    period="",
    issuer="",
    made_on=date(2026, 11, 22),
    sections=(),
)


@pytest.mark.parametrize(
    ("kind", "cell"),
    [
        (CellKind.DATE, "2026-11-01"),
        (CellKind.TEXT, date(2026, 11, 1)),
        (CellKind.COUNT, date(2026, 11, 1)),
        (CellKind.AMOUNT, float("nan")),
        (CellKind.SHARE, float("inf")),
    ],
)
def test_a_cell_that_would_not_come_back_is_refused(kind: CellKind, cell: Cell) -> None:
    table = Table(
        key="t", title="表", columns=(Column(key="c", label="列", kind=kind),), rows=((cell,),)
    )
    with pytest.raises(ValueError, match=r"t\.c"):
        report_to_json(replace(SMALL, appendices=(table,)))


@pytest.mark.parametrize(
    "change", [{"made_on": "today"}, {"edition": {}}, {"sections": None}, {"notes": 3}]
)
def test_what_is_no_report_is_told(change: dict[str, object]) -> None:
    with pytest.raises(InvalidInputError, match="已损坏"):
        report_from_json(report_to_json(SMALL) | change)
    with pytest.raises(InvalidInputError, match="已损坏"):
        report_from_json({})
