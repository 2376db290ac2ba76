"""Encoding beside its physical limit: tokenizing, and fetching the rows of the table."""

from collections.abc import Sequence
from itertools import chain, islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from matcher.bootstrap import load_encoder
from matcher.settings import Settings
from matcher.text.passages import partner_passages
from tests.bench.figures import Measured
from tests.bench.generate import partners
from tests.bench.home import Setting, need_texts
from tests.bench.texts import read_texts
from tests.bench.timing import median, seconds_each, seconds_of

_BATCH = 2048
_ENOUGH = 10**6


def measure(setting: Setting) -> list[Measured]:
    """Both in turns, in the same batches; the median of several rounds."""
    batches = _batches(setting, 2 if setting.quick else 10)
    count = sum(map(len, batches))
    settings = Settings()
    encoder = load_encoder(settings)
    queries = [text for _, text in need_texts(setting, 200)]
    ours, bare = [], []
    lookup = _Lookup(Path(settings.effective_model)) if encoder.is_static else None
    encoder.encode_passages(batches[0])
    for _ in range(3 if setting.quick else 5):
        if lookup is not None:
            bare.append(seconds_of(lambda: [lookup(some) for some in batches]))
        ours.append(seconds_of(lambda: [encoder.encode_passages(some) for some in batches]))
    each = seconds_each(encoder.encode_query, queries)
    length = np.mean([len(text) for some in batches for text in some])
    ratio = median([a / b for a, b in zip(ours, bare, strict=True)]) if bare else None
    return [
        Measured("encoding.ratio", ratio, "" if bare else "the model computes, it has no table"),
        Measured("encoding.rate", count / median(ours), f"{length:.0f} characters in the mean"),
        Measured("encoding.query", median(each) * 1e3),
    ]


def _batches(setting: Setting, count: int) -> list[list[str]]:
    texts = (
        passage.text
        for partner in partners(read_texts(setting.texts), _ENOUGH, seed=1)
        for passage in partner_passages(partner)
    )
    return [list(islice(texts, _BATCH)) for _ in range(count)]


class _Lookup:
    """Tokenizing, and copying out each row of the table that is used, once, as it is stored.

    No static model can do with less.
    """

    def __init__(self, folder: Path) -> None:
        self._tokenizer: Tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        parts = load_file(folder / "model.safetensors")
        self._table = max(parts.values(), key=lambda part: part.size)

    def __call__(self, texts: Sequence[str]) -> NDArray[np.generic]:
        found = self._tokenizer.encode_batch_fast(texts, add_special_tokens=False)
        pieces = np.fromiter(chain.from_iterable(each.ids for each in found), np.int32)
        used = np.zeros(len(self._table), dtype=bool)
        used[pieces] = True
        rows: NDArray[np.generic] = self._table[used]
        return rows
