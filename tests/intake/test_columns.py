import pytest

from matcher.intake.columns import Table, is_contact, money_unit, plain_name
from matcher.intake.partner_columns import EVIDENCE
from matcher.intake.tables import TABLES, is_known


@pytest.mark.parametrize(
    "written",
    [
        "拟投入资金（万元）",
        "拟投入资金\n(万元) *",
        " 拟 投入资金",
        "拟投入资金＊",
        "\ufeff拟投入资金：",
    ],
)
def test_names_are_compared_without_what_does_not_matter(written: str) -> None:
    assert plain_name(written) == "拟投入资金"


def test_width_and_case_do_not_matter() -> None:
    assert plain_name("Ｃｒｅｄｉｔ_Code") == "credit_code"


def test_a_name_that_is_all_brackets_keeps_its_text() -> None:
    assert plain_name("（备注）") == "(备注)"


@pytest.mark.parametrize(
    ("name", "unit"),
    [("资金（元）", "元"), ("资金(单位：亿元)", "亿元"), ("资金（万元）", "万元"), ("资金", "")],
)
def test_the_unit_of_money_is_read_from_the_name(name: str, unit: str) -> None:
    assert money_unit(name) == unit


@pytest.mark.parametrize(
    "name", ["联系人", "联系人手机号", "电子邮箱", "E-mail", "法人电话", "QQ号"]
)
def test_contact_columns_are_recognised(name: str) -> None:
    assert is_contact(name)


@pytest.mark.parametrize("name", ["企业名称", "关键词", "hotel"])
def test_other_columns_are_no_contact_columns(name: str) -> None:
    assert not is_contact(name)


@pytest.mark.parametrize("table", [*TABLES.values(), EVIDENCE], ids=lambda table: table.noun)
def test_no_name_means_two_columns_of_one_subject(table: Table) -> None:
    names = [name for column in table.columns for name in set(column.names())]
    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.noun)
def test_required_columns_exist_and_are_marked(table: Table) -> None:
    for group in table.required:
        assert all(table.column(field).required for field in group)


def test_known_names() -> None:
    assert is_known("需求描述")
    assert not is_known("温州市企业技术需求汇总表")
