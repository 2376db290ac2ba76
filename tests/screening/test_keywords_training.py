import json
import math
from pathlib import Path

import numpy as np
import pytest

from matcher.cli.train_keywords import train_keywords
from matcher.errors import InvalidInputError, ModelError, TrainingError
from matcher.screening.keyword_corpus import clean_term, read_keyword_corpus
from matcher.screening.keyword_features import FEATURES
from matcher.screening.keyword_files import (
    TERMS_FILE,
    WEIGHTS_FILE,
    WORDS_FILE,
    read_keyword_model,
    write_keyword_model,
)
from matcher.screening.keyword_model import KeywordModel, KeywordTables, TermRow, WordRow
from matcher.screening.keyword_training import (
    KeywordReport,
    measure_keywords,
    train_keyword_model,
)
from matcher.screening.keywords import KeywordSuggester
from matcher.screening.logistic import Logistic, fit_logistic
from matcher.screening.term_statistics import (
    RUN_END,
    RUN_START,
    TaggedText,
    TermCounts,
    merged,
    word_roles,
)
from matcher.settings import data_folder
from tests.screening.small_corpus import PAPERS, corpus_rows, write_corpus


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_corpus(tmp_path_factory.mktemp("keywords") / "corpus")


@pytest.fixture(scope="module")
def trained(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, KeywordReport]:
    folder = tmp_path_factory.mktemp("keywords") / "model"
    return folder, train_keyword_model(corpus, folder)


def test_learned_keywords_are_found_in_a_new_text(trained: tuple[Path, KeywordReport]) -> None:
    suggester = KeywordSuggester.load(trained[0])
    suggested = [
        keyword.text for keyword in suggester.suggest("滑动轴承磨损\n车间的滑动轴承坏了。")
    ]
    assert suggested[0] == "滑动轴承"


def test_same_corpus_gives_the_same_bytes(
    corpus: Path, trained: tuple[Path, KeywordReport], tmp_path: Path
) -> None:
    report = train_keyword_model(corpus, tmp_path)
    names = {WEIGHTS_FILE, TERMS_FILE, WORDS_FILE}
    assert {path.name for path in tmp_path.iterdir()} == names
    for name in names:
        assert (tmp_path / name).read_bytes() == (trained[0] / name).read_bytes()
    assert report == trained[1]


def test_report_tells_of_the_held_out_papers(trained: tuple[Path, KeywordReport]) -> None:
    _, report = trained
    assert report.with_title is not None
    assert report.without_title is not None
    assert 0 < report.with_title.texts + report.without_title.texts < 2 * PAPERS
    assert report.without_title.recall > 0.5
    assert report.bytes == sum(path.stat().st_size for path in trained[0].iterdir())


def test_progress_ends_where_it_said(corpus: Path, tmp_path: Path) -> None:
    heard: dict[str, tuple[int, int]] = {}
    train_keyword_model(
        corpus, tmp_path, lambda step, done, total: heard.update({step: (done, total)})
    )
    assert list(heard) == ["counting", "weights"]
    assert all(done == total for done, total in heard.values())


def test_the_arithmetic_of_the_scores(trained: tuple[Path, KeywordReport]) -> None:
    suggester = KeywordSuggester.load(trained[0])
    text = "滑动轴承磨损\n车间的滑动轴承坏了。"
    count = len(suggester.suggest(text))
    scores = measure_keywords(
        suggester,
        [
            TaggedText(text, frozenset({"滑动轴承", "没有的词"})),
            TaggedText("。", frozenset({"词"})),
        ],
    )
    assert scores is not None
    assert scores.precision == pytest.approx((1 / count + 0) / 2)
    assert scores.recall == pytest.approx((1 / 2 + 0) / 2)
    assert scores.f1 == pytest.approx((2 / (count + 2) + 0) / 2)
    assert measure_keywords(suggester, []) is None


@pytest.mark.parametrize("name", sorted(corpus_rows()))
def test_missing_and_empty_files_are_named(name: str, tmp_path: Path) -> None:
    rows = corpus_rows()
    with pytest.raises(TrainingError, match=f"{name} 是空的"):
        read_keyword_corpus(write_corpus(tmp_path / "empty", {**rows, name: []}))
    del rows[name]
    with pytest.raises(TrainingError, match=f"缺少文件 {name}"):
        read_keyword_corpus(write_corpus(tmp_path / "missing", rows))


