"""Training on a corpus of a few hundred generated lines."""

import json
import lzma
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sentence_transformers import SentenceTransformer

from matcher.embedding.training import (
    TrainingConfig,
    TrainingProgress,
    TrainingReport,
    read_corpus,
    train_static_model,
)
from matcher.embedding.training.bags import Bags, concatenate
from matcher.embedding.training.export import quantise
from matcher.embedding.training.losses import pair_loss, twin_loss
from matcher.embedding.training.pairs import without_overlap
from matcher.errors import TrainingError

SUBJECTS = (
    ("轴承", "磨损", "润滑", "bearing", "wear", "lubrication"),
    ("焊缝", "裂纹", "应力", "weld", "crack", "stress"),
    ("污水", "氨氮", "生化", "sewage", "ammonia", "biochemical"),
    ("大棚", "番茄", "灌溉", "greenhouse", "tomato", "irrigation"),
)
TINY = TrainingConfig(
    dimension=16,
    han_words=200,
    latin_words=100,
    latin_fragments=50,
    numbers=20,
    pretraining_steps=60,
    pretraining_batch=32,
    pretraining_rate=1e-2,
    need_epochs=10,
    need_batch=16,
    need_rate=1e-2,
)


def _sentence(words: Sequence[str], number: int) -> str:
    first, second, third = words[number % 3], words[(number + 1) % 3], words[(number + 2) % 3]
    return f"研究{first}的{second}问题，分析{third}与{first}的关系，给出第{number}种改进方法。"


def _english(words: Sequence[str], number: int) -> str:
    return f"We study {words[3]} and {words[4]} with {words[5]}; method {number} is improved."


def _rows() -> dict[str, list[dict[str, Any]]]:
    numbered = [(words, number) for number in range(12) for words in SUBJECTS]
    return {
        "chinaxiv.jsonl.xz": [
            {
                "title": f"{words[0]}{words[1]}研究",
                "abstract": _sentence(words, number),
                "keywords": list(words[:3]),
                "paragraphs": [_sentence(words, number + step) * 3 for step in range(3)],
            }
            for words, number in numbered
        ],
        "abstracts.jsonl": [
            {"id": f"T{row}", "abstract": _sentence(words, number), "keywords": [words[0]]}
            for row, (words, number) in enumerate(numbered)
        ],
        "needpairs.jsonl": [
            {"id": f"T{row}", "title": f"{words[0]}老坏", "text": f"厂里{words[1]}严重，求办法。"}
            for row, (words, _) in enumerate(numbered)
        ],
        "parallel.jsonl": [
            {"zh": f"{words[0]}研究。{_sentence(words, number)}", "en": _english(words, number)}
            for words, number in numbered
        ],
        "glossary.jsonl": [
            {"zh": words[place], "en": words[place + 3]} for words in SUBJECTS for place in range(3)
        ],
        "thesaurus.jsonl": [
            {"plain": f"{words[0]}不行了", "technical": f"{words[1]} {words[2]}"}
            for words in SUBJECTS
        ],
    }


def _write(folder: Path, files: dict[str, list[dict[str, Any]]]) -> Path:
    folder.mkdir(parents=True)
    for name, rows in files.items():
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        data = text.encode()
        (folder / name).write_bytes(lzma.compress(data) if name.endswith(".xz") else data)
    return folder


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _write(tmp_path_factory.mktemp("training") / "corpus", _rows())


@pytest.fixture(scope="module")
def trained(
    corpus: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, TrainingReport, list[TrainingProgress]]:
    folder = tmp_path_factory.mktemp("training") / "model"
    heard: list[TrainingProgress] = []
    report = train_static_model(corpus, folder, TINY, heard.append)
    return folder, report, heard


@pytest.fixture(scope="module")
def model(trained: tuple[Path, TrainingReport, list[TrainingProgress]]) -> SentenceTransformer:
    return SentenceTransformer(str(trained[0]), device="cpu")


def test_vectors_are_unit_length_in_32_bits(model: SentenceTransformer) -> None:
    vectors = model.encode(["轴承磨损", "bearing wear", "SUS304 不锈钢", "轴承" * 2500])
    assert vectors.dtype == np.float32
    assert vectors.shape == (4, TINY.dimension)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)


