"""Screening: with an encoder whose cosines say little, and with the embedded model."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from hashlib import blake2b
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from matcher.demo import demo_folder
from matcher.errors import ModelError, NeedTextError, NotFoundError
from matcher.live import LiveIndex
from matcher.records import Need
from matcher.screener import Screener, ScreeningModels, load_screening_models
from matcher.screening.duplicates import LikenessKind
from matcher.screening.rewrites import CHECK, Example, Examples, read_examples
from matcher.service import Matcher
from matcher.settings import data_folder
from matcher.store.database import Database
from matcher.store.needs import get_need
from tests.conftest import HOT_CONTACTS, NEEDS
from tests.demo_needs import import_demo_needs, load_once, open_demo_needs, screener_of
from tests.fakes import HashEncoder, Vectors

EDITED = Need(
    id="N9",
    title="断路器触头温升太高",
    problem="塑壳断路器通电后触头发热，温升超标，怀疑银合金触头与接触压力有关，请专家看看。",
)
LOAN = "申请银行贷款五百万元用于购买厂房，希望政府贴息，并帮助协调抵押手续"


class CountingLoader:
    """Loads the models and counts how often."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self) -> ScreeningModels:
        self.calls += 1
        return load_screening_models()


class DeafEncoder(HashEncoder):
    """Vectors that only say whether two texts are the same."""

    def _vector(self, text: str) -> Vectors:
        seed = int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "little")
        vector = np.random.default_rng(seed).normal(size=self.dimension).astype(np.float32)
        return (vector / np.linalg.norm(vector)).astype(np.float32)


@pytest.fixture
def plain(filled: Matcher) -> Screener:
    """Over three needs, with an encoder that no weights are for."""
    return screener_of(filled)


@pytest.fixture(scope="module")
def examples() -> Examples:
    return read_examples(demo_folder() / "needs.jsonl", data_folder() / "screening")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Matcher]:
    """The demo needs, with the embedded model."""
    with closing(open_demo_needs(tmp_path_factory.mktemp("home"))) as matcher:
        yield matcher


def of_kind(examples: Examples, kind: LikenessKind) -> list[Example]:
    """What was written anew to the needs of the check half, as `kind`."""
    return [each for each in examples.texts if each.kind is kind and each.half == CHECK]


def found(screener: Screener, text: str) -> dict[str, LikenessKind]:
    return {each.need.id: each.likeness.kind for each in screener.screen(text).similar}


# With any encoder


def test_a_model_without_weights_tells_versions_only(plain: Screener, filled: Matcher) -> None:
    assert not plain.tells_problems
    (warning,) = plain.warnings
    assert "重复需求可以找出" in warning
    (similar,) = plain.screen(EDITED.text).similar
    assert similar.need == HOT_CONTACTS
    assert similar.likeness.kind is LikenessKind.SAME
    assert similar.likeness.related is None
    assert "触头" in "".join(similar.likeness.common_words)
    filled.save_needs([replace(EDITED, enterprise_id=None)])
    assert plain.common_needs() == ()


def test_the_classifier_gets_no_vectors_of_another_model(plain: Screener) -> None:
    classification = plain.screen(HOT_CONTACTS.text).classification
    assert classification == plain.models.classifier.classify(HOT_CONTACTS.text)
    assert 1 <= len(classification.fields) <= 3


def test_a_need_is_not_compared_with_itself(plain: Screener) -> None:
    assert [each.need.id for each in plain.screen(HOT_CONTACTS.text).repeated] == ["N1"]
    assert plain.screen(HOT_CONTACTS.text, exclude=["N1"]).similar == ()
    assert plain.screen_need("N1").similar == ()
    assert plain.similar_to(HOT_CONTACTS) == ()
    assert [each.need.id for each in plain.similar_to(EDITED)] == ["N1"]


def test_what_is_saved_is_found_and_what_is_deleted_is_not(
    plain: Screener, filled: Matcher
) -> None:
    filled.save_needs([EDITED])
    assert [each.need.id for each in plain.screen_need("N1").repeated] == ["N9"]
    filled.delete_need("N9")
    assert plain.screen_need("N1").similar == ()


def test_the_keywords_of_a_need_are_not_suggested_again(plain: Screener, filled: Matcher) -> None:
    suggested = [keyword.text for keyword in plain.screen(HOT_CONTACTS.text).keywords]
    assert suggested
    filled.save_needs([replace(HOT_CONTACTS, keywords=(suggested[0],))])
    again = [keyword.text for keyword in plain.screen_need("N1").keywords]
    assert suggested[0] not in again


def test_an_empty_library_has_nothing_like_it(matcher: Matcher) -> None:
    screening = screener_of(matcher).screen_text(HOT_CONTACTS.text)
    assert screening.similar == ()
    assert screening.keywords


@pytest.mark.parametrize("text", ["", "  ", "断路器", "请拨打 13800138000", "漏" * 20_000])
def test_a_text_that_cannot_be_judged_is_refused(plain: Screener, text: str) -> None:
    with pytest.raises(NeedTextError):
        plain.screen_text(text)


@pytest.mark.parametrize("text", ["", " ", "？？！", "断"])
def test_a_form_may_be_screened_before_it_says_anything(plain: Screener, text: str) -> None:
    assert plain.screen(text).repeated == ()


def test_an_unknown_need(plain: Screener) -> None:
    with pytest.raises(NotFoundError):
        plain.screen_need("N404")


def test_a_version_is_found_by_its_letters_where_vectors_say_nothing(
    database: Database, tmp_path: Path, examples: Examples
) -> None:
    import_demo_needs(database)
    encoder = DeafEncoder()
    index = LiveIndex(database, encoder, tmp_path / "index")
    screener = Screener(database, encoder, index, load_once)
    for version in of_kind(examples, LikenessKind.SAME)[:12]:
        assert found(screener, version.text) == {version.source: LikenessKind.SAME}


