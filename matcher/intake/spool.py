"""Evidence that stands apart from its partner, held on disk until the partner comes by."""

import json
import sqlite3
from collections.abc import Mapping
from datetime import date
from typing import Self


class EvidenceSpool:
    """Items of evidence by the id of their partner; memory does not grow with them.

    A private database of SQLite in a temporary file, which goes when the spool is closed.
    """

    def __init__(self) -> None:
        self._database = sqlite3.connect("", check_same_thread=False)
        self._database.execute("CREATE TABLE item (partner TEXT, body TEXT)")
        self._database.execute("CREATE INDEX by_partner ON item (partner)")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._database.close()

    def add(self, partner: str, item: Mapping[str, object]) -> None:
        """Keep an item."""
        body = json.dumps(item, default=_plain)
        self._database.execute("INSERT INTO item (partner, body) VALUES (?, ?)", (partner, body))

    def of(self, partner: str) -> list[dict[str, object]]:
        """The items of a partner in the order they came."""
        found = self._database.execute(
            "SELECT body FROM item WHERE partner = ? ORDER BY rowid", (partner,)
        ).fetchall()
        return [json.loads(body) for (body,) in found]


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)
