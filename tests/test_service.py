import pytest

from matcher.errors import NeedTextError, NotFoundError
from matcher.records import Evidence, EvidenceType, Partner, PartnerKind, SearchFilter
from matcher.service import Matcher
from matcher.store.runs import match_runs_of

CONTACT_NEED = "断路器触头温升过高，银合金触头发热"


def test_partners_are_ranked_with_the_evidence_that_earned_the_place(filled: Matcher) -> None:
    ranking = filled.match_text(CONTACT_NEED, top=2)
    best = ranking.matches[0]
    assert [m.rank for m in ranking.matches] == [1, 2]
    assert best.partner.id == "X1"
    assert best.evidence[0].evidence_id == "X1-1"
    assert best.evidence[0].title == "银氧化锡触头材料的熔焊特性"
    marked = [best.evidence[0].text[a:b] for a, b in best.evidence[0].spans]
    assert any("断路器触头" in words for words in marked)
    assert sum(best.components.values()) == pytest.approx(best.score)
    assert ranking.model_id == filled.encoder.model_id


def test_a_filter_restricts_the_search_itself(filled: Matcher) -> None:
    societies = SearchFilter(kinds=frozenset({PartnerKind.SOCIETY}))
    assert [
        m.partner.id for m in filled.match_text(CONTACT_NEED, restriction=societies).matches
    ] == ["S1"]
    here = SearchFilter(region="四川省")
    assert [m.partner.id for m in filled.match_text(CONTACT_NEED, restriction=here).matches] == [
        "X2"
    ]
    nowhere = SearchFilter(region="月球")
    assert filled.match_text(CONTACT_NEED, restriction=nowhere).matches == ()


def test_a_stored_need_is_matched_like_its_text(filled: Matcher) -> None:
    by_id = filled.match_need("N1")
    assert by_id.matches[0].partner.id == "X1"


def test_a_partner_finds_its_needs(filled: Matcher) -> None:
    assert filled.needs_for("X2").matches[0].need.id == "N2"
    assert {m.need.id for m in filled.needs_for("X1").matches[:2]} == {"N1", "N3"}


def test_similar_needs_leave_the_need_itself_out(filled: Matcher) -> None:
    similar = filled.similar_needs("N1")
    assert similar.matches[0].need.id == "N3"
    assert "N1" not in {m.need.id for m in similar.matches}


@pytest.mark.parametrize("text", ["", "   ", "阀门", "触头温升" * 12_500])
def test_a_text_that_cannot_be_matched_is_refused(filled: Matcher, text: str) -> None:
    with pytest.raises(NeedTextError):
        filled.match_text(text)


def test_unknown_ids_are_named(filled: Matcher) -> None:
    for ask in (filled.match_need, filled.needs_for, filled.similar_needs):
        with pytest.raises(NotFoundError, match="nobody"):
            ask("nobody")


def test_an_empty_library_gives_an_empty_answer(matcher: Matcher) -> None:
    assert matcher.match_text(CONTACT_NEED).matches == ()


def test_an_answer_can_be_recorded(filled: Matcher) -> None:
    ranking = filled.match_need("N1", top=2)
    number = filled.record(ranking, "text", need_id="N1")
    with filled.reading() as session:
        (run,) = match_runs_of(session, "N1")
    assert run["id"] == number
    assert run["model_id"] == ranking.model_id
    assert [m["partner_id"] for m in run["results"]["matches"]] == [
        m.partner.id for m in ranking.matches
    ]


def test_the_same_question_has_the_same_answer(filled: Matcher) -> None:
    first, second = filled.match_text(CONTACT_NEED), filled.match_text(CONTACT_NEED)
    assert first.matches == second.matches


def test_a_partner_without_text_finds_no_needs_and_says_why(filled: Matcher) -> None:
    filled.save_partners([Partner(id="X0", kind=PartnerKind.EXPERT, name="无名")])
    ranking = filled.needs_for("X0")
    assert ranking.matches == ()
    assert "没有简介，也没有成果" in ranking.warnings[0]


def test_of_very_many_passages_the_latest_are_asked_with(filled: Matcher) -> None:
    papers = tuple(
        Evidence(id=f"e{n}", type=EvidenceType.PAPER, title=f"论文{n}", year=1990 + n)
        for n in range(20)
    )
    old = Evidence(id="old", type=EvidenceType.PAPER, title="断路器触头温升", year=1980)
    partner = Partner(id="X0", kind=PartnerKind.EXPERT, name="多产", evidence=(old, *papers))
    filled.save_partners([partner])
    assert "21 条" in filled.needs_for("X0").warnings[0]


def test_an_english_partner_can_surface_for_a_chinese_need(filled: Matcher) -> None:
    only = SearchFilter(kinds=frozenset({PartnerKind.OVERSEAS}))
    assert [m.partner.id for m in filled.match_text(CONTACT_NEED, restriction=only).matches] == [
        "O1"
    ]


def test_a_text_with_signs_that_are_no_characters_is_matched(filled: Matcher) -> None:
    odd = filled.match_text("断路器触头\x00温升过高\udcff，银合金触头发热")
    assert odd.matches[0].partner.id == "X1"


def test_a_title_alone_is_not_shown_twice(filled: Matcher) -> None:
    paper = Evidence(id="e", type=EvidenceType.PAPER, title="深水网箱大黄鱼养殖")
    filled.save_partners(
        [Partner(id="X0", kind=PartnerKind.EXPERT, name="养殖", evidence=(paper,))]
    )
    best = filled.match_text("深水网箱大黄鱼养殖病害多发").matches[0]
    assert (best.evidence[0].title, best.evidence[0].text) == ("深水网箱大黄鱼养殖", "")
