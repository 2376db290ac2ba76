"""A real batch, killed again and again on its way, ends as one that nobody disturbed."""

import hashlib
import shutil
import signal
from contextlib import closing
from itertools import cycle, pairwise
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from matcher.casework.batches import BatchState, BatchStep
from matcher.store.batch_runs import list_batches
from matcher.store.tables_monthly import (
    BatchDocumentRow,
    BatchFiguresRow,
    BatchNeedRow,
    PlanPairRow,
    PlanRow,
)
from tests.batch.library import make_library, opened_library
from tests.batch.process import Run, Runs

KILLED_BEFORE = (9, 18, 23, 29)
"""Commits before which one run after the other dies: while it screens, ranks, plans, writes."""


STEPS = {step.label for step in BatchStep}


@pytest.fixture
def homes(tmp_path: Path) -> tuple[Path, Path]:
    """Two homes with the same library."""
    one, other = tmp_path / "one", tmp_path / "other"
    one.mkdir()
    make_library(one)
    shutil.copytree(one, other)
    return one, other


def test_what_is_killed_ends_as_if_nothing_had_been(
    homes: tuple[Path, Path], tmp_path: Path
) -> None:
    one, other = homes
    with Runs() as first, Runs() as second:  # which differ in the order of their sets
        assert second.run(one, tmp_path / "one out").status == 0
        runs = [
            parent.run(other, tmp_path / "other out", commits)
            for parent, commits in zip(cycle((first, second)), KILLED_BEFORE, strict=False)
        ]
        assert {killed.status for killed in runs} == {-signal.SIGKILL}
        written = noted(other, tmp_path / "other out")
        assert written, "the last one was killed while it wrote"
        runs.append(first.run(other, tmp_path / "other out"))
    assert runs[-1].status == 0
    assert [run.told[0] for run in runs] == ["began NEW", *["began RESUMED"] * 4]
    assert len({run.told[-1].split()[0] for run in runs}) >= 4, "in many places"
    for before, after in pairwise(runs):
        for label, done in reached(before).items():
            assert begun_at(after)[label] >= done, "what was done is not done again"
    assert written.items() <= noted(other, tmp_path / "other out").items(), "nor written again"
    assert files(tmp_path / "other out") == files(tmp_path / "one out")
    assert results(other) == results(one)


def reached(run: Run) -> dict[str, int]:
    """How far each step came in a run."""
    return {label: done for label, done in told(run) if label in STEPS}


def begun_at(run: Run) -> dict[str, int]:
    """Where each step was taken up in a run."""
    return {label: done for label, done in reversed(told(run)) if label in STEPS}


def told(run: Run) -> list[tuple[str, int]]:
    lines = [line.split() for line in run.told[1:]]
    return [(words[0], int(words[-2])) for words in lines]


def noted(home: Path, out: Path) -> dict[str, tuple[int, int]]:
    """When each document that is noted was written, and as which file of the disk."""
    with closing(opened_library(home)) as matcher, matcher.reading() as session:
        paths = list(session.scalars(select(BatchDocumentRow.path)))
    stats = {path: (out / path).stat() for path in paths}
    return {path: (stat.st_mtime_ns, stat.st_ino) for path, stat in stats.items()}


def files(folder: Path) -> dict[str, str]:
    """SHA-256 of every file, by its path."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def results(home: Path) -> dict[str, Any]:
    """Everything that the batch of a home found out and noted."""
    with closing(opened_library(home)) as matcher, matcher.reading() as session:
        (batch,), _ = list_batches(session)
        assert batch.state is BatchState.FINISHED
        assert all(step.finished_at and step.done == step.total for step in batch.steps)
        (plan,) = session.scalars(select(PlanRow))
        tables = {
            "needs": select(BatchNeedRow.need_id, BatchNeedRow.screening, BatchNeedRow.candidates),
            "figures": select(
                BatchFiguresRow.county, BatchFiguresRow.year_to_date, BatchFiguresRow.report
            ),
            "documents": select(
                BatchDocumentRow.path, BatchDocumentRow.sha256, BatchDocumentRow.kind
            ),
            "pairs": select(PlanPairRow.need_id, PlanPairRow.partner_id, PlanPairRow.reason),
        }
        found: dict[str, Any] = {
            name: sorted(map(str, session.execute(query))) for name, query in tables.items()
        }
        assert all(found.values()), "otherwise it proves nothing"
        return found | {"unmet": plan.figures["unmet"], "steps": [s.total for s in batch.steps]}
