from hypothesis import given
from hypothesis import strategies as st

from matcher.records import Evidence, EvidenceType, Need, Partner, PartnerKind
from matcher.text.passages import need_passages, partner_passages
from matcher.text.split import PASSAGE_LIMIT


def test_a_persons_name_is_not_indexed_but_an_organizations_is() -> None:
    expert = Partner(id="1", kind=PartnerKind.EXPERT, name="王锋", profile="研究电弧。")
    society = Partner(id="2", kind=PartnerKind.SOCIETY, name="中国电工技术学会")
    assert [p.text for p in partner_passages(expert)] == ["研究电弧。"]
    assert [p.text for p in partner_passages(society)] == ["中国电工技术学会"]


def test_evidence_gives_passages_of_its_own() -> None:
    evidence = Evidence(
        id="e", type=EvidenceType.PAPER, title="题目", text="正文。", keywords=("词",)
    )
    partner = Partner(id="1", kind=PartnerKind.EXPERT, name="王锋", evidence=(evidence,))
    (passage,) = partner_passages(partner)
    assert passage.evidence_id == "e"
    assert passage.text == "题目\n正文。\n词"


def test_pieces_of_long_evidence_all_carry_the_title() -> None:
    evidence = Evidence(id="e", type=EvidenceType.PAPER, title="题目", text="很长的一句话。" * 200)
    partner = Partner(id="1", kind=PartnerKind.EXPERT, name="王锋", evidence=(evidence,))
    passages = partner_passages(partner)
    assert len(passages) > 1
    assert all(p.text.startswith("题目\n") and len(p.text) <= PASSAGE_LIMIT for p in passages)


def test_a_need_without_a_body_has_its_title() -> None:
    assert [p.text for p in need_passages(Need(id="1", title="触头温升"))] == ["触头温升"]


def test_a_partner_without_any_text_has_no_passage() -> None:
    assert partner_passages(Partner(id="1", kind=PartnerKind.EXPERT, name="王锋")) == []


def test_english_has_room_for_as_much_as_chinese() -> None:
    sentence = "Wear of gears was measured under boundary lubrication. "
    paper = Evidence(id="e", type=EvidenceType.PAPER, title="Wear", text=sentence * 20)
    group = Partner(id="1", kind=PartnerKind.OVERSEAS, name="Tribology Group", evidence=(paper,))
    about, whole = partner_passages(group)
    assert about.text == "Tribology Group"
    assert PASSAGE_LIMIT < len(whole.text) <= 5 * PASSAGE_LIMIT // 2


@given(
    st.text("触温 \nab。", max_size=260),
    st.text("头升 \ncd.", max_size=520),
)
def test_what_keeps_to_the_limit_is_one_passage_in_any_script(title: str, text: str) -> None:
    need = Need(id="1", title=title, problem=text)
    texts = [passage.text for passage in need_passages(need)]
    heading, body = title.strip(), text.strip()
    if len(heading) + 1 + len(text) <= PASSAGE_LIMIT and len(heading) < PASSAGE_LIMIT // 2:
        assert texts == [whole for whole in [f"{heading}\n{body}".strip()] if whole]
    assert all(texts)