# With the embedded model


def test_versions_are_repeated_needs(demo: Matcher, examples: Examples) -> None:
    versions = of_kind(examples, LikenessKind.SAME)
    assert len(versions) > 20
    for version in versions:
        repeated = demo.screener.screen(version.text).repeated
        assert [each.need.id for each in repeated] == [version.source], version.id


def test_most_needs_of_one_problem_are_found(demo: Matcher, examples: Examples) -> None:
    told_anew = of_kind(examples, LikenessKind.SAME_PROBLEM)
    kinds = [found(demo.screener, each.text).get(each.source) for each in told_anew]
    assert LikenessKind.SAME not in kinds
    assert kinds.count(LikenessKind.SAME_PROBLEM) > 0.6 * len(kinds)


def test_another_problem_of_the_same_product_is_no_repeat(
    demo: Matcher, examples: Examples
) -> None:
    for each in of_kind(examples, LikenessKind.DIFFERENT):
        assert demo.screener.screen(each.text).repeated == (), each.id


def test_the_likeliest_comes_first(demo: Matcher, examples: Examples) -> None:
    for example in of_kind(examples, LikenessKind.SAME_PROBLEM):
        likenesses = [each.likeness for each in demo.screener.screen(example.text).similar]
        keys = [(each.same, each.related or 0.0) for each in likenesses]
        assert keys == sorted(keys, reverse=True)


def test_the_classifier_gets_the_vector(demo: Matcher) -> None:
    with demo.reading() as session:
        text = get_need(session, "2026-0001").text
    assert demo.encoder.model_id == demo.screener.models.classifier.encoder_id
    vector = demo.encoder.encode_passages([text])[0]
    expected = demo.screener.models.classifier.classify(text, vector)
    classification = demo.screener.screen_need("2026-0001").classification
    assert classification == expected
    assert classification != demo.screener.models.classifier.classify(text)
    assert "C34" in [each.code for each in classification.industries]  # 通用设备，含阀门


@pytest.mark.parametrize("text", [LOAN, "本公司定于下周五召开年终总结大会，请各部门准时参加。"])
def test_what_is_no_need_is_doubted(demo: Matcher, text: str) -> None:
    assert demo.screener.screen(text).doubtful


def test_real_needs_are_not_doubted(demo: Matcher) -> None:
    needs = [line for line in (demo_folder() / "needs.jsonl").read_text("utf-8").splitlines()]
    doubted = [
        json.loads(line)["id"]
        for line in needs
        if demo.screener.screen_need(json.loads(line)["id"]).doubtful
    ]
    assert doubted == []


def test_common_needs_are_those_that_people_found(demo: Matcher, examples: Examples) -> None:
    assert demo.screener.tells_problems
    assert demo.screener.warnings == ()
    groups = demo.screener.common_needs()
    for common in groups:
        assert tuple(need.id for need in common.needs) == common.group.needs
        assert {need.enterprise_id for need in common.needs} == set(common.group.enterprises)
        assert common.group.label
    grouped = {frozenset(pair) for common in groups for pair in combinations(common.group.needs, 2)}
    known = {pair for pair, kind in examples.pairs.items() if kind is LikenessKind.SAME_PROBLEM}
    assert grouped <= examples.pairs.keys()
    assert len(grouped & known) >= len(known) - 1
    sizes = [len(common.group.enterprises) for common in groups]
    assert sizes == sorted(sizes, reverse=True)


def test_common_needs_are_kept_until_the_library_changes(demo: Matcher, examples: Examples) -> None:
    before = demo.screener.common_needs()
    assert demo.screener.common_needs() is before
    told = next(
        each
        for each in of_kind(examples, LikenessKind.SAME_PROBLEM)
        if found(demo.screener, each.text).get(each.source) is LikenessKind.SAME_PROBLEM
    )
    title, problem = told.text.split("\n", 1)
    version = Need(id="NEW", title=title, problem=problem)
    with demo.reading() as session:
        firm = get_need(session, "2026-0118").enterprise_id
    demo.save_needs([replace(version, enterprise_id=firm)])
    try:
        after = demo.screener.common_needs()
        assert after is not before
        assert demo.screener.common_needs() is after
    finally:
        demo.delete_need("NEW")
    assert demo.screener.common_needs() == before


def test_threads_share_the_models_and_the_groups(demo: Matcher) -> None:
    loader = CountingLoader()
    screener = Screener(demo.database, demo.encoder, demo.index, loader)
    with ThreadPoolExecutor(4) as threads:
        screenings = [threads.submit(screener.screen_need, "2026-0019") for _ in range(4)]
        groups = [threads.submit(screener.common_needs) for _ in range(4)]
        assert len({each.result().similar for each in screenings}) == 1
        first, *others = [each.result() for each in groups]
    assert all(other is first for other in others)
    assert loader.calls == 1


def test_a_missing_model_is_told_and_may_come_later(filled: Matcher) -> None:
    missing = ModelError("分类模型不可用")
    answers: list[ScreeningModels | ModelError] = [missing, missing, load_once()]

    def load() -> ScreeningModels:
        answer = answers.pop(0)
        if isinstance(answer, ModelError):
            raise answer
        return answer

    screener = Screener(filled.database, filled.encoder, filled.index, load)
    for ask in (lambda: screener.screen_need("N1"), screener.common_needs):
        with pytest.raises(ModelError, match="分类模型不可用"):
            ask()
    assert screener.screen_need("N1").similar == ()


def test_a_matcher_has_one_over_its_library(filled: Matcher) -> None:
    assert filled.screener.similar_to(EDITED)[0].need in NEEDS
