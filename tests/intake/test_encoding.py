from pathlib import Path

import pytest

from matcher.errors import UnreadableFileError
from matcher.intake.encoding import find_encoding
from tests.intake.files import write_text

TEXT = "编号,名称\n1,温州䶮镕机械\n"


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("utf-8", "utf-8-sig"),
        ("utf-8-sig", "utf-8-sig"),
        ("gb18030", "gb18030"),
        ("utf-16", "utf-16"),
    ],
)
def test_encodings(tmp_path: Path, written: str, found: str) -> None:
    path = write_text(tmp_path / "a.csv", TEXT, written)
    assert find_encoding(path) == found
    assert path.read_text(encoding=found) == TEXT


def test_one_wrong_byte_at_the_end_is_enough(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(TEXT.encode() * 50_000 + b"\xff\xff")
    with pytest.raises(UnreadableFileError, match="另存为“CSV UTF-8”"):
        find_encoding(path)


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"a,b\0c\n")
    with pytest.raises(UnreadableFileError):
        find_encoding(path)
