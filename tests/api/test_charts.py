"""Bars as SVG."""

import re
from xml.etree import ElementTree

from api.charts import Bar, bars


def lengths(chart: str) -> list[float]:
    return [float(found) for found in re.findall(r'<rect [^>]*width="([\d.]+)%"', chart)]


def test_bars_are_as_long_as_their_values() -> None:
    rows = [Bar("乐清市", 30), Bar("平阳县", 15), Bar("龙港市", 0)]
    longest, half, none = lengths(bars(rows, "各县区的需求"))
    assert half == longest / 2
    assert none == 0
    assert 0 < longest < 60, "the labels have room"


def test_labels_and_values_stand_on_the_marks() -> None:
    chart = ElementTree.fromstring(bars([Bar("乐清市", 30, href="/needs?a=1&b=2")], "标题"))
    assert chart.get("aria-label") == "标题"
    assert [text.text for text in chart.iter("text")] == ["乐清市", "30"]
    assert [link.get("href") for link in chart.iter("a")] == ["/needs?a=1&b=2"]
    assert [title.text for title in chart.iter("title")] == ["乐清市 30"]


def test_what_people_wrote_is_escaped() -> None:
    chart = bars([Bar("<b>&", 1, text='"<i>"', href='/?q="><script>', title="<u>")], '"<p>')
    ElementTree.fromstring(chart)
    assert not re.search("<(b|i|u|p|script)>", chart)


def test_a_long_label_is_cut_and_told_whole_in_the_title() -> None:
    chart = bars([Bar("一个名字特别长的功能区", 3)], "标题")
    assert ">一个名字特别长的…<" in chart
    assert "<title>一个名字特别长的功能区 3</title>" in chart


def test_nothing_to_show_is_an_empty_chart() -> None:
    assert lengths(bars([], "标题")) == []
    assert lengths(bars([Bar("甲", 0)], "标题")) == [0]


def test_nothing_inline_that_the_policy_forbids() -> None:
    chart = bars([Bar("甲", 1, href="/")], "标题")
    assert "style" not in chart
    assert "script" not in chart
