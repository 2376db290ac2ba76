"""The styles of the Word templates, in the sizes of GB/T 9704-2012.

22 lines of 28 characters in 仿宋 三号 stand on a page. WordprocessingML counts lengths in
twentieths of a point and sizes of type in half points.
"""

from dataclasses import dataclass
from typing import Final

SONG, FANG, KAI, HEI = "方正小标宋简体", "仿宋_GB2312", "楷体_GB2312", "黑体"
"""The faces of official documents: title, text, headings of the second and the first level."""


NAMESPACE: Final = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'

CHINESE_SIGNS: Final = '<w:rFonts w:hint="eastAsia"/>'
"""Makes Word set quotation marks and dashes in the Chinese face."""

_LATIN = "Times New Roman"
_RED = "E60012"
TWO_CHARACTERS: Final = 'w:firstLineChars="200" w:firstLine="640"'
"""Indent of the first line of a text in 三号."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """A style of paragraphs.

    Attributes:
        id: by which paragraphs name it.
        name: which Word shows; that of a built-in style is English and shown translated.
        face: of the Chinese characters.
        size: of the type, in half points.
        line: distance of lines in twentieths of a point, 0 for as high as the content.
        align: left, center, right or both.
        indent: attributes of `w:ind`; empty for none.
        before: distance above, in twentieths of a point.
        after: distance below, likewise.
        extra: further properties of the paragraph, those that the schema puts before `w:spacing`.
        bold: whether the type is.
        colour: RRGGBB; empty for black.
        tight: how much closer characters stand, in twentieths of a point: the type area of 156 mm
            is a little narrower than 28 characters of 16 points.
        outline: level in the outline, from 0; None for text.
    """

    id: str
    name: str
    face: str = FANG
    size: int = 32
    line: int = 560
    align: str = "both"
    indent: str = ""
    before: int = 0
    after: int = 0
    extra: str = ""
    bold: bool = False
    colour: str = ""
    tight: int = 0
    outline: int | None = None

    def xml(self) -> str:
        """The style as WordprocessingML."""
        default = ' w:default="1"' if self.id == "Normal" else ""
        custom = "" if self.name.isascii() else ' w:customStyle="1"'
        based = "" if default else '<w:basedOn w:val="Normal"/>'
        return (
            f'<w:style w:type="paragraph"{default}{custom} w:styleId="{self.id}">'
            f'<w:name w:val="{self.name}"/>{based}<w:qFormat/><w:pPr>{self._layout()}</w:pPr>'
            f"<w:rPr>{self._type()}</w:rPr></w:style>"
        )

    def _layout(self) -> str:
        """Properties of the paragraph, in the order of the schema."""
        height, rule = (self.line, "exact") if self.line else (240, "auto")
        indent = f"<w:ind {self.indent}/>" if self.indent else ""
        outline = "" if self.outline is None else f'<w:outlineLvl w:val="{self.outline}"/>'
        return (
            f'{self.extra}<w:spacing w:before="{self.before}" w:after="{self.after}" '
            f'w:line="{height}" w:lineRule="{rule}"/>{indent}<w:jc w:val="{self.align}"/>{outline}'
        )

    def _type(self) -> str:
        """Properties of the characters, in the order of the schema."""
        bold = "<w:b/>" if self.bold else '<w:b w:val="0"/>'
        colour = f'<w:color w:val="{self.colour}"/>' if self.colour else ""
        tight = f'<w:spacing w:val="-{self.tight}"/>' if self.tight else ""
        size = f'<w:sz w:val="{self.size}"/><w:szCs w:val="{self.size}"/>'
        return f"{fonts(self.face)}{bold}{colour}{tight}{size}"


def fonts(face: str) -> str:
    """Faces of Latin and of Chinese characters; of signs that both use, the Chinese one."""
    latin = "宋体" if face == "宋体" else _LATIN
    return (
        f'<w:rFonts w:ascii="{latin}" w:hAnsi="{latin}" w:eastAsia="{face}" w:cs="{_LATIN}" '
        'w:hint="eastAsia"/>'
    )


_CLOSE = '<w:autoSpaceDE w:val="0"/><w:autoSpaceDN w:val="0"/>'
"""No gaps between Chinese characters and digits, where room is short."""
_KEPT = "<w:keepNext/><w:keepLines/>"
_RULE = f'<w:pBdr><w:bottom w:val="single" w:sz="18" w:space="1" w:color="{_RED}"/></w:pBdr>'

STYLES: Final = (
    Style(id="Normal", name="Normal"),
    # The report.
    Style(id="RedHead", name="发文机关标志", face=SONG, size=72, line=0, align="center",
          before=240, after=120, colour=_RED),
    Style(id="IssueLine", name="期号", align="center", before=240),
    Style(id="RedRule", name="红色分隔线", size=4, line=120, extra=_RULE, after=560),
    Style(id="Title", name="Title", face=SONG, size=44, line=640, align="center", extra=_KEPT),
    Style(id="Period", name="统计期间", face=KAI, align="center", before=80, after=480),
    Style(id="Heading1", name="heading 1", face=HEI, indent=TWO_CHARACTERS, extra=_KEPT,
          outline=0, tight=5),
    Style(id="Heading2", name="heading 2", face=KAI, indent=TWO_CHARACTERS, extra=_KEPT,
          outline=1, tight=5),
    Style(id="BodyText", name="公文正文", indent=TWO_CHARACTERS, tight=5),
    Style(id="Figure", name="图", line=0, align="center", before=120, extra=_KEPT),
    Style(id="FigureTitle", name="图题", face=HEI, size=24, line=360, align="center", after=160),
    Style(id="TableTitle", name="表题", face=HEI, size=24, line=360, align="center", before=160,
          after=60, extra=_KEPT),
    Style(id="TableHead", name="表头文字", face=HEI, size=21, line=300, align="center", before=40,
          after=40, extra=_CLOSE),
    Style(id="TableText", name="表格文字", size=21, line=300, align="left", before=20, after=20,
          extra=_CLOSE),
    Style(id="TableTotal", name="合计文字", size=21, line=300, align="left", before=20, after=20,
          extra=_CLOSE, bold=True),
    Style(id="TableEnd", name="表后空白", size=8, line=160),
    Style(id="Note", name="统计说明", size=24, line=400,
          indent='w:firstLineChars="200" w:firstLine="480"'),
    Style(id="AppendixList", name="附件说明", indent='w:left="1920" w:hanging="1280"',
          align="left", extra=_KEPT),
    Style(id="Signature", name="落款", align="right", indent='w:right="640"', extra=_KEPT),
    Style(id="SignedOn", name="成文日期", align="right", indent='w:right="640"'),
    Style(id="AppendixMark", name="附件标志", face=HEI, align="left", extra=_KEPT),
    Style(id="AppendixTitle", name="附件标题", face=SONG, size=44, line=640, align="center",
          before=280, after=280, extra=_KEPT),
    # The letter, in smaller type, since all of it stands on one page.
    Style(id="LetterHead", name="函件机关标志", face=SONG, size=56, line=0, align="center",
          after=60, colour=_RED),
    Style(id="LetterRule", name="函件分隔线", size=4, line=100, extra=_RULE, after=120),
    Style(id="LetterNumber", name="函号", align="right", size=28, line=400),
    Style(id="LetterTitle", name="函件标题", face=SONG, size=36, align="center", before=100,
          after=100),
    Style(id="LetterText", name="函件正文", size=28, line=420,
          indent='w:firstLineChars="200" w:firstLine="560"'),
    Style(id="LetterLine", name="函件条目", size=24, line=360,
          indent='w:firstLineChars="200" w:firstLine="480"'),
    Style(id="LetterFlush", name="函件顶格", size=28, line=420, align="left"),
    Style(id="LetterSign", name="函件落款", size=28, line=420, align="right",
          indent='w:right="560"'),
    # Both.
    Style(id="Control", name="控制语句", size=16, line=220, align="left", colour="808080"),
    Style(id="PageOdd", name="单页页码", face="宋体", size=28, line=0, align="right",
          indent='w:right="280"'),
    Style(id="PageEven", name="双页页码", face="宋体", size=28, line=0, align="left",
          indent='w:left="280"'),
)  # fmt: skip
"""What the templates use; a city changes them in Word."""


def styles_xml() -> str:
    """All styles, with that of the tables, as the part of a Word file."""
    own = "".join(style.xml() for style in STYLES)
    return (
        f"<w:styles {NAMESPACE}><w:docDefaults><w:rPrDefault><w:rPr>{fonts(FANG)}"
        '<w:sz w:val="32"/><w:szCs w:val="32"/><w:lang w:val="en-US" w:eastAsia="zh-CN"/>'
        "</w:rPr></w:rPrDefault><w:pPrDefault/></w:docDefaults>"
        f"{own}{_table_style()}</w:styles>"
    )


def _table_style() -> str:
    sides = ("top", "left", "bottom", "right", "insideH", "insideV")
    borders = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>' for side in sides
    )
    return (
        '<w:style w:type="table" w:customStyle="1" w:styleId="ReportTable">'
        '<w:name w:val="报表"/><w:qFormat/>'
        f"<w:tblPr><w:tblBorders>{borders}</w:tblBorders><w:tblCellMar>"
        '<w:left w:w="85" w:type="dxa"/><w:right w:w="85" w:type="dxa"/></w:tblCellMar>'
        "</w:tblPr></w:style>"
    )
