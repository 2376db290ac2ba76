"""Keeping the indexes of a serving process up to date also while nobody asks."""

import logging
from typing import Final

import anyio
from starlette.concurrency import run_in_threadpool

from api.metrics import Metrics
from matcher.errors import MatcherError
from matcher.live import LiveIndex
from matcher.logs import told

PAUSE: Final = 2.0
"""Seconds between two looks at the store; a search looks itself, so nothing is found too late."""

_log = logging.getLogger(__name__)


async def follow(index: LiveIndex, metrics: Metrics) -> None:
    """Look at the store again and again, and note how the index stands, until cancelled.

    A failure is logged once, until it has ended.
    """
    failing = False
    while True:
        try:
            await run_in_threadpool(index.refresh)
            metrics.observe()
        except Exception as error:  # whatever it is, the server goes on
            if not failing:
                _log.warning("the indexes do not follow the store: %s", _reason(error))
            failing = True
        else:
            if failing:
                _log.warning("the indexes follow the store again")
            failing = False
        await anyio.sleep(PAUSE)


def _reason(error: Exception) -> str:
    return error.message if isinstance(error, MatcherError) else told(error)
