"""Processes that encode side by side."""

import subprocess
import sys
from multiprocessing import active_children
from pathlib import Path
from time import monotonic, sleep

import numpy as np
import pytest

from matcher.embedding.choosing import ModelChoice
from matcher.embedding.pool import EncoderPool
from matcher.embedding.static_encoder import StaticEncoder
from matcher.errors import ModelError
from tests.models import LETTERS, save_static_model

BLOCKS = [{f"{n}-{m}": LETTERS[n : n + m] for m in range(1, 4)} for n in range(12)]


def test_processes_give_the_vectors_of_the_encoder_in_order(tmp_path: Path) -> None:
    choice = ModelChoice(str(save_static_model(tmp_path)), passage_prompt="断路")
    encoder = StaticEncoder.load(choice.name, passage_prompt="断路")
    with EncoderPool(choice, 2) as pool:
        assert pool.model_id == encoder.model_id
        assert pool.texts_at_once > 1000, "a static model takes many at a time"
        found = list(pool.embed(BLOCKS))
        assert list(pool.embed([])) == []
    assert [list(block) for block in found] == [list(block) for block in BLOCKS]
    for block, vectors in zip(BLOCKS, found, strict=True):
        expected = encoder.encode_passages(list(block.values()))
        assert np.stack(list(vectors.values())) == pytest.approx(expected, abs=1e-6)


def test_a_model_that_cannot_be_loaded_is_told(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="不存在"):
        EncoderPool(ModelChoice(str(tmp_path / "nowhere")), 1)


def test_a_process_that_was_killed_is_told(tmp_path: Path) -> None:
    with EncoderPool(ModelChoice(str(save_static_model(tmp_path))), 1) as pool:
        results = pool.embed(BLOCKS)
        next(results)
        for worker in active_children():
            worker.kill()
        with pytest.raises(ModelError, match="--workers"):
            list(results) + list(pool.embed(BLOCKS))


def test_processes_end_when_their_parent_is_killed(tmp_path: Path) -> None:
    code = (
        "import sys, time; from multiprocessing import active_children;"
        "from matcher.embedding.choosing import ModelChoice;"
        "from matcher.embedding.pool import EncoderPool;"
        "pool = EncoderPool(ModelChoice(sys.argv[1]), 1);"
        "print(*[child.pid for child in active_children()], flush=True); time.sleep(600)"
    )
    command = [sys.executable, "-c", code, str(save_static_model(tmp_path))]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        children = [int(pid) for pid in parent.stdout.readline().split()]
        assert children
        assert all(map(is_running, children))
        parent.kill()
    deadline = monotonic() + 20
    while any(map(is_running, children)) and monotonic() < deadline:
        sleep(0.05)
    assert not any(map(is_running, children))


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"