def test_queries_and_documents_are_embedded_alike(model: SentenceTransformer) -> None:
    np.testing.assert_array_equal(
        model.encode_query(["焊缝裂纹"]), model.encode_document(["焊缝裂纹"])
    )


def test_translation_is_nearer_than_another_subject(model: SentenceTransformer) -> None:
    chinese = model.encode([words[0] + words[1] for words in SUBJECTS])
    english = model.encode([f"{words[3]} {words[4]}" for words in SUBJECTS])
    np.testing.assert_array_equal((chinese @ english.T).argmax(axis=1), np.arange(len(SUBJECTS)))


def test_need_finds_its_subject(model: SentenceTransformer) -> None:
    needs = model.encode([f"我们的{words[0]}老坏" for words in SUBJECTS])
    abstracts = model.encode([_sentence(words, 40) for words in SUBJECTS])
    np.testing.assert_array_equal((needs @ abstracts.T).argmax(axis=1), np.arange(len(SUBJECTS)))


def test_same_corpus_and_seed_give_the_same_bytes(
    corpus: Path,
    trained: tuple[Path, TrainingReport, list[TrainingProgress]],
    tmp_path: Path,
) -> None:
    again = tmp_path / "again"
    train_static_model(corpus, again, TINY)
    first, second = _contents(trained[0]), _contents(again)
    assert first == second
    assert {Path("model.safetensors"), Path("tokenizer.json"), Path("README.md")} <= set(first)


def test_other_seed_gives_another_model(
    corpus: Path,
    trained: tuple[Path, TrainingReport, list[TrainingProgress]],
    tmp_path: Path,
) -> None:
    other = tmp_path / "other"
    train_static_model(corpus, other, TrainingConfig(**{**vars(TINY), "seed": 1}))
    weights = Path("model.safetensors")
    assert _contents(other)[weights] != _contents(trained[0])[weights]


def test_torch_threads_are_restored(corpus: Path, tmp_path: Path) -> None:
    before = torch.get_num_threads()
    train_static_model(
        corpus, tmp_path / "model", TrainingConfig(**{**vars(TINY), "threads": before + 1})
    )
    assert torch.get_num_threads() == before


def test_report_and_progress(
    trained: tuple[Path, TrainingReport, list[TrainingProgress]], model: SentenceTransformer
) -> None:
    folder, report, heard = trained
    assert report.bytes == sum(len(content) for content in _contents(folder).values())
    assert report.pieces == model[0].num_embeddings
    assert report.need_pairs == 48
    stages = {stage: [each for each in heard if each.stage == stage] for stage in _stages(heard)}
    assert list(stages) == ["tokenizer", "pretraining", "needs"]
    assert all(events[-1].done == events[-1].total for events in stages.values())
    losses = [event.loss for event in stages["pretraining"] if event.loss is not None]
    assert losses[-1] < losses[0]


def test_tokenizer_keeps_model_numbers_and_drops_punctuation(model: SentenceTransformer) -> None:
    tokens = model[0].tokenizer.encode("ＳＵＳ304，轴承").tokens
    assert "[UNK]" not in tokens
    assert "".join(tokens) == "sus304轴承"


@pytest.mark.parametrize("name", sorted(_rows()))
def test_missing_file_is_named(name: str, tmp_path: Path) -> None:
    rows = _rows()
    del rows[name]
    with pytest.raises(TrainingError, match=name):
        read_corpus(_write(tmp_path / "corpus", rows))


def test_empty_file_is_named(tmp_path: Path) -> None:
    folder = _write(tmp_path / "corpus", {**_rows(), "glossary.jsonl": []})
    with pytest.raises(TrainingError, match=r"glossary\.jsonl 是空的"):
        read_corpus(folder)


def test_malformed_row_is_named_with_its_number(tmp_path: Path) -> None:
    folder = _write(tmp_path / "corpus", _rows())
    with (folder / "glossary.jsonl").open("a", encoding="utf-8") as lines:
        lines.write("{\n")
    with pytest.raises(TrainingError, match=r"glossary\.jsonl 第 13 行"):
        read_corpus(folder)


