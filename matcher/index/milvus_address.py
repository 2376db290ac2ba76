"""Where a Milvus stands and which index it is to build, as one setting says it."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from matcher.errors import IndexStateError, UnknownNameError

SETTING: Final = "MATCHER_VECTORS"
_PREFIX: Final = "milvus+"
_FORMS: Final = (
    "可用的写法：milvus+http://主机:19530、milvus+https://用户名:密码@主机、"
    "milvus+file:///文件夹/文件名.db"
)


class IndexKind(StrEnum):
    """What a server searches with; https://milvus.io/docs/index-explained.md describes each.

    HNSW keeps the vectors and finds well under filters; IVF_SQ8 takes half the memory, and its
    cosines are right to two digits only; FLAT compares with everything; AUTOINDEX leaves the
    choice to the server.
    """

    HNSW = "HNSW"
    IVF_SQ8 = "IVF_SQ8"
    FLAT = "FLAT"
    AUTOINDEX = "AUTOINDEX"

    @property
    def keeps_vectors(self) -> bool:
        """Whether the cosines that a search returns are those of the vectors themselves."""
        return self in {IndexKind.HNSW, IndexKind.FLAT}

    @property
    def build_parameters(self) -> dict[str, Any]:
        """What the server is told when it builds the index of a segment, of a million rows or so.

        IVF: about 4 times the root of a segment's rows, as Milvus advises.
        """
        if self is IndexKind.HNSW:
            return {"M": 24, "efConstruction": 200}
        if self is IndexKind.IVF_SQ8:
            return {"nlist": _LISTS}
        return {}

    def search_parameters(self, limit: int, share: float) -> dict[str, Any]:
        """What the server is told with a search.

        Args:
            limit: how many are asked for.
            share: part of the rows that may be found, above 0 and at most 1. IVF looks into more
                lists the fewer of their rows count; HNSW sees to that itself.
        """
        if self is IndexKind.HNSW:
            return {"ef": min(_MOST_EXPLORED, max(limit * 3 // 2, 64))}
        if self is IndexKind.IVF_SQ8:
            return {"nprobe": min(_LISTS, int(_PROBED / share))}
        return {}


_LISTS: Final = 4096
_PROBED: Final = 128
_MOST_EXPLORED: Final = 32768


@dataclass(frozen=True, slots=True)
class Address:
    """A Milvus, its login and the kind of index that collections are made with."""

    uri: str
    """As pymilvus takes it, without the login."""
    token: str = ""
    """`user:password`, or an access key; never shown."""
    database: str = ""
    kind: IndexKind = IndexKind.HNSW
    file: bool = False
    """Whether it is a file of Milvus Lite rather than a server."""

    def __str__(self) -> str:
        return self.uri

    @classmethod
    def parse(cls, url: str) -> "Address":
        """Read the setting.

        `milvus+http://host:19530`, `milvus+https://user:password@host/database?index=IVF_SQ8`,
        `milvus+file:///folder/name.db`. Special characters in a password are percent-encoded.

        Raises:
            IndexStateError: it has another form.
            UnknownNameError: the index kind is unknown.
        """
        if not url.startswith(_PREFIX):
            raise _unusable("必须以 milvus+ 开头")
        try:
            parts = urlsplit(url.removeprefix(_PREFIX))
            port = parts.port
        except ValueError as error:
            raise _unusable("主机或端口无法识别") from error
        if parts.scheme == "file":
            return cls._file(parts)
        if parts.scheme not in {"http", "https"}:
            raise _unusable(f"不支持 milvus+{parts.scheme}")
        if not parts.hostname:
            raise _unusable("缺少主机")
        host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
        return cls(
            uri=f"{parts.scheme}://{host}" + (f":{port}" if port else ""),
            token=":".join(unquote(part) for part in (parts.username, parts.password) if part),
            database=unquote(parts.path.strip("/")),
            kind=_kind(parts.query),
        )

    @classmethod
    def _file(cls, parts: SplitResult) -> "Address":
        path = Path(unquote(parts.path))
        if parts.netloc or not path.is_absolute() or path.suffix != ".db":
            raise _unusable("本机文件要写完整路径，以 .db 结尾")
        return cls(uri=str(path), kind=_kind(parts.query, IndexKind.FLAT), file=True)


def _kind(query: str, default: IndexKind = IndexKind.HNSW) -> IndexKind:
    try:
        options = dict(parse_qsl(query, strict_parsing=True)) if query else {}
    except ValueError as error:
        raise _unusable("问号后面的部分无法识别") from error
    if unknown := options.keys() - {"index"}:
        raise UnknownNameError(f" {SETTING} 选项", min(unknown), ["index"])
    name = options.get("index", default)
    if name not in set(IndexKind):
        raise UnknownNameError("索引种类", name, list(IndexKind))
    return IndexKind(name)


def _unusable(why: str) -> IndexStateError:
    return IndexStateError(f"{SETTING} 的地址不可用：{why}。{_FORMS}")
