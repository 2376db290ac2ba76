"""The screening verbs, as a person types them, over the embedded model."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from matcher.demo import demo_folder
from tests.cli.test_cli import run
from tests.models import save_static_model

pytestmark = pytest.mark.filterwarnings("ignore")  # what the model libraries warn of is theirs

LOAN = "申请银行贷款五百万元用于购买厂房，希望政府贴息，并帮助协调抵押手续"
VERSION = (
    "不锈钢螺栓A4-80冷镦模具寿命太短\n316料打M16外六角法兰螺栓，等级A4-80，五模五冲冷镦机。"
    "第三冲的硬质合金冲模打到两万支左右就崩角，换304料能打八万支。不锈钢加工硬化厉害，进模温度高，"
    "油一冒烟就拉毛。"
)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The demo needs in a workspace of the embedded model."""
    folder = tmp_path_factory.mktemp("library")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("MATCHER_HOME", str(folder / "home"))
        patch.setenv("MATCHER_MODEL", "")
        patch.setenv("MATCHER_DATABASE_URL", "")
        patch.setenv("COLUMNS", "100")
        for subject in ("enterprises", "needs"):
            run("import", subject, str(demo_folder() / f"{subject}.jsonl"))
        yield folder


def test_a_text(home: Path) -> None:
    output = run("screen", "--text", VERSION)
    for row in ("所属领域", "学科", "行业大类", "行业中类", "推荐关键词"):
        assert row in output
    assert "重复需求" in output
    assert "2026-0002" in output
    assert "A4-80不锈钢螺栓冷镦模具寿命短（示例）" in output
    assert "提示" not in output


def test_a_need_as_json(home: Path) -> None:
    data = json.loads(run("screen", "--need", "2026-0019", "--json"))
    assert {"code", "label", "confidence", "confident"} == data["fields"][0].keys()
    assert data["industries"][0]["code"].startswith("C")
    similar = {each["need"]["id"]: each["kind_label"] for each in data["similar"]}
    assert similar["2026-0041"] == "同一问题"
    assert "2026-0019" not in similar
    assert data["doubtful"] is False
    assert data["warnings"] == []
    assert {"text", "probability"} == data["keywords"][0].keys()


def test_a_need_that_is_alone(home: Path) -> None:
    assert "库中没有重复的需求" in run("screen", "--need", "2026-0001")


def test_what_is_no_need_is_said_to_be_none(home: Path) -> None:
    assert "不太像技术需求" in run("screen", "--text", LOAN)


def test_common_needs(home: Path) -> None:
    output = run("common-needs")
    assert "2 家企业" in output
    data = json.loads(run("common-needs", "--json"))
    assert data["tells_problems"] is True
    pairs = [{need["id"] for need in group["needs"]} for group in data["groups"]]
    assert {"2026-0019", "2026-0041"} in pairs
    assert all(group["enterprise_count"] >= 2 for group in data["groups"])
    assert all(word in output for word in data["groups"][0]["label"])


def test_an_empty_library(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MATCHER_HOME", str(tmp_path))
    assert "没有找到共性需求" in run("common-needs")
    assert "库中没有重复的需求" in run("screen", "--text", VERSION)


def test_another_model_says_what_it_cannot_tell(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MATCHER_HOME", str(tmp_path))
    monkeypatch.setenv("MATCHER_MODEL", str(save_static_model(tmp_path / "model")))
    for arguments in (["common-needs"], ["screen", "--text", VERSION]):
        output = run(*arguments)
        assert "提示：当前使用的不是内置的语义模型" in output
        assert "没有找到共性需求" not in output
    assert json.loads(run("common-needs", "--json"))["tells_problems"] is False


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["screen"], "--text"),
        (["screen", "--text", VERSION, "--need", "2026-0001"], "--text"),
        (["screen", "--text", "阀门"], "太短"),
        (["screen", "--need", "N404"], "N404"),
        (["train-screening", "nowhere", "--out", "model"], "nowhere"),
    ],
)
def test_bad_input_is_answered_with_what_to_do(
    home: Path, arguments: list[str], message: str
) -> None:
    output = run(*arguments, fails=True)
    assert output.startswith("错误")
    assert message in output


def test_brackets_in_texts_are_text(home: Path) -> None:
    output = run("screen", "--text", "断路器触头[/b]温升过高[red]发热，银合金:smile:触头粘连")
    assert "断路器触头[/b]温升过高[red]发热，银合金:smile:触头粘连" in output


def test_help_is_punctuated() -> None:
    for verb in ("screen", "common-needs", "train-screening"):
        assert "。." not in run(verb, "--help")
