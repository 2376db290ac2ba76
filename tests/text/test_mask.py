import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.text.mask import _MASKS, mask_personal


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("请拨打13800000000联系", "手机号"),
        ("电话0577-88888888", "固定电话"),
        ("写信到some.one@example.com", "电子邮箱"),
        ("证件330302199001011234号", "身份证号"),
    ],
)
def test_personal_numbers_are_hidden(text: str, name: str) -> None:
    masked, hidden = mask_personal(text)
    assert hidden == [name]
    assert f"〔{name}已隐去〕" in masked
    assert not any(run in masked for run in ("13800000000", "88888888", "some.one", "19900101"))


def test_technical_numbers_stay() -> None:
    text = "转速13800转，型号GB/T 9704-2012，编号202600000000123"
    assert mask_personal(text) == (text, [])


@given(st.text("0135789１３X-@a.中 ", max_size=40))
def test_a_text_that_is_not_looked_at_closely_has_nothing_to_hide(text: str) -> None:
    masked, hidden = mask_personal(text)
    assert bool(hidden) == any(pattern.search(text) for _, pattern in _MASKS)
    assert (masked == text) == (not hidden)
