"""The Word file: what stands in it, how it lies on the page, and what a bad template says."""

import threading
import zipfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from docx import Document
from docx.document import Document as WordFile
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Emu, Mm, Pt
from docx.table import Table as Grid

from matcher.errors import InvalidInputError, UnreadableFileError
from matcher.reports.column_widths import LANDSCAPE_WIDTH, TEXT_WIDTH, column_widths, is_wide
from matcher.reports.formats import heading, shown
from matcher.reports.records import Column, Report, Section, Table
from matcher.reports.template_parts import control, document, paragraph
from matcher.reports.templates import shipped_report_template
from matcher.reports.word import word_bytes, write_word
from matcher.reports.word_template import WordTemplate
from tests.reports.samples import (
    EMPTY,
    NEW_NEEDS,
    ODD,
    RARE_COUNTY,
    REPORT,
    SITES,
    UNFIT_CLEAN,
    report_of,
    table_of,
)


def opened(report: Report) -> WordFile:
    return Document(BytesIO(word_bytes(report, shipped_report_template())))


def filled(report: Report, *paragraphs: str) -> WordFile:
    """A report in a template of these paragraphs."""
    template = WordTemplate.read("试.docx", document(paragraphs))
    return Document(BytesIO(word_bytes(report, template)))


def texts(file: WordFile) -> list[str]:
    return [each.text for each in file.paragraphs]


def cells(grid: Grid) -> list[list[str]]:
    """The texts of a table, read from the XML, which is much faster than by python-docx."""
    return [
        [cell_text(cell) for cell in row.iter(qn("w:tc"))] for row in grid._tbl.iter(qn("w:tr"))
    ]


def cell_text(cell: BaseOxmlElement) -> str:
    signs = {qn("w:br"): "\n", qn("w:tab"): "\t"}
    return "".join(signs.get(each.tag, each.text or "") for each in cell.iter(qn("w:t"), *signs))


def expected(table: Table) -> list[list[str]]:
    rows = table.rows if table.total is None else (*table.rows, table.total)
    written = [
        [shown(cell, column.kind) for cell, column in zip(row, table.columns, strict=True)]
        for row in rows
    ]
    return written if table.rows else [[table.empty], *written]


def test_every_cell_of_every_table_stands_in_the_file() -> None:
    file = opened(REPORT)
    assert len(file.tables) == len(REPORT.tables) == 7
    for grid, table in zip(file.tables, REPORT.tables, strict=True):
        head, *body = cells(grid)
        assert [each.replace("\n", "") for each in head] == list(map(heading, table.columns))
        assert body == expected(table)


def test_cells_are_written_as_official_documents_write_them() -> None:
    (grid,) = opened(report_of(ODD)).tables
    body = cells(grid)[1:]
    assert body[0] == [
        '=HYPERLINK("http://example.org","x")',
        "0",
        "0.00",
        "0.0%",
        "2026年11月30日",
    ]
    assert body[6] == [UNFIT_CLEAN, "-5", "-0.01", "12.4%", "2000年2月29日"]
    assert body[7] == ["第一行\n第二行\n第三行", "—", "—", "—", "—"]
    assert body[8][1:] == ["1,234,567", "1,000,000,000.00", "150.0%", "1899年5月1日"]
    assert body[9][1:4] == ["2.5", "3.00", "0.0%"]
    assert body[10] == ["", "1", "0.13", "0.1%", "—"]


def test_the_text_has_all_parts_in_their_order() -> None:
    told = texts(opened(REPORT))
    wanted = [
        "温州市科学技术协会",
        "2026年第11期",
        "温州市企业技术需求对接工作月报",
        "（2026年11月1日至11月30日）",
        "一、总体情况",
        "图1　近十二个月走势（单位：项）",
        "表1　对接进展",
        "二、各地需求",
        "图2　各县（市、区）需求情况（单位：项）",
        "图3　对接进展（单位：项）",
        "图4　各县（市、区）需求情况",
        "表2　各县（市、区）需求情况",
        "三、其他情况",
        "表3　表格[里]:什么*都/有?",
        "统计说明",
        "附件：1．本月新增需求清单",
        "　　　2．站点清单",
        "温州市科学技术协会",
        "2026年12月1日",
        "附件1",
        "本月新增需求清单",
        "附件2",
        "站点清单",
    ]
    place = -1
    for line in wanted:
        place = told.index(line, place + 1)
    assert not any("{{" in line or "{%" in line for line in told)
    assert RARE_COUNTY in cells(opened(REPORT).tables[1])[13][0]


def test_a_paragraph_keeps_its_heading_apart() -> None:
    found = next(each for each in opened(REPORT).paragraphs if each.text.startswith("（二）"))
    lead, text = found.runs
    assert lead.text == "（二）签约与建站稳步推进。"
    assert lead._element.rPr.rFonts.get(qn("w:eastAsia")) == "楷体_GB2312"
    assert text.text == "本月签约12项，建立站点3个。"


