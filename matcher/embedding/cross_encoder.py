"""The re-ranker over any sentence-transformers CrossEncoder: a folder, or a name on the hub."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from matcher.embedding.fitting import Counts, TokenCounter, split_to_fit, tokens_at_once
from matcher.embedding.loading import ModelSource, find_model, open_model, text_id
from matcher.embedding.reranker import Scores
from matcher.errors import ModelError

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

_SETTING = "MATCHER_RERANKER"
_OWNER = "cross-encoder"
_BATCH = 16


class CrossEncoderReranker:
    """Re-ranker over a loaded `CrossEncoder`; see `Reranker` for the methods.

    A cross-encoder cuts what is longer than it takes. Here a passage that does not fit beside the
    query is read piece by piece and its best piece counts (BERT-MaxP: Dai & Callan, Deeper Text
    Understanding for IR, SIGIR 2019). Beside such a passage a query keeps at most half of what the
    model takes; only what a longer one has beyond that is not read, and `count_truncated` tells.
    """

    def __init__(
        self,
        model: "CrossEncoder",
        model_id: str,
        *,
        prompt: str | None = None,
        batch_size: int = _BATCH,
    ) -> None:
        self._model = model
        self._prompt = model.prompts.get(model.default_prompt_name or "") or None
        if prompt is not None:
            self._prompt = prompt
        self._batch_size = batch_size
        self._counter = TokenCounter(model, tokens_at_once(model) or sys.maxsize)
        self._counter.check_room(("", ""), self._prompt, _SETTING)
        self.model_id = model_id

    @classmethod
    def load(
        cls,
        name: str,
        *,
        prompt: str | None = None,
        max_length: int | None = None,
        batch_size: int = _BATCH,
    ) -> "CrossEncoderReranker":
        """Load a model by folder or name; a folder is never looked for on the network.

        Args:
            name: a folder, or a name on the model hub such as `BAAI/bge-reranker-base`.
            prompt: put before the query, or given as instruction to a model that chats; None for
                the model's own.
            max_length: tokens of a pair that are read at once; None for all that the model takes.
            batch_size: pairs in one run of the model.

        Raises:
            ModelError: the model is not there, cannot be loaded, or does not give one relevance
                score for a pair.
        """
        source = find_model(name, owner=_OWNER, setting=_SETTING)
        try:
            model = open_model(source, _open)
        except Exception as error:  # the library raises many kinds; all mean the same here
            raise ModelError(
                f"无法加载重排模型 {name}：{error}。请检查 {_SETTING}"
                "（须是 CrossEncoder 模型，如 BAAI/bge-reranker-base）"
            ) from error
        _check_gives_relevance(model, name)
        if max_length is not None:
            model.max_seq_length = min(max_length, tokens_at_once(model) or max_length)
        model_id = source.model_id
        if prompt is not None:
            model_id += f"+{text_id(prompt)}"
        if max_length is not None:
            model_id += f"+{max_length}"
        try:
            reranker = cls(model, model_id, prompt=prompt, batch_size=batch_size)
            reranker.score("需求", ["成果"])
        except ModelError:
            raise
        except Exception as error:  # whatever the model's own code raises
            raise ModelError(
                f"重排模型 {name} 不能给需求与成果打分：{error}。请检查 {_SETTING}"
            ) from error
        return reranker

    def score(self, query: str, passages: Sequence[str]) -> Scores:
        """See `Reranker.score`."""
        if not passages:
            return np.empty(0, dtype=np.float32)
        plan = self._plan(query, passages)
        best: Scores = np.maximum.reduceat(self._predict(plan.pairs), plan.starts)
        return best

    def count_truncated(self, query: str, passages: Sequence[str]) -> int:
        """See `Reranker.count_truncated`."""
        return self._plan(query, passages).truncated

    def _predict(self, pairs: list[tuple[str, str]]) -> Scores:
        from torch.nn import Identity  # noqa: PLC0415

        logits = self._model.predict(
            pairs,
            prompt=self._prompt,
            batch_size=self._batch_size,
            activation_fn=Identity(),  # else some models give logits and others probabilities
            show_progress_bar=False,
            convert_to_numpy=True,
        )
        return np.asarray(logits, dtype=np.float32)

    def _plan(self, query: str, passages: Sequence[str]) -> "_Plan":
        """The pairs that the model reads for these passages."""
        fits = self._tokens(query, passages) <= self._counter.limit
        short = query if fits.all() else self._shortened(query)
        pairs: list[tuple[str, str]] = []
        starts: list[int] = []
        for passage, whole in zip(passages, fits, strict=True):
            starts.append(len(pairs))
            if whole:
                pairs.append((query, passage))
            else:
                pieces = split_to_fit(
                    passage, lambda own: self._tokens(short, own), self._counter.limit
                )
                pairs += [(short, piece) for piece in pieces]
        return _Plan(pairs, starts, truncated=0 if short == query else int((~fits).sum()))

    def _shortened(self, query: str) -> str:
        """The beginning of a query, at most half of what the model takes."""
        half = self._counter.limit // 2
        while query and (tokens := int(self._tokens(query, [""])[0])) > half:
            query = query[: len(query) * half // tokens]
        return query

    def _tokens(self, query: str, passages: Sequence[str]) -> Counts:
        return self._counter.count([(query, own) for own in passages], self._prompt)


@dataclass(frozen=True, slots=True)
class _Plan:
    """Pairs to be read, where each passage's own begin, and how many passages lose text."""

    pairs: list[tuple[str, str]]
    starts: list[int]
    truncated: int


def _open(source: ModelSource) -> "CrossEncoder":
    # Importing it takes seconds and half a gigabyte: only where a model is really wanted.
    from sentence_transformers import CrossEncoder  # noqa: PLC0415
    from transformers.utils.logging import disable_progress_bar  # noqa: PLC0415

    disable_progress_bar()  # type: ignore[no-untyped-call]
    model: CrossEncoder = CrossEncoder(
        **source.arguments(),
        device="cpu",
        model_kwargs={"dtype": "float32"},  # the three digits of half precision make ties
    )
    return model


def _check_gives_relevance(model: "CrossEncoder", name: str) -> None:
    """Refuse a model without a trained head of one output.

    The library loads any model as a cross-encoder: it puts a head of random weights on one that
    has none, and asks any chat model for "yes" or "no".

    Raises:
        ModelError: it is such a model, or one of several outputs.
    """
    network = model.transformers_model
    trained_as = getattr(getattr(network, "config", None), "architectures", None) or []
    kind = type(network).__name__
    if kind not in trained_as or (kind.endswith("ForCausalLM") and not model.supports("message")):
        raise ModelError(
            f"{name} 不是重排模型（{'、'.join(trained_as) or kind}，没有训练过的打分层）。"
            f"请在 {_SETTING} 中写一个 CrossEncoder 模型，如 BAAI/bge-reranker-base"
        )
    if model.num_labels != 1:
        raise ModelError(
            f"模型 {name} 输出 {model.num_labels} 个类别，而重排模型只输出一个相关分。"
            f"请在 {_SETTING} 中换用别的模型，如 BAAI/bge-reranker-base"
        )
