import pytest

from matcher.errors import InvalidInputError
from matcher.intake.money import is_open, read_money


@pytest.mark.parametrize(
    ("value", "amount"),
    [
        ("80", 80), (80, 80), (80.5, 80.5), ("80万", 80), ("80 万元", 80),
        ("约80万元", 80),
        ("1.2亿", 12000),
        ("１，２００", 1200), ("500000元", 50), ("¥80", 80), ("", None), ("/", None),
    ],
)  # fmt: skip
def test_money_is_in_ten_thousands(value: object, amount: float | None) -> None:
    assert read_money(value) == amount


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("-5", "负数"), (-5, "负数"), ("50-100万", "一个数字"), ("八十万", "不是金额"),
        ("20000亿", "超过 1000 亿元"), ("$80", "不是金额"), ("80万美元", "不是金额"),
    ],
)  # fmt: skip
def test_wrong_amounts_say_what_to_write(value: object, message: str) -> None:
    with pytest.raises(InvalidInputError, match=message):
        read_money(value)


def test_open_amounts() -> None:
    assert is_open(" 面议 ")
    assert not is_open("80")
