"""Hiding of personal numbers that people leave in free text.

Contact data has fields of its own, with rights of access; a telephone number in the text of a need
would be embedded, shown as evidence and printed in reports, so it is hidden at intake.
"""

import re

_MASKS = (
    ("身份证号", re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)")),
    ("手机号", re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")),
    ("固定电话", re.compile(r"(?<!\d)0\d{2,3}-\d{7,8}(?!\d)")),
    ("电子邮箱", re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")),
)
_DIGITS = re.compile(r"\d(?:\d{10}|-\d{7})")
"""What all numbers contain. Most texts have neither that nor an @, and need no closer look."""


def mask_personal(text: str) -> tuple[str, list[str]]:
    """Replace identity, telephone and e-mail numbers by the name of what stood there.

    Returns:
        The masked text, e.g. "请拨打〔手机号已隐去〕", and the names of what was hidden.
    """
    hidden: list[str] = []
    if "@" not in text and not _DIGITS.search(text):
        return text, hidden
    for name, pattern in _MASKS:
        text, count = pattern.subn(f"〔{name}已隐去〕", text)
        hidden.extend([name] * count)
    return text, hidden
