"""Values as people read them."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from api.pages.format import excerpt, long_date, marked, money, short_date
from api.pages.paging import Paging
from api.pages.view import beside_best, without_heading
from matcher.ranking.fusion import AGREEMENT, DEFAULT_WEIGHTS
from matcher.records import EvidencePassage, Need, NeedMatch, Partner, PartnerKind


def test_dates() -> None:
    assert long_date(date(2026, 1, 2)) == "2026年1月2日"
    assert short_date(date(2026, 1, 2)) == "2026-01-02"
    assert long_date(None) == short_date(None) == ""


@pytest.mark.parametrize(
    ("value", "shown"),
    [(None, ""), (0.0, "0"), (80.0, "80"), (0.125, "0.12"), (1234567.5, "1,234,567.5")],
)
def test_money(value: float | None, shown: str) -> None:
    assert money(value) == shown


def test_marked() -> None:
    assert marked("a<b>触头&c", [(1, 4), (4, 6)]) == (
        "a<mark>&lt;b&gt;</mark><mark>触头</mark>&amp;c"
    )
    assert marked("", ()) == ""
    assert marked("磨损的触头", [(3, 5)], [(0, 2)]) == (
        '<mark class="near">磨损</mark>的<mark>触头</mark>'
    )


@st.composite
def texts_with_spans(draw: st.DrawFn) -> tuple[str, list[tuple[int, int]]]:
    text = draw(st.text(alphabet="触头温升a1<&>。，\n ", max_size=600))
    edges = sorted(draw(st.sets(st.integers(0, len(text)), max_size=12)))
    return text, list(zip(edges[::2], edges[1::2], strict=False))


@given(texts_with_spans())
def test_marking_changes_nothing_but_the_marks(case: tuple[str, list[tuple[int, int]]]) -> None:
    text, spans = case
    html = marked(text, spans)
    assert html.replace("<mark>", "").replace("</mark>", "") == escape(text)
    assert html.count("<mark>") == len(spans)


@given(texts_with_spans())
def test_an_excerpt_is_a_marked_part(case: tuple[str, list[tuple[int, int]]]) -> None:
    text, spans = case
    html = excerpt(text, spans)
    bare = html.replace("<mark>", "").replace("</mark>", "").strip("…")
    assert bare in escape(text)
    assert html.count("<mark>") == html.count("</mark>") <= len(spans)
    if text and spans:
        assert "<mark>" in html


def test_an_excerpt_begins_near_the_marks_and_cuts_no_number() -> None:
    text = "开头" * 100 + "。额定电流 1250.5 A 时触头温升。" + "结尾" * 100
    place = text.index("触头")
    shown = excerpt(text, [(place, place + 2)])
    assert shown.startswith("…")
    assert "1250.5 A 时<mark>触头</mark>温升" in shown


def test_an_excerpt_keeps_both_kinds_of_marks() -> None:
    text = "头" * 300 + "。触头磨损" + "尾" * 300
    shown = excerpt(text, [(301, 303)], near=[(303, 305), (500, 502)])
    assert '…<mark>触头</mark><mark class="near">磨损</mark>尾' in shown
    assert shown.count("<mark") == 2


def test_an_excerpt_of_latin_text_is_as_wide_as_one_of_chinese() -> None:
    chinese, latin = "触" * 1000, "contact wear " * 100
    assert len(excerpt(chinese)) == 110 + 1
    assert 200 < len(excerpt(latin)) <= 220 + 1
    assert len(excerpt(chinese, (), 36)) == 36 + 1
    assert excerpt("contact " * 25) == "contact " * 25, "short enough to stand whole"


def test_an_excerpt_does_not_begin_with_a_stop() -> None:
    text = "头" * 200 + "，" + "尾" * 109
    assert excerpt(text, [(250, 252)]).startswith("…尾")
    assert "<mark>，</mark>" in excerpt(text, [(200, 201)])


def profile(text: str, *spans: tuple[int, int], evidence_id: str | None = None) -> EvidencePassage:
    return EvidencePassage(
        evidence_id=evidence_id, type=None, title="", year=None, source="", text=text, spans=spans
    )


@pytest.mark.parametrize(
    ("text", "span", "shown"),
    [
        ("旅德化学会，CCG，Coating\nAdhesives", (19, 21), ("Adhesives", (1, 3))),
        ("旅德化学会，CCG，Coating\nAdhesives", (10, 17), ("Coating\nAdhesives", (0, 7))),
        ("旅德化学会，CCG，Coating\nAdhesives", (0, 2), ("Adhesives", None)),
        ("Coating\nAdhesives", (9, 11), ("Adhesives", (1, 3))),
        ("旅德化学会，CCG", (0, 2), ("旅德化学会，CCG", (0, 2))),
        ("Other，CCG\nAdhesives", (0, 5), ("Other，CCG\nAdhesives", (0, 5))),
    ],
)
def test_the_heading_of_a_profile_is_left_out(
    text: str, span: tuple[int, int], shown: tuple[str, tuple[int, int] | None]
) -> None:
    partner = Partner(
        id="O1",
        kind=PartnerKind.OVERSEAS,
        name="旅德化学会",
        name_en="CCG",
        disciplines=("Coating",),
    )
    body, left = shown
    found = without_heading(profile(text, span), partner)
    assert (found.text, found.spans) == (body, (left,) if left else ())
    near = replace(profile(text), near_spans=(span,))
    assert without_heading(near, partner).near_spans == found.spans
    paper = profile(text, span, evidence_id="O1-1")
    assert without_heading(paper, partner) is paper


def test_pages_to_link_to() -> None:
    assert Paging(1, 20, 0).shown == [1]
    assert Paging(1, 20, 41).shown == [1, 2, 3]
    assert Paging(5, 20, 200).shown == [1, None, 3, 4, 5, 6, 7, None, 10]
    assert Paging(9, 20, 41).shown == [1, None, 3]


def matches(*components: dict[str, float]) -> list[NeedMatch]:
    return [
        NeedMatch(
            rank=n,
            need=Need(id=str(n)),
            score=sum(parts.values()),
            components=parts,
            evidence=(),
        )
        for n, parts in enumerate(components, start=1)
    ]


def test_scores_beside_the_best() -> None:
    found = beside_best(
        matches(
            {"dense": 0.4, "characters": 0.4, "pairs": 0.2},
            {"dense": 0.3, "characters": -0.1, "pairs": 0.0},
            {"dense": -0.2},
        )
    )
    assert [shown.share for shown in found] == [100, 20, 0]
    bars = [[(bar.label, bar.share) for bar in shown.bars] for shown in found]
    assert bars == [
        [("语义", 100), ("字面", 100), ("词组", 50)],
        [("语义", 75), ("字面", 0), ("词组", 0)],
        [("语义", 0)],
    ]


def test_where_nothing_fits_the_best_is_still_the_whole() -> None:
    found = beside_best(matches({"dense": -0.1}, {"dense": -0.2}))
    assert [shown.share for shown in found] == [100, 0]
    assert [bar.share for shown in found for bar in shown.bars] == [0, 0]


def test_scores_without_differences() -> None:
    found = beside_best(matches({"dense": 0.0}, {"dense": 0.0}))
    assert [shown.share for shown in found] == [100, 100]
    assert beside_best([]) == []


def test_every_view_that_counts_has_its_label() -> None:
    parts = dict.fromkeys([*DEFAULT_WEIGHTS, AGREEMENT], 1.0)
    (shown,) = beside_best(matches(parts))
    assert [bar.label for bar in shown.bars] == ["语义", "字面", "词组", "佐证"]
