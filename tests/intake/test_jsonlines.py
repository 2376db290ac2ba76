from pathlib import Path

import pytest

from matcher.intake import jsonlines
from matcher.intake.jsonlines import read_jsonlines
from tests.intake.files import write_text


def test_lines_keep_their_numbers_and_broken_ones_are_faults(tmp_path: Path) -> None:
    lines = [
        '{"id": "1", "keywords": ["甲", "乙"]}', "", '{"id": "2"', "[1]", '{"a": NaN}',
        '{"a": ' + "[" * 100_000, '{"a": ' + "9" * 5000 + "}", '{"id": "3\u2028"}',
    ]  # fmt: skip
    rows = list(read_jsonlines(write_text(tmp_path / "a.jsonl", "\r\n".join(lines))))
    assert [row.number for row in rows] == [1, 3, 4, 5, 6, 7, 8]
    assert rows[0].values == {"id": "1", "keywords": ["甲", "乙"]}
    assert "不是完整的 JSON（第 11 个字符处）" in rows[1].fault
    assert "应是一个 JSON 对象" in rows[2].fault
    assert all("数字太大、不是数字或嵌套太深" in rows[n].fault for n in (3, 4, 5))
    assert rows[6].values == {"id": "3\u2028"}


def test_gbk_is_read(tmp_path: Path) -> None:
    (row,) = read_jsonlines(write_text(tmp_path / "a.jsonl", '{"名称": "温州"}', "gbk"))
    assert row.values == {"名称": "温州"}


def test_a_line_too_long_is_a_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jsonlines, "LONGEST_LINE", 20)
    text = '{"a": "' + "x" * 100 + '"}\n{"a": 1}\n{"a": "12345678901"}\n'
    rows = list(read_jsonlines(write_text(tmp_path / "a.jsonl", text)))
    assert "超过 20 个字符" in rows[0].fault
    assert rows[1].values == {"a": 1}
    assert [row.number for row in rows] == [1, 2, 3]
