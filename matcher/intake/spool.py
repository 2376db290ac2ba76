"""What is held on disk meanwhile: checked records, evidence that stands apart from its partner."""

import json
import pickle
import sqlite3
from collections.abc import Iterator, Mapping
from datetime import date
from tempfile import TemporaryFile
from typing import Generic, Self, TypeVar

Record = TypeVar("Record")

_AT_ONCE = 1000


class RecordSpool(Generic[Record]):
    """Records that passed the check and wait for the whole file to be checked.

    They lie in a temporary file without a name, which nobody else can open and which goes when
    the spool is closed; memory holds one batch.
    """

    def __init__(self) -> None:
        self._file = TemporaryFile()  # noqa: SIM115 - closed with the spool
        self._batch: list[Record] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def add(self, record: Record) -> None:
        """Keep a record.

        Raises:
            OSError: the disk is full.
        """
        self._batch.append(record)
        if len(self._batch) == _AT_ONCE:
            self._write()

    def batches(self) -> Iterator[list[Record]]:
        """All records in the order they came, some at a time; nothing may be added any more.

        Raises:
            OSError: the disk is full.
        """
        self._write()
        end = self._file.tell()
        self._file.seek(0)
        while self._file.tell() < end:
            yield pickle.load(self._file)

    def _write(self) -> None:
        if self._batch:
            pickle.dump(self._batch, self._file, protocol=pickle.HIGHEST_PROTOCOL)
            self._batch = []


class EvidenceSpool:
    """Items of evidence by the id of their partner; memory does not grow with them.

    A private database of SQLite in a temporary file, which goes when the spool is closed.
    """

    def __init__(self) -> None:
        self._database = sqlite3.connect("", check_same_thread=False)
        self._database.execute("CREATE TABLE item (partner TEXT, body TEXT)")
        self._database.execute("CREATE INDEX by_partner ON item (partner)")
        self._is_empty = True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._database.close()

    def add(self, partner: str, item: Mapping[str, object]) -> None:
        """Keep an item."""
        self._is_empty = False
        body = json.dumps(item, default=_plain)
        self._database.execute("INSERT INTO item (partner, body) VALUES (?, ?)", (partner, body))

    def of(self, partner: str) -> list[dict[str, object]]:
        """The items of a partner in the order they came."""
        if self._is_empty:
            return []
        found = self._database.execute(
            "SELECT body FROM item WHERE partner = ? ORDER BY rowid", (partner,)
        ).fetchall()
        return [json.loads(body) for (body,) in found]


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)
