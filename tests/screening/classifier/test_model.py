import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.errors import ModelError
from matcher.records import TechField
from matcher.screening.classifier import Classification, ScreeningModel, Suggestion
from matcher.screening.classifier.calibration import AnswerCalibration, Calibration
from matcher.screening.classifier.parts import ANSWERS
from tests.fakes import HashEncoder
from tests.screening.classifier.small_data import INDUSTRIES, SUBJECTS

ENCODER = HashEncoder()


def _lists(found: Classification) -> list[tuple[Suggestion, ...]]:
    return [found.fields, found.disciplines, found.industries, found.industry_groups]


@pytest.mark.parametrize("subject", SUBJECTS, ids=lambda subject: subject[3])
@pytest.mark.parametrize("embedded", [True, False])
def test_a_new_need_gets_the_entries_of_its_subject(
    model: ScreeningModel, subject: tuple[str, ...], embedded: bool
) -> None:
    text = f"我公司{subject[0]}的{subject[1]}解决不了"
    found = model.classify(text, ENCODER.encode_query(text) if embedded else None)
    assert [entries[0].code for entries in _lists(found)] == [
        subject[5],
        subject[4],
        subject[6][:3],
        subject[6],
    ]


def test_suggestions_carry_the_names_of_the_lists(model: ScreeningModel) -> None:
    found = model.classify("轴承磨损")
    assert found.fields[0].label == TechField.OPTOMECHATRONICS.label
    assert found.disciplines[0].label == "机械工程"
    assert found.industries[0].label == INDUSTRIES["C34"]
    assert found.industry_groups[0].label == INDUSTRIES["C345"]


@given(st.text(alphabet="轴承焊缝污水大棚磨损裂纹的 a1%\n", max_size=30), st.booleans())
def test_three_ordered_probabilities(model: ScreeningModel, text: str, embedded: bool) -> None:
    found = model.classify(text, ENCODER.encode_query(text) if embedded else None)
    for entries in _lists(found):
        confidences = [each.confidence for each in entries]
        assert confidences == sorted(confidences, reverse=True)
        assert all(0 <= each <= 1 for each in confidences)
        assert sum(confidences) <= 1 + 1e-9
        assert len({each.code for each in entries}) == len(entries) in (0, 3)
        assert not any(each.confident for each in entries[1:])


@pytest.fixture(scope="module")
def plain(model: ScreeningModel) -> ScreeningModel:
    """The model with its probabilities as confidences."""
    as_they_are = Calibration((1.0, 1.0, 1.0), (0.0, 0.0, 0.0))
    calibration = AnswerCalibration(as_they_are, as_they_are, prefill=0.5)
    return ScreeningModel(
        dataclasses.replace(model.parts, calibrations=dict.fromkeys(ANSWERS, calibration))
    )


def test_a_division_is_as_likely_as_its_groups_together(plain: ScreeningModel) -> None:
    found = plain.classify("轴承和焊缝")
    both = sum(each.confidence for each in found.industry_groups if each.code[:3] == "C34")
    assert {each.code for each in found.industry_groups[:2]} == {"C342", "C345"}
    assert found.industries[0].code == "C34"
    assert found.industries[0].confidence == pytest.approx(both)


def test_confident_from_the_measured_confidence_on(plain: ScreeningModel) -> None:
    clear = plain.classify("污水中的氨氮怎么去掉，生化池不行").fields[0]
    open_to_doubt = plain.classify("轴承、焊缝、污水、大棚").fields[0]
    assert clear.confidence >= 0.5 > open_to_doubt.confidence
    assert (clear.confident, open_to_doubt.confident) == (True, False)


def test_a_text_without_known_terms_gets_no_suggestion(model: ScreeningModel) -> None:
    assert _lists(model.classify("？！")) == [(), (), (), ()]
    assert _lists(model.classify("", np.zeros(64, dtype=np.float32))) == [(), (), (), ()]


def test_a_zero_embedding_counts_as_none(model: ScreeningModel) -> None:
    zero = np.zeros(64, dtype=np.float32)
    assert model.classify("轴承磨损", zero) == model.classify("轴承磨损")


def test_an_embedding_of_another_length_is_refused(model: ScreeningModel) -> None:
    with pytest.raises(ModelError, match=r"64 维向量（向量模型 hash-64）.*\(32,\)"):
        model.classify("轴承磨损", np.ones(32, dtype=np.float32))


def test_the_encoder_is_named(model: ScreeningModel) -> None:
    assert model.encoder_id == ENCODER.model_id
