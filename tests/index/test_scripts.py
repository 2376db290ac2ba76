from pathlib import Path

import numpy as np
import pytest

from matcher.errors import IndexStateError
from matcher.index.scripts import Scripts
from matcher.text.script import Script


def filled() -> Scripts:
    scripts = Scripts()
    scripts.add(np.array([3, 5, 8]), ["断路器", "coating of blades", "皮革"])
    return scripts


def test_passages_by_script() -> None:
    scripts = filled()
    assert scripts.ids(Script.HAN, None).tolist() == [3, 8]
    assert scripts.ids(Script.LATIN, None).tolist() == [5]
    assert scripts.ids(Script.HAN, np.array([5, 8])).tolist() == [8]
    assert scripts.differ_from(Script.HAN, np.array([8, 5])).tolist() == [False, True]


def test_a_removed_passage_is_gone() -> None:
    scripts = filled()
    scripts.remove(np.array([3, 99]))
    assert scripts.all_ids().tolist() == [8, 5]


def test_saving_and_loading_round_trips(tmp_path: Path) -> None:
    filled().save(tmp_path / "scripts.npy")
    loaded = Scripts.load(tmp_path / "scripts.npy")
    assert loaded.ids(Script.LATIN, None).tolist() == [5]
    (tmp_path / "scripts.npy").write_bytes(b"rubbish")
    with pytest.raises(IndexStateError, match="matcher index build"):
        Scripts.load(tmp_path / "scripts.npy")
