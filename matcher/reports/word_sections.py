"""Pages of a Word file that lie upright or turned by a quarter."""

import re

_SIZE = re.compile(r"<w:pgSz\b[^>]*/>")
_MARGINS = re.compile(r"<w:pgMar\b[^>]*/>")
_ATTRIBUTE = re.compile(r'(w:\w+)="([^"]*)"')
_TURNED = {"w:top": "w:left", "w:right": "w:top", "w:bottom": "w:right", "w:left": "w:bottom"}
"""Which margin of the upright page each margin of the turned one is."""


def landscape(section: str) -> str:
    """Properties of a section like another one, but turned by a quarter to the left.

    The margins turn with the page, so that the binding is at its top; the page number keeps its
    distance from the text.

    Args:
        section: `w:sectPr` of an upright section; one without a size or margins stays as it is.
    """
    size, margins = _SIZE.search(section), _MARGINS.search(section)
    if not size or not margins:
        return section
    page, edge = _attributes(size[0]), _attributes(margins[0])
    turned = page | {"w:w": page["w:h"], "w:h": page["w:w"], "w:orient": "landscape"}
    edges = edge | {new: edge[old] for new, old in _TURNED.items()}
    for number, side in (("w:footer", "w:bottom"), ("w:header", "w:top")):
        if number in edge:
            edges[number] = str(max(284, int(edge[number]) + int(edges[side]) - int(edge[side])))
    return section.replace(size[0], _element("w:pgSz", turned)).replace(
        margins[0], _element("w:pgMar", edges)
    )


def section_break(section: str) -> str:
    """A paragraph that ends a section; it is a hair high, so that it fits on any page."""
    return (
        '<w:p><w:pPr><w:spacing w:before="0" w:after="0" w:line="20" w:lineRule="exact"/>'
        f"{section}</w:pPr></w:p>"
    )


def _attributes(element: str) -> dict[str, str]:
    return dict(_ATTRIBUTE.findall(element))


def _element(name: str, attributes: dict[str, str]) -> str:
    told = " ".join(f'{key}="{value}"' for key, value in attributes.items())
    return f"<{name} {told}/>"
