"""Files of rules: what is read from them, and what is said about a mistake in one."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from matcher.casework.stations import StationLevel
from matcher.errors import UnreadableFileError
from matcher.records import PartnerKind
from matcher.rules.conditions import Asked, Bounded, Joined
from matcher.rules.loading import load_rules

GOOD = """
建站类型: society_station
名称: 学会服务站
合作对象: [学会, institute]
合作对象依据: 办法
备注: >-
  第一行，
  第二行。
文件:
  办法: {标题: 示例办法, 文号: 示例〔2026〕1号, 日期: 2026-01-02, 网址: "https://example.org/1"}
条件:
  - 编号: rd-body
    说明: 有研发机构。
    级别: 省级
    地区: 全国
    依据: 办法
    起: 2026-02-01
    止: 2027-01-31
    适用于: {事项: 高新技术企业, 为: 是}
    要求:
      任一:
        - {事项: 专门研发机构, 为: 是}
        - 全部:
            - {事项: annual_output, 不少于: 2000}
            - {事项: 协议年限, 不少于: 3, 不超过: 5}
"""
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a file of rules into a folder and returns the folder."""

    def put(text: str, name: str = "society.yaml", folder: str = "shipped") -> Path:
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / name).write_text(text, encoding="utf-8")
        return tmp_path / folder

    return put


def refusal(folder: Path) -> str:
    with pytest.raises(UnreadableFileError) as caught:
        load_rules(folder)
    return caught.value.message


def test_a_file_is_read(write: Write) -> None:
    (site,) = load_rules(write(GOOD)).types
    assert (site.code, site.label, site.file) == ("society_station", "学会服务站", "society.yaml")
    assert site.kinds == {PartnerKind.SOCIETY, PartnerKind.INSTITUTE}
    assert site.note == "第一行，第二行。", "Chinese has no blank where a line was broken"
    (each,) = site.conditions
    assert (each.id, each.label, each.level) == ("rd-body", "有研发机构", StationLevel.PROVINCIAL)
    assert (each.since, each.until) == (date(2026, 2, 1), date(2027, 1, 31))
    assert (each.source.number, each.source.issued) == ("示例〔2026〕1号", date(2026, 1, 2))
    assert each.when == Asked("high_tech", True)
    assert each.test == Joined(
        (
            Asked("rd_body", True),
            Joined((Bounded("annual_output", 2000), Bounded("agreement_years", 3, 5)), all_of=True),
        ),
        all_of=False,
    )
    assert each.facts == ("high_tech", "rd_body", "annual_output", "agreement_years")


def test_a_type_may_be_named_in_chinese(write: Write) -> None:
    named = GOOD.replace("建站类型: society_station", "建站类型: 学会服务站")
    assert load_rules(write(named)).types[0].code == "society_station"
    own = GOOD.replace("建站类型: society_station", "建站类型: 博士创新站")
    assert load_rules(write(own)).types[0].code == "博士创新站"
    known = load_rules(write(own)).with_codes({"博士创新站": "own_1"})
    assert known.types[0].code == "own_1"


def test_the_citys_own_files_add_and_replace(write: Write, tmp_path: Path) -> None:
    write(GOOD)
    write(GOOD.replace("society_station", "overseas_base"), "overseas.yaml")
    own = write(GOOD.replace("有研发机构", "本市的条件"), "anything.yml", "own")
    write(GOOD.replace("society_station", "own_station"), "more.yaml", "own")
    rules = load_rules(tmp_path / "shipped", own)
    assert [each.code for each in rules.types] == [
        "society_station",
        "overseas_base",
        "own_station",
    ]
    assert rules.of("society_station").conditions[0].label == "本市的条件"


def test_a_city_without_own_files(write: Write, tmp_path: Path) -> None:
    assert len(load_rules(write(GOOD), tmp_path / "nothing").types) == 1


