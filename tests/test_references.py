"""The reference needs that ship with the product."""

import json
from pathlib import Path

import pytest

from matcher.errors import UnreadableFileError
from matcher.references import reference_needs
from matcher.settings import data_folder
from matcher.text.script import Script, script_of
from matcher.text.segment import pairs

ROWS = [
    json.loads(line)
    for line in (data_folder() / "reference" / "needs.jsonl").read_text("utf-8").splitlines()
]


def test_they_are_titles_with_texts() -> None:
    assert reference_needs() == tuple(f"{row['title']}\n{row['text']}" for row in ROWS)
    assert len(reference_needs()) >= 600


def test_none_is_there_twice() -> None:
    for field in ("id", "title", "text"):
        values = [row[field] for row in ROWS]
        assert len(set(values)) == len(values)


def test_they_are_such_texts_as_enterprises_write() -> None:
    for row in ROWS:
        assert set(row) == {"id", "title", "text"}
        assert 4 <= len(row["title"]) <= 40
        assert 60 <= len(row["text"]) <= 200
        assert script_of(row["text"]) is Script.HAN


def test_none_tells_again_what_a_need_of_the_demo_library_tells() -> None:
    lines = (data_folder() / "demo" / "needs.jsonl").read_text("utf-8").splitlines()
    demo = [set(pairs(" ".join(map(str, json.loads(line).values())))) for line in lines]
    for row in ROWS:
        own = set(pairs(row["text"]))
        assert max(len(own & other) / len(own) for other in demo) < 0.5, row["id"]


@pytest.mark.parametrize("content", ["{", '{"title": "无正文"}', "[1]", "3", None])
def test_a_damaged_file_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str | None
) -> None:
    monkeypatch.setattr("matcher.references.data_folder", lambda: tmp_path)
    if content is not None:
        (tmp_path / "reference").mkdir()
        (tmp_path / "reference" / "needs.jsonl").write_text(content, "utf-8")
    with pytest.raises(UnreadableFileError, match="重新安装"):
        reference_needs()
