"""The kinds of models that people will name in MATCHER_MODEL, built small here."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from sentence_transformers import SentenceTransformer

from matcher.embedding.sentence_encoder import SentenceEncoder, Vectors
from matcher.errors import ModelError
from tests.models import (
    save_classifier,
    save_cross_encoder,
    save_headless,
    save_qwen_model,
    save_roberta_model,
    save_transformer_model,
)

pytestmark = pytest.mark.filterwarnings("ignore")  # what those libraries warn of is theirs

TEXTS = ["断路器触头温升过高", "牛皮", "阀门泄漏养殖大黄鱼断路器触头", "银合金发热"]
LONG = "牛皮制革，无铬鞣。收缩温度过高；" * 8


def save_small_bge(folder: Path, prompts: dict[str, str] | None = None) -> Path:
    return save_transformer_model(folder, prompts, pooling="cls")


KINDS = {
    "bge-small-zh": save_small_bge,
    "bge-m3": save_roberta_model,
    "Qwen3-Embedding": save_qwen_model,
}
Save = Callable[..., Path]


@pytest.fixture(params=KINDS.values(), ids=KINDS.keys())
def save(request: pytest.FixtureRequest) -> Save:
    found: Save = request.param
    return found


def assert_near(one: Vectors, other: Vectors) -> None:
    """Equal but for rounding: one of the kinds computes in half precision."""
    np.testing.assert_allclose(one, other, rtol=0, atol=0.02)


def test_a_vector_depends_on_its_own_text_alone(tmp_path: Path, save: Save) -> None:
    encoder = SentenceEncoder.load(str(save(tmp_path)))
    together = encoder.encode_passages(TEXTS)
    assert together.dtype == np.float32
    assert np.linalg.norm(together, axis=1) == pytest.approx(1, abs=1e-5)
    for text, vector in zip(TEXTS, together, strict=True):
        assert_near(encoder.encode_passages([text])[0], vector)
    cosines = together @ together.T
    assert cosines[~np.eye(len(TEXTS), dtype=bool)].max() < 0.99


def test_the_library_says_the_same(tmp_path: Path, save: Save) -> None:
    folder = save(tmp_path, {"query": "温升：", "document": "阀门："})
    library = SentenceTransformer(str(folder), device="cpu")
    encoder = SentenceEncoder.load(str(folder))
    assert_near(encoder.encode_passages(TEXTS), library.encode_document(TEXTS))
    assert_near(encoder.encode_query(TEXTS[0]), library.encode_query(TEXTS[0]))


@pytest.mark.parametrize("name", ["document", "passage", "corpus"])
def test_prompts_of_the_model_are_used_unless_others_are_given(
    tmp_path: Path, save: Save, name: str
) -> None:
    folder = str(save(tmp_path, {"query": "温升：", name: "阀门："}))
    plain = SentenceEncoder.load(folder, query_prompt="", passage_prompt="")
    own = SentenceEncoder.load(folder)
    other = SentenceEncoder.load(folder, query_prompt="牛皮：")
    assert_near(own.encode_query(TEXTS[0]), plain.encode_query("温升：" + TEXTS[0]))
    assert_near(other.encode_query(TEXTS[0]), plain.encode_query("牛皮：" + TEXTS[0]))
    prompted = plain.encode_passages(["阀门：" + text for text in TEXTS])
    assert_near(own.encode_passages(TEXTS), prompted)
    assert_near(other.encode_passages(TEXTS), prompted)


@pytest.mark.parametrize("prompt", ["", "断路器触头温升过"])
def test_a_long_text_is_read_to_its_end(tmp_path: Path, save: Save, prompt: str) -> None:
    prompts = {"query": prompt[:5], "document": prompt[:5]}
    encoder = SentenceEncoder.load(str(save(tmp_path, prompts)))
    for length in range(1, len(LONG), 7):
        texts = [LONG[:length] + end for end in ("断路器触头", "养殖大黄鱼")]
        first, second = encoder.encode_passages(texts)
        assert not np.allclose(first, second, atol=1e-3), length
        first, second = map(encoder.encode_query, texts)
        assert not np.allclose(first, second, atol=1e-3), length


def test_a_text_that_fits_is_not_taken_apart(tmp_path: Path) -> None:
    encoder = SentenceEncoder.load(str(save_small_bge(tmp_path)))
    text = LONG[:30]  # with the two tokens around it just what the model takes
    library = SentenceTransformer(str(tmp_path / "model"), device="cpu")
    assert encoder.encode_passages([text])[0] == pytest.approx(library.encode([text])[0], abs=1e-5)


def test_a_prompt_longer_than_half_the_model_is_refused(tmp_path: Path) -> None:
    folder = save_small_bge(tmp_path)
    with pytest.raises(ModelError, match=r"32 个词元.*MATCHER_MODEL"):
        SentenceEncoder.load(str(folder), query_prompt=LONG)


def test_threads_do_not_disturb_each_other(tmp_path: Path, save: Save) -> None:
    encoder = SentenceEncoder.load(str(save(tmp_path, {"query": "温升："})))
    queries = [LONG[n : 3 * n + 5] for n in range(40)]
    alone = [encoder.encode_query(query) for query in queries]
    with ThreadPoolExecutor(8) as pool:
        pool.submit(encoder.encode_passages, TEXTS * 20)
        together = list(pool.map(encoder.encode_query, queries))
    for one, other in zip(alone, together, strict=True):
        assert_near(other, one)


def test_a_network_without_pooling_is_averaged(tmp_path: Path) -> None:
    encoder = SentenceEncoder.load(str(save_headless(tmp_path)))
    assert encoder.encode_passages(TEXTS).shape == (4, 32)


@pytest.mark.parametrize("save_one", [save_cross_encoder, save_classifier])
def test_a_reranker_is_refused(tmp_path: Path, save_one: Save) -> None:
    with pytest.raises(ModelError, match=r"不是向量模型.*MATCHER_MODEL.*MATCHER_RERANKER"):
        SentenceEncoder.load(str(save_one(tmp_path)))
