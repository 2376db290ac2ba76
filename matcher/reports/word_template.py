"""Word files with placeholders that a city edits in Word, filled in by docxtpl's rules.

A template is read and compiled once and can be filled in any number of times.
"""

import re
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Self
from xml.sax.saxutils import escape

from markupsafe import Markup

from matcher.errors import UnreadableFileError
from matcher.reports.clean import one_line
from matcher.reports.opc import Part, Relation, read_package, with_parts, write_package
from matcher.reports.placeholders import LAST_SECTION, Placeholders
from matcher.reports.xmltree import XMLError, as_text, parsed

DOCUMENT: Final = "word/document.xml"
"""The part that holds the text."""

_CORE = "docProps/core.xml"
_FILLED = re.compile(r"word/(?:document|header\d*|footer\d*)\.xml")
_LAST = re.compile(r"<w:sectPr\b(?:(?!<w:sectPr\b).)*</w:sectPr>(?=\s*</w:body>)", re.DOTALL)
_CORE_NAMESPACES = (
    'xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Properties:
    """What the file says about itself."""

    title: str
    author: str
    made_on: date


class WordTemplate:
    """A Word file with placeholders, ready to be filled in.

    Attributes:
        name: of the file, for messages.
        section: properties of its last section as WordprocessingML; empty if it has none.
    """

    def __init__(
        self,
        name: str,
        package: Mapping[str, bytes],
        parts: Mapping[str, Placeholders],
        section: str,
    ) -> None:
        self.name = name
        self.section = section
        self._package = package
        self._parts = parts

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read and compile a template.

        Raises:
            UnreadableFileError: there is no such file, or it is no Word file.
            InvalidInputError: a placeholder in it is not written correctly.
        """
        try:
            content = path.read_bytes()
        except OSError as error:
            raise UnreadableFileError(
                f"打不开 Word 模板“{path}”，请确认文件在这个位置并且可以读取；"
                "也可以运行 matcher report-templates 重新写出一份原样的模板"
            ) from error
        return cls.read(path.name, content)

    @classmethod
    def read(cls, name: str, content: bytes) -> Self:
        """Compile a template from its bytes.

        Raises:
            UnreadableFileError: it is no Word file.
            InvalidInputError: a placeholder in it is not written correctly.
        """
        try:
            package = read_package(content)
            written = {
                part: as_text(parsed(package[part])) for part in package if _FILLED.fullmatch(part)
            }
            text = written[DOCUMENT]
        except (zipfile.BadZipFile, NotImplementedError, KeyError, XMLError) as error:
            raise UnreadableFileError(
                f"模板“{name}”不是可用的 Word 文件，请在 Word 里打开后另存为 .docx 格式"
            ) from error
        last = _LAST.search(text)
        if last:
            written[DOCUMENT] = text[: last.start()] + LAST_SECTION + text[last.end() :]
        parts = {part: Placeholders(name, xml) for part, xml in written.items()}
        return cls(name, package, parts, last[0] if last else "")

    def fill(
        self,
        context: Mapping[str, Any],
        properties: Properties,
        *,
        last_section: str | None = None,
        added: Iterable[Part] = (),
        relations: Iterable[Relation] = (),
    ) -> bytes:
        """The file with everything filled in; the same input gives the same bytes.

        Args:
            context: dictionaries, lists and texts, by the names of the placeholders.
            properties: title, author and day of the file.
            last_section: properties of the last section, None for those of the template.
            added: further parts, such as charts.
            relations: what the text refers to them by.

        Raises:
            InvalidInputError: a placeholder is unknown, or cannot be evaluated.
        """
        section = self.section if last_section is None else last_section
        known = {**context, "last_section": Markup(section)}
        package = dict(self._package)
        for part, placeholders in self._parts.items():
            package[part] = placeholders.fill(known).encode("utf-8")
        if _CORE in package:
            package[_CORE] = _core_xml(properties)
        return write_package(with_parts(package, DOCUMENT, added, relations))


def loaded_template(path: Path) -> WordTemplate:
    """The template in a file; it is compiled anew only if the file has changed.

    Raises:
        UnreadableFileError: there is no such file, or it is no Word file.
        InvalidInputError: a placeholder in it is not written correctly.
    """
    try:
        state = path.stat()
    except OSError:
        return WordTemplate.load(path)  # which says what is wrong
    return _loaded(path.absolute(), state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=8)
def _loaded(path: Path, changed_at: int, size: int) -> WordTemplate:
    return WordTemplate.load(path)


def _core_xml(properties: Properties) -> bytes:
    title, author = (escape(one_line(text)) for text in (properties.title, properties.author))
    moment = f'xsi:type="dcterms:W3CDTF">{properties.made_on.isoformat()}T00:00:00Z'
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        f"<cp:coreProperties {_CORE_NAMESPACES}><dc:title>{title}</dc:title>"
        f"<dc:creator>{author}</dc:creator><cp:lastModifiedBy>{author}</cp:lastModifiedBy>"
        f"<dcterms:created {moment}</dcterms:created>"
        f"<dcterms:modified {moment}</dcterms:modified></cp:coreProperties>"
    ).encode()