def test_the_page_is_that_of_official_documents() -> None:
    file = opened(replace(REPORT, appendices=()))
    (section,) = file.sections
    sides = (section.page_width, section.page_height)
    margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [round(each.mm) for each in sides] == [210, 297]
    assert [round(each.mm) for each in margins] == [37, 35, 28, 26]
    assert file.settings.odd_and_even_pages_header_footer
    body = file.styles["公文正文"]
    assert (body.font.size, body.paragraph_format.line_spacing) == (Pt(16), Pt(28))
    assert body.element.rPr.rFonts.get(qn("w:eastAsia")) == "仿宋_GB2312"
    assert body.element.pPr.ind.get(qn("w:firstLineChars")) == "200"
    # 22 lines fit between the margins and 28 characters between the sides.
    assert (Mm(297) - Mm(72)) // Pt(28) == 22
    tight = int(body.element.rPr.find(qn("w:spacing")).get(qn("w:val"))) / 20
    assert (Mm(156).pt) // (16 + tight) == 28
    assert file.styles["Title"].font.size == Pt(22)
    odd, even = section.footer.paragraphs[0], section.even_page_footer.paragraphs[0]
    assert odd.text.startswith("— ")
    assert even.text.endswith(" —")
    assert (odd.style.name, even.style.name) == ("单页页码", "双页页码")
    assert odd.style.font.size == Pt(14)


def test_wide_appendices_lie_across_and_narrow_ones_upright() -> None:
    assert is_wide(NEW_NEEDS)
    assert not is_wide(SITES)
    upright, across = WD_ORIENT.PORTRAIT, WD_ORIENT.LANDSCAPE
    for appendices, wanted in [
        ((NEW_NEEDS, SITES), [upright, across, upright]),
        ((SITES, NEW_NEEDS), [upright, upright, across]),
        ((SITES,), [upright, upright]),
    ]:
        sections = opened(replace(REPORT, appendices=appendices)).sections
        assert [each.orientation for each in sections] == wanted
        for each in sections:
            wide = each.orientation == across
            assert (each.page_width > each.page_height) == wide
            if wide:
                width = each.page_width - each.left_margin - each.right_margin
                assert Emu(width).pt * 20 == pytest.approx(LANDSCAPE_WIDTH, abs=12)
            assert "PAGE" in each.footer._element.xml


def test_a_single_appendix_has_no_number() -> None:
    told = texts(opened(replace(REPORT, appendices=(SITES,))))
    assert "附件：站点清单" in told
    assert "附件" in told


@pytest.mark.parametrize("table", [*REPORT.tables, table_of(), table_of(("很长" * 300, 1))])
@pytest.mark.parametrize("width", [TEXT_WIDTH, LANDSCAPE_WIDTH])
def test_columns_fill_the_page_exactly(table: Table, width: int) -> None:
    widths = column_widths(table, width)
    assert sum(widths) == width
    assert min(widths) > 500


def test_a_table_repeats_its_heading_and_no_row_is_torn() -> None:
    (grid,) = opened(report_of(NEW_NEEDS)).tables
    rows = list(grid._tbl.iter(qn("w:tr")))
    assert rows[0].find(f".//{qn('w:tblHeader')}") is not None
    assert all(row.find(f".//{qn('w:cantSplit')}") is not None for row in rows)


def test_the_same_report_gives_the_same_bytes(tmp_path: Path) -> None:
    first, second = tmp_path / "1.docx", tmp_path / "2.docx"
    write_word(REPORT, first)
    write_word(REPORT, second)
    assert first.read_bytes() == second.read_bytes()
    core = Document(str(first)).core_properties
    assert (core.title, core.author) == (REPORT.title, REPORT.issuer)
    assert core.created.date() == core.modified.date() == REPORT.made_on
    with zipfile.ZipFile(first) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_a_report_without_anything_is_a_file_all_the_same() -> None:
    file = opened(report_of(sections=(), notes=()))
    assert file.tables == []
    assert "统计说明" not in texts(file)
    assert not any("附件" in line for line in texts(file))


def test_an_empty_table_says_so() -> None:
    (grid,) = opened(report_of(EMPTY)).tables
    assert cells(grid) == [["站点", "到期日"], ["六十天内没有到期的站点"]]


def test_text_cannot_become_a_placeholder() -> None:
    told = "{{ report.title }} {% for x in y %} <w:p/> & “引号”"
    section = Section(key="s", heading=told, paragraphs=(told,))
    lines = texts(opened(report_of(sections=(section,), title=told)))
    assert told in lines
    assert f"一、{told}" in lines


def test_a_city_edits_the_template(tmp_path: Path) -> None:
    path = tmp_path / "月报.docx"
    own = [
        paragraph("Title", "我们的月报：{{ report.title }}"),
        control("{%p for section in report.sections if section.tables %}"),
        paragraph("BodyText", "{{ section.heading }}有{{ section.tables|length }}张表"),
        control("{%p endfor %}"),
    ]
    path.write_bytes(document(own))
    write_word(REPORT, tmp_path / "r.docx", path)
    assert texts(Document(str(tmp_path / "r.docx"))) == [
        "我们的月报：温州市企业技术需求对接工作月报",
        "总体情况有1张表",
        "各地需求有1张表",
        "其他情况有3张表",
    ]
    path.write_bytes(document([paragraph("Title", "改过的{{ report.issue }}")]))
    write_word(REPORT, tmp_path / "r.docx", path)
    assert texts(Document(str(tmp_path / "r.docx"))) == ["改过的2026年第11期"]


