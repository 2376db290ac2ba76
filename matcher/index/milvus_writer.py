"""What of an index in a Milvus lies in a snapshot's folder: which ids it holds, and where."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matcher.index.arrays import damaged, read_array, write_array
from matcher.index.milvus_index import put
from matcher.index.milvus_server import Server

_IDS: Final = "ids.i64"
_ABOUT: Final = "collection.json"

Vectors = NDArray[np.float32]
Ids = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class FolderContent:
    """What `MilvusWriter` wrote."""

    collection: str
    dimension: int
    ids: Ids
    """Ascending."""


class MilvusWriter:
    """Puts vectors into a collection and writes down which.

    Nothing is deleted from the collection: until the folder is published, processes may have to
    go back to the folder before it.
    """

    def __init__(self, server: Server, collection: str, dimension: int, folder: Path) -> None:
        """Write for a collection that exists.

        Args:
            server: where it lies.
            collection: its name.
            dimension: length of a vector.
            folder: made here.

        Raises:
            OSError: the folder is there already or cannot be made.
        """
        self._server = server
        self._collection = collection
        self._dimension = dimension
        self._folder = folder
        folder.mkdir(parents=True)
        write_array(folder / _IDS, np.empty(0, dtype=np.int64))

    def append(self, ids: Ids, vectors: Vectors) -> None:
        """See `VectorWriter.append`; vectors that are in the collection are not sent again.

        Raises:
            IndexStateError: the server does not answer.
            OSError: the disk is full or cannot be written.
        """
        put(self._server, self._collection, ids, vectors)
        with (self._folder / _IDS).open("ab") as file:
            np.asarray(ids, dtype=np.int64).tofile(file)

    def finish(self) -> None:
        """See `VectorWriter.finish`.

        Raises:
            IndexStateError: the server does not answer.
            OSError: the disk is full or cannot be written.
        """
        self._server.flush(self._collection)
        ids = np.unique(read_array(self._folder / _IDS, np.dtype(np.int64)))
        write_array(self._folder / _IDS, ids)
        about = {
            "collection": self._collection,
            "dimension": self._dimension,
            "count": len(ids),
        }
        (self._folder / _ABOUT).write_text(json.dumps(about), encoding="utf-8")


def read_folder(folder: Path) -> FolderContent:
    """Read what a `MilvusWriter` wrote.

    Raises:
        IndexStateError: it is not all there.
    """
    try:
        about = json.loads((folder / _ABOUT).read_text(encoding="utf-8"))
        collection, dimension = str(about["collection"]), int(about["dimension"])
        count = int(about["count"])
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise damaged(folder / _ABOUT) from error
    ids = read_array(folder / _IDS, np.dtype(np.int64), count)
    return FolderContent(collection, dimension, ids)
