"""Runs in TREC form."""

import os
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from matcher.errors import InvalidInputError

Run = Mapping[str, Iterable[tuple[str, float]]]
"""For each need its partners with their scores, best first."""

TAG = "matcher"


def write_run(path: Path, run: Run) -> None:
    """Write a run, one line `need Q0 partner rank score matcher` a pair, whole or not at all.

    Scores are written so that reading them back gives the same order.

    Raises:
        InvalidInputError: the file cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            for need_id, ranked in run.items():
                for rank, (partner_id, score) in enumerate(ranked, start=1):
                    file.write(f"{need_id} Q0 {partner_id} {rank} {score:.9g} {TAG}\n")
        Path(name).replace(path)
    except OSError as error:
        raise InvalidInputError(f"无法写入 {path}：{error}") from error
