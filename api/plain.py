"""What comes from outside, made fit to be stored and to be sent back.

A NUL is refused by PostgreSQL, half a surrogate pair by every encoder; both can stand in an
address, in JSON and in a form.
"""

import re

from matcher.errors import NotFoundError
from matcher.text.fold import tidy

_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def storable(text: str) -> str:
    """The text as typed, with a blank for each character that no database or page can hold."""
    return _UNSTORABLE.sub(" ", text)


def tidied(value: object) -> object:
    """A text tidied, before Pydantic looks at it and refuses half a surrogate pair."""
    return tidy(value) if isinstance(value, str) else value


def existing_id(identifier: str) -> str:
    """The id of a record that must exist; ids are tidied before they are stored.

    Raises:
        NotFoundError: no record can have this id.
    """
    if not identifier or tidy(identifier) != identifier:
        raise NotFoundError("记录", tidy(identifier))
    return identifier
