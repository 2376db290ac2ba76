"""The encoder over any sentence-transformers model: a folder, or a name on a model hub."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from matcher.embedding.encoder import Vectors, unit_rows
from matcher.embedding.fitting import TokenCounter, split_to_fit, tokens_at_once
from matcher.embedding.loading import ModelSource, find_model, open_model
from matcher.embedding.prompts import Prompts, prompted_id
from matcher.errors import ModelError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

_SETTING = "MATCHER_MODEL"
_OWNER = "sentence-transformers"
_STATIC_BATCH = 2048
_TRANSFORMER_BATCH = 32


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
        self._prompts = Prompts.chosen(model.prompts, query=query_prompt, passage=passage_prompt)
        self.is_static = _is_static(model)
        if self.is_static:
            table: Any = model[0]
            table.tokenizer.no_truncation()  # any length will do, yet some files set one
        self._batch_size = _STATIC_BATCH if self.is_static else _TRANSFORMER_BATCH
        self.model_id = model_id
        self.dimension = _dimension(model)
        limit = tokens_at_once(model)
        self._counter = None if limit is None else TokenCounter(model, limit)
        if self._counter is not None:
            self._counter.check_room("", self._prompts.query, _SETTING)
            self._counter.check_room("", self._prompts.passage, _SETTING)

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
            ModelError: the model is not there, or cannot be loaded.
        """
        source = find_model(name, owner=_OWNER, setting=_SETTING)
        try:
            model = open_model(source, _open)
        except Exception as error:  # the library raises many kinds; all mean the same here
            raise ModelError(
                f"无法加载模型 {name}：{error}。请检查 {_SETTING}"
                "（须是 sentence-transformers 的向量模型，如 BAAI/bge-small-zh-v1.5）"
            ) from error
        _check_gives_vectors(model, name)
        model_id = prompted_id(source.model_id, passage_prompt)
        return cls(model, model_id, query_prompt=query_prompt, passage_prompt=passage_prompt)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """See `Encoder.encode_passages`."""
        return self._encode(self._model.encode_document, texts, self._prompts.passage)

    def encode_query(self, text: str) -> Vectors:
        """See `Encoder.encode_query`."""
        query: Vectors = self._encode(self._model.encode_query, [text], self._prompts.query)[0]
        return query

    def _encode(self, encode: Callable[..., Any], texts: Sequence[str], prompt: str) -> Vectors:
        """Unit vectors of texts; one longer than the model takes is the mean of its pieces."""
        if not texts:
            return np.empty((0, self.dimension), dtype=np.float32)
        pieces = self._pieces(texts, prompt)
        vectors = encode(
            [piece for own in pieces for piece in own],
            prompt=prompt,
            batch_size=self._batch_size,
            normalize_embeddings=True,
            show_progress_bar=False,
            convert_to_numpy=True,
        )
        starts = np.cumsum([0, *map(len, pieces[:-1])])
        return unit_rows(np.add.reduceat(np.asarray(vectors, dtype=np.float32), starts, axis=0))

    def _pieces(self, texts: Sequence[str], prompt: str) -> list[list[str]]:
        """Each text, or the pieces of one that is longer than the model takes."""
        if self._counter is None:
            return [[text] for text in texts]
        count = partial(self._counter.count, prompt=prompt)
        limit = self._counter.limit
        return [
            [text] if tokens <= limit else split_to_fit(text, count, limit)
            for text, tokens in zip(texts, count(texts), strict=True)
        ]


def _open(source: ModelSource) -> "SentenceTransformer":
    # Importing it takes seconds and half a gigabyte: only where a model is really wanted.
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415
    from transformers.utils.logging import disable_progress_bar  # noqa: PLC0415

    disable_progress_bar()  # type: ignore[no-untyped-call]
    return SentenceTransformer(**source.arguments(), device="cpu")


def _check_gives_vectors(model: "SentenceTransformer", name: str) -> None:
    """Refuse a re-ranker, which the library loads as if its inner states were vectors."""
    config = getattr(model.transformers_model, "config", None)
    trained_as = getattr(config, "architectures", None) or []
    if any(kind.endswith("ForSequenceClassification") for kind in trained_as):
        raise ModelError(
            f"{name} 是重排或分类模型，不是向量模型。请在 {_SETTING} 中换用别的模型；"
            "重排模型写在 MATCHER_RERANKER 中"
        )


def _is_static(model: "SentenceTransformer") -> bool:
    return type(model[0]).__name__ == "StaticEmbedding"


def _dimension(model: "SentenceTransformer") -> int:
    dimension = model.get_embedding_dimension()
    if dimension is None:
        raise ModelError("模型没有说明向量维数，无法使用")
    return int(dimension)
