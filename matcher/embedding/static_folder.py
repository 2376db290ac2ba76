"""Folders of sentence-transformers that hold a static model: pieces are looked up and averaged.

A static model is a `StaticEmbedding`, alone or with a `Normalize` after it. Its folder has
`modules.json`, a `tokenizer.json`, and in `model.safetensors` either `embedding.weight`, or, as
model2vec saves it, `embeddings` with the `weights` of the pieces and the `mapping` of pieces to
rows, both of which may be missing.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from matcher.embedding.piece_table import PieceTable

_STATIC, _NORMALIZE = "StaticEmbedding", "Normalize"
_LIBRARY = "sentence_transformers"
_SENTENCE = "sentence_embedding"
_KNOWN_TYPES = {"I8", "F16", "F32", "F64"}
"""Kinds of numbers that numpy has; bfloat16 is none."""


@dataclass(frozen=True, slots=True)
class StaticFolder:
    """A static model on disk.

    Attributes:
        parts: where its table and its tokenizer lie.
        prompts: the model's own prompts by name.
    """

    parts: Path
    prompts: Mapping[str, str | None]

    def read_table(self) -> PieceTable:
        """Read the vectors.

        Raises:
            OSError, SafetensorError, ValueError: the file is damaged.
        """
        arrays = load_file(self.parts / "model.safetensors")
        if "embedding.weight" in arrays:
            return PieceTable(arrays["embedding.weight"])
        return PieceTable(arrays["embeddings"], arrays.get("weights"), arrays.get("mapping"))

    def read_tokenizer(self) -> Tokenizer:
        """Read what cuts texts into pieces, set to cut nothing off.

        Raises:
            Exception: the file is damaged; the library has no kind of its own for that.
        """
        tokenizer = Tokenizer.from_file(str(self.parts / "tokenizer.json"))
        tokenizer.no_padding()
        tokenizer.no_truncation()
        return tokenizer


def find_static(folder: Path) -> StaticFolder | None:
    """The static model in a folder; None if there is anything else, damaged files included."""
    try:
        modules = _read_json(folder / "modules.json")
        config_file = folder / "config_sentence_transformers.json"
        config = _read_json(config_file) if config_file.exists() else {}
        if config.get("model_type", "SentenceTransformer") != "SentenceTransformer":
            return None
        kinds = [_kind(module) for module in modules]
        if kinds not in ([_STATIC], [_STATIC, _NORMALIZE]):
            return None
        if not all(_normalizes_sentences(folder / module["path"]) for module in modules[1:]):
            return None
        parts = folder / modules[0]["path"]
        prompts = dict(config.get("prompts", {}))
        return StaticFolder(parts, prompts) if _has_known_table(parts) else None
    except (OSError, ValueError, LookupError, TypeError, AttributeError, SafetensorError):
        return None


def _kind(module: Mapping[str, str]) -> str:
    """Name of a module's class; of one that is not the library's own, with where it comes from."""
    path = module["type"]
    return path.rpartition(".")[2] if path.startswith(f"{_LIBRARY}.") else path


def _normalizes_sentences(folder: Path) -> bool:
    """Whether a Normalize module scales the vectors of texts; those of old models name none."""
    file = folder / "config.json"
    names = _read_json(file) if file.exists() else {}
    source = names.get("module_input_name", _SENTENCE)
    target = names.get("module_output_name", source)
    return bool(source == target == _SENTENCE)


def _has_known_table(parts: Path) -> bool:
    if not (parts / "tokenizer.json").exists():
        return False
    with safe_open(parts / "model.safetensors", framework="numpy") as file:
        name = "embedding.weight" if "embedding.weight" in file.keys() else "embeddings"  # noqa: SIM118
        return file.get_slice(name).get_dtype() in _KNOWN_TYPES


def _read_json(path: Path) -> Any:  # noqa: ANN401 - whatever the file holds
    return json.loads(path.read_text(encoding="utf-8"))
