"""The encoder over any sentence-transformers model: a folder, or a name on a model hub."""

from collections.abc import Callable, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from matcher.errors import ModelError
from matcher.text.split import split_text

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

Vectors = NDArray[np.float32]

_STATIC_BATCH = 2048
_TRANSFORMER_BATCH = 32
_CHARACTERS_PER_TOKEN = 0.9
"""Cautious: the tokenizers of Chinese models make at most about one token a character."""


class SentenceEncoder:
    """Encoder over a loaded `SentenceTransformer`; see `Encoder` for the methods.

    A model cuts what is longer than it takes; so a long text is embedded piece by piece, and its
    vector is the mean of theirs.
    """

    def __init__(
        self,
        model: "SentenceTransformer",
        model_id: str,
        *,
        query_prompt: str | None = None,
        passage_prompt: str | None = None,
    ) -> None:
        self._model = model
        self._query_prompt = query_prompt
        self._passage_prompt = passage_prompt
        self._batch_size = _STATIC_BATCH if _is_static(model) else _TRANSFORMER_BATCH
        self.model_id = model_id
        self.dimension = _dimension(model)

    @classmethod
    def load(
        cls, name: str, *, query_prompt: str | None = None, passage_prompt: str | None = None
    ) -> "SentenceEncoder":
        """Load a model by folder or name.

        Args:
            name: a folder, or a name on the model hub such as `BAAI/bge-small-zh-v1.5`.
            query_prompt: put before queries; None for the model's own "query" prompt, if any.
            passage_prompt: put before passages; None for the model's own "document" prompt.

        Raises:
            ModelError: the folder does not exist, or the model cannot be loaded.
        """
        folder = Path(name).expanduser()
        if not folder.is_dir() and _looks_like_path(name):
            raise ModelError(
                f"模型文件夹 {name} 不存在。请检查 MATCHER_MODEL，或去掉该设置以使用自带模型"
            )
        # Importing it takes seconds and half a gigabyte: only where a model is really wanted.
        from sentence_transformers import SentenceTransformer  # noqa: PLC0415
        from transformers.utils.logging import disable_progress_bar  # noqa: PLC0415

        disable_progress_bar()  # type: ignore[no-untyped-call]
        try:
            model = SentenceTransformer(str(folder) if folder.is_dir() else name, device="cpu")
        except Exception as error:  # the library raises many kinds; all mean the same here
            raise ModelError(
                f"无法加载模型 {name}：{error}。请检查 MATCHER_MODEL（文件夹须含 "
                "sentence-transformers 模型；模型名须能联网下载或已在缓存中）"
            ) from error
        model_id = folder_id(folder) if folder.is_dir() else name
        if passage_prompt is not None:
            model_id += f"+{_digest(passage_prompt.encode())}"
        return cls(model, model_id, query_prompt=query_prompt, passage_prompt=passage_prompt)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """See `Encoder.encode_passages`."""
        return self._encode(self._model.encode_document, texts, self._passage_prompt)

    def encode_query(self, text: str) -> Vectors:
        """See `Encoder.encode_query`."""
        query: Vectors = self._encode(self._model.encode_query, [text], self._query_prompt)[0]
        return query

    def _encode(
        self, encode: Callable[..., Any], texts: Sequence[str], prompt: str | None
    ) -> Vectors:
        """Unit vectors of texts; one longer than the model takes is the mean of its pieces."""
        if not texts:
            return np.empty((0, self.dimension), dtype=np.float32)
        limit = self._characters_at_once(prompt)
        pieces = [split_text(text, limit) or [text] for text in texts]
        vectors = encode(
            [piece for own in pieces for piece in own],
            prompt=prompt,
            batch_size=self._batch_size,
            normalize_embeddings=True,
            show_progress_bar=False,
            convert_to_numpy=True,
        )
        starts = np.cumsum([0, *map(len, pieces[:-1])])
        return _unit_rows(np.add.reduceat(np.asarray(vectors, dtype=np.float32), starts, axis=0))

    def _characters_at_once(self, prompt: str | None) -> int:
        """Characters of a text that the model surely takes at once."""
        tokens = self._model.get_max_seq_length()
        if tokens is None or not np.isfinite(tokens):
            return 1_000_000
        return max(16, int(tokens * _CHARACTERS_PER_TOKEN) - len(prompt or ""))


def folder_id(folder: Path) -> str:
    """Name of a model folder with a hash of its content, so that a retrained model is another."""
    content = blake2b(digest_size=6)
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix in {".json", ".safetensors", ".bin", ".txt", ".model"}:
            content.update(path.relative_to(folder).as_posix().encode())
            content.update(path.read_bytes())
    return f"{folder.resolve().name}@{content.hexdigest()}"


def _digest(data: bytes) -> str:
    return blake2b(data, digest_size=4).hexdigest()


def _looks_like_path(name: str) -> bool:
    return name.startswith((".", "/", "~")) or "\\" in name or name.count("/") > 1


def _is_static(model: "SentenceTransformer") -> bool:
    return type(model[0]).__name__ == "StaticEmbedding"


def _dimension(model: "SentenceTransformer") -> int:
    dimension = model.get_embedding_dimension()
    if dimension is None:
        raise ModelError("模型没有说明向量维数，无法使用")
    return int(dimension)


def _unit_rows(vectors: Vectors) -> Vectors:
    """Rows scaled to unit length; a zero row (text without a known token) stays zero."""
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: Vectors = np.divide(vectors, norms, out=np.zeros_like(vectors), where=norms > 1e-12)
    return unit
