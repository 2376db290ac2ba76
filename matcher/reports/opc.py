"""Office files as packages of parts (Open Packaging Conventions, ECMA-376 part 2).

The same parts always give the same bytes: the entries carry a fixed date.
"""

import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from io import BytesIO
from posixpath import basename, dirname, join
from typing import Final

from matcher.reports.xmltree import append, as_bytes, parsed

CONTENT_TYPES: Final = "[Content_Types].xml"

_TYPES_URI = "http://schemas.openxmlformats.org/package/2006/content-types"
_RELATIONS_URI = "http://schemas.openxmlformats.org/package/2006/relationships"
_A_DATE = (1980, 1, 1, 0, 0, 0)
_WINDOWS = 0
"""System that made the entries: the default differs from machine to machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """What one part refers to another by; `target` is relative to the folder of the first."""

    id: str
    type: str
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part that is put into a package; `name` is its place, such as word/charts/chart1.xml."""

    name: str
    media_type: str
    content: bytes
    relations: tuple[Relation, ...] = ()


def read_package(content: bytes) -> dict[str, bytes]:
    """The parts of a package, by name.

    Raises:
        zipfile.BadZipFile: it is no package.
    """
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist() if name[-1] != "/"}


def write_package(parts: Mapping[str, bytes]) -> bytes:
    """A package of parts; the list of types comes first, as readers expect."""
    written = BytesIO()
    names = sorted(parts, key=lambda name: (name != CONTENT_TYPES, name))
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            entry = zipfile.ZipInfo(name, _A_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = _WINDOWS
            archive.writestr(entry, parts[name])
    return written.getvalue()


def empty_package() -> dict[str, bytes]:
    """A package without any part but the list of types."""
    types = (
        f'<Types xmlns="{_TYPES_URI}"><Default Extension="xml" ContentType="application/xml"/>'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/></Types>'
    )
    return {CONTENT_TYPES: types.encode()}


def with_parts(
    package: Mapping[str, bytes], owner: str, parts: Iterable[Part], relations: Iterable[Relation]
) -> dict[str, bytes]:
    """A package with further parts.

    Args:
        package: the parts that are there; it stays as it is.
        owner: the part that refers to the new ones; empty for the package itself.
        parts: what is put in.
        relations: those of the owner, beside the ones that it has.
    """
    added = list(parts)
    found = dict(package)
    types = parsed(package[CONTENT_TYPES])
    for part in added:
        found[part.name] = part.content
        told = {"PartName": f"/{part.name}", "ContentType": part.media_type}
        append(types, _TYPES_URI, "Override", told)
        if part.relations:
            found[_relations_of(part.name)] = _related(b"", part.relations)
    found[CONTENT_TYPES] = as_bytes(types)
    name = _relations_of(owner)
    found[name] = _related(package.get(name, b""), relations)
    return found


def _related(written: bytes, relations: Iterable[Relation]) -> bytes:
    """A list of relations with further ones."""
    root = parsed(written or f'<Relationships xmlns="{_RELATIONS_URI}"/>')
    for each in relations:
        told = {"Id": each.id, "Type": each.type, "Target": each.target}
        append(root, _RELATIONS_URI, "Relationship", told)
    return as_bytes(root)


def _relations_of(name: str) -> str:
    return join(dirname(name), "_rels", f"{basename(name)}.rels")
