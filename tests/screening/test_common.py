import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from matcher.errors import InvalidInputError
from matcher.screening import common
from matcher.screening.common import CommonNeed, FirmNeed, find_common_needs
from matcher.screening.duplicates import (
    RELATED_FEATURES,
    SAME_FEATURES,
    DuplicateJudge,
    DuplicateWeights,
)
from matcher.screening.keyword_features import FEATURES
from matcher.screening.keyword_model import KeywordModel, KeywordTables, TermRow
from matcher.screening.keywords import KeywordSuggester
from matcher.screening.linkage import average_linkage
from matcher.screening.logistic import Logistic

SUBJECTS = ("轴承磨损", "焊缝裂纹", "污水氨氮", "大棚番茄", "触头温升")
SUGGESTER = KeywordSuggester(
    KeywordModel(
        KeywordTables(1000, {name: TermRow(1, 1, 1) for name in SUBJECTS}, {}),
        Logistic(dict.fromkeys(FEATURES, 0.0), 0.0),
    )
)
JUDGE = DuplicateJudge(
    DuplicateWeights(
        model_id="plain",
        same=Logistic(dict.fromkeys(SAME_FEATURES, 10.0), -12.0),
        related=Logistic(dict(zip(RELATED_FEATURES, (30.0, -15.0), strict=True)), -12.0),
        background=0.2,
    ),
    lambda word: 5.0,
)


def library(count: int, seed: int = 0) -> tuple[list[FirmNeed], NDArray[np.float32]]:
    """Needs of five subjects, each subject in a direction of its own."""
    random = np.random.default_rng(seed)
    centres = np.linalg.qr(random.normal(size=(32, len(SUBJECTS))))[0].T
    needs, rows = [], []
    for number in range(count):
        subject = int(random.integers(len(SUBJECTS)))
        firm = None if number % 7 == 0 else f"E{random.integers(4)}"
        needs.append(
            FirmNeed(f"N{number:04}", firm, f"{SUBJECTS[subject]}\n老是{SUBJECTS[subject]}。")
        )
        rows.append(centres[subject] + random.normal(scale=0.12, size=32))
    vectors = np.array(rows).reshape(count, 32)
    unit = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    return needs, unit.astype(np.float32)


def found(needs: list[FirmNeed], vectors: NDArray[np.float32]) -> list[CommonNeed]:
    return find_common_needs(needs, vectors, JUDGE, SUGGESTER)


def test_needs_of_one_subject_are_grouped_and_named_after_it() -> None:
    needs, vectors = library(12)
    text = {need.id: need.text for need in needs}
    groups = found(needs, vectors)
    assert groups
    for group in groups:
        (subject,) = {text[need].split("\n")[0] for need in group.needs}
        assert group.label
        assert all(word in subject for word in group.label)
        assert 0.6 <= group.cohesion <= 1


@given(st.permutations(range(14)), st.integers(0, 20))
def test_the_order_of_the_needs_does_not_matter(order: list[int], seed: int) -> None:
    needs, vectors = library(14, seed)
    mixed = found([needs[row] for row in order], vectors[order])
    assert mixed == found(needs, vectors)


@given(st.integers(0, 30), st.integers(0, 20))
def test_groups_are_of_two_firms_and_share_no_need(count: int, seed: int) -> None:
    needs, vectors = library(count, seed)
    firms = {need.id: need.enterprise_id for need in needs}
    groups = found(needs, vectors)
    grouped = [need for group in groups for need in group.needs]
    assert len(grouped) == len(set(grouped))
    for group in groups:
        assert len(group.enterprises) >= 2
        assert set(group.enterprises) == {firms[need] for need in group.needs} - {None}
    sizes = [len(group.enterprises) for group in groups]
    assert sizes == sorted(sizes, reverse=True)


def test_blocks_do_not_change_the_result(monkeypatch: pytest.MonkeyPatch) -> None:
    needs, vectors = library(60)
    whole = found(needs, vectors)
    monkeypatch.setattr(common, "_BLOCK", 7)
    assert found(needs, vectors) == whole


def pair(firms: tuple[str | None, str | None]) -> list[CommonNeed]:
    vectors = np.array([[1, 0], [1, 0]], dtype=np.float32)
    needs = [FirmNeed(f"N{row}", firm, "轴承磨损") for row, firm in enumerate(firms)]
    return found(needs, vectors)


def test_two_needs_of_one_firm_are_no_common_need() -> None:
    assert pair(("E1", "E1")) == []
    assert pair(("E1", None)) == []
    assert [group.enterprises for group in pair(("E2", "E1"))] == [("E1", "E2")]


def test_the_need_nearest_to_all_others_comes_first() -> None:
    angles = np.array([0.0, 0.35, 0.7])
    vectors = np.column_stack([np.cos(angles), np.sin(angles)]).astype(np.float32)
    needs = [FirmNeed(f"N{row}", f"E{row}", "轴承磨损") for row in range(3)]
    (group,) = found(needs, vectors)
    assert group.needs[0] == "N1"


def test_no_needs_no_groups() -> None:
    assert found([], np.empty((0, 4), dtype=np.float32)) == []


def test_ids_must_differ_and_every_need_have_a_vector() -> None:
    needs, vectors = library(4)
    with pytest.raises(InvalidInputError, match="编号"):
        found([*needs[:3], needs[0]], vectors)
    with pytest.raises(InvalidInputError, match="向量"):
        found(needs, vectors[:3])


def test_a_chain_is_no_group() -> None:
    links = 8
    similarities = np.zeros((links, links))
    for row in range(links - 1):
        similarities[row, row + 1] = similarities[row + 1, row] = 0.9
    clusters = average_linkage(similarities, 0.5)
    assert max(map(len, clusters)) == 2


def test_the_arithmetic_of_linkage_spelled_out() -> None:
    similarities = np.array(
        [[1.0, 0.9, 0.4, 0.0], [0.9, 1.0, 0.7, 0.0], [0.4, 0.7, 1.0, 0.6], [0.0, 0.0, 0.6, 1.0]]
    )
    # 0 and 1 are merged at 0.9; then 2 is at (0.4 + 0.7) / 2 from them and at 0.6 from 3
    assert average_linkage(similarities, 0.95) == [[0], [1], [2], [3]]
    assert average_linkage(similarities, 0.61) == [[0, 1], [2], [3]]
    assert average_linkage(similarities, 0.5) == [[0, 1], [2, 3]]
    assert average_linkage(similarities, 0.25) == [[0, 1, 2, 3]]
    assert average_linkage(np.zeros((0, 0)), 0.5) == []


def slow_linkage(similarities: NDArray[np.float64], threshold: float) -> list[list[int]]:
    """The definition, pair by pair."""
    clusters = [[row] for row in range(len(similarities))]
    while len(clusters) > 1:
        means = {
            (one, other): float(np.mean(similarities[np.ix_(clusters[one], clusters[other])]))
            for one in range(len(clusters))
            for other in range(one + 1, len(clusters))
        }
        (one, other), mean = max(means.items(), key=lambda item: item[1])
        if mean < threshold:
            break
        clusters[one] = sorted(clusters[one] + clusters.pop(other))
    return sorted(clusters)


@given(st.integers(0, 200), st.integers(1, 12), st.floats(0.2, 0.8))
def test_linkage_agrees_with_its_definition(seed: int, count: int, threshold: float) -> None:
    raw = np.random.default_rng(seed).random((count, count))
    similarities = (raw + raw.T) / 2
    assert average_linkage(similarities, threshold) == slow_linkage(similarities, threshold)
