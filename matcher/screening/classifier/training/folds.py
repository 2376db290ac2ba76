"""Dealing texts into parts that are held out in turn."""

from collections.abc import Mapping

import numpy as np


def deal_folds(codes: Mapping[str, str], folds: int, seed: int) -> dict[str, int]:
    """Deal sources into folds, those of each entry as evenly as can be.

    Args:
        codes: source → its entry in the list.
        folds: number of parts.
        seed: of the order in which they are dealt.

    Returns:
        Source → fold, from 0.
    """
    sources = sorted(codes)
    shuffled = [sources[row] for row in np.random.default_rng(seed).permutation(len(sources))]
    # A stable sort keeps the shuffled order within an entry, and dealing round runs on from one
    # entry to the next, so that entries with a single source do not all fall into the first fold.
    by_entry = sorted(shuffled, key=lambda source: codes[source])
    return {source: place % folds for place, source in enumerate(by_entry)}
