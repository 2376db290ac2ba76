"""The error tree. It knows nothing of HTTP; `api/errors.py` maps it to status codes.

    MatcherError
    ├── InvalidInputError         what the caller gave cannot be used
    │   ├── UnknownNameError      a name outside a closed list
    │   ├── NeedTextError         a need too short or too long to be matched
    │   └── UnreadableFileError   a file that cannot be opened or parsed
    ├── NotFoundError             no record with that id
    ├── ForbiddenError            whoever asks may not do that
    ├── ThrottledError            too many attempts, try again later
    ├── ConflictError             the record was changed meanwhile, or already exists
    ├── ModelError                an embedding model cannot be loaded or used
    ├── IndexStateError           an index is missing, damaged or foreign
    ├── StoreError                the database cannot be opened or is of another version
    └── TrainingError             a model cannot be trained from what is there

Messages are written for people: they name what was wrong and where, and say what to do. The
staff of an association reads Chinese, so the messages are Chinese.
"""

from collections.abc import Iterable


class MatcherError(Exception):
    """Base of every error that this package raises on purpose."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class InvalidInputError(MatcherError):
    """What the caller gave cannot be used; `field` names the input field if there is one."""

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class UnknownNameError(InvalidInputError):
    """A name outside a closed list; the message carries the names that are known."""

    def __init__(
        self, what: str, name: object, known: Iterable[str], *, field: str | None = None
    ) -> None:
        self.known = tuple(known)
        super().__init__(f"未知的{what}“{name}”，可用的有：{'、'.join(self.known)}", field=field)


class NeedTextError(InvalidInputError):
    """A need text too short, too long or without meaning to be matched."""


class UnreadableFileError(InvalidInputError):
    """A file that cannot be opened, decoded or parsed."""


class NotFoundError(MatcherError):
    """No record with that id."""

    def __init__(self, what: str, identifier: str) -> None:
        super().__init__(f"没有编号为“{identifier}”的{what}")
        self.identifier = identifier


class ForbiddenError(MatcherError):
    """Whoever asks may not do that, or not to this record."""


class ThrottledError(MatcherError):
    """Too many attempts lately; the message says when to try again."""


class ConflictError(MatcherError):
    """The record was changed by somebody else meanwhile, or already exists."""


class ModelError(MatcherError):
    """A model (embedding, re-ranking, screening) cannot be loaded or used."""


class IndexStateError(MatcherError):
    """An index is missing, damaged, or was built by another model or text analysis."""


class StoreError(MatcherError):
    """The database cannot be opened or has a schema of another version."""


class TrainingError(MatcherError):
    """A model cannot be trained from what is there."""
