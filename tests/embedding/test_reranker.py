"""Real cross-encoders, made small here."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import (
    AutoModelForCausalLM,
    AutoModelForSequenceClassification,
    AutoTokenizer,
)

from matcher.embedding.cross_encoder import CrossEncoderReranker
from matcher.errors import ModelError
from tests.models import (
    LETTERS,
    save_chat_reranker,
    save_classifier,
    save_cross_encoder,
    save_headless,
    save_static_model,
    save_transformer_model,
)

pytestmark = pytest.mark.filterwarnings("ignore")  # what those libraries warn of is theirs

QUERY = "断路器触头温升过高"
PASSAGES = ["银合金触头发热", "牛皮制革无铬鞣收缩温度", "阀门泄漏", "断路器触头温升过高"]
LONG = "牛皮制革，无铬鞣。收缩温度过高；" * 8
"""128 tokens for models that take 64."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_cross_encoder(tmp_path_factory.mktemp("cross"))


@pytest.fixture(scope="module")
def reranker(folder: Path) -> CrossEncoderReranker:
    return CrossEncoderReranker.load(str(folder))


@pytest.fixture(scope="module")
def chat(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_chat_reranker(tmp_path_factory.mktemp("chat"), tokens=256)


def logit(folder: Path, query: str, passage: str) -> float:
    """What the network itself says of a pair, without sentence-transformers."""
    tokenizer = AutoTokenizer.from_pretrained(folder)
    network = AutoModelForSequenceClassification.from_pretrained(folder).eval()
    with torch.inference_mode():
        return network(**tokenizer(query, passage, return_tensors="pt")).logits.item()


def test_scores_are_the_logits_of_the_network(folder: Path, reranker: CrossEncoderReranker) -> None:
    scores = reranker.score(QUERY, PASSAGES)
    assert scores.dtype == np.float32
    assert scores.shape == (4,)
    assert scores == pytest.approx([logit(folder, QUERY, p) for p in PASSAGES], abs=1e-4)
    assert np.ptp(scores) > 0.1


@pytest.mark.parametrize("activation", [torch.nn.Identity(), torch.nn.Sigmoid()])
def test_scores_are_logits_whatever_a_model_makes_of_them(
    tmp_path: Path, reranker: CrossEncoderReranker, activation: torch.nn.Module
) -> None:
    other = CrossEncoderReranker.load(str(save_cross_encoder(tmp_path, activation=activation)))
    assert other.score(QUERY, PASSAGES) == pytest.approx(reranker.score(QUERY, PASSAGES), abs=1e-5)


def test_files_without_those_of_sentence_transformers_will_do(
    tmp_path: Path, reranker: CrossEncoderReranker
) -> None:
    plain = CrossEncoderReranker.load(str(save_classifier(tmp_path)))
    assert plain.score(QUERY, PASSAGES) == pytest.approx(reranker.score(QUERY, PASSAGES), abs=1e-5)


def test_the_same_pairs_score_the_same(folder: Path, reranker: CrossEncoderReranker) -> None:
    first = reranker.score(QUERY, PASSAGES)
    assert (reranker.score(QUERY, PASSAGES) == first).all()
    assert (CrossEncoderReranker.load(str(folder)).score(QUERY, PASSAGES) == first).all()


TEXTS = st.text(alphabet=LETTERS + "，。 ", max_size=150)


@settings(max_examples=25)
@given(query=TEXTS, passages=st.lists(TEXTS, max_size=5), data=st.data())
def test_a_score_depends_on_its_own_pair_alone(
    reranker: CrossEncoderReranker, query: str, passages: list[str], data: st.DataObject
) -> None:
    order = data.draw(st.permutations(range(len(passages))))
    scores = reranker.score(query, passages)
    assert scores.shape == (len(passages),)
    assert np.isfinite(scores).all()
    shuffled = reranker.score(query, [passages[n] for n in order])
    assert shuffled == pytest.approx(scores[order], abs=1e-3)


def test_the_size_of_batches_changes_no_score(folder: Path, reranker: CrossEncoderReranker) -> None:
    one = CrossEncoderReranker.load(str(folder), batch_size=1)
    passages = [*PASSAGES, LONG]
    assert one.score(QUERY, passages) == pytest.approx(reranker.score(QUERY, passages), abs=1e-4)


def test_no_passages_have_no_scores(reranker: CrossEncoderReranker) -> None:
    assert reranker.score(QUERY, []).shape == (0,)
    assert reranker.count_truncated(QUERY, []) == 0


def test_a_long_passage_is_read_to_its_end(reranker: CrossEncoderReranker) -> None:
    ends = [LONG + end for end in PASSAGES]
    assert np.ptp(reranker.score(QUERY, ends)) > 1e-3
    assert reranker.count_truncated(QUERY, ends) == 0


def test_the_best_piece_of_a_long_passage_counts(reranker: CrossEncoderReranker) -> None:
    sentences = ["牛皮制革无铬鞣收缩温度过高" * 3 + "。", "养殖大黄鱼阀门泄漏断路器触" * 3 + "。"]
    pieces = reranker.score(QUERY, sentences)
    assert reranker.score(QUERY, ["".join(sentences)]) == pytest.approx([pieces.max()], abs=1e-4)


def test_what_is_not_read_of_a_long_query_is_told(reranker: CrossEncoderReranker) -> None:
    query = QUERY + "银合金发热，" * 6  # 45 tokens: more than half of 64, and less than 64
    beside = ["阀门泄漏", LONG, "温升过高", LONG]
    assert reranker.count_truncated(query, beside) == 2
    end = "大黄鱼"
    assert reranker.score(query, [LONG]) == reranker.score(query + end, [LONG])
    assert reranker.score(query, ["阀门"]) != reranker.score(query + end, ["阀门"])
    assert reranker.score(end + query, [LONG]) != reranker.score(query, [LONG])


def test_a_query_longer_than_the_model_is_cut_and_told(reranker: CrossEncoderReranker) -> None:
    assert reranker.count_truncated(LONG, PASSAGES) == len(PASSAGES)
    scores = reranker.score(LONG, PASSAGES)
    assert scores == pytest.approx(reranker.score(LONG + "大黄鱼", PASSAGES), abs=1e-4)
    assert np.ptp(scores) > 1e-3


def test_a_shorter_length_reads_less_at_once_and_is_another_model(
    folder: Path, reranker: CrossEncoderReranker
) -> None:
    short = CrossEncoderReranker.load(str(folder), max_length=24)
    assert short.model_id != reranker.model_id
    passages = ["牛皮制革无铬鞣收缩温度过高。养殖大黄鱼", "阀门"]
    assert reranker.count_truncated(QUERY + "银合金", passages) == 0
    assert short.count_truncated(QUERY + "银合金", passages) == 1
    assert short.score(QUERY, passages)[1] == pytest.approx(
        reranker.score(QUERY, passages)[1], abs=1e-4
    )


def test_a_length_beyond_the_model_is_the_model_s_own(
    folder: Path, reranker: CrossEncoderReranker
) -> None:
    longer = CrossEncoderReranker.load(str(folder), max_length=5000)
    passages = [*PASSAGES, LONG]
    assert longer.score(QUERY, passages) == pytest.approx(reranker.score(QUERY, passages), abs=1e-4)


def test_a_prompt_longer_than_half_the_model_is_refused(folder: Path) -> None:
    with pytest.raises(ModelError, match="64 个词元"):
        CrossEncoderReranker.load(str(folder), prompt=LONG)
    with pytest.raises(ModelError, match="MATCHER_RERANKER"):
        CrossEncoderReranker.load(str(folder), max_length=4)


def test_a_model_s_own_prompt_is_put_before_the_query(
    tmp_path: Path, reranker: CrossEncoderReranker
) -> None:
    folder = save_cross_encoder(tmp_path, prompts={"query": "阀门："})
    own = CrossEncoderReranker.load(str(folder))
    none = CrossEncoderReranker.load(str(folder), prompt="")
    other = CrossEncoderReranker.load(str(folder), prompt="牛皮：")
    for asked, prompt in ((own, "阀门："), (none, ""), (other, "牛皮：")):
        expected = reranker.score(prompt + QUERY, PASSAGES)
        assert asked.score(QUERY, PASSAGES) == pytest.approx(expected, abs=1e-4)
    assert len({own.model_id, none.model_id, other.model_id}) == 3


def test_another_content_is_another_model(tmp_path: Path) -> None:
    first, second, again = (
        CrossEncoderReranker.load(str(save_cross_encoder(tmp_path / str(n), seed=seed)))
        for n, seed in enumerate((1, 2, 1))
    )
    assert first.model_id.startswith("model@")
    assert first.model_id != second.model_id
    assert first.model_id == again.model_id


def test_a_chat_model_scores_yes_against_no(chat: Path) -> None:
    tokenizer = AutoTokenizer.from_pretrained(chat)
    network = AutoModelForCausalLM.from_pretrained(chat).eval()
    yes, no = tokenizer.convert_tokens_to_ids(["yes", "no"])
    with torch.inference_mode():
        asked = tokenizer(f"<s>相关否<q>{QUERY}<d>{PASSAGES[0]}<a>", return_tensors="pt")
        logits = network(**asked).logits[0, -1]
    reranker = CrossEncoderReranker.load(str(chat), prompt="相关否")
    scores = reranker.score(QUERY, PASSAGES)  # of several lengths: the shorter ones are padded
    assert scores[0] == pytest.approx(float(logits[yes] - logits[no]), abs=1e-3)


def test_a_chat_model_reads_a_long_passage_to_its_end(chat: Path) -> None:
    reranker = CrossEncoderReranker.load(str(chat))
    ends = [LONG + end * 3 for end in PASSAGES]  # a character is three bytes and tokens
    assert np.ptp(reranker.score(QUERY, ends)) > 1e-3
    assert reranker.count_truncated(QUERY, ends) == 0
    assert reranker.count_truncated(LONG, ["阀门"]) == 1


def test_threads_do_not_disturb_each_other(reranker: CrossEncoderReranker) -> None:
    queries = [QUERY[n % 5 :] + LONG[: 3 * n] for n in range(24)]
    passages = [*PASSAGES, LONG]
    alone = [reranker.score(query, passages) for query in queries]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda query: reranker.score(query, passages), queries))
    for one, other in zip(alone, together, strict=True):
        assert other == pytest.approx(one, abs=1e-4)


