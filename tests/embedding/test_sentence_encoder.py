"""Real sentence-transformers models, made small here."""

from pathlib import Path

import numpy as np
import pytest

from matcher.embedding.sentence_encoder import SentenceEncoder
from matcher.errors import ModelError
from tests.models import save_static_model, save_transformer_model

pytestmark = pytest.mark.filterwarnings("ignore")  # what those libraries warn of is theirs

TEXTS = ["断路器触头温升过高", "牛皮制革无铬鞣收缩温度", "断路器触头温升过高"]


@pytest.fixture(scope="module")
def static_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_static_model(tmp_path_factory.mktemp("static"))


@pytest.fixture(scope="module")
def transformer_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_transformer_model(
        tmp_path_factory.mktemp("bert"), {"query": "断路", "document": ""}
    )


def test_vectors_have_unit_length_and_equal_texts_equal_vectors(static_folder: Path) -> None:
    encoder = SentenceEncoder.load(str(static_folder))
    vectors = encoder.encode_passages(TEXTS)
    assert vectors.shape == (3, encoder.dimension) == (3, 16)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 1, 1], abs=1e-5)
    assert vectors[0] == pytest.approx(vectors[2])
    assert encoder.encode_query(TEXTS[0]) == pytest.approx(vectors[0], abs=1e-6)


def test_no_texts_give_no_vectors(static_folder: Path) -> None:
    assert SentenceEncoder.load(str(static_folder)).encode_passages([]).shape == (0, 16)


def test_a_text_without_a_known_token_has_a_finite_vector(static_folder: Path) -> None:
    encoder = SentenceEncoder.load(str(static_folder))
    assert np.isfinite(encoder.encode_passages(["", "？？"])).all()
    assert np.isfinite(encoder.encode_query("")).all()


def test_another_content_is_another_model(tmp_path: Path) -> None:
    first, second, again = (
        SentenceEncoder.load(str(save_static_model(tmp_path / str(n) / "model", seed=seed)))
        for n, seed in enumerate((1, 2, 1))
    )
    assert first.model_id != second.model_id
    assert first.model_id == again.model_id


def test_a_query_prompt_changes_queries_alone(transformer_folder: Path) -> None:
    own = SentenceEncoder.load(str(transformer_folder))
    none = SentenceEncoder.load(str(transformer_folder), query_prompt="")
    other = SentenceEncoder.load(str(transformer_folder), query_prompt="温度")
    queries = [encoder.encode_query(TEXTS[0]) for encoder in (own, none, other)]
    assert not np.allclose(queries[0], queries[1])
    assert not np.allclose(queries[0], queries[2])
    passages = [encoder.encode_passages(TEXTS) for encoder in (own, none, other)]
    assert passages[0] == pytest.approx(passages[1])
    assert passages[0] == pytest.approx(passages[2])
    assert own.model_id == none.model_id == other.model_id


def test_a_passage_prompt_is_part_of_the_model(transformer_folder: Path) -> None:
    plain = SentenceEncoder.load(str(transformer_folder))
    prompted = SentenceEncoder.load(str(transformer_folder), passage_prompt="阀门")
    assert not np.allclose(plain.encode_passages(TEXTS), prompted.encode_passages(TEXTS))
    assert plain.model_id != prompted.model_id


def test_the_end_of_a_long_query_counts(transformer_folder: Path) -> None:
    encoder = SentenceEncoder.load(str(transformer_folder), query_prompt="")
    long = "断路器触头温升过高，" * 30
    assert not np.allclose(encoder.encode_query(long), encoder.encode_query(long + "牛皮制革" * 30))


def test_a_folder_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="MATCHER_MODEL"):
        SentenceEncoder.load(str(tmp_path / "nowhere"))


def test_a_folder_that_holds_no_model_is_named(tmp_path: Path) -> None:
    (tmp_path / "modules.json").write_text("{")
    with pytest.raises(ModelError, match="MATCHER_MODEL"):
        SentenceEncoder.load(str(tmp_path))
