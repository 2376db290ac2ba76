"""Vectors of different models never mix; a model in a folder is looked for nowhere else."""

import socket
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from matcher.bootstrap import load_judgement
from matcher.embedding.cross_encoder import CrossEncoderReranker
from matcher.embedding.encoder import Encoder
from matcher.embedding.sentence_encoder import SentenceEncoder
from matcher.errors import IndexStateError, ModelError
from matcher.live import LiveIndex
from matcher.records import Side
from matcher.service import Matcher
from matcher.store.database import Database
from matcher.store.passages import passages_by_id
from matcher.store.vectors import count_vectors
from matcher.verify import verify_indexes
from tests.conftest import PARTNERS
from tests.models import (
    save_chat_reranker,
    save_classifier,
    save_cross_encoder,
    save_qwen_model,
    save_roberta_model,
    save_static_model,
    save_transformer_model,
)

pytestmark = pytest.mark.filterwarnings("ignore")  # what those libraries warn of is theirs


@pytest.fixture
def models(tmp_path: Path) -> list[SentenceEncoder]:
    """Two of one name and one dimension, with different weights."""
    folders = [save_static_model(tmp_path / str(seed) / "model", seed=seed) for seed in (1, 2)]
    return [SentenceEncoder.load(str(folder)) for folder in folders]


def opened(database: Database, encoder: Encoder, folder: Path) -> Matcher:
    return Matcher(database, encoder, LiveIndex(database, encoder, folder), load_judgement())


def cosines(matcher: Matcher, encoder: Encoder) -> NDArray[np.float32]:
    """Of the indexed vector of each passage with the one that a model gives it now."""
    with matcher.index.current() as sides:
        index = sides[Side.PARTNER]
        ids = index.catalogue.passage_ids()
        with matcher.reading() as session:
            passages = passages_by_id(session, ids.tolist())
        vectors = encoder.encode_passages([passages[int(one)].text for one in ids])
        pairs = zip(vectors, ids, strict=True)
        held = {int(one): kind for kind in index.vectors.values() for one in kind.ids}
        return np.array([held[int(one)].similarities(v, np.array([one]))[0] for v, one in pairs])


def test_a_model_never_gets_the_vectors_of_another(
    database: Database, tmp_path: Path, models: list[SentenceEncoder]
) -> None:
    first, second = (opened(database, model, tmp_path / model.model_id) for model in models)
    first.save_partners(PARTNERS)
    for matcher in (first, second, first):  # the second time from the cache of both
        matcher.index.rebuild()
        assert cosines(matcher, matcher.encoder) == pytest.approx(1, abs=1e-3)
        assert verify_indexes(matcher) == []
    assert cosines(first, second.encoder).max() < 0.99
    with database.reading() as session:
        cached = count_vectors(session)
    assert set(cached) == {model.model_id for model in models}
    assert len(set(cached.values())) == 1


def test_a_snapshot_of_one_name_and_other_weights_is_refused(
    database: Database, tmp_path: Path, models: list[SentenceEncoder]
) -> None:
    first, second = (opened(database, model, tmp_path / "index") for model in models)
    first.save_partners(PARTNERS)
    first.index.rebuild()
    with pytest.raises(IndexStateError, match=r"模型.*matcher index build"):
        second.index.load()


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """The addresses that somebody asks for on a machine that has no network."""
    addresses: list[object] = []

    def refuse(address: object, *_: object, **__: object) -> None:
        addresses.append(address)
        raise OSError("this machine has no network")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", lambda _, address: refuse(address))
    return addresses


@pytest.mark.parametrize(
    ("save", "load"),
    [
        (save_static_model, SentenceEncoder.load),
        (save_transformer_model, SentenceEncoder.load),
        (save_roberta_model, SentenceEncoder.load),
        (save_qwen_model, SentenceEncoder.load),
        (save_cross_encoder, CrossEncoderReranker.load),
        (save_classifier, CrossEncoderReranker.load),
        (save_chat_reranker, CrossEncoderReranker.load),
    ],
)
def test_a_folder_is_loaded_without_the_network(
    tmp_path: Path,
    asked: list[object],
    save: Callable[[Path], Path],
    load: Callable[[str], object],
) -> None:
    load(str(save(tmp_path)))
    assert asked == []


def test_a_name_is_looked_for_on_the_network(asked: list[object]) -> None:
    with pytest.raises(ModelError, match="无法连接模型库"):
        SentenceEncoder.load("nobody-here/no-such-model")
    assert asked != []