def test_a_placeholder_that_word_has_cut_into_pieces_is_understood() -> None:
    file = filled(REPORT, paragraph("Title", "{{ re", ("port.ti", "黑体"), "tle }}"))
    assert texts(file) == [REPORT.title]


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("{{ report.titel }}", "不认识的占位符“titel”，在这一段：“{{ report.titel }}”。.*“title”"),
        ("{{ raport.title }}", "不认识的占位符“raport”.*是不是想写“report”"),
        ("{{ report.title", "写法有误，请检查这一段：“{{ report.title”"),
        ("｛｛ report.title ｝｝", "全角的括号或百分号：“｛｛ report.title ｝｝”"),
        ("{{ report.title｝}", "全角的括号"),
        ("{{ report.title + 1 }}", "算不出结果，请检查这一段：“{{ report.title [+] 1 }}”"),
        ("{{ 1 / 0 }}", "算不出结果"),
        ("{{ report.__class__ }}", "算不出结果|不认识的占位符"),
        ("{%p for section in report.sections %}", "endfor"),
        ("{%p endfor %}", "写法有误，请检查这一段：“.*{% +endfor %}”"),
        ("{% for a in report.sections %}", "endfor"),
    ],
)  # fmt: skip
def test_a_wrong_placeholder_is_told_with_its_paragraph(written: str, message: str) -> None:
    with pytest.raises(InvalidInputError, match=message) as caught:
        filled(REPORT, paragraph("Title", "开头"), paragraph("Title", written))
    assert "模板“试.docx”" in caught.value.message


def test_a_placeholder_within_a_loop_is_told() -> None:
    loop = (
        control("{%p for section in report.sections %}"),
        paragraph("BodyText", "前面{{ section.headin }}后面"),
        control("{%p endfor %}"),
    )
    with pytest.raises(InvalidInputError, match=r"“前面{{ section.headin }}后面”.*“heading”"):
        filled(REPORT, *loop)


def test_a_table_in_the_midst_of_a_text_is_refused() -> None:
    loop = "{{ report.appendices[0].grid }}"
    with pytest.raises(InvalidInputError, match=r"要写成 {{p … }} 并且单独占一段"):
        filled(REPORT, paragraph("BodyText", loop))


def test_a_loop_within_a_paragraph_that_breaks_the_file_is_refused() -> None:
    begun = paragraph("BodyText", "{% if report.county %}")
    ended = paragraph("BodyText", "{% endif %}")
    table = f"<w:tbl><w:tr><w:tc>{ended}</w:tc></w:tr></w:tbl>"
    with pytest.raises(InvalidInputError, match=r"不是完整的 Word 文件"):
        filled(REPORT, begun, table)


def test_a_text_that_is_put_in_like_a_table_is_refused() -> None:
    with pytest.raises(InvalidInputError, match=rf"“{REPORT.issue}”一处的占位符不能写成 {{{{p"):
        filled(REPORT, paragraph("BodyText", "a"), paragraph("BodyText", "{{p report.issue }}"))


def test_files_that_are_no_templates(tmp_path: Path) -> None:
    out = tmp_path / "r.docx"
    with pytest.raises(UnreadableFileError, match=r"打不开 Word 模板“.*没有.docx”"):
        write_word(REPORT, out, tmp_path / "没有.docx")
    for name, content in {
        "文字.docx": b"not a zip",
        "空包.docx": BytesIO().getvalue(),
    }.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(UnreadableFileError, match=rf"“{name}”不是可用的 Word 文件"):
            write_word(REPORT, out, tmp_path / name)
    with zipfile.ZipFile(tmp_path / "别的.docx", "w") as archive:
        archive.writestr("a.txt", "x")
    with pytest.raises(UnreadableFileError, match=r"另存为"):
        write_word(REPORT, out, tmp_path / "别的.docx")
    assert not out.exists()


def test_several_threads_fill_the_same_template() -> None:
    wanted = word_bytes(REPORT, shipped_report_template())
    found: list[bytes] = []

    def work() -> None:
        found.append(word_bytes(REPORT, shipped_report_template()))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [wanted] * 4


def test_columns_that_are_not_printed_are_left_out_of_appendices_alone() -> None:
    columns = (
        Column(key="id", label="编号"),
        Column(key="kind", label="类型", printed=False),
        Column(key="reason", label="理由"),
    )
    table = Table(key="t", title="名单", columns=columns, rows=(("1", "学会", "相关"),))
    file = opened(replace(REPORT, sections=(), appendices=(table,)))
    assert cells(file.tables[0]) == [["编号", "理由"], ["1", "相关"]]
