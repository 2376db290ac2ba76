"""Cells, dates, numbers and texts as documents write them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from matcher.reports.clean import CUT, clean, cut, one_line, shortened
from matcher.reports.formats import chinese_number, display_width, heading, shown
from matcher.reports.records import Cell, CellKind, Column

K = CellKind


@pytest.mark.parametrize(
    ("cell", "kind", "wanted"),
    [
        (None, K.TEXT, "—"),
        (float("nan"), K.COUNT, "—"),
        (float("-inf"), K.AMOUNT, "—"),
        (0, K.COUNT, "0"),
        (1234567, K.COUNT, "1,234,567"),
        (-12, K.COUNT, "-12"),
        (2.5, K.COUNT, "2.5"),
        (100.0, K.COUNT, "100"),
        (0, K.AMOUNT, "0.00"),
        (-0.001, K.AMOUNT, "0.00"),
        (2.675, K.AMOUNT, "2.68"),
        (1e9, K.AMOUNT, "1,000,000,000.00"),
        (0.125, K.SHARE, "12.5%"),
        (0.0005, K.SHARE, "0.1%"),
        (1, K.SHARE, "100.0%"),
        (date(2026, 1, 5), K.DATE, "2026年1月5日"),
        (date(2026, 1, 5), K.TEXT, "2026年1月5日"),
        ("无", K.COUNT, "无"),
        (2026, K.TEXT, "2026"),
    ],
)
def test_cells_as_they_are_shown(cell: Cell, kind: CellKind, wanted: str) -> None:
    assert shown(cell, kind) == wanted


def test_numbers_of_headings() -> None:
    assert [chinese_number(number) for number in (1, 9, 10, 11, 20, 35, 99)] == [
        "一", "九", "十", "十一", "二十", "三十五", "九十九",
    ]  # fmt: skip
    for number in (0, 100):
        with pytest.raises(ValueError, match="not within"):
            chinese_number(number)


def test_a_unit_stands_in_the_heading() -> None:
    assert heading(Column(key="a", label="金额", unit="万元")) == "金额（万元）"
    assert heading(Column(key="a", label="县区")) == "县区"


def test_width_counts_chinese_characters_twice() -> None:
    assert display_width("温升 70K") == 8
    assert display_width("短\n长一些\n") == 6
    assert display_width("") == 0


@given(st.text())
def test_a_clean_text_is_one_that_xml_holds(text: str) -> None:
    told = clean(text)
    assert clean(told) == told
    assert (etree.fromstring(f"<a><![CDATA[{told.replace(']]>', '')}]]></a>").text or "") == (
        told.replace("]]>", "")
    )


def test_line_ends_become_one_kind() -> None:
    assert clean("a\r\nb\rc\u2028d\x0be") == "a\nb\nc\nd\ne"
    assert one_line(" a\r\n b\tc ") == "a b c"


@given(st.text(alphabet="断a𬇙", max_size=60), st.integers(len(CUT), 80))
def test_a_cut_text_fits_and_says_that_it_is_cut(text: str, most: int) -> None:
    told = cut(text, most)
    assert len(told.encode("utf-16-le")) // 2 <= most
    assert told == text or (told.endswith(CUT) and text.startswith(told.removesuffix(CUT)))


def test_a_shortened_text_ends_with_an_ellipsis() -> None:
    assert shortened("一二三", 3) == "一二三"
    assert shortened("一二，三四", 4) == "一二…"
