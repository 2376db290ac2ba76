import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from matcher.errors import ModelError
from matcher.screening.classifier import ScreeningModel
from matcher.screening.classifier.files import (
    MODEL_FILE,
    WEIGHTS_FILE,
    read_parts,
    write_parts,
)
from tests.screening.classifier.conftest import Trained


@pytest.fixture
def folder(trained: Trained, tmp_path: Path) -> Path:
    """A copy of the model that a test may damage."""
    return Path(shutil.copytree(trained.folder, tmp_path / "model"))


def _edit(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    model = json.loads((folder / MODEL_FILE).read_text(encoding="utf-8"))
    change(model)
    (folder / MODEL_FILE).write_text(json.dumps(model), encoding="utf-8")


def _replace_arrays(folder: Path, **changed: np.ndarray[Any, Any]) -> None:
    """Other arrays, with the digest set right."""
    with np.load(folder / WEIGHTS_FILE) as arrays:
        held = {name: arrays[name] for name in arrays.files} | changed
    np.savez_compressed(folder / WEIGHTS_FILE, **held)
    digest = hashlib.sha256((folder / WEIGHTS_FILE).read_bytes()).hexdigest()
    _edit(folder, lambda model: model.update(sha256=digest))


def test_save_and_load_round_trip(trained: Trained, tmp_path: Path) -> None:
    write_parts(tmp_path, read_parts(trained.folder))
    for name in (MODEL_FILE, WEIGHTS_FILE):
        assert (tmp_path / name).read_bytes() == (trained.folder / name).read_bytes()


def test_a_loaded_model_answers_as_the_written_one(model: ScreeningModel, tmp_path: Path) -> None:
    write_parts(tmp_path, model.parts)
    embedding = np.linspace(-1, 1, 64, dtype=np.float32)
    again = ScreeningModel.load(tmp_path)
    assert again.classify("轴承磨损", embedding) == model.classify("轴承磨损", embedding)


@pytest.mark.parametrize("name", [MODEL_FILE, WEIGHTS_FILE])
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(ModelError, match=name):
        ScreeningModel.load(folder)


def test_weights_of_another_training_are_refused(folder: Path) -> None:
    with (folder / WEIGHTS_FILE).open("ab") as file:
        file.write(b"x")
    with pytest.raises(ModelError, match="不是同一次训练"):
        ScreeningModel.load(folder)


@pytest.mark.parametrize("content", ["", "[]", "{", '{"format": 2}', "\xff"])
def test_what_is_no_model_is_refused(folder: Path, content: str) -> None:
    (folder / MODEL_FILE).write_bytes(content.encode("latin-1"))
    with pytest.raises(ModelError, match="train-screening"):
        ScreeningModel.load(folder)


@pytest.mark.parametrize("key", ["sha256", "encoder", "calibrations", "lists", "divisions"])
def test_a_missing_entry_is_named(folder: Path, key: str) -> None:
    _edit(folder, lambda model: model.pop(key))
    with pytest.raises(ModelError, match=key):
        ScreeningModel.load(folder)


@pytest.mark.parametrize(
    ("name", "array"),
    [
        ("rarities", np.ones(3, dtype=np.float32)),
        ("rarities", np.array(["x"] * 3)),
        ("fields.starts", np.array([0, 1])),
        ("fields.columns", np.full(10_000, 60_000, dtype=np.uint16)),
        ("fields.0.output.bias", np.zeros(2, dtype=np.float32)),
        ("disciplines.1.hidden.numbers", np.zeros((16, 3), dtype=np.int8)),
        ("disciplines.1.hidden.numbers", np.zeros((16, 64), dtype=np.float64)),
    ],
)
def test_arrays_that_do_not_fit_are_refused(
    folder: Path, name: str, array: np.ndarray[Any, Any]
) -> None:
    _replace_arrays(folder, **{name: array})
    with pytest.raises(ModelError, match="不可用"):
        ScreeningModel.load(folder)


def test_pickled_objects_are_not_read(folder: Path) -> None:
    _replace_arrays(folder, rarities=np.array([{}], dtype=object))
    with pytest.raises(ModelError, match="不可用"):
        ScreeningModel.load(folder)


def test_a_group_needs_its_division(folder: Path) -> None:
    _edit(folder, lambda model: model["divisions"].pop("C34"))
    with pytest.raises(ModelError, match="大类"):
        ScreeningModel.load(folder)


def test_running_it_takes_no_training_library(trained: Trained) -> None:
    code = (
        "import sys; from pathlib import Path; "
        "from matcher.screening.classifier import ScreeningModel; "
        "ScreeningModel.load(Path(sys.argv[1])).classify('轴承磨损'); "
        "print({'torch', 'sklearn'} & set(sys.modules))"
    )
    output = subprocess.run(
        [sys.executable, "-c", code, trained.folder], capture_output=True, text=True, check=True
    )
    assert output.stdout.strip() == "set()"
