import json
import random
from pathlib import Path

import pytest

from matcher.cli.fit_duplicates import fit_duplicates as fit_verb
from matcher.errors import TrainingError
from matcher.screening.duplicate_training import (
    fit_duplicates,
    read_corpus_needs,
    write_duplicate_weights,
)
from matcher.screening.duplicates import WEIGHTS_FILE, DuplicateJudge, LikenessKind
from matcher.screening.rewrites import (
    CHECK,
    FIT,
    PAIRS_FILE,
    REWRITES_FILE,
    Examples,
    read_examples,
)
from matcher.settings import data_folder
from tests.fakes import HashEncoder
from tests.models import save_static_model


@pytest.fixture(scope="module")
def examples() -> Examples:
    data = data_folder()
    return read_examples(data / "demo" / "needs.jsonl", data / "screening")


def rarity(word: str) -> float:
    return 8.0 if len(word) > 2 else 4.0


def strangers(count: int) -> list[str]:
    """Needs of no example's problem."""
    chance = random.Random(0)
    words = (
        "桥梁",
        "地震",
        "小麦",
        "卫星",
        "肿瘤",
        "煤层气",
        "水库",
        "课程",
        "雷达",
        "林场",
        "隧道",
    )
    return ["，".join(chance.choices(words, k=12)) + "。" for _ in range(count)]


def test_fitted_weights_find_versions_with_any_encoder(examples: Examples, tmp_path: Path) -> None:
    encoder = HashEncoder(128)
    corpus = strangers(40)
    weights, scores = fit_duplicates(
        examples, corpus, encoder.encode_passages, encoder.model_id, rarity
    )
    assert [score.needs for score in scores] == [120, 160]
    assert all(score.versions_found > 0.95 for score in scores)
    assert all(score.false_alarms < 0.2 for score in scores)
    assert all(weight > 0 for weight in weights.same.weights.values())
    assert weights.related.weights["cosine"] > 0 > weights.related.weights["background"]
    write_duplicate_weights(tmp_path / WEIGHTS_FILE, weights)
    assert DuplicateJudge.load(tmp_path, rarity).weights == weights
    again, _ = fit_duplicates(examples, corpus, encoder.encode_passages, encoder.model_id, rarity)
    assert again == weights


def test_one_kind_of_example_alone_teaches_nothing(examples: Examples) -> None:
    needs = Examples(tuple(each for each in examples.texts if each.kind is None), {})
    encoder = HashEncoder(16)
    with pytest.raises(TrainingError, match="样例"):
        fit_duplicates(needs, [], encoder.encode_passages, encoder.model_id, rarity)


def test_halves_share_no_problem(examples: Examples) -> None:
    for one in examples.texts:
        for other in examples.texts:
            if one.half != other.half:
                assert examples.relation(one, other) in (None, LikenessKind.DIFFERENT)
    assert {example.half for example in examples.texts} == {FIT, CHECK}


def test_relations_spelled_out(examples: Examples) -> None:
    by_id = {example.id: example for example in examples.texts}
    versions = [each for each in examples.texts if each.kind is LikenessKind.SAME]
    problems = {e.source: e for e in examples.texts if e.kind is LikenessKind.SAME_PROBLEM}
    different = {e.source: e for e in examples.texts if e.kind is LikenessKind.DIFFERENT}
    version = next(each for each in versions if each.source in problems)
    need = by_id[version.source]
    assert examples.relation(need, version) is LikenessKind.SAME
    assert examples.relation(version, problems[need.id]) is LikenessKind.SAME_PROBLEM
    assert examples.relation(version, different[need.id]) is LikenessKind.DIFFERENT
    assert examples.relation(by_id["2026-0026"], by_id["2026-0050"]) is LikenessKind.SAME_PROBLEM
    assert examples.relation(by_id["2026-0056"], by_id["2026-0095"]) is None
    assert examples.relation(by_id["2026-0001"], by_id["2026-0095"]) is LikenessKind.DIFFERENT


def need(identifier: str) -> dict[str, object]:
    texts = dict.fromkeys(("title", "problem", "indicators", "goal"), "触头温升")
    return {"id": identifier, "enterprise": "E1", **texts, "keywords": []}


def rewrite(**changes: object) -> dict[str, object]:
    row = {"id": "R1", "source": "N1", "kind": "same", "half": "fit", "enterprise": "E1"}
    return {**row, "title": "触头", "text": "温升", **changes}


def write(folder: Path, rewrites: list[dict[str, object]], pairs: list[dict[str, object]]) -> Path:
    files = {"needs.jsonl": [need("N1"), need("N2")], REWRITES_FILE: rewrites, PAIRS_FILE: pairs}
    for name, rows in files.items():
        (folder / name).write_text("".join(json.dumps(row) + "\n" for row in rows))
    return folder / "needs.jsonl"


PAIR = {"first": "N1", "second": "N2", "kind": "same_problem"}


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"half": "third"}, "half"),
        ({"kind": "重样"}, "相似类型"),
        ({"source": "N9"}, "N9"),
        ({"kind": None}, "第 1 行"),
    ],
)
def test_malformed_rewrites_are_named(tmp_path: Path, row: dict[str, object], message: str) -> None:
    needs_file = write(tmp_path, [rewrite(**row)], [PAIR])
    with pytest.raises(TrainingError, match=message):
        read_examples(needs_file, tmp_path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    needs_file = write(tmp_path, [rewrite()], [PAIR])
    read_examples(needs_file, tmp_path)
    (tmp_path / PAIRS_FILE).unlink()
    with pytest.raises(TrainingError, match=PAIRS_FILE):
        read_examples(needs_file, tmp_path)
    with pytest.raises(TrainingError, match=r"needpairs\.jsonl"):
        read_corpus_needs(tmp_path)


def test_the_verb_fits_for_the_configured_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    model = save_static_model(tmp_path / "tiny", dimension=64)
    monkeypatch.setenv("MATCHER_MODEL", str(model))
    rows = [{"title": text[:8], "text": text} for text in strangers(20)]
    (tmp_path / "needpairs.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    fit_verb(tmp_path, tmp_path / WEIGHTS_FILE)
    assert "重复查出" in capsys.readouterr().out
    judge = DuplicateJudge.load(tmp_path, rarity)
    assert judge.weights.model_id.startswith("tiny")