def test_missing_field_is_named(tmp_path: Path) -> None:
    rows = _rows()
    del rows["parallel.jsonl"][2]["en"]
    with pytest.raises(TrainingError, match=r"parallel\.jsonl 第 3 行：字段 en"):
        read_corpus(_write(tmp_path / "corpus", rows))


def test_need_without_abstract_is_named(tmp_path: Path) -> None:
    rows = _rows()
    rows["needpairs.jsonl"][0]["id"] = "T999"
    with pytest.raises(TrainingError, match="T999"):
        read_corpus(_write(tmp_path / "corpus", rows))


def test_quantising_rounds_by_at_most_half_a_level() -> None:
    table = torch.randn(50, 8, generator=torch.Generator().manual_seed(0))
    table[3] = 0.0
    numbers, scales = quantise(table)
    assert numbers.dtype == torch.int8
    error = (numbers.float() * scales[:, None] - table).abs()
    assert bool((error <= scales[:, None] * 0.5 + 1e-6).all())
    assert not bool(numbers[3].any())


def test_pair_loss_ignores_english_texts_for_queries_with_chinese_answers() -> None:
    queries = torch.eye(3)
    english = torch.tensor([False, True, False])
    near, far = torch.eye(3), torch.eye(3)
    near[1] = torch.tensor([0.6, 0.8, 0.0])  # the English text comes nearer to query 0
    forward = [
        torch.nn.functional.cross_entropy((5 * queries[:1] @ texts[[0, 2]].T), torch.tensor([0]))
        for texts in (near, far)
    ]
    assert forward[0] == forward[1]
    same = pair_loss(queries, near, english, 5.0)
    all_foreign = pair_loss(queries, near, torch.zeros(3, dtype=torch.bool), 5.0)
    assert same < all_foreign


def test_twin_loss_is_least_where_both_languages_score_alike() -> None:
    needs, chinese = torch.eye(2), torch.eye(2)
    swapped = chinese.flip(0)
    assert twin_loss(needs, chinese, chinese, 5.0) < twin_loss(needs, swapped, chinese, 5.0)


def _texts(rows: list[list[int]]) -> Bags:
    ids = np.array([each for row in rows for each in row], dtype=np.int64)
    return Bags(ids, np.cumsum([0] + [len(row) for row in rows]))


def _lists(bags: Bags) -> list[list[int]]:
    return [
        bags.ids[start:end].tolist()
        for start, end in zip(bags.bounds[:-1], bags.bounds[1:], strict=True)
    ]


_ROWS = st.lists(st.lists(st.integers(0, 9), max_size=6), min_size=1, max_size=5)


@given(_ROWS, _ROWS)
def test_concatenated_bags_keep_their_texts(left: list[list[int]], right: list[list[int]]) -> None:
    assert _lists(concatenate([_texts(left), _texts(right)])) == left + right


@given(_ROWS, st.integers(1, 4))
def test_sampled_texts_are_windows_of_their_texts(rows: list[list[int]], limit: int) -> None:
    order = np.arange(len(rows))[::-1].copy()
    sampled = _lists(_texts(rows).sample(order, np.random.default_rng(0), limit))
    for text, window in zip(reversed(rows), sampled, strict=True):
        assert len(window) == min(limit, len(text))
        assert any(
            text[start : start + len(window)] == window
            for start in range(len(text) - len(window) + 1)
        )


def test_overlap_is_left_out_of_its_own_query_only() -> None:
    queries, texts = _texts([[1, 2, 3], [1, 4]]), _texts([[2], [1]])
    left = without_overlap(queries, texts, np.random.default_rng(0), probability=1.0)
    assert _lists(left) == [[1, 3], [4]]
    kept = without_overlap(queries, texts, np.random.default_rng(0), probability=0.0)
    assert _lists(kept) == [[1, 2, 3], [1, 4]]


def _contents(folder: Path) -> dict[Path, bytes]:
    return {
        path.relative_to(folder): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def _stages(heard: Sequence[TrainingProgress]) -> list[str]:
    return list(dict.fromkeys(event.stage for event in heard))
