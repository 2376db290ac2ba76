"""What Word templates are made of beside their styles: pages, page numbers, fonts, paragraphs.

The page is that of GB/T 9704-2012: A4 with margins of 37, 35, 28 and 26 mm.
"""

from collections.abc import Sequence
from typing import Final
from xml.sax.saxutils import escape

from matcher.reports.opc import Part, Relation, empty_package, with_parts, write_package
from matcher.reports.template_styles import (
    CHINESE_SIGNS,
    FANG,
    HEI,
    KAI,
    NAMESPACE,
    SONG,
    fonts,
    styles_xml,
)

_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_TYPE: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_FALLBACKS: Final = {
    SONG: ("方正小标宋_GBK", "auto"),
    FANG: ("仿宋", "modern"),
    KAI: ("楷体", "modern"),
    HEI: ("SimHei", "modern"),
    "宋体": ("SimSun", "auto"),
}
"""The name by which Word looks for a face that is not there, and its family."""


def paragraph(style: str, *runs: str | tuple[str, str]) -> str:
    """A paragraph of the template.

    Args:
        style: its id.
        runs: texts, each alone or with the face that it is written in.
    """
    written = []
    for run in runs:
        text, face = run if isinstance(run, tuple) else (run, "")
        faces = fonts(face) if face else CHINESE_SIGNS
        content = f'<w:t xml:space="preserve">{escape(text)}</w:t>'
        written.append(f"<w:r><w:rPr>{faces}</w:rPr>{content}</w:r>")
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>{"".join(written)}</w:p>'


def control(text: str) -> str:
    """A paragraph that only says what is to be done, and is not in the finished file."""
    return paragraph("Control", text)


def document(paragraphs: Sequence[str]) -> bytes:
    """A template as a Word file.

    Args:
        paragraphs: its text, as WordprocessingML.
    """
    beside = [
        ("styles", "styles", styles_xml()),
        ("settings", "settings", _settings()),
        ("fontTable", "fontTable", _font_table()),
        ("footer1", "footer", _footer("PageOdd")),
        ("footer2", "footer", _footer("PageEven")),
    ]
    parts = [
        Part(name=f"word/{file}.xml", media_type=f"{_TYPE}.{kind}+xml", content=_part(xml))
        for file, kind, xml in beside
    ]
    text = Part(
        name="word/document.xml",
        media_type=f"{_TYPE}.document.main+xml",
        content=_part(_text(paragraphs)),
        relations=tuple(
            Relation(id=file, type=f"{_OFFICE}/{kind}", target=f"{file}.xml")
            for file, kind, _ in beside
        ),
    )
    core = Part(
        name="docProps/core.xml",
        media_type="application/vnd.openxmlformats-package.core-properties+xml",
        content=_part(f'<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties"/>'),
    )
    relations = (
        Relation(id="text", type=f"{_OFFICE}/officeDocument", target=text.name),
        Relation(
            id="core", type=f"{_PACKAGE}/relationships/metadata/core-properties", target=core.name
        ),
    )
    return write_package(with_parts(empty_package(), "", [text, core, *parts], relations))


def _part(xml: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>{xml}'.encode()


def _text(paragraphs: Sequence[str]) -> str:
    return (
        f'<w:document {NAMESPACE} xmlns:r="{_OFFICE}"><w:body>{"".join(paragraphs)}<w:sectPr>'
        '<w:footerReference w:type="default" r:id="footer1"/>'
        '<w:footerReference w:type="even" r:id="footer2"/><w:pgSz w:w="11906" w:h="16838"/>'
        '<w:pgMar w:top="2098" w:right="1474" w:bottom="1984" w:left="1588" w:header="851" '
        'w:footer="1304" w:gutter="0"/></w:sectPr></w:body></w:document>'
    )


def _settings() -> str:
    """Different page numbers on odd and even pages; punctuation as Chinese sets it."""
    return (
        f'<w:settings {NAMESPACE}><w:zoom w:percent="100"/><w:evenAndOddHeaders/>'
        '<w:characterSpacingControl w:val="compressPunctuation"/><w:compat>'
        "<w:spaceForUL/><w:balanceSingleByteDoubleByteWidth/><w:useFELayout/>"
        '<w:compatSetting w:name="compatibilityMode" '
        'w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat>'
        '<w:themeFontLang w:val="en-US" w:eastAsia="zh-CN"/></w:settings>'
    )


def _font_table() -> str:
    faces = "".join(
        f'<w:font w:name="{face}"><w:altName w:val="{instead}"/><w:charset w:val="86"/>'
        f'<w:family w:val="{family}"/><w:pitch w:val="default"/></w:font>'
        for face, (instead, family) in _FALLBACKS.items()
    )
    return f"<w:fonts {NAMESPACE}>{faces}</w:fonts>"


def _footer(style: str) -> str:
    """The page number between two dashes."""
    properties = f"<w:rPr>{fonts('宋体')}</w:rPr>"
    number = "".join(
        f"<w:r>{properties}{content}</w:r>"
        for content in (
            '<w:t xml:space="preserve">— </w:t>',
            '<w:fldChar w:fldCharType="begin"/>',
            '<w:instrText xml:space="preserve"> PAGE </w:instrText>',
            '<w:fldChar w:fldCharType="separate"/>',
            "<w:t>1</w:t>",
            '<w:fldChar w:fldCharType="end"/>',
            '<w:t xml:space="preserve"> —</w:t>',
        )
    )
    return (
        f'<w:ftr {NAMESPACE}><w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>{number}</w:p></w:ftr>'
    )
