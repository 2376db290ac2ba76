"""Vectors in a Milvus, for more passages than one machine serves.

MilvusBackend (here)      VectorBackend: which collection belongs to which index
milvus_address.py         the setting
milvus_server.py          the calls, with time limits and errors
milvus_index.py           VectorIndex over one collection
milvus_writer.py          VectorWriter: what of it lies in a snapshot's folder
"""

import re
from hashlib import blake2b
from pathlib import Path
from typing import Final

import numpy as np

from matcher.errors import IndexStateError
from matcher.index.milvus_address import Address
from matcher.index.milvus_index import MilvusIndex, contains, lacking
from matcher.index.milvus_server import Server
from matcher.index.milvus_writer import MilvusWriter, read_folder

_LONGEST_NAME: Final = 200
_REBUILD: Final = "请运行 matcher index build"


def open_backend(url: str, prefix: str) -> "MilvusBackend":
    """Connect to the Milvus that the setting names.

    Args:
        url: see `Address.parse`.
        prefix: see `MilvusBackend`.

    Raises:
        IndexStateError: the URL is wrong, the server does not answer, refuses the login, or the
            package is missing.
        UnknownNameError: the URL asks for an unknown kind of index.
    """
    return MilvusBackend(Server.connect(Address.parse(url)), prefix)


class MilvusBackend:
    """One collection for each index of a library and model."""

    def __init__(self, server: Server, prefix: str) -> None:
        """Use a server.

        Args:
            server: where the collections lie; other programs may have theirs beside them.
            prefix: identifies the library and the model. Vectors of two models lie side by side
                under two prefixes, until nobody uses the old ones.
        """
        self._server = server
        self._prefix = prefix

    def close(self) -> None:
        """Close the connection."""
        self._server.close()

    def collection(self, name: str) -> str:
        """What the collection of an index is called on the server.

        Letters, digits and underscores only; a digest keeps apart what looks alike then.
        """
        readable = re.sub(r"[^0-9A-Za-z]+", "_", f"{self._prefix}_{name}")
        digest = blake2b(f"{self._prefix}\0{name}".encode(), digest_size=4).hexdigest()
        return f"m_{readable[:_LONGEST_NAME].strip('_')}_{digest}"

    def empty(self, name: str, dimension: int) -> MilvusIndex:
        """See `VectorBackend.empty`; what other processes put into the collection stays.

        Raises:
            IndexStateError: the server does not answer, or has vectors of another length.
        """
        collection = self._ready(name, dimension)
        return MilvusIndex(self._server, collection, dimension, np.empty(0, dtype=np.int64))

    def writer(self, folder: Path, name: str, dimension: int) -> MilvusWriter:
        """See `VectorBackend.writer`.

        Raises:
            IndexStateError: as `empty`.
            OSError: the folder is there already or cannot be made.
        """
        return MilvusWriter(self._server, self._ready(name, dimension), dimension, folder)

    def load(self, folder: Path, name: str) -> MilvusIndex:
        """See `VectorBackend.load`.

        Raises:
            IndexStateError: the folder is damaged or of another library or model, or the server
                does not answer or lacks vectors.
        """
        content = read_folder(folder)
        collection = self.collection(name)
        if content.collection != collection:
            raise IndexStateError(f"索引 {folder} 属于另一个库或另一个模型。{_REBUILD}")
        dimension = self._server.dimension(collection)
        if dimension is None:
            raise lacking(len(content.ids))
        _check_dimension(content.dimension, dimension)
        self._server.load(collection)
        missing = len(content.ids) - self._server.count(collection)
        if missing > 0:
            raise lacking(missing)
        return MilvusIndex(self._server, collection, dimension, content.ids)

    def tidy(self, folder: Path, name: str) -> int:
        """Delete what the collection has and the index in `folder` has not; returns how many.

        Call it with the folder of the snapshot that is in use, once nothing goes back to an older
        one: vectors removed since then are of use to nobody, as passage ids are never given out
        twice. Ids above the folder's largest stay: they belong to a process that is further on,
        and since only one transaction at a time writes passages no smaller one can be under way.

        Raises:
            IndexStateError: the folder is damaged, or the server does not answer.
        """
        content = read_folder(folder)
        if len(content.ids) == 0 or self._server.dimension(content.collection) is None:
            return 0
        deleted = 0
        for ids in self._server.ids_up_to(content.collection, int(content.ids[-1])):
            gone = ids[~contains(content.ids, ids)]
            self._server.delete(content.collection, gone)
            deleted += len(gone)
        return deleted

    def drop(self, name: str) -> None:
        """Remove the collection of an index, such as that of a model no longer used."""
        self._server.drop(self.collection(name))

    def _ready(self, name: str, dimension: int) -> str:
        """The collection of an index, made if it is not there."""
        collection = self.collection(name)
        there = self._server.dimension(collection)
        if there is None:
            self._server.create(collection, dimension)
        else:
            _check_dimension(dimension, there)
        self._server.load(collection)
        return collection


def _check_dimension(expected: int, there: int) -> None:
    if there != expected:
        raise IndexStateError(
            f"向量服务 Milvus 中的向量长度是 {there}，而这里需要 {expected}，"
            f"两者不属于同一个模型。请检查 MATCHER_MODEL 和 MATCHER_VECTORS"
        )
