"""A made-up library on disk that the measurements share, made by the product's own commands."""

import json
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matcher.bootstrap import open_matcher
from matcher.records import Side
from matcher.service import Matcher
from matcher.settings import Settings
from matcher.store.tables import PassageRow, VectorRow
from matcher.store.vectors import vector_from
from tests.bench.figures import Measured
from tests.bench.generate import needs, partners, write_needs, write_partners
from tests.bench.machine import describe_machine, run_watched
from tests.bench.texts import read_texts

NEEDS = 10_000
_AT_ONCE = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What is measured over: a directory of so many partners, and how long each part may take.

    Attributes:
        partners: how many there are.
        folder: where generated homes are kept; each size has its own in it.
        texts: folder of the texts that are recombined, None for the demo's.
        quick: shorter runs, for two minutes in all.
        full: the batch with all needs, not with a sample.
        http_seconds: how long the clients ask.
    """

    partners: int
    folder: Path
    texts: Path | None = None
    quick: bool = False
    full: bool = False
    http_seconds: float = 60.0

    @property
    def home(self) -> Path:
        """Folder of this size: the generated files, and the library under `library`."""
        return self.folder / f"{self.partners}{'' if self.texts else '-demo'}"

    @property
    def library(self) -> Path:
        """What is MATCHER_HOME."""
        return self.home / "library"

    @property
    def environment(self) -> dict[str, str]:
        """By which the product's commands find the library."""
        return {"MATCHER_HOME": str(self.library), "MATCHER_DATABASE_URL": ""}


def command(*arguments: str) -> list[str]:
    """A command line of the product."""
    return [sys.executable, "-m", "matcher.cli", *arguments]


def prepare(setting: Setting, *, fresh: bool = False) -> list[Measured]:
    """Make the library of this size, or take the one that is there; what importing it took.

    Of a library that is there the figures are those of when it was made, with a note that says
    so. Its index is built anew if this version of the product cannot read it.
    """
    report = setting.home / "import.json"
    if fresh or not report.exists():
        shutil.rmtree(setting.library, ignore_errors=True)
        report.unlink(missing_ok=True)
        _generate(setting)
        figures, note = _import(setting), ""
        told = {"figures": figures, "machine": describe_machine()}
        report.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
    else:
        _freshen(setting)
        told = json.loads(report.read_text(encoding="utf-8"))
        figures = told["figures"]
        note = f"when the library was made, at {told['machine']['commit']}"
    return [Measured(name, value, note) for name, value in figures.items()]


def need_texts(setting: Setting, count: int) -> list[tuple[str, str]]:
    """Id and text of the first needs of the library."""
    texts = read_texts(setting.texts)
    return [(need.id, need.text) for need in needs(texts, count)]


@contextmanager
def opened(setting: Setting) -> Iterator[Matcher]:
    """The library of this size, ready to answer."""
    with closing(open_matcher(Settings(home=setting.library, database_url=""))) as matcher:
        yield matcher


def partner_vectors(
    session: Session, model_id: str
) -> tuple[NDArray[np.int64], NDArray[np.float16]]:
    """Ids, ascending, of all passages of partners, (n,), and their vectors, (n, d), as stored.

    They come from the store, so that an index can be held against what it did not make itself.
    """
    query = (
        select(PassageRow.id, VectorRow.vector)
        .join(VectorRow, VectorRow.content_hash == PassageRow.content_hash)
        .where(PassageRow.side == Side.PARTNER, VectorRow.model_id == model_id)
        .order_by(PassageRow.id)
        .execution_options(yield_per=_AT_ONCE)
    )
    count = count_passages(session)
    ids, vectors = np.empty(count, np.int64), np.empty((count, 0), np.float16)
    held = 0
    for key, stored in session.execute(query):
        vector = vector_from(stored)
        if held == 0:
            vectors = np.empty((count, len(vector)), np.float16)
        ids[held], vectors[held] = key, vector
        held += 1
    return ids[:held], vectors[:held]


def count_passages(session: Session) -> int:
    """How many passages partners have."""
    query = select(func.count()).select_from(PassageRow).where(PassageRow.side == Side.PARTNER)
    return session.scalar(query) or 0


def _generate(setting: Setting) -> None:
    setting.home.mkdir(parents=True, exist_ok=True)
    texts = None
    for name in ("partners", "needs"):
        path = setting.home / f"{name}.jsonl"
        if path.exists():
            continue
        texts = texts or read_texts(setting.texts)
        if name == "partners":
            write_partners(partners(texts, setting.partners), path)
        else:
            write_needs(needs(texts, min(NEEDS, setting.partners)), path)


def _import(setting: Setting) -> dict[str, float]:
    """Import both files into an empty library; what the partners took."""
    files = {name: str(setting.home / f"{name}.jsonl") for name in ("partners", "needs")}
    watched = run_watched(command("import", "partners", files["partners"]), setting.environment)
    run_watched(command("import", "needs", files["needs"]), setting.environment)
    return {"import.seconds": watched.seconds, "import.peak": watched.anonymous}


def _freshen(setting: Setting) -> None:
    """Build the index anew if it is of another version or behind."""
    try:
        run_watched(command("index", "status"), setting.environment)
    except RuntimeError:
        run_watched(command("index", "build"), setting.environment)


def environment_of(setting: Setting) -> dict[str, str]:
    """The environment of a process of the product over this library."""
    return {**os.environ, **setting.environment}
