"""The verbs about rules of site types; no model is loaded for them."""

import json
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from matcher.bootstrap import open_library
from matcher.cli import app
from matcher.records import Enterprise
from matcher.settings import Settings, data_folder
from matcher.store.enterprises import save_enterprises
from matcher.store.needs import save_needs
from matcher.store.partners import save_partners
from tests.conftest import HOT_CONTACTS, SOCIETY


def run(*arguments: str, fails: bool = False) -> str:
    result = CliRunner().invoke(app, ["rules", *arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert (result.exit_code != 0) == fails, result.output
    assert "Traceback" not in result.output
    return result.output


def unbroken(output: str) -> str:
    """What was printed without blanks: a narrow terminal breaks its lines."""
    return "".join(output.split())


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MATCHER_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("MATCHER_DATABASE_URL", "")
    monkeypatch.setenv("MATCHER_MODEL", "no model is needed")
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


@pytest.fixture
def library() -> None:
    with closing(open_library(Settings())) as database, database.writing() as session:
        save_enterprises(session, [Enterprise(id="E1", name="示例企业", county="乐清市")])
        save_needs(session, [HOT_CONTACTS])
        save_partners(session, [SOCIETY])


def test_all_are_listed() -> None:
    output = unbroken(run())
    assert "院士专家工作站院士专家" in output
    assert "建站单位的技术需求不少于10项（国家级，福建省，参考）" in output
    assert "科发学部函字〔2019〕234号" in output


def test_all_as_data() -> None:
    data = json.loads(run("--json"))
    assert data["place"] == "浙江省温州市"
    assert data["types"][0]["conditions"][0]["since"] == "2019-06-11"


def test_the_citys_own_count(home: Path) -> None:
    (home / "rules").mkdir()
    (home / "rules" / "place.yaml").write_text("本单位所在地: 福建省\n", encoding="utf-8")
    assert "（国家级，福建省，执行）" in unbroken(run())


@pytest.mark.usefixtures("library")
def test_a_pair_is_checked() -> None:
    output = run("--need", "N1", "--partner", "S1")
    assert "学会服务站（省级）　待核实" in output
    assert "院士专家工作站　不符合" in output
    data = json.loads(run("--need", "N1", "--partner", "S1", "--json"))
    assert [each["level"] for each in data["sites"]] == ["provincial", "national", None]
    assert data["excluded"][0]["findings"][0]["verdict"] == "fail"


@pytest.mark.usefixtures("library")
@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--need", "N1"], "要一起给出"),
        (["--need", "N1", "--partner", "nothing"], "没有编号为“nothing”的对象"),
        (["--need", "nothing", "--partner", "S1"], "没有编号为“nothing”的需求"),
    ],
)
def test_what_cannot_be_checked(arguments: list[str], told: str) -> None:
    assert told in run(*arguments, fails=True)


def test_the_shipped_files_are_right() -> None:
    assert "5 个规则文件没有问题" in run("check", str(data_folder() / "rules"))


def test_a_folder_of_the_city_is_checked(tmp_path: Path) -> None:
    folder = tmp_path / "own"
    assert "没有文件夹" in run("check", str(folder), fails=True)
    folder.mkdir()
    assert "没有规则文件" in run("check", str(folder), fails=True)
    text = (data_folder() / "rules" / "overseas_base.yaml").read_text(encoding="utf-8")
    (folder / "mine.yaml").write_text(text, encoding="utf-8")
    assert "1 个规则文件没有问题，共 6 条条件" in run("check", str(folder))
    (folder / "mine.yaml").write_text(text.replace("不少于: 100", "不少于: 一百"), encoding="utf-8")
    told = run("check", str(folder), fails=True)
    assert "mine.yaml" in told
    assert "floor-area" in told
    assert "应是数字" in told
