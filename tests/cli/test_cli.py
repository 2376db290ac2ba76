"""The verbs, as a person types them, over a tiny real model."""

import json
import re
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from matcher.cli import app
from matcher.cli.match import show
from matcher.evaluation.ablation import LABELS
from matcher.records import Band, PartnerMatch, Ranking
from matcher.references import reference_needs
from tests.models import save_static_model, save_transformer_model

pytestmark = pytest.mark.filterwarnings("ignore")  # what the model libraries warn of is theirs

PARTNERS = [
    {"id": "X1", "kind": "expert", "name": "触头专家", "profile": "研究断路器触头温升与银合金。"},
    {"id": "X2", "kind": "expert", "name": "皮革专家", "profile": "研究牛皮无铬鞣制与收缩温度。"},
    {"id": "S1", "kind": "society", "name": "中国皮革协会", "profile": "制革技术咨询。"},
]
NEEDS = [
    {"id": "N1", "title": "断路器触头温升过高", "problem": "银合金触头发热，请专家解决。"},
    {"id": "N2", "title": "断路器触头发热问题", "problem": "触头温升高，银合金发热。"},
]


def run(*arguments: str, fails: bool = False) -> str:
    result = CliRunner().invoke(app, list(arguments))
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert (result.exit_code != 0) == fails, result.output
    return result.output


def lines(path: Path, rows: list[dict[str, object]]) -> str:
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), "utf-8")
    return str(path)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_static_model(tmp_path_factory.mktemp("model"))


def work_in(folder: Path, model: Path, patch: pytest.MonkeyPatch) -> None:
    """Let the verbs work in a folder, whose workspace is made by the first that needs it."""
    patch.chdir(folder)
    patch.setenv("MATCHER_HOME", str(folder / "home"))
    patch.setenv("MATCHER_MODEL", str(model))
    patch.setenv("MATCHER_DATABASE_URL", "")
    patch.setenv("COLUMNS", "120")


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory, model: Path) -> Path:
    """A folder whose workspace holds the partners and needs; tests get copies of it."""
    folder = tmp_path_factory.mktemp("imported")
    with pytest.MonkeyPatch.context() as patch:
        work_in(folder, model, patch)
        run("import", "partners", lines(folder / "partners.jsonl", PARTNERS))
        run("import", "needs", lines(folder / "needs.jsonl", NEEDS))
    return folder


@pytest.fixture
def home(tmp_path: Path, model: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    work_in(tmp_path, model, monkeypatch)
    return tmp_path


@pytest.fixture
def library(home: Path, imported: Path) -> Path:
    shutil.copytree(imported, home, dirs_exist_ok=True)
    return home


def test_importing_says_what_it_did(home: Path) -> None:
    file = lines(home / "partners.jsonl", PARTNERS)
    assert "新增 3，更新 0，未变 0" in run("import", "partners", file)
    assert "新增 0，更新 0，未变 3" in run("import", "partners", file)


def test_a_dry_run_imports_nothing(home: Path) -> None:
    file = lines(home / "partners.jsonl", PARTNERS)
    assert "没有导入任何内容" in run("import", "partners", file, "--dry-run")
    assert "新增 3" in run("import", "partners", file)


def test_a_faulty_file_names_row_and_field_and_fails(home: Path) -> None:
    file = lines(
        home / "needs.jsonl", [NEEDS[0], {"id": "N3", "title": "阀门泄漏问题", "deadline": "下周"}]
    )
    output = run("import", "needs", file, fails=True)
    assert "第 2 行" in output
    assert "需求时限" in output
    assert "新增 1" in run("import", "needs", file, "--keep-good")


def test_partners_are_ranked(library: Path) -> None:
    output = run("rank", "--text", "断路器触头温升过高，银合金发热", "--top", "2")
    assert output.index("触头专家") < output.index("皮革专家") if "皮革专家" in output else True
    data = json.loads(run("rank", "--need", "N1", "--json", "--kind", "院士专家"))
    assert data["matches"][0]["id"] == "X1"
    assert {match["kind"] for match in data["matches"]} == {"expert"}
    assert data["matches"][0]["evidence"][0]["spans"]
    best = data["matches"][0]
    assert best["band_label"] == Band(best["band"]).label
    assert 0 <= best["probability"] <= 1
    assert f"{best['band_label']} {best['probability']:.2f}" in run("rank", "--need", "N1")
    assert best["reason"].startswith("触头专家")


def test_the_reverse_and_the_similar(library: Path) -> None:
    assert json.loads(run("needs-for", "X1", "--json"))["matches"][0]["id"] in {"N1", "N2"}
    assert [m["id"] for m in json.loads(run("similar", "N1", "--json"))["matches"]] == ["N2"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["rank", "--text", "阀门"], "太短"),
        (["rank", "--text", "温升" * 25_000], "10000"),
        (["rank"], "--text"),
        (["rank", "--text", "断路器触头温升过高", "--kind", "外星人"], "外星人"),
        (["rank", "--need", "N404"], "N404"),
        (["needs-for", "X404"], "X404"),
        (["evaluate", "nowhere"], "不是文件夹"),
        (["import", "partners", "nowhere.xlsx"], "nowhere.xlsx"),
        (["train", "nowhere", "--out", "model"], "nowhere"),
    ],
)
def test_bad_input_is_answered_with_what_to_do(
    library: Path, arguments: list[str], message: str
) -> None:
    output = run(*arguments, fails=True)
    assert "错误" in output
    assert message in output
    assert "Traceback" not in output