def test_a_model_of_several_outputs_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"2 个类别.*MATCHER_RERANKER"):
        CrossEncoderReranker.load(str(save_cross_encoder(tmp_path, labels=2)))


@pytest.mark.parametrize("save", [save_headless, save_transformer_model])
def test_a_model_without_a_head_of_its_own_is_refused(
    tmp_path: Path, save: Callable[[Path], Path]
) -> None:
    with pytest.raises(ModelError, match=r"不是重排模型.*BertModel.*MATCHER_RERANKER"):
        CrossEncoderReranker.load(str(save(tmp_path)))


def test_a_model_that_is_no_network_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="MATCHER_RERANKER"):
        CrossEncoderReranker.load(str(save_static_model(tmp_path)))


@pytest.mark.parametrize("template", [None, "{{ messages[0].role }}"])
def test_a_chat_model_that_cannot_be_asked_is_refused(tmp_path: Path, template: str | None) -> None:
    folder = save_chat_reranker(tmp_path, template=template)
    with pytest.raises(ModelError, match=r"(?s)重排模型.*MATCHER_RERANKER") as raised:
        CrossEncoderReranker.load(str(folder))
    assert str(folder) in raised.value.message


def test_a_folder_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"nowhere 不存在.*MATCHER_RERANKER"):
        CrossEncoderReranker.load(str(tmp_path / "nowhere"))


def test_a_folder_that_holds_no_model_is_named(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{")
    with pytest.raises(ModelError, match="MATCHER_RERANKER"):
        CrossEncoderReranker.load(str(tmp_path))
