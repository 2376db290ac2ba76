"""Fitting texts into what a model takes at once; the library cuts off the rest silently."""

import math
from collections.abc import Callable, Sequence
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from matcher.errors import ModelError
from matcher.text.split import split_text

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder, SentenceTransformer

Counts = NDArray[np.int64]
Text = str | tuple[str, str]

_COUNTED_AT_ONCE = 1000

_UNCUT = {
    "text": {"truncation": False, "padding": False, "verbose": False},
    "common": {"return_tensors": None},
}
_ANY_NUMBER = 1_000_000
"""Models without a limit name an astronomical number, or none."""


def tokens_at_once(model: "SentenceTransformer | CrossEncoder") -> int | None:
    """Tokens of one input that a model takes; None where it takes any number."""
    tokens = model.max_seq_length
    return None if tokens is None or tokens > _ANY_NUMBER else int(tokens)


class TokenCounter:
    """Counts the tokens of inputs as a model reads them, with all that it puts around each.

    It has a tokenizer of its own, set to cut nothing: to set the model's otherwise for a moment
    would disturb the threads that encode meanwhile.
    """

    def __init__(self, model: "SentenceTransformer | CrossEncoder", limit: int) -> None:
        shared = {id(tensor): tensor for tensor in (*model.parameters(), *model.buffers())}
        self._input: Any = deepcopy(model[0], shared)  # all but the weights
        self.limit = limit

    def count(self, inputs: Sequence[Text], prompt: str | None) -> Counts:
        """Tokens of each text, or of each pair of texts for a cross-encoder: shape (n,)."""
        counts: list[int] = []
        for start in range(0, len(inputs), _COUNTED_AT_ONCE):
            batch = list(inputs[start : start + _COUNTED_AT_ONCE])
            features = self._input.preprocess(batch, prompt=prompt, processing_kwargs=_UNCUT)
            counts += map(len, features["input_ids"])
        return np.array(counts, dtype=np.int64)

    def check_room(self, empty: Text, prompt: str | None, setting: str) -> None:
        """Check that what the model puts around an empty input leaves room for a full one.

        Raises:
            ModelError: it takes more than half of what the model reads at once.
        """
        taken = int(self.count([empty], prompt)[0])
        if taken * 2 > self.limit:
            raise ModelError(
                f"模型一次只能读 {self.limit} 个词元，而提示语等固定内容就占了 {taken} 个。"
                f"请缩短提示语，或检查 {setting}"
            )


def split_to_fit(text: str, count: Callable[[Sequence[str]], Counts], limit: int) -> list[str]:
    """Split a text, between sentences if possible, into pieces that a model takes.

    Args:
        text: the text; one that fits is returned as it is.
        count: counts the tokens of texts, with all that comes around each.
        limit: tokens that the model takes at once, more than an empty text has.
    """
    taken, needed = count(["", text])
    if needed <= limit:
        return [text]
    number = math.ceil((needed - taken) / max(1, limit - taken))
    pieces = [text]
    while len(pieces) < len(text) and (count(pieces) > limit).any():
        pieces = split_text(text, math.ceil(len(text) / number)) or [text]
        number += 1
    return pieces
