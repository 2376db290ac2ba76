"""Suggestions as they are shown, and how pages say how much they are worth."""

import pytest

from api.pages.advice import Advice, Choice, Filled, listed, sure
from api.pages.common_needs import cohesion_words
from api.pages.format import percent
from matcher.records import Need, TechField
from matcher.screener import Screening
from matcher.screening.classifier import Classification, Suggestion
from matcher.screening.keywords import Keyword

NOTHING = Filled("", "", ())


def screening(*, confident: tuple[str, ...] = ()) -> Screening:
    """Two fields, a group, a division, a discipline and two keywords."""

    def suggestion(code: str, label: str, confidence: float) -> Suggestion:
        return Suggestion(code, label, confidence, code in confident)

    return Screening(
        classification=Classification(
            fields=(
                suggestion("materials", "新材料及应用", 0.62),
                suggestion("electronics", "电子信息", 0.2),
            ),
            disciplines=(suggestion("电气工程", "电气工程", 0.9),),
            industries=(suggestion("C38", "电气机械和器材制造业", 0.8),),
            industry_groups=(suggestion("C382", "输配电及控制设备制造", 0.5),),
        ),
        keywords=(Keyword("触头", "触头", 0.2, (0, 2)), Keyword("AC-3", "ac-3", 0.1, (4, 8))),
        similar=(),
        doubtful=False,
    )


def tokens(lists: list[tuple[str, tuple[Choice, ...]]]) -> dict[str, list[str]]:
    return {heading: [choice.token for choice in choices] for heading, choices in lists}


def test_everything_is_offered_where_nothing_is_filled_in() -> None:
    advice = Advice.of(screening(), NOTHING)
    assert tokens(advice.missing) == {
        "所属领域": ["field:materials", "field:electronics"],
        "应用行业": ["industry:输配电及控制设备制造"],
        "行业大类": ["industry:电气机械和器材制造业"],
        "关键词": ["keywords:触头", "keywords:AC-3"],
    }
    assert advice.differing == []
    assert [choice.percent for choice in advice.fields] == [62, 20]
    assert [choice.percent for choice in advice.keywords] == [None, None]


@pytest.mark.parametrize("field", ["materials", "新材料及应用"])
def test_what_is_filled_in_is_known_and_not_offered(field: str) -> None:
    filled = Filled(field, "输配电及控制设备制造", tuple("甲乙丙丁戊"))
    advice = Advice.of(screening(), filled)
    assert [choice.chosen for choice in advice.fields] == [True, False]
    assert advice.industry_groups[0].chosen
    assert (advice.missing, advice.differing) == ([], [])


def test_only_the_likeliest_stands_against_something_else() -> None:
    advice = Advice.of(screening(), Filled("electronics", "低压电器", ()))
    assert tokens(advice.differing) == {
        "所属领域": ["field:materials"],
        "应用行业": ["industry:输配电及控制设备制造"],
    }
    assert advice.offer("field:materials") is advice.fields[0]
    assert advice.offer("keywords:触头") is not None
    for refused in ("field:electronics", "field:marine", "keywords:别的", "title:x", ""):
        assert advice.offer(refused) is None


def test_a_form_and_a_need_say_the_same() -> None:
    typed = {"field": "materials", "industry": " 阀门制造 ", "keywords": "触头 温升"}
    need = Need(id="N", field=TechField.MATERIALS, industry="阀门制造", keywords=("触头", "温升"))
    assert Filled.in_form(typed) == Filled.in_need(need)
    assert Filled.in_need(Need(id="N")) == NOTHING


def test_keywords_as_typed() -> None:
    assert listed("触头、ISO 15848；温升") == ("触头", "ISO 15848", "温升")
    assert listed("#REF!") == ()


def test_the_narrower_industry_is_filled_in_if_it_is_sure() -> None:
    def values(*confident: str) -> dict[str, str]:
        return sure(screening(confident=confident).classification)

    assert values() == {}
    assert values("materials") == {"field": "materials"}
    assert values("C38") == {"industry": "电气机械和器材制造业"}
    assert values("C38", "C382") == {"industry": "输配电及控制设备制造"}


def test_percentages_are_never_certain() -> None:
    assert [percent(p) for p in (0.0, 0.004, 0.626, 0.9999)] == [1, 1, 63, 99]


def test_cohesion_in_words() -> None:
    words = [cohesion_words(cohesion) for cohesion in (1.0, 0.9, 0.8, 0.6)]
    assert words == ["高度一致", "高度一致", "比较一致", "大体一致"]