def test_malformed_rows_are_named_with_their_number(tmp_path: Path) -> None:
    rows = corpus_rows()
    del rows["glossary.jsonl"][2]["zh"]
    with pytest.raises(TrainingError, match=r"glossary\.jsonl 第 3 行缺少字段 'zh'"):
        read_keyword_corpus(write_corpus(tmp_path / "field", rows))
    folder = write_corpus(tmp_path / "broken")
    (folder / "thesaurus.jsonl").write_text("{\n", encoding="utf-8")
    with pytest.raises(TrainingError, match=r"thesaurus\.jsonl 第 1 行无法读取"):
        read_keyword_corpus(folder)


def test_too_few_papers_are_refused(tmp_path: Path) -> None:
    rows = corpus_rows()
    few = {**rows, "abstracts.jsonl": rows["abstracts.jsonl"][:1]}
    few["chinaxiv.jsonl.xz"] = rows["chinaxiv.jsonl.xz"][:1]
    with pytest.raises(TrainingError, match="太少"):
        train_keyword_model(write_corpus(tmp_path / "corpus", few), tmp_path / "model")


def test_keywords_that_never_stand_in_the_text_teach_nothing(tmp_path: Path) -> None:
    rows = corpus_rows()
    for name in ("abstracts.jsonl", "chinaxiv.jsonl.xz"):
        rows[name] = [{**row, "keywords": ["量子纠缠"]} for row in rows[name]]
    with pytest.raises(TrainingError, match="无法训练"):
        train_keyword_model(write_corpus(tmp_path / "corpus", rows), tmp_path / "model")


def test_papers_with_the_same_text_count_once(tmp_path: Path) -> None:
    rows = corpus_rows()
    rows["abstracts.jsonl"] += [
        {**row, "id": f"again{row['id']}"} for row in rows["abstracts.jsonl"]
    ]
    corpus = read_keyword_corpus(write_corpus(tmp_path / "corpus", rows))
    assert sum(map(len, corpus.parts)) == 2 * PAPERS
    assert len(corpus.plain) == PAPERS


@pytest.mark.parametrize(
    ("keyword", "term"),
    [
        ("ＳＵＳ304 不锈钢", "sus304不锈钢"),
        ("“停走停”", "停走停"),
        ("TP391.1", None),
        ("G250", None),
        ("轴", None),
        ("130", None),
        ("基于物品的协同过滤算法图书推荐", None),
        ("PAM4", "pam4"),
    ],
)
def test_noise_among_keywords_is_left_out(keyword: str, term: str | None) -> None:
    assert clean_term(keyword) == term


def test_counts_spelled_out() -> None:
    counts = TermCounts()
    counts.add(TaggedText("轴承磨损，轴承坏", frozenset({"轴承"})), {"轴承", "磨损"})
    counts.add(TaggedText("磨损"), {"轴承", "磨损"})
    assert (counts.texts, counts.papers) == (2, 1)
    assert counts.term_texts == {"轴承": 1, "磨损": 2}
    assert counts.term_papers == {"轴承": 1, "磨损": 1}
    assert counts.term_keyworded == {"轴承": 1}
    assert counts.first["轴承"] == counts.last["轴承"] == counts.inside["轴承"] == 2
    assert counts.before == {RUN_START: 2}
    assert counts.after == {"磨损": 1, "坏": 1}
    assert counts.in_papers[RUN_END] == 2
    assert counts.elsewhere == {"磨损": 1}
    doubled = merged([counts, counts])
    assert doubled.texts == 4
    assert doubled.after == {"磨损": 2, "坏": 2}


def test_roles_of_words_spelled_out() -> None:
    roles = word_roles({"陶瓷轴承", "轴承磨损"})
    assert roles.first["轴承"] == roles.last["轴承"] == 1
    assert roles.anywhere["轴承"] == 2


def model() -> KeywordModel:
    word = WordRow(9, 20, 4, 0, 4, 1, 2, 3, 0, 3)
    average = WordRow(50, 80, 6, 10, 10, 9, 8, 1, 1, 2)
    tables = KeywordTables(99, {"轴承": TermRow(9, 6, 3)}, {"轴承": word, "改善": average})
    return KeywordModel(tables, Logistic(dict.fromkeys(FEATURES, 0.25), -1.0))


def test_facts_spelled_out() -> None:
    facts = model().term("轴承")
    assert facts is not None
    assert facts.idf == pytest.approx(math.log(100 / 10))
    assert facts.keyphraseness == pytest.approx(math.log(3.1 / 10))
    assert model().term("大棚") is None
    word = model().word("轴承")
    # 10 of 100 words stand first; of those ending like it none; 20 of the prior each
    rate = 10 / 100
    affix = (4 + 20 * rate) / (20 + 20)
    assert word.first == pytest.approx(math.log((4 + 8 * affix) / 28 / rate))
    assert word.before == pytest.approx(math.log((1 + 8 * 0.1) / 28 / 0.1))
    assert word.terms == pytest.approx(math.log(4))
    assert model().rarity("没见过") == pytest.approx(math.log(100))


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    written = model()
    size = write_keyword_model(tmp_path, written)
    read = read_keyword_model(tmp_path)
    assert read.tables == written.tables
    assert read.weighing == written.weighing
    assert size == sum(path.stat().st_size for path in tmp_path.iterdir())


