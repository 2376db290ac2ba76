"""The log of the whole process, for tests that set it up."""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def log_put_back() -> Iterator[None]:
    """Put the log back as it was when the block ends."""
    root = logging.getLogger()
    handlers, level, hook = root.handlers[:], root.level, sys.excepthook
    try:
        yield
    finally:
        logging.captureWarnings(capture=False)
        for handler in root.handlers:
            if handler not in handlers:
                handler.close()
        root.handlers[:], sys.excepthook = handlers, hook
        root.setLevel(level)
        for name in ("matcher", "api", "uvicorn"):
            logging.getLogger(name).setLevel(logging.NOTSET)
