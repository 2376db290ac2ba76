"""How the sheets of a workbook look, on the screen and printed."""

from typing import Any, Final

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from matcher.reports.clean import cut, one_line
from matcher.reports.records import CellKind

AS_TEXT: Final = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "in_memory": True,
}
"""Options of a workbook in which a text stays a text, whatever it begins with."""
LINE_HEIGHT: Final = 15
"""Points that a line of text is high."""

_FONT = {"font_name": "微软雅黑", "font_size": 10, "valign": "vcenter"}
_THIN = {"border": 1, "border_color": "#BFBFBF"}
_BLUE = "#1F4E79"
_TOTAL = {"bold": True, "bg_color": "#DDEBF7"}
_NUMBERS = {
    CellKind.TEXT: "@",
    CellKind.COUNT: "#,##0",
    CellKind.AMOUNT: "#,##0.00",
    CellKind.SHARE: "0.0%",
    CellKind.DATE: "yyyy-mm-dd",
}
_FRACTIONS = "#,##0.##"
_A4 = 9
_LONGEST_HEADER = 200


class Styles:
    """The formats of one workbook's cells."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        def add(**properties: Any) -> Format:  # noqa: ANN401
            return book.add_format(_FONT | properties)

        self.title = add(bold=True, font_size=16, font_color=_BLUE)
        self.plain = add(text_wrap=True)
        self.link = add(font_color="#0563C1", underline=1)
        self.empty = add(italic=True, font_color="#808080")
        head = {"align": "center", "text_wrap": True} | _THIN
        self.head = add(bold=True, font_color="#FFFFFF", bg_color=_BLUE, **head)
        self._cells = {kind: add(**_of_kind(kind)) for kind in CellKind}
        self._totals = {kind: add(**_of_kind(kind), **_TOTAL) for kind in CellKind}
        self._fraction = add(**_of_kind(CellKind.COUNT) | {"num_format": _FRACTIONS})

    def cell(self, kind: CellKind, *, total: bool = False, fraction: bool = False) -> Format:
        """The format of a cell in a column; `fraction` for a count that is no whole number."""
        if fraction and kind is CellKind.COUNT and not total:
            return self._fraction
        return (self._totals if total else self._cells)[kind]


def set_up_print(sheet: Worksheet, title: str, name: str, *, high: int = 0) -> None:
    """A4 landscape, as wide as one page, with a title above and page numbers below.

    Args:
        sheet: which sheet.
        title: of the report.
        name: what the sheet holds.
        high: pages that it is at most high, 0 for as many as it takes.
    """
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, high)
    sheet.set_margins(left=0.5, right=0.5, top=0.8, bottom=0.7)
    told = one_line(f"{title}　{name}").replace("&", "&&")
    sheet.set_header(f"&C&10{cut(told, _LONGEST_HEADER)}")
    sheet.set_footer("&C&10第 &P 页，共 &N 页")


def _of_kind(kind: CellKind) -> dict[str, Any]:
    align = {"text_wrap": True} if kind is CellKind.TEXT else {"align": "right"}
    return {"num_format": _NUMBERS[kind], **align, **_THIN}
