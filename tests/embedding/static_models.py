"""Static models in every form in which they are stored."""

import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file

from tests.models import save_static_model

FORMS = ("float32", "float64", "float16", "int8", "int8 scaled", "float16 scaled", "mapped")


def save_form(folder: Path, form: str) -> Path:
    """A static model whose table is stored in one of the forms."""
    save_static_model(folder)
    file = folder / "model.safetensors"
    weights = load_file(file)["embedding.weight"]
    save_file(_in_form(weights, form), file)
    return folder


def edit_json(file: Path, **changes: object) -> None:
    """Change some entries of a JSON file."""
    content = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    file.write_text(json.dumps(content | changes, ensure_ascii=False), encoding="utf-8")


def _in_form(weights: NDArray[np.float32], form: str) -> dict[str, NDArray[np.generic]]:
    scales = np.abs(weights).max(axis=1) / 127
    eighths = np.round(weights / scales[:, None]).astype(np.int8)
    if form == "int8":
        return {"embeddings": np.round(weights * 30).astype(np.int8)}
    if form == "int8 scaled":
        return {"embeddings": eighths, "weights": scales}
    if form == "float16 scaled":
        return {"embeddings": weights.astype(np.float16), "weights": scales.astype(np.float16)}
    if form == "mapped":
        return {
            "embeddings": weights[:7],
            "mapping": np.arange(len(weights), dtype=np.int64) % 7,
            "weights": scales.astype(np.float64),
        }
    return {"embedding.weight": weights.astype(form)}
