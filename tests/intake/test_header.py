from matcher.intake.header import find_header


def test_the_header_stands_below_lines_of_title() -> None:
    rows = [
        (1, ["温州市企业技术需求汇总表", None, None]),
        (2, [None, None, None]),
        (3, ["填报日期", "2026-11-22", None]),
        (4, ["序号", "需求名称*", "主要问题", None]),
    ]
    header = find_header(rows)
    assert header is not None
    assert (header.number, header.known) == (4, 2)
    assert header.names == ("序号", "需求名称*", "主要问题")


def test_a_table_of_one_column_has_a_header_too() -> None:
    header = find_header([(1, ["名单", ""]), (2, ["企业名称", ""])])
    assert header is not None
    assert header.names == ("企业名称",)


def test_names_are_distinct() -> None:
    header = find_header([(1, ["名称", "", "名称", "简介"])])
    assert header is not None
    assert header.names == ("名称", "（第 2 列，没有列名）", "名称（第 3 列）", "简介")


def test_no_header() -> None:
    assert find_header([(1, ["甲", "乙"]), (2, [])]) is None
