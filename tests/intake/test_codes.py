import pytest

from matcher.errors import InvalidInputError
from matcher.intake.codes import read_credit_code, read_id, read_industry_code

GOOD = "91110000600037341L"


@pytest.mark.parametrize(
    "value", [GOOD, GOOD.lower(), " 9111 0000 6000 37341L", "９１110000600037341L"]
)
def test_credit_code(value: str) -> None:
    assert read_credit_code(value) == GOOD


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("91110000600037341M", "校验码不对"),
        ("9111000060003734", "有 16 位"),
        ("A1110000600037341L", "不会出现的字符"),
        ("９１１１０00060003734校L", "应是 18 位"),
    ],
)
def test_wrong_credit_codes_say_what_is_wrong(value: str, message: str) -> None:
    with pytest.raises(InvalidInputError, match=message):
        read_credit_code(value)


@pytest.mark.parametrize("value", ["3823", "C3823", "c3823", 3823, 3823.0])
def test_industry_code(value: object) -> None:
    assert read_industry_code(value) == "3823"


@pytest.mark.parametrize("value", ["382", 111, "Z3823", "38231"])
def test_wrong_industry_codes(value: object) -> None:
    with pytest.raises(InvalidInputError, match="4 位行业代码"):
        read_industry_code(value)


def test_ids() -> None:
    assert read_id(1001.0) == "1001"
    assert read_id(None) == ""
    with pytest.raises(InvalidInputError, match="空格"):
        read_id("A 1")
    with pytest.raises(InvalidInputError, match="65 个字符"):
        read_id("x" * 65)
