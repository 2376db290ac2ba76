"""Words that mean something like those of a query."""

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
import pytest

from matcher.embedding.nearness import WordNearness
from matcher.embedding.static_encoder import StaticEncoder
from matcher.settings import data_folder
from tests.fakes import HashEncoder, Vectors


class PlannedEncoder(HashEncoder):
    """Gives words the vectors that a test plans, and all others one of their own."""

    PLAN: ClassVar[dict[str, tuple[float, ...]]] = {
        "磨损": (1, 0, 0, 0),
        "温升": (0, 1, 0, 0),
        "烧蚀": (0.5, 0.1, 0, 0.86),
        "发热": (-0.5, 0.6, 0, 0.62),
        "皮革": (0.4, 0, 0.92, 0),
    }

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        self.encoded.extend(texts)
        rows = [self.PLAN.get(text, (0, 0, 1, 0)) for text in texts]
        return np.array(rows, dtype=np.float32).reshape(len(texts), 4)


def test_a_near_word_is_near_one_of_the_words_and_all_of_them_together() -> None:
    nearness = WordNearness(PlannedEncoder())
    near = nearness.words_near({"磨损", "温升"}, ["烧蚀、发热。皮革", "磨损"])
    assert near == {"烧蚀"}, "发热 is near 温升 but not near both together; 皮革 is near none"


@pytest.mark.parametrize(("asked", "texts"), [((), ["磨损"]), (["磨损"], []), (["磨损"], ["磨损"])])
def test_nothing_to_compare(asked: Sequence[str], texts: list[str]) -> None:
    encoder = PlannedEncoder()
    assert WordNearness(encoder).words_near(asked, texts) == frozenset()
    assert encoder.encoded == []


def test_words_are_embedded_once_while_they_are_kept() -> None:
    encoder = PlannedEncoder()
    nearness = WordNearness(encoder, capacity=2)
    nearness.words_near(["磨损"], ["烧蚀"])
    nearness.words_near(["磨损"], ["烧蚀"])
    assert sorted(encoder.encoded) == ["烧蚀", "磨损"]
    nearness.words_near(["磨损"], ["皮革"])
    nearness.words_near(["磨损"], ["烧蚀"])
    assert sorted(encoder.encoded) == ["烧蚀", "烧蚀", "皮革", "磨损"]


def test_more_words_than_are_kept() -> None:
    nearness = WordNearness(PlannedEncoder(), capacity=1)
    assert nearness.words_near({"磨损", "温升"}, ["烧蚀皮革"]) == {"烧蚀"}


def test_the_embedded_model_crosses_the_languages() -> None:
    nearness = WordNearness(StaticEncoder.load(str(data_folder() / "model")))
    near = nearness.words_near(
        {"腐蚀", "土壤"},
        ["Corrosion of pumps in acid soil, 2019.", "杨梅的采后保鲜"],
    )
    assert {"corrosion", "soil"} <= near
    assert not near & {"杨梅", "保鲜", "2019"}
