"""XML of Office files as trees, read so that nothing outside of the text is reached."""

from collections.abc import Mapping
from typing import Any

from lxml import etree  # type: ignore[import-untyped]

XMLError = etree.XMLSyntaxError
"""Raised for a text that is no XML."""

_PARSER = etree.XMLParser(resolve_entities=False, no_network=True)


def parsed(xml: str | bytes) -> Any:  # noqa: ANN401 - lxml has no types
    """The root of a text.

    Raises:
        XMLError: it is no XML.
    """
    return etree.fromstring(xml.encode("utf-8") if isinstance(xml, str) else xml, _PARSER)


def as_bytes(root: Any) -> bytes:  # noqa: ANN401
    """A tree as the content of a part."""
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))


def as_text(root: Any) -> str:  # noqa: ANN401
    """A tree as a text without declaration; what programs write in different ways is one."""
    return str(etree.tostring(root, encoding="unicode"))


def append(parent: Any, uri: str, name: str, attributes: Mapping[str, str]) -> None:  # noqa: ANN401
    """Put an element at the end of another one."""
    etree.SubElement(parent, f"{{{uri}}}{name}", dict(attributes))