@pytest.mark.parametrize("name", [TERMS_FILE, WORDS_FILE, WEIGHTS_FILE])
def test_missing_and_damaged_files_are_named(tmp_path: Path, name: str) -> None:
    write_keyword_model(tmp_path, model())
    data = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(data[:-5] + b"12345")
    with pytest.raises(ModelError, match="train-keywords"):
        read_keyword_model(tmp_path)
    (tmp_path / name).unlink()
    with pytest.raises(ModelError, match=f"缺少文件 {name}"):
        read_keyword_model(tmp_path)


def test_tables_of_another_training_are_refused(tmp_path: Path) -> None:
    write_keyword_model(tmp_path, model())
    terms = (tmp_path / TERMS_FILE).read_bytes()
    other = model()
    write_keyword_model(
        tmp_path, KeywordModel(KeywordTables(99, {}, other.tables.words), other.weighing)
    )
    (tmp_path / TERMS_FILE).write_bytes(terms)
    with pytest.raises(ModelError, match="不是同一次训练"):
        read_keyword_model(tmp_path)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format": 0}, "格式"),
        ({"weights": {"frequency": 1.0}}, "特征"),
        ({"texts": None}, "不可用"),
    ],
)
def test_other_formats_are_refused(tmp_path: Path, change: dict[str, object], message: str) -> None:
    write_keyword_model(tmp_path, model())
    path = tmp_path / WEIGHTS_FILE
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    with pytest.raises(ModelError, match=message):
        read_keyword_model(tmp_path)
    path.write_text("{}")
    with pytest.raises(ModelError, match=WEIGHTS_FILE):
        read_keyword_model(tmp_path)


def test_the_shipped_model_is_small() -> None:
    assert sum(path.stat().st_size for path in (data_folder() / "keywords").iterdir()) < 1_500_000


def test_logistic_regression_finds_what_made_the_data() -> None:
    random = np.random.default_rng(0)
    rows = random.normal(size=(20_000, 2))
    truth = 1 / (1 + np.exp(-(1.5 * rows[:, 0] - 0.5 * rows[:, 1] - 1.0)))
    fitted = fit_logistic(("a", "b"), rows, random.random(len(rows)) < truth, penalty=0.0)
    assert fitted.weights["a"] == pytest.approx(1.5, abs=0.1)
    assert fitted.weights["b"] == pytest.approx(-0.5, abs=0.1)
    assert fitted.bias == pytest.approx(-1.0, abs=0.1)


def test_a_feature_that_never_varies_has_no_weight() -> None:
    rows = np.array([[0.0, 3.0], [1.0, 3.0], [0.2, 3.0], [0.9, 3.0]])
    fitted = fit_logistic(("a", "same"), rows, np.array([False, True, False, True]))
    assert fitted.weights["same"] == 0.0
    assert fitted.probability(rows)[1] > 0.5 > fitted.probability(rows)[0]


def test_sample_weights_count_like_repeated_rows() -> None:
    rows = np.array([[0.0], [1.0], [0.4], [0.6]])
    outcomes = np.array([False, True, True, False])
    weighted = fit_logistic(("a",), rows, outcomes, sample_weights=np.array([1.0, 2.0, 1.0, 1.0]))
    repeated = fit_logistic(("a",), rows[[0, 1, 1, 2, 3]], outcomes[[0, 1, 1, 2, 3]])
    assert weighted.weights["a"] == pytest.approx(repeated.weights["a"], abs=1e-4)


@pytest.mark.parametrize("outcome", [True, False])
def test_one_outcome_alone_teaches_nothing(outcome: bool) -> None:
    with pytest.raises(ValueError, match="alike"):
        fit_logistic(("a",), np.array([[0.0], [1.0]]), np.array([outcome, outcome]))


def test_the_verb_tells_what_it_made(
    corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    train_keywords(corpus, tmp_path / "model")
    printed = capsys.readouterr().out.replace("\n", "")
    assert "个术语" in printed
    assert "留出的有题名论文" in printed
    with pytest.raises(InvalidInputError, match="已存在"):
        train_keywords(corpus, tmp_path / "model")
