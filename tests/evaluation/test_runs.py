import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from matcher.errors import InvalidInputError
from matcher.evaluation.runs import check_run_path, write_run


def test_a_run_is_written_in_trec_form(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "run.trec"
    write_run(path, {"N1": [("X1", 2.5), ("X2", -1.0)], "N2": []})
    assert path.read_text() == "N1 Q0 X1 1 2.5 matcher\nN1 Q0 X2 2 -1 matcher\n"
    assert list(path.parent.iterdir()) == [path]


def test_a_run_has_the_permissions_of_any_new_file(tmp_path: Path) -> None:
    previous = os.umask(0o027)
    try:
        write_run(tmp_path / "run.trec", {})
    finally:
        os.umask(previous)
    assert (tmp_path / "run.trec").stat().st_mode & 0o777 == 0o640


def test_a_run_replaces_the_file_that_a_link_names(tmp_path: Path) -> None:
    (tmp_path / "old").write_text("old")
    (tmp_path / "link").symlink_to(tmp_path / "old")
    write_run(tmp_path / "link", {"N1": [("X1", 1.0)]})
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "old").read_text() == "N1 Q0 X1 1 1 matcher\n"


def test_a_run_that_ends_early_leaves_the_old_one(tmp_path: Path) -> None:
    def ranked() -> Iterator[tuple[str, float]]:
        yield "X1", 1.0
        raise KeyboardInterrupt

    path = tmp_path / "run.trec"
    path.write_text("old")
    with pytest.raises(KeyboardInterrupt):
        write_run(path, {"N1": ranked()})
    assert list(tmp_path.iterdir()) == [path]
    assert path.read_text() == "old"


def test_a_path_is_checked_without_leaving_anything(tmp_path: Path) -> None:
    check_run_path(tmp_path / "deep" / "run.trec")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("check", [check_run_path, lambda path: write_run(path, {})])
def test_a_path_that_cannot_be_written_is_an_error(tmp_path: Path, check) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("mine")
    for path in (
        tmp_path / "folder",
        tmp_path / "file" / "run.trec",
        Path("/proc/nowhere/run.trec"),
        Path("/dev/null"),
    ):
        with pytest.raises(InvalidInputError, match="无法写入"):
            check(path)
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["file", "folder"]
