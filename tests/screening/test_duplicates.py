import json
import random
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.errors import InvalidInputError, ModelError
from matcher.screening.duplicates import (
    NEIGHBOURS,
    RELATED_FEATURES,
    SAME_FEATURES,
    WEIGHTS_FILE,
    DuplicateJudge,
    DuplicateWeights,
    LikenessKind,
    background,
)
from matcher.screening.keyword_files import read_keyword_model
from matcher.screening.logistic import Logistic
from matcher.screening.pair_features import common_words, overlaps, text_facts
from matcher.screening.rewrites import CHECK, Examples, read_examples
from matcher.settings import data_folder

TRIANGLE = (
    "断路器触头温升过高\n我厂塑壳断路器通电后触头发热，温升达82 K，超过60 K的限值，"
    "怀疑银合金触头与接触压力12 N有关，换过三家供货都一样。"
)
OTHER = "大黄鱼内脏白点病防控\n网箱24口，每年2到5月水温13至19度时死鱼，去年死了22%，药停了又起。"


@pytest.fixture(scope="module")
def judge() -> DuplicateJudge:
    data = data_folder()
    rarity = read_keyword_model(data / "keywords").rarity
    return DuplicateJudge.load(data / "screening", rarity)


@pytest.fixture(scope="module")
def examples() -> Examples:
    data = data_folder()
    return read_examples(data / "demo" / "needs.jsonl", data / "screening")


def plain_rarity(word: str) -> float:
    return 8.0 if len(word) > 2 else 4.0


def plain_judge() -> DuplicateJudge:
    return DuplicateJudge(
        DuplicateWeights(
            model_id="plain",
            same=Logistic(dict.fromkeys(SAME_FEATURES, 10.0), -12.0),
            related=Logistic(dict(zip(RELATED_FEATURES, (30.0, -15.0), strict=True)), -12.0),
            background=0.2,
        ),
        plain_rarity,
    )


def test_versions_of_a_need_are_found_and_nothing_else(
    judge: DuplicateJudge, examples: Examples
) -> None:
    needs = [example for example in examples.texts if example.kind is None]
    checked = [example for example in examples.texts if example.half == CHECK and example.kind]
    for example in checked[::3]:
        answers = judge.compare(example.text, None, [need.text for need in needs], None)
        found = {
            need.id
            for need, answer in zip(needs, answers, strict=True)
            if answer.kind is LikenessKind.SAME
        }
        assert found == ({example.source} if example.kind is LikenessKind.SAME else set())
        assert all(answer.related is None for answer in answers)


def test_demo_needs_are_no_versions_of_each_other(
    judge: DuplicateJudge, examples: Examples
) -> None:
    texts = [example.text for example in examples.texts if example.kind is None]
    for row in range(0, len(texts), 8):
        others = texts[:row] + texts[row + 1 :]
        assert max(answer.same for answer in judge.compare(texts[row], None, others, None)) < 0.1


def shuffled(text: str, chance: random.Random) -> str:
    parts = re.split(r"(?<=[。；\n])", text)
    chance.shuffle(parts)
    return "".join(parts)


def with_gaps(text: str, chance: random.Random) -> str:
    return "".join(letter for letter in text if chance.random() > 0.1)


def full_width(text: str, _: random.Random) -> str:
    return "".join(chr(ord(letter) + 0xFEE0) if "!" <= letter <= "~" else letter for letter in text)


def first_lines(text: str, _: random.Random) -> str:
    return text[:100]


@pytest.mark.parametrize("edit", [shuffled, with_gaps, full_width, first_lines])
def test_edits_do_not_hide_a_version(judge: DuplicateJudge, examples: Examples, edit) -> None:  # noqa: ANN001
    chance = random.Random(0)
    for example in examples.texts[:120:10]:
        (answer,) = judge.compare(edit(example.text, chance), None, [example.text], None)
        assert answer.kind is LikenessKind.SAME


def cosines(*nearest: float) -> list[float]:
    """Cosines of a library whose further needs are at 0.2."""
    return [*nearest, *[0.2] * (NEIGHBOURS - len(nearest))]


def vectors_at(values: list[float]) -> tuple[np.ndarray, np.ndarray]:
    """A query and vectors with the given cosines to it."""
    rows = np.array([(value, np.sqrt(1 - value**2)) for value in values], dtype=np.float32)
    return np.array([1, 0], dtype=np.float32), rows