@pytest.mark.parametrize(
    "arguments",
    [
        ["rank", "--need", "N1"],
        ["import", "needs", "needs.jsonl"],
        ["index", "build"],
        ["serve"],
        ["demo"],
        ["doctor"],
    ],
)
def test_a_bad_setting_is_one_line(
    library: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    monkeypatch.setenv("MATCHER_PORT", "abc")
    output = run(*arguments, fails=True)
    assert output.startswith("错误：MATCHER_PORT 的值“abc”")
    assert output.count("\n") == 1


def test_brackets_in_texts_are_text(library: Path) -> None:
    partner = {
        "id": "X9",
        "kind": "expert",
        "name": "[bold]方[/bold]",
        "affiliation": "[/x]厂:smile:",
        "profile": "断路器触头温升[/i]发热，银合金[link=x]触头。",
    }
    need = {"id": "N[/b]9", "title": "触头[red]温升过高", "problem": "断路器触头发热[/red]。"}
    lines(library / "more.jsonl", [partner | {"title": "[/q]"}])
    run("import", "partners", str(library / "more.jsonl"))
    faulty = lines(library / "faulty.jsonl", [partner | {"kind": "[/alien]"}])
    assert "[/alien]" in run("import", "partners", faulty, fails=True)
    run("import", "needs", lines(library / "more_needs.jsonl", [need]))
    output = run("rank", "--text", "断路器触头[/b]温升过高[red]发热")
    for text in ("[/b]温升过高[red]", "[bold]方[/bold]", "[/x]厂:smile:", "[/i]", "[link=x]"):
        assert text in output
    assert "触头[red]温升过高" in run("needs-for", "X9")
    assert "N[/b]9" in run("similar", "N[/b]9")
    assert "[/b]404" in run("needs-for", "[/b]404", fails=True)
    assert "q[/b]" in run("q[/b]", fails=True)


def test_an_answer_without_needs_speaks_of_needs(library: Path) -> None:
    silent = {"id": "X5", "kind": "expert", "name": "新来的专家"}
    run("import", "partners", lines(library / "silent.jsonl", [silent]))
    output = run("needs-for", "X5")
    assert "X5 没有简介，也没有成果" in output
    assert "没有找到合适的需求" in run("needs-for", "X1", "--county", "泰顺县")
    assert "没有找到可推荐的对象" in run("rank", "--need", "N1", "--region", "火星")


def test_a_library_with_one_need_has_no_similar_ones(home: Path) -> None:
    run("import", "needs", lines(home / "needs.jsonl", NEEDS[:1]))
    assert "没有找到相似的需求" in run("similar", "N1")


def test_warnings_of_an_answer_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    ranking: Ranking[PartnerMatch] = Ranking(
        matches=(), considered=0, model_id="m", revision=1, milliseconds=1.0, warnings=("短[/b]",)
    )
    show(ranking, "题", False, empty="没有")
    assert capsys.readouterr().out == "提示：短[/b]\n没有\n"


def test_text_from_standard_input_must_be_utf8(library: Path) -> None:
    words = "断路器触头温升过高，银合金发热"
    for encoding, status in (("utf-8", 0), ("gb18030", 1)):
        result = CliRunner().invoke(app, ["rank", "--text", "-"], input=words.encode(encoding))
        assert result.exit_code == status, result.output
        assert (words if status == 0 else "UTF-8") in result.output


def test_help_is_punctuated() -> None:
    for verb in ([], ["index"], ["rank"], ["needs-for"], ["similar"], ["demo"], ["doctor"]):
        assert "。." not in run(*verb, "--help")


def test_a_model_that_does_not_exist_is_named(
    library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MATCHER_MODEL", "./no-model")
    assert "MATCHER_MODEL" in run("rank", "--need", "N1", fails=True)


def test_an_index_of_another_model_is_refused_until_it_is_built_again(
    library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = save_transformer_model(tmp_path / "bert")
    monkeypatch.setenv("MATCHER_MODEL", str(other))
    for arguments in (["rank", "--need", "N1"], ["index", "status"], ["index", "verify"]):
        assert "matcher index build" in run(*arguments, fails=True)
    run("index", "build")
    assert "一致" in run("index", "status")
    assert "一致" in run("index", "verify")
    assert "触头专家" in run("rank", "--need", "N1")


def test_data_is_in_even_where_the_index_cannot_follow(
    library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MATCHER_MODEL", str(save_transformer_model(tmp_path / "bert")))
    more = lines(library / "more.jsonl", [NEEDS[0] | {"id": "N7"}])
    output = run("import", "needs", more)
    assert "新增 1" in output
    assert "数据已导入；索引未更新：" in output
    assert "matcher index build" in output
    monkeypatch.setenv("MATCHER_MODEL", "./no-model")
    output = run("import", "needs", lines(library / "more.jsonl", [NEEDS[0] | {"id": "N8"}]))
    assert "解决后请运行 matcher index build" in output
    monkeypatch.setenv("MATCHER_MODEL", str(tmp_path / "bert" / "model"))
    run("index", "build")
    similar = json.loads(run("similar", "N1", "--json"))["matches"]
    assert {"N7", "N8"} <= {match["id"] for match in similar}


def test_the_cache_is_counted_and_pruned(library: Path) -> None:
    references = len(reference_needs())
    assert f"的向量 {references + 5} 条" in run("index", "status")
    run("import", "partners", lines(library / "new.jsonl", [PARTNERS[1] | {"profile": "养殖。"}]))
    assert f"的向量 {references + 6} 条" in run("index", "status")
    assert "删去" not in run("index", "build")
    assert "删去 1 条" in run("index", "build", "--prune")
    assert f"的向量 {references + 5} 条" in run("index", "status")
    assert "一致" in run("index", "verify")


def test_serving_first_makes_sure_that_it_can(
    home: Path, monkeypatch: pytest.MonkeyPatch, model: Path
) -> None:
    served: list[tuple[str, int]] = []

    def serve(name: str, *, host: str, port: int, **_options: object) -> None:
        assert "一致" in run("index", "status")
        served.append((name, port))

    monkeypatch.setattr("matcher.cli.serve.uvicorn.run", serve)
    run("import", "partners", lines(home / "partners.jsonl", PARTNERS), "--no-index")
    run("index", "status", fails=True)
    run("serve", "--port", "8123")
    run("import", "needs", lines(home / "needs.jsonl", NEEDS), "--no-index")
    assert "落后" in run("index", "status")
    run("serve")
    assert served == [("api.app:create_app", 8123), ("api.app:create_app", 8000)]
    run("serve", "--port", "99999", fails=True)
    monkeypatch.setenv("MATCHER_MODEL", "./no-model")
    assert run("serve", fails=True).startswith("错误：")
    assert len(served) == 2


def test_a_run_that_cannot_be_written_is_told_before_ranking(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = home / "collection"
    folder.mkdir()
    lines(folder / "partners.jsonl", PARTNERS)
    lines(folder / "needs.jsonl", [{"id": "N1", "text": "断路器触头温升过高"}])
    monkeypatch.setenv("MATCHER_MODEL", "./no-model")  # what would fail next
    before = sorted(home.rglob("*"))
    output = run("evaluate", str(folder), "--run", str(folder), fails=True)
    assert "无法写入" in output
    assert "文件夹" in output
    assert sorted(home.rglob("*")) == before


def test_evaluating_writes_a_run_and_prints_the_metrics(home: Path) -> None:
    folder = home / "collection"
    folder.mkdir()
    lines(folder / "partners.jsonl", PARTNERS)
    lines(folder / "needs.jsonl", [{"id": "N1", "text": "断路器触头温升过高"}])
    (folder / "qrels.txt").write_text("N1 0 X1 1\n")
    output = run("evaluate", str(folder), "--run", "out/run.trec", "--top", "2", "--json")
    assert json.loads(output)["metrics"]["mrr"] == 1.0
    run_lines = (home / "out" / "run.trec").read_text().splitlines()
    assert run_lines[0].split()[:4] == ["N1", "Q0", "X1", "1"]
    assert len(run_lines) == 2
    assert not (home / "home").exists()
    assert "ablation" not in json.loads(output)
    (folder / "qrels.txt").unlink()
    assert "不计算指标" in run("evaluate", str(folder))
    assert "无从比较" in run("evaluate", str(folder), "--ablation", fails=True)


def test_evaluating_tells_what_each_part_is_worth(home: Path) -> None:
    folder = home / "collection"
    folder.mkdir()
    lines(folder / "partners.jsonl", PARTNERS)
    lines(folder / "needs.jsonl", [{"id": "N1", "text": "断路器触头温升过高"}])
    (folder / "qrels.txt").write_text("N1 0 X1 1\n")
    shown = run("evaluate", str(folder), "--ablation")
    rows = [line for line in shown.splitlines() if "│" in line]
    assert [row.split("│")[1].strip() for row in rows] == list(LABELS.values())
    # The three BM25 are all right, so the first of them is the best.
    assert "BM25 词语" in rows[0]
    assert "1.000" in rows[0]
    assert "+0.000，95% 区间 [+0.000, +0.000]" in shown
    found = json.loads(run("evaluate", str(folder), "--ablation", "--json"))["ablation"]
    assert [row["key"] for row in found["rows"]] == list(LABELS)
    assert found["rows"][0]["metrics"]["mrr"] == 1.0
    assert found["baseline"] == "bm25-words"
    assert found["differences"]["mrr"]["needs"] == 1
    (folder / "qrels.txt").write_text("N1 0 X1 0\n")
    assert "未定义" in run("evaluate", str(folder), "--ablation").splitlines()[-1]


def test_the_doctor_finds_nothing_wrong_and_then_something(
    library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "✗" not in run("doctor")
    monkeypatch.setenv("MATCHER_MODEL", "./no-model")
    assert "✗ 模型" in run("doctor", fails=True)


def test_training_does_not_write_over_something(home: Path) -> None:
    (home / "model").mkdir()
    (home / "model" / "mine.txt").write_text("keep")
    assert "已存在" in run("train", str(home), "--out", "model", fails=True)
    assert (home / "model" / "mine.txt").read_text() == "keep"


def test_how_a_score_came_about_is_told_in_words(library: Path) -> None:
    shown = run("rank", "--need", "N1")
    total, parts = re.findall(r"得分 (-?\d+\.\d\d) = (.+?)\s*│", shown)[0]
    told = {part.split()[0]: float(part.split()[1]) for part in parts.split("，")}
    assert list(told) == ["语义", "字面", "词组", "佐证"]
    assert sum(told.values()) == pytest.approx(float(total), abs=0.021)
    assert "-0.00" not in shown
