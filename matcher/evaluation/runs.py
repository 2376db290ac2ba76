"""Runs in TREC form."""

import secrets
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from matcher.errors import InvalidInputError

Run = Mapping[str, Iterable[tuple[str, float]]]
"""For each need its partners with their scores, best first."""

TAG = "matcher"


def check_run_path(path: Path) -> None:
    """Find out whether a run could be written to `path`, without leaving anything there.

    Raises:
        InvalidInputError: it could not.
    """
    try:
        folder = _file(path).parent
        while not folder.exists():
            folder = folder.parent
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise InvalidInputError(f"无法写入 {path}：{error}") from error


def write_run(path: Path, run: Run) -> None:
    """Write a run, one line `need Q0 partner rank score matcher` a pair, whole or not at all.

    Scores are written so that reading them back gives the same order.

    Raises:
        InvalidInputError: the file cannot be written.
    """
    try:
        target = _file(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = target.with_name(f".run-{secrets.token_hex(8)}")
        try:
            # Unlike tempfile's, this file has the permissions that the user's umask gives.
            with draft.open("x", encoding="utf-8") as file:
                for need_id, ranked in run.items():
                    for rank, (partner_id, score) in enumerate(ranked, start=1):
                        file.write(f"{need_id} Q0 {partner_id} {rank} {score:.9g} {TAG}\n")
            draft.replace(target)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        raise InvalidInputError(f"无法写入 {path}：{error}") from error


def _file(path: Path) -> Path:
    """The file that is written to: links are followed; a folder or a device is refused."""
    target = path.resolve()
    if target.exists() and not target.is_file():
        what = "文件夹" if target.is_dir() else "设备"
        raise InvalidInputError(f"无法写入 {path}：它是{what}，请给出文件名")
    return target