def test_the_same_problem_stands_out_of_its_neighbourhood() -> None:
    query, rows = vectors_at(cosines(0.7, 0.3))
    answers = plain_judge().compare(TRIANGLE, query, [OTHER] * NEIGHBOURS, rows)
    kinds = [answer.kind for answer in answers]
    assert kinds == [LikenessKind.SAME_PROBLEM] + [LikenessKind.DIFFERENT] * (NEIGHBOURS - 1)
    # 30 · 0.7 − 15 · 0.2 − 12 = 6
    assert answers[0].related == pytest.approx(1 / (1 + np.exp(-6)), abs=1e-4)


def test_in_a_crowd_the_same_nearness_says_less() -> None:
    query, rows = vectors_at([0.7] + [0.65] * (NEIGHBOURS - 1))
    answers = plain_judge().compare(TRIANGLE, query, [OTHER] * NEIGHBOURS, rows)
    # 30 · 0.7 − 15 · 0.65 − 12 < 0
    assert {answer.kind for answer in answers} == {LikenessKind.DIFFERENT}


def test_a_version_is_related_however_far_its_vector() -> None:
    query, rows = vectors_at([0.0])
    (answer,) = plain_judge().compare(TRIANGLE, query, [TRIANGLE], rows)
    assert answer.kind is LikenessKind.SAME
    assert answer.related is not None
    assert answer.related >= answer.same > 0.9
    assert set(answer.common_words) <= text_facts(TRIANGLE, plain_rarity).words.keys()
    assert answer.common_words


def test_nothing_to_compare_with() -> None:
    assert plain_judge().compare(TRIANGLE, None, [], None) == []
    empty = np.empty((0, 2), dtype=np.float32)
    assert plain_judge().compare(TRIANGLE, np.ones(2, dtype=np.float32), [], empty) == []


def test_the_background_leaves_the_nearest_ten_out() -> None:
    values = np.array([0.9] * 10 + [0.4] * 10 + [0.2] * 10 + [0.0] * 50)
    assert background(values, 0.5) == pytest.approx(0.3)
    assert background(values[::-1], 0.5) == pytest.approx(0.3)
    assert background(values[:15], 0.5) == pytest.approx(0.4)
    assert background(values[:14], 0.5) == 0.5
    assert background(np.array([]), 0.5) == 0.5


def test_the_arithmetic_of_overlaps() -> None:
    one = text_facts("触头温升12 K，34 N，56 s", plain_rarity)
    other = text_facts("触头温升98 K，34 N，56 s", plain_rarity)
    assert one.words == {"触头": 4.0, "温升": 4.0}
    assert one.numbers == {"12", "34", "56"}
    # 触头温升12k34n56s has 11 runs of three letters, and 5 of them have the 1 or the 2
    assert len(one.trigrams) == 11
    shared = overlaps(one, other)
    assert shared[0] == pytest.approx((11 - 4) / (11 + 10))
    assert shared[1] == pytest.approx(8 / (8 + 20))
    assert shared[2] == pytest.approx(2 / 3)
    assert common_words(one, other, 1) == ("温升",)


@given(st.text(max_size=80), st.text(max_size=80))
def test_overlaps_are_shares_and_symmetric(left: str, right: str) -> None:
    one, other = text_facts(left, plain_rarity), text_facts(right, plain_rarity)
    shared = overlaps(one, other)
    assert shared == pytest.approx(overlaps(other, one))
    assert all(0 <= share <= 1 for share in shared)
    assert all(own >= share - 1e-12 for own, share in zip(overlaps(one, one), shared, strict=True))


def test_kinds_are_a_closed_list() -> None:
    assert LikenessKind.parse("重复需求") is LikenessKind.SAME
    with pytest.raises(InvalidInputError, match="相似类型"):
        LikenessKind.parse("差不多")


@pytest.mark.parametrize(
    "content",
    [
        None,
        "",
        "[]",
        "{}",
        json.dumps({"format": 0}),
        json.dumps({"format": 1, "model_id": "m", "same": {"weights": {"x": 1}, "bias": 0}}),
    ],
)
def test_unusable_weights_are_named(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / WEIGHTS_FILE).write_text(content)
    with pytest.raises(ModelError, match=r"duplicates\.json 不可用.*fit-duplicates"):
        DuplicateJudge.load(tmp_path, plain_rarity)
