"""All repeats among many needs: the same as when every two of them are judged."""

from matcher.demo import demo_folder
from matcher.records import Need, TechField
from matcher.screening.repeats import repeats_among
from matcher.screening.rewrites import read_examples
from matcher.service import Matcher
from matcher.settings import data_folder
from tests.conftest import HOT_CONTACTS
from tests.demo_needs import load_once, screener_of

AGAIN = Need(
    id="N9",
    title="断路器触头温升太高",
    problem="塑壳断路器通电后触头发热，温升超标，怀疑银合金触头与接触压力有关，请专家看看。",
    field=TechField.MATERIALS,
    industry="配电开关控制设备制造",
)


def test_the_same_as_when_all_pairs_are_judged() -> None:
    judge = load_once().judge
    examples = read_examples(demo_folder() / "needs.jsonl", data_folder() / "screening").texts
    facts = [judge.facts(example.text) for example in examples]
    asked = range(0, len(facts), 5)
    found = repeats_among(facts, asked, judge)
    judged = [
        {
            other
            for other, same in enumerate(judge.versions(facts[place], facts))
            if other != place and judge.is_same(same)
        }
        for place in asked
    ]
    assert [{other for other, _ in each} for each in found] == judged
    assert sum(map(len, judged)) >= 20, "there is something to be found"


def test_few_texts_and_empty_ones() -> None:
    judge = load_once().judge
    assert repeats_among([], [], judge) == []
    assert repeats_among([judge.facts("")], [0], judge) == [[]]
    same = [judge.facts(HOT_CONTACTS.text), judge.facts(""), judge.facts(HOT_CONTACTS.text)]
    assert [[other for other, _ in each] for each in repeats_among(same, [0, 2], judge)] == [
        [2],
        [0],
    ]


def test_many_needs_of_a_library_are_screened(filled: Matcher) -> None:
    filled.save_needs([AGAIN])
    screener = screener_of(filled)
    found = {each.need_id: each for each in screener.screen_many(["N9", "N2", "N1", "N404"])}
    assert list(found) == ["N9", "N2", "N1"], "in their order; those that are gone are left out"
    assert [other for other, _ in found["N1"].versions] == ["N9"]
    for need_id, quick in found.items():
        whole = screener.screen_need(need_id)
        same = [(similar.need.id, similar.likeness.same) for similar in whole.repeated]
        assert list(quick.versions) == same
        assert quick.doubtful == whole.doubtful
        if quick.classification is not None:
            assert quick.classification == whole.classification
    assert found["N9"].classification is None, "it says both itself"
