"""The light encoder gives what sentence-transformers gives, over the same folders."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import load_file, save_file
from tokenizers import Tokenizer

from matcher.embedding.choosing import ModelChoice
from matcher.embedding.encoder import Encoder
from matcher.embedding.sentence_encoder import SentenceEncoder
from matcher.embedding.static_encoder import StaticEncoder
from matcher.embedding.static_folder import find_static
from matcher.errors import ModelError
from matcher.settings import data_folder
from tests.embedding.static_models import FORMS, edit_json, save_form
from tests.models import LETTERS, save_static_model, save_transformer_model

pytestmark = pytest.mark.filterwarnings("ignore")  # what those libraries warn of is theirs

TEXTS = [
    "断路器触头温升过高",
    "",
    "牛皮制革无铬鞣",
    "？？",
    "断路 abc 012",
    " ",
    "断路器触头温升过高",
]
BOTH = {"float32", "float64", "int8 scaled", "mapped"}
"""Forms in which sentence-transformers computes as exactly as we do."""
MODEL = data_folder() / "model"


def both(folder: Path, **prompts: str) -> tuple[StaticEncoder, SentenceEncoder]:
    return (
        StaticEncoder.load(str(folder), **prompts),
        SentenceEncoder.load(str(folder), **prompts),
    )


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> tuple[StaticEncoder, SentenceEncoder]:
    return both(save_form(tmp_path_factory.mktemp("model"), "int8 scaled"))


@pytest.mark.parametrize("form", sorted(BOTH))
def test_every_form_gives_the_same_vectors(tmp_path: Path, form: str) -> None:
    light, heavy = both(save_form(tmp_path, form))
    assert light.model_id == heavy.model_id
    assert light.dimension == heavy.dimension == 16
    assert light.is_static
    assert heavy.is_static
    vectors = light.encode_passages(TEXTS)
    assert vectors.dtype == np.float32
    assert vectors == pytest.approx(heavy.encode_passages(TEXTS), abs=1e-5)
    for text, vector in zip(TEXTS, vectors, strict=True):
        assert light.encode_query(text) == pytest.approx(heavy.encode_query(text), abs=1e-5)
        assert light.encode_query(text) == pytest.approx(vector, abs=1e-6)


@pytest.mark.parametrize("form", FORMS)
def test_a_text_is_the_unit_mean_of_its_pieces(tmp_path: Path, form: str) -> None:
    folder = save_form(tmp_path, form)
    arrays = load_file(folder / "model.safetensors")
    table = arrays.get("embedding.weight", arrays.get("embeddings")).astype(np.float64)
    if "mapping" in arrays:
        table = table[arrays["mapping"]]
    if "weights" in arrays:
        table *= arrays["weights"][:, None].astype(np.float64)
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    encoder = StaticEncoder.load(str(folder))
    for text in ("断路器触头", "a", "热热b？"):
        mean = table[tokenizer.encode(text).ids].mean(axis=0)
        expected = pytest.approx(mean / np.linalg.norm(mean), abs=1e-5)
        assert encoder.encode_query(text) == expected
        assert encoder.encode_passages([text, "温升"])[0] == expected


def test_half_precision_differs_by_its_own_rounding_alone(tmp_path: Path) -> None:
    light, heavy = both(save_form(tmp_path, "float16"))
    expected = heavy.encode_passages(TEXTS)  # the library adds and divides in half precision
    assert light.encode_passages(TEXTS) == pytest.approx(expected, abs=2e-3)


@given(st.lists(st.text(st.one_of(st.sampled_from(LETTERS), st.characters(codec="utf-8")))))
def test_any_texts_give_the_same_vectors(
    tiny: tuple[StaticEncoder, SentenceEncoder], texts: list[str]
) -> None:
    light, heavy = tiny
    vectors = light.encode_passages(texts)
    assert vectors.shape == (len(texts), 16)
    assert vectors == pytest.approx(heavy.encode_passages(texts), abs=1e-5)
    lengths = np.linalg.norm(vectors, axis=1)
    assert all(length == pytest.approx(1, abs=1e-5) or length == 0 for length in lengths)


def test_a_text_without_pieces_is_zero(tiny: tuple[StaticEncoder, SentenceEncoder]) -> None:
    encoder = tiny[0]
    assert not encoder.encode_query("").any()
    assert encoder.encode_query("？").any(), "an unknown piece has a vector of its own"
    assert encoder.encode_passages([]).shape == (0, 16)
    assert not encoder.encode_passages(["", ""]).any()


def test_blocks_do_not_show(tiny: tuple[StaticEncoder, SentenceEncoder]) -> None:
    encoder = tiny[0]
    texts = [LETTERS[n % 40 : n % 40 + 3] for n in range(5000)]
    vectors = encoder.encode_passages(texts)
    assert vectors[::701] == pytest.approx(encoder.encode_passages(texts[::701]), abs=1e-6)
    long = [word * 3000 for word in ("断路器", "触头", "温升", "牛皮")] * 30
    assert encoder.encode_passages(long) == pytest.approx(
        encoder.encode_passages(["断路器", "触头", "温升", "牛皮"] * 30), abs=1e-4
    )


def test_nothing_is_cut_off(tmp_path: Path) -> None:
    folder = save_static_model(tmp_path)
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.enable_truncation(4)
    tokenizer.enable_padding(length=9)
    tokenizer.save(str(folder / "tokenizer.json"))
    light, heavy = both(folder)
    assert not np.allclose(light.encode_query("断路器触头"), light.encode_query("断路器触"))
    assert light.encode_passages(TEXTS) == pytest.approx(heavy.encode_passages(TEXTS), abs=1e-5)


def test_prompts_are_the_models_own_or_those_asked_for(tmp_path: Path) -> None:
    folder = save_static_model(tmp_path)
    config = folder / "config_sentence_transformers.json"
    edit_json(config, prompts={"query": "断路", "document": "", "passage": "阀门"})
    for prompts in ({}, {"query_prompt": ""}, {"query_prompt": "皮", "passage_prompt": "革"}):
        light, heavy = both(folder, **prompts)
        assert light.model_id == heavy.model_id
        assert light.encode_query("温升") == pytest.approx(heavy.encode_query("温升"), abs=1e-5)
        assert light.encode_passages(TEXTS) == pytest.approx(heavy.encode_passages(TEXTS), abs=1e-5)
    own = StaticEncoder.load(str(folder))
    bare = StaticEncoder.load(str(folder), query_prompt="", passage_prompt="")
    assert own.encode_query("温升") == pytest.approx(bare.encode_query("断路温升"), abs=1e-6)
    assert own.encode_passages(["温升"])[0] == pytest.approx(
        bare.encode_query("阀门温升"), abs=1e-6
    )
    assert own.model_id != bare.model_id


def test_threads_share_an_encoder(tiny: tuple[StaticEncoder, SentenceEncoder]) -> None:
    encoder = tiny[0]
    texts = [LETTERS[n % 40 : n % 40 + 5] for n in range(400)]
    expected = encoder.encode_passages(texts)
    with ThreadPoolExecutor(4) as threads:
        queries = list(threads.map(encoder.encode_query, texts))
        blocks = list(threads.map(lambda _: encoder.encode_passages(texts), range(8)))
    assert np.stack(queries) == pytest.approx(expected, abs=1e-6)
    assert all(np.array_equal(block, expected) for block in blocks)


def test_the_embedded_model_is_the_same_either_way() -> None:
    light, heavy = both(MODEL)
    texts = [
        "断路器触头温升过高，银合金触点熔焊。",
        "Corrosion of pumps in acid soil, 2019; ΔT ≤ 85 ℃",
        "塑料件注塑后缩水、开裂，求改进模具与工艺" * 40,
        "𠮷野家 ﾊﾝｶｸ ＳＵＳ３０４ ①",
        "",
        "\u200b",
    ]
    assert light.model_id == heavy.model_id
    assert light.dimension == heavy.dimension == 512
    assert light.encode_passages(texts) == pytest.approx(heavy.encode_passages(texts), abs=1e-5)
    assert light.encode_query(texts[0]) == pytest.approx(heavy.encode_query(texts[0]), abs=1e-5)


def test_the_choice_falls_on_the_light_one_where_it_will_do(tmp_path: Path) -> None:
    def chosen(folder: Path) -> type[Encoder]:
        return type(ModelChoice(str(folder)).load())

    assert chosen(MODEL) is StaticEncoder
    assert chosen(save_static_model(tmp_path / "static")) is StaticEncoder
    assert chosen(save_transformer_model(tmp_path / "bert")) is SentenceEncoder
    prompted = ModelChoice(str(MODEL), query_prompt="问", passage_prompt="答").load()
    expected = StaticEncoder.load(str(MODEL), query_prompt="问", passage_prompt="答")
    assert prompted.model_id == expected.model_id
    assert np.array_equal(prompted.encode_query("阀门"), expected.encode_query("阀门"))


def test_older_folders_are_static_models_too(tmp_path: Path) -> None:
    folder = save_static_model(tmp_path)
    old = [
        {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.StaticEmbedding"}
    ]
    (folder / "modules.json").write_text(json.dumps(old))
    (folder / "config_sentence_transformers.json").unlink()
    light, heavy = both(folder)
    assert light.encode_passages(TEXTS) == pytest.approx(heavy.encode_passages(TEXTS), abs=1e-5)


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: (folder / "modules.json").unlink(),
        lambda folder: (folder / "modules.json").write_text('["StaticEmbedding"]'),
        lambda folder: (folder / "modules.json").write_text("{"),
        lambda folder: (folder / "modules.json").write_text('[{"type": "own.StaticEmbedding"}]'),
        lambda folder: (folder / "modules.json").write_text("[]"),
        lambda folder: edit_json(folder / "1_Normalize" / "config.json", module_input_name="x"),
        lambda folder: edit_json(folder / "1_Normalize" / "config.json", module_output_name="x"),
        lambda folder: edit_json(
            folder / "config_sentence_transformers.json", model_type="SparseEncoder"
        ),
        lambda folder: (folder / "tokenizer.json").unlink(),
        lambda folder: (folder / "model.safetensors").unlink(),
        lambda folder: (folder / "model.safetensors").write_bytes(b"\0" * 20),
        lambda folder: save_file({"other": np.ones(3)}, folder / "model.safetensors"),
        lambda folder: save_file(
            {"embeddings": np.ones((3, 2), dtype=np.int32)}, folder / "model.safetensors"
        ),
    ],
)
def test_anything_else_is_left_to_the_library(tmp_path: Path, change: object) -> None:
    folder = save_static_model(tmp_path)
    assert find_static(folder) is not None
    assert callable(change)
    change(folder)
    assert find_static(folder) is None
    with pytest.raises(ModelError, match="MATCHER_MODEL"):
        StaticEncoder.load(str(folder))


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"embedding.weight": np.ones((3, 4), dtype=np.float32)}, "向量表只有 3 行"),
        ({"embedding.weight": np.ones(400, dtype=np.float32)}, "shapes"),
        (
            {"embeddings": np.ones((90, 4), dtype=np.int8), "weights": np.ones(3)},
            "shapes",
        ),
        (
            {"embeddings": np.ones((9, 4), dtype=np.int8), "mapping": np.arange(90)},
            "rows 0 to 89 of 9",
        ),
    ],
)
def test_a_table_that_does_not_fit_is_refused(
    tmp_path: Path, arrays: dict[str, np.ndarray], message: str
) -> None:
    folder = save_static_model(tmp_path)
    save_file(arrays, folder / "model.safetensors")
    with pytest.raises(ModelError, match=message):
        StaticEncoder.load(str(folder))


def test_a_damaged_tokenizer_is_named(tmp_path: Path) -> None:
    folder = save_static_model(tmp_path)
    (folder / "tokenizer.json").write_text("{")
    with pytest.raises(ModelError, match="MATCHER_MODEL"):
        ModelChoice(str(folder)).load()


def test_the_embedded_model_answers_without_the_heavy_libraries() -> None:
    code = (
        "import sys, matcher.cli; from matcher.bootstrap import load_encoder;"
        "from matcher.settings import Settings;"
        "load_encoder(Settings(model='')).encode_query('断路器触头温升过高');"
        "print({'torch', 'transformers', 'sentence_transformers', 'sklearn', 'pandas', 'ranx'}"
        " & set(sys.modules))"
    )
    output = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert output.stdout.strip() == "set()"
