"""Ranking a whole month, beside the least that any ranking by vectors must do."""

import faiss
import numpy as np

from tests.bench.figures import Measured
from tests.bench.home import Setting, need_texts, opened, partner_vectors
from tests.bench.machine import CORES
from tests.bench.timing import seconds_of

_TOP = 50
_FLAT_TOP = 100


def measure(setting: Setting) -> list[Measured]:
    """The batch, and an exact flat search of all its needs at once, in the same process."""
    count = 10_000 if setting.full else 128 if setting.quick else 512
    needs = need_texts(setting, count + 64)
    with opened(setting) as matcher:
        list(matcher.rank_many(needs[count:], top=_TOP))
        asked = needs[:count]
        batch = seconds_of(lambda: list(matcher.rank_many(asked, top=_TOP)))
        queries = np.stack([matcher.encoder.encode_query(text) for _, text in asked])
        with matcher.reading() as session:
            _, vectors = partner_vectors(session, matcher.encoder.model_id)
    flat = faiss.IndexFlatIP(vectors.shape[1])
    for start in range(0, len(vectors), 50_000):
        flat.add(vectors[start : start + 50_000].astype(np.float32))
    faiss.omp_set_num_threads(CORES)  # all of them, whatever the product left behind
    flat.search(queries[:64], _FLAT_TOP)
    bare = seconds_of(lambda: flat.search(queries, _FLAT_TOP))
    return [
        Measured("batch.ratio", batch / bare, f"{count} needs"),
        Measured("batch.need", batch / count * 1e3, f"{_TOP} places each"),
        Measured("batch.flat", bare / count * 1e3, f"{CORES} threads"),
    ]
