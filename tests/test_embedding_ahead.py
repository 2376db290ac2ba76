"""Embedding of what has no vector yet, over a library and without processes."""

from collections.abc import Iterable, Iterator, Mapping

import numpy as np
import pytest

from matcher.embedding_ahead import embed_missing
from matcher.records import Side
from matcher.store.database import Database
from matcher.store.passages import replace_passages
from matcher.store.unembedded import count_unembedded, next_unembedded
from matcher.store.vectors import count_vectors, load_vectors, save_vectors
from matcher.text.passages import PassageText
from tests.fakes import HashEncoder, Vectors

TEXTS = [f"第{number}条：断路器触头温升" for number in range(25)]


class Blocks:
    """A block encoder in this process; it keeps `ahead` blocks waiting, as a pool does."""

    texts_at_once = 4

    def __init__(self, *, ahead: int = 0, fails_after: int | None = None) -> None:
        self.encoder = HashEncoder()
        self.model_id = self.encoder.model_id
        self.ahead = ahead
        self.fails_after = fails_after

    def embed(self, blocks: Iterable[Mapping[str, str]]) -> Iterator[dict[str, Vectors]]:
        waiting: list[Mapping[str, str]] = []
        for block in blocks:
            assert 0 < len(block) <= self.texts_at_once
            waiting.append(block)
            if len(waiting) > self.ahead:
                yield self._done(waiting.pop(0))
        yield from map(self._done, waiting)

    def _done(self, block: Mapping[str, str]) -> dict[str, Vectors]:
        if self.fails_after is not None and len(self.encoder.encoded) >= self.fails_after:
            raise KeyboardInterrupt
        return dict(zip(block, self.encoder.encode_passages(list(block.values())), strict=True))


def give(database: Database, side: Side, owner: str, texts: Iterable[str]) -> None:
    with database.writing() as session:
        replace_passages(session, side, {owner: [PassageText(None, text) for text in texts]})


@pytest.fixture
def library(database: Database) -> Database:
    """25 texts of partners and needs; three of them stand there several times."""
    give(database, Side.PARTNER, "X1", TEXTS[:20])
    give(database, Side.NEED, "N1", TEXTS[18:])
    give(database, Side.PARTNER, "X2", TEXTS[:1] * 9)
    return database


def count(database: Database, model_id: str) -> int:
    with database.reading() as session:
        return count_unembedded(session, model_id)


@pytest.mark.parametrize("ahead", [0, 1, 3, 99])
def test_every_text_is_embedded_once_and_kept(library: Database, ahead: int) -> None:
    blocks = Blocks(ahead=ahead)
    assert count(library, blocks.model_id) == 25
    told: list[tuple[int, int]] = []
    assert embed_missing(library, blocks, lambda *step: told.append(step)) == 25
    assert sorted(blocks.encoder.encoded) == sorted(TEXTS)
    assert told[0] == (0, 25)
    assert told[-1] == (25, 25)
    assert told == sorted(told)
    assert count(library, blocks.model_id) == 0
    with library.reading() as session:
        assert next_unembedded(session, blocks.model_id) is None
        assert count_vectors(session) == {blocks.model_id: 25}


def test_the_vectors_are_those_of_the_texts(library: Database) -> None:
    blocks = Blocks()
    with library.reading() as session:
        found = next_unembedded(session, blocks.model_id, at_once=1000)
    assert found is not None
    embed_missing(library, blocks)
    with library.reading() as session:
        vectors = load_vectors(session, blocks.model_id, found.texts)
    for key, text in found.texts.items():
        assert vectors[key] == pytest.approx(blocks.encoder.encode_query(text), abs=1e-3)


def test_a_run_that_was_stopped_is_taken_up(library: Database) -> None:
    stopped = Blocks(ahead=1, fails_after=12)
    with pytest.raises(KeyboardInterrupt):
        embed_missing(library, stopped)
    assert count(library, stopped.model_id) == 25 - len(stopped.encoder.encoded) == 13
    after = Blocks()
    assert embed_missing(library, after) == 13
    assert set(after.encoder.encoded).isdisjoint(stopped.encoder.encoded)
    assert embed_missing(library, Blocks()) == 0


def test_vectors_of_another_model_do_not_count(library: Database) -> None:
    embed_missing(library, Blocks())
    other = Blocks()
    other.model_id = "other"
    assert count(library, "other") == 25
    assert embed_missing(library, other) == 25
    with library.reading() as session:
        assert count_vectors(session) == {"hash-64": 25, "other": 25}


class Crowded(Blocks):
    """While it works, another process embeds the same texts, and records are added."""

    def __init__(self, database: Database) -> None:
        super().__init__()
        self.database = database
        self.added = False

    def _done(self, block: Mapping[str, str]) -> dict[str, Vectors]:
        with self.database.appending() as session:
            theirs = {key: np.ones(64, dtype=np.float32) / 8 for key in block}
            save_vectors(session, self.model_id, theirs)
        if not self.added:
            self.added = True
            give(self.database, Side.PARTNER, "X0", ["后来增加的一条"])
        return super()._done(block)


def test_others_may_work_meanwhile(library: Database) -> None:
    crowded = Crowded(library)
    assert embed_missing(library, crowded) == 26
    assert count(library, crowded.model_id) == 0


def test_an_empty_library(database: Database) -> None:
    assert embed_missing(database, Blocks()) == 0