def test_other_files_of_the_folder_are_no_types(write: Write) -> None:
    write("对象数: 3\n", "assignment.yaml")
    write("本单位所在地: 示例省\n", "place.yaml")
    assert load_rules(write(GOOD)).place.name == "示例省"


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (
            "事项: 专门研发机构",
            "事项: 研发机构",
            ["rd-body", "未知的事项“研发机构”", "专门研发机构"],
        ),
        ("{事项: 专门研发机构, 为: 是}", "{事项: 专门研发机构}", ["请写“为: 是”"]),
        ("{事项: 专门研发机构, 为: 是}", "{事项: 专门研发机构, 不少于: 3}", ["请写“为: 是”"]),
        ("{事项: 专门研发机构, 为: 是}", "{事项: 专门研发机构, 为: 对}", ["“对”应是“是”或“否”"]),
        ("不少于: 2000}", "为: 是}", ["年产值", "万元", "不少于"]),
        ("不少于: 2000}", "不少于: 两千}", ["rd-body", "不少于", "应是数字"]),
        ("不少于: 2000}", "不少于: -1}", ["不能是负数"]),
        ("不少于: 3, 不超过: 5}", "不少于: 5, 不超过: 3}", ["不能大于"]),
        ("不少于: 2000}", "少于: 2000}", ["少于", "不认识这一项"]),
        ("级别: 省级", "级别: 区级", ["未知的建站级别“区级”", "省级"]),
        ("[学会, institute]", "[学会, 协会]", ["未知的对象类型“协会”", "学会"]),
        ("起: 2026-02-01", "起: 二月一日", ["rd-body", "起", "“二月一日”不是日期"]),
        ("起: 2026-02-01", "起: 2027-02-01", ["早于"]),
        ("    依据: 办法", "    依据: 别的", ["rd-body", "“别的”不在“文件”中", "办法"]),
        ("合作对象依据: 办法", "合作对象依据: 别的", ["“别的”不在“文件”中"]),
        ("编号: rd-body", "编号: 研发", ["小写字母"]),
        ("    说明: 有研发机构。\n", "", ["rd-body", "说明", "没有写"]),
        ("    地区: 全国\n", "", ["地区", "没有写"]),
        ("名称: 学会服务站\n", "", ["名称", "没有写"]),
        ("名称: 学会服务站\n", "名称: 学会服务站\n电话: 1\n", ["电话", "可以写的有", "建站类型"]),
        ("名称: 学会服务站\n", "名称: 学会服务站\n名称: 另一个\n", ["“名称”写了两次"]),
        ("名称: 学会服务站\n", "名称: 学会服务站\n1: 2\n", ["名称应是文字"]),
        ("不少于: 2000}", f"不少于: {'9' * 5000}}}", ["请核对写法"]),
        ("不少于: 2000}", f"不少于: {'9' * 400}}}", ["应是数字"]),
        ("https://example.org/1", "example.org", ["网址", "http"]),
        ("标题: 示例办法, ", "", ["标题", "没有写"]),
        ("日期: 2026-01-02", "日期: 2026-13-45", ["不是日期"]),
        ("合作对象: [学会, institute]", "合作对象: 学会", ["应是清单"]),
        ("为: 是}\n    要求", "为: 是\n    要求", ["第", "行附近"]),
    ],
)
def test_a_mistake_is_told_with_its_place(
    write: Write, before: str, after: str, told: list[str]
) -> None:
    assert before in GOOD
    message = refusal(write(GOOD.replace(before, after, 1)))
    assert "society.yaml" in message
    for part in told:
        assert part in message
    assert "Input" not in message, "no English of the library"
    assert "value" not in message.lower()


@pytest.mark.parametrize("text", ["", "- 1\n", "只有一句话", "a: [1"])
def test_what_is_no_file_of_rules(write: Write, text: str) -> None:
    assert "society.yaml" in refusal(write(text))


def test_many_mistakes_are_told_at_once(write: Write) -> None:
    broken = GOOD.replace("    地区: 全国\n", "").replace("级别: 省级", "级别: 区级")
    message = refusal(write(broken))
    assert "地区" in message
    assert "区级" in message


def test_two_conditions_with_one_number(write: Write) -> None:
    twice = GOOD + GOOD[GOOD.index("  - 编号") :]
    assert "有两个条件的编号都是“rd-body”" in refusal(write(twice))


def test_two_files_for_one_type(write: Write) -> None:
    write(GOOD)
    message = refusal(write(GOOD, "again.yaml"))
    assert "again.yaml" in message
    assert "society.yaml" in message


def test_another_encoding(write: Write) -> None:
    folder = write(GOOD)
    (folder / "society.yaml").write_bytes(GOOD.encode("gb18030"))
    assert "UTF-8" in refusal(folder)


def test_a_mark_at_the_beginning_does_not_matter(write: Write) -> None:
    folder = write(GOOD)
    (folder / "society.yaml").write_bytes(b"\xef\xbb\xbf" + GOOD.encode())
    assert len(load_rules(folder).types) == 1


def test_no_code_is_run(write: Write, tmp_path: Path) -> None:
    evil = f"建站类型: !!python/object/apply:os.system ['touch {tmp_path}/done']\n"
    assert "有误" in refusal(write(evil))
    assert not (tmp_path / "done").exists()


def test_a_folder_in_place_of_a_file(write: Write) -> None:
    folder = write(GOOD)
    (folder / "other.yaml").mkdir()
    assert "other.yaml" in refusal(folder)


def test_a_short_file_cannot_stand_for_endless_conditions(write: Write) -> None:
    leaf = "{事项: 专门研发机构, 为: 是}"
    more = "".join(
        f"  - {{编号: c{n}, 说明: 例, 地区: 全国, 依据: 办法, 要求: &t{n} "
        + (f"{{任一: [{', '.join([f'*t{n - 1}'] * 10)}]}}" if n else leaf)
        + "}\n"
        for n in range(12)
    )
    assert "星号" in refusal(write(GOOD + more))
    deep = "{全部: [" * 30 + leaf + "]}" * 30
    nested = f"  - {{编号: deep, 说明: 例, 地区: 全国, 依据: 办法, 要求: {deep}}}\n"
    assert "层次太多" in refusal(write(GOOD + nested))
