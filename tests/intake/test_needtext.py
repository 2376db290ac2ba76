import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.errors import NeedTextError
from matcher.intake.needtext import check_need_text


@pytest.mark.parametrize("text", ["触头温升超过标准", "relief valve leaks", "解决阀门内漏问题"])
def test_a_sentence_is_enough(text: str) -> None:
    check_need_text(text)


@pytest.mark.parametrize(
    "text",
    ["阀门", "polyurethane", "阀门阀门阀门阀门", "12345678", "……！！", "13800138000 13900139000",
     "〔手机号已隐去〕"],
)  # fmt: skip
def test_what_says_nothing_is_refused(text: str) -> None:
    with pytest.raises(
        NeedTextError, match="太短，无法匹配。请写明产品、遇到的问题和希望达到的指标"
    ):
        check_need_text(text)


@pytest.mark.parametrize("text", ["", "  \n ", "\u0000"])
def test_an_empty_text_is_refused(text: str) -> None:
    with pytest.raises(NeedTextError, match="没有写需求内容"):
        check_need_text(text)


def test_a_text_too_long_is_refused_with_its_length() -> None:
    check_need_text("触头温升超标" * 1666)
    with pytest.raises(NeedTextError, match="有 12000 字，最多 10000 字"):
        check_need_text("触头温升超标" * 2000)


@given(st.text())
def test_any_text_passes_or_is_refused_as_need_text(text: str) -> None:
    with contextlib.suppress(NeedTextError):
        check_need_text(text)
