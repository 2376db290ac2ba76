"""The report: prose that reads well with none, one and many, and tables that add up."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.casework.associations import AssociationKind
from matcher.casework.facts import AssociationFacts, LibraryFacts
from matcher.casework.milestones import Move
from matcher.casework.needs import NeedStatus
from matcher.casework.plans import PairState, UnmetNeed, UnmetReason
from matcher.casework.stations import OutcomeKind
from matcher.errors import UnreadableFileError
from matcher.reports.charting import chart_data
from matcher.reports.codec import report_from_json, report_to_json
from matcher.reports.composing import report_of
from matcher.reports.counting import Change, breakdown
from matcher.reports.facts import CommonGroup, MonthRecords
from matcher.reports.figures import figures
from matcher.reports.issuers import ISSUER_FILE, Issuer, load_issuer
from matcher.reports.records import CellKind, Edition, Report, Section, Table
from matcher.reports.wording import amount_text, compared, leading, percent_text, quoted
from matcher.settings import data_folder
from tests.reports.facts import (
    COUNTIES,
    NOVEMBER,
    TODAY,
    few,
    months,
    need,
    outcome,
    plan,
    proposed,
    station,
)

_BAD = re.compile(r"None|[，、；：。]{2}|^[，。；]|[0-9]\.[0-9]{3}|-[0-9]")
"""What no sentence of a report may have."""
ISSUER = Issuer("温州市", "温州市科学技术协会")
CITY = Edition(month=NOVEMBER)
editions = st.builds(
    Edition,
    month=st.dates(date(2025, 1, 1), TODAY).map(lambda day: day.replace(day=1)),
    county=st.sampled_from(COUNTIES),
    year_to_date=st.booleans(),
)


def composed(records: MonthRecords, edition: Edition = CITY) -> Report:
    return report_of(figures(records, edition, TODAY), ISSUER)


def of(edition: Edition = CITY, **given: object) -> Report:
    """The report of a library with these facts alone."""
    return composed(MonthRecords(library=LibraryFacts(**given)), edition)  # type: ignore[arg-type]


def section(report: Report, key: str) -> Section:
    return next(each for each in report.sections if each.key == key)


def told(report: Report, key: str) -> str:
    return "".join(section(report, key).paragraphs)


def table(report: Report, key: str) -> Table:
    return next(each for each in report.tables if each.key == key)


@few
@given(months(), editions)
def test_every_total_of_every_table_is_the_sum_of_its_column(
    records: MonthRecords, edition: Edition
) -> None:
    for each in composed(records, edition).tables:
        for place, column in enumerate(each.columns):
            if each.total is None or column.kind not in {CellKind.COUNT, CellKind.AMOUNT}:
                continue
            cells = [row[place] for row in each.rows]
            numbers = [cell for cell in cells if isinstance(cell, int | float)]
            if each.total[place] is not None:
                assert each.total[place] == pytest.approx(sum(numbers)), (each.key, column.key)


@few
@given(months(), editions)
def test_a_report_is_whole(records: MonthRecords, edition: Edition) -> None:
    report = composed(records, edition)
    titles = [each.title for each in report.tables]
    assert len(titles) == len(set(titles))
    assert len({each.key for each in report.tables}) == len(titles)
    for each in report.tables:
        assert len(each.title) <= 31
        assert not re.search(r"[\[\]:*?/\\]", each.title)
        assert each.rows
        for row in (*each.rows, *([each.total] if each.total else [])):
            assert len(row) == len(each.columns)
    for each in report.sections:
        assert each.paragraphs
        assert all(chart_data(chart, report.tables) for chart in each.charts)
    assert report_from_json(report_to_json(report)) == report


@few
@given(months(), editions)
def test_every_paragraph_is_made_of_whole_sentences(
    records: MonthRecords, edition: Edition
) -> None:
    report = composed(records, edition)
    for paragraph in (*(p for each in report.sections for p in each.paragraphs), *report.notes):
        assert paragraph.endswith("。")
        assert not re.search(r"None|[，、；：。]{2}|^[，。；]|[0-9]\.[0-9]{3}|-[0-9]", paragraph), (
            paragraph
        )
        assert paragraph.count("（") == paragraph.count("）")


@few
@given(months(), editions)
def test_a_county_is_told_nothing_of_the_others(records: MonthRecords, edition: Edition) -> None:
    county = replace(edition, county="乐清市")
    shown = str(report_to_json(composed(records, county)))
    assert not {"平阳县", "龙港市", "文成县", "全市"} & set(
        re.findall(r"平阳县|龙港市|文成县|全市", shown)
    )


def test_the_title_names_the_edition() -> None:
    assert of().title == "温州市企业技术需求对接工作月报"
    assert of().issue == "2026年第11期"
    year = of(replace(CITY, county="乐清市", year_to_date=True))
    assert year.title == "乐清市企业技术需求对接工作年度累计报告"
    assert year.issue == "2026年1至11月"
    assert (year.period, year.issuer) == ("2026年1月1日至11月22日", "温州市科学技术协会")
    assert year.made_on == TODAY


def test_a_month_with_nothing_says_so_and_no_more() -> None:
    report = of()
    assert section(report, "overview").paragraphs == (
        "本月（2026年11月1日至11月22日），全市没有新征集的企业技术需求。",
        "截至11月22日，没有在办的需求。",
    )
    assert told(report, "needs") == "本月全市没有新征集的企业技术需求。"
    assert told(report, "stations") == "还没有建立站点。"
    assert told(report, "outcomes") == "本月没有登记成果。"
    assert told(report, "proposal") == "11月还没有生成对接方案。"
    assert told(report, "unmet") == "没有在库待对接的需求。"
    assert told(report, "associations") == "截至11月22日，全市还没有成立企业科协。"
    assert report.appendices == ()
    assert [each.key for each in report.tables] == ["milestones", "months", "funnel"]


def test_the_overview_tells_the_month_in_a_few_sentences() -> None:
    signed = Move(date(2026, 11, 9), NeedStatus.MATCHING, NeedStatus.SIGNED)
    report = of(
        needs=(
            need("N1"),
            need("N2", status=NeedStatus.SIGNED, moves=(signed,)),
            need("N3", submitted=date(2026, 10, 4)),
        ),
        stations=(station(agreed_on=date(2026, 11, 3)),),
        outcomes=(outcome(kind=OutcomeKind.SALES, amount=1940.5),),
    )
    assert section(report, "overview").paragraphs == (
        "本月（2026年11月1日至11月22日），全市新征集企业技术需求2项，比上月同期增加1项，"
        "审核入库2项、签约1项。",
        "截至11月22日，在办需求共3项，其中已入库2项、已签约1项。",
        "现有运行中的站点1个，本月新建1个。本月取得成果1项，新增销售额1940.5万元。",
    )
    assert told(report, "needs").startswith("新征集的2项需求，按县区分，全部来自乐清市；")
    assert table(report, "new_needs").rows[0][:2] == ("N2", "示例需求N2")


def test_stations_and_outcomes_are_told() -> None:
    report = of(
        stations=(
            station(1, agreed_on=date(2026, 11, 3)),
            station(2, type_label="院士专家工作站", ends_on=date(2026, 12, 31)),
            station(3, ends_on=date(2026, 11, 1)),
        ),
        outcomes=(outcome(1), outcome(2, kind=OutcomeKind.PAPER, on=date(2026, 10, 2))),
    )
    assert section(report, "stations").paragraphs == (
        "截至11月22日，运行中的站点共3个，其中学会服务站2个、院士专家工作站1个。"
        "本月新建站点1个，比上月同期增加1个。新建的是“示例站1”。",
        "1个站点的协议将在60天内到期，1个站点的协议已到期、尚未办理续签或撤销，请及时办理。",
    )
    assert told(report, "outcomes") == "本月取得成果1项，与上月同期持平。其中专利1项。"


def test_associations_are_held_against_the_targets() -> None:
    founded = [
        AssociationFacts(kind=kind, county=county, founded_on=date(2026, 11, 2))
        for kind, county in (
            (AssociationKind.ENTERPRISE, "乐清市"),
            (AssociationKind.PARK, "乐清市"),
            (AssociationKind.LIAISON, "平阳县"),
        )
    ]
    targets = {"": 8, "乐清市": 2, "平阳县": 3}
    report = of(associations=tuple(founded), targets=targets)
    assert told(report, "associations") == (
        "截至11月22日，全市已成立企业科协和园区科协共2家，本月新成立2家，另有科协工作联络站1个。"
        "对照2026年8家的目标，完成25%，还差6家（各县区目标合计5家）；完成比例低于平均的是平阳县。"
    )
    assert table(report, "associations").total == ("合计", 2, 2, 5, 0.4, 1)
    own = of(replace(CITY, county="乐清市"), associations=tuple(founded), targets=targets)
    assert "对照2026年2家的目标，完成100%。" in told(own, "associations")


def test_the_plan_is_compared_with_choosing_by_hand() -> None:
    library = LibraryFacts(needs=(need("N1"), need("N2"), need("N3")))
    unmet = UnmetNeed(need_id="N3", county="乐清市", reason=UnmetReason.NOBODY)
    by_hand = {"quality": 1.5, "pairs": 3, "needs_served": 1, "overloaded": 0}
    crowded = {"quality": 1.6, "pairs": 3, "needs_served": 2, "overloaded": 2}
    records = MonthRecords(
        library=library,
        plan=plan(unmet, greedy=by_hand, naive=crowded),
        proposed=(proposed("N1", "乐清市", 0), proposed("N2", "乐清市", 1)),
    )
    report = composed(records)
    assert section(report, "proposal").paragraphs == (
        "经统筹安排，拟为2项需求开展对接2对，其中强推荐2对。名单和理由见附表。",
        "与逐项挑选相比，多服务1项需求，总体匹配质量降低6.7%；如果每项需求都取各自最合适的对象，"
        "会有2个对象超出每年可接的对接数。",
    )
    assert told(report, "unmet") == (
        "有1项需求本次没有安排到对象，其中1项是对象目录中缺少相应专长的：新材料及应用1项。"
        "建议围绕触头、温升等方向引进或联系专家。"
    )
    first = table(report, "proposed_pairs").rows[0]
    assert first[0] == "N1"
    assert "学会服务站（待核实团队人数）" in first
    to_firm = replace(records.proposed[0].pair, reason="与贵企业的需求相关，建议对接。")
    letter_like = replace(records, proposed=(replace(records.proposed[0], pair=to_firm),))
    assert "与企业的需求相关，建议对接。" in table(composed(letter_like), "proposed_pairs").rows[0]
    own = composed(records, replace(CITY, county="乐清市"))
    assert len(section(own, "proposal").paragraphs) == 1, "the comparison is the whole city's"


def test_common_needs_are_named() -> None:
    library = LibraryFacts(needs=(need("N1"), need("N2", enterprise_id="E2")))
    group = CommonGroup(label=("触头", "温升"), need_ids=("N1", "N2"))
    report = composed(MonthRecords(library=library, common=(group,)))
    assert "共性需求1组，涉及需求2项，主要是“触头、温升”。" in told(report, "common")
    assert table(report, "common_needs").rows == (("触头、温升", 2, 2, "示例需求N1；示例需求N2"),)
    unknown = composed(MonthRecords(library=library, common=None))
    assert "不能识别共性需求" in told(unknown, "common")


@pytest.mark.parametrize(
    ("now", "before", "said"),
    [
        (0, 0, ""),
        (2, 2, "与上月持平"),
        (3, 2, "比上月增加1项"),
        (0, 2, "比上月减少2项"),
        (15, 10, "比上月增加5项（增长50%）"),
        (8, 12, "比上月减少4项（下降33.3%）"),
    ],
)
def test_numbers_are_compared(now: int, before: int, said: str) -> None:
    assert compared(Change(now, before), "上月", "项") == said


def test_who_leads() -> None:
    assert leading(breakdown([], []), "项") == ""
    assert leading(breakdown([""], []), "项") == ""
    assert leading(breakdown(["甲"], []), "项") == "全部来自甲"
    assert leading(breakdown(["甲", "甲", "乙"], []), "项") == "甲2项、乙1项"
    assert leading(breakdown([*"甲甲甲甲乙乙乙丙丙丁"], []), "项") == "甲4项、乙3项、丙2项居前"


def test_numbers_in_words() -> None:
    assert (amount_text(1200.0), amount_text(36.5), amount_text(0.126)) == ("1200", "36.5", "0.13")
    assert (percent_text(0.5), percent_text(1 / 3), percent_text(1)) == ("50%", "33.3%", "100%")
    assert quoted(["甲", "乙"], 2) == "“甲”、“乙”"
    assert quoted(["甲", "乙", "丙"], 2) == "“甲”、“乙”等"


def test_the_issuer_is_data(tmp_path: Path) -> None:
    shipped = data_folder() / "report_templates"
    assert load_issuer([tmp_path, shipped]) == ISSUER
    own = tmp_path / ISSUER_FILE
    own.write_text("place: 丽水市\nname: 丽水市科学技术协会\n", encoding="utf-8")
    assert load_issuer([tmp_path, shipped]) == Issuer("丽水市", "丽水市科学技术协会")
    for content, said in (
        ("place: 丽水市", "name 应是"),
        ("place: [", "写得不对"),
        (f"place: {'9' * 5000}", "写得不对"),
        ("- 丽水市", "应写明"),
        ("place: 1\nname: 丽水市科协", "place 应是"),
    ):
        own.write_text(content, encoding="utf-8")
        with pytest.raises(UnreadableFileError, match=said):
            load_issuer([tmp_path, shipped])
    with pytest.raises(UnreadableFileError, match="没有找到"):
        load_issuer([tmp_path / "nowhere"])


def test_what_was_decided_is_told_once_something_was() -> None:
    library = LibraryFacts(needs=(need("N1"), need("N2")))
    open_pair, adopted = (
        proposed("N1", "乐清市", 0),
        proposed("N2", "乐清市", 1, state=PairState.ADOPTED, sites=()),
    )
    records = MonthRecords(library=library, plan=plan(), proposed=(open_pair,))
    assert "state" not in {c.key for c in table(composed(records), "proposed_pairs").columns}
    decided = composed(replace(records, proposed=(open_pair, adopted)))
    assert "截至11月22日，已采纳1对。" in told(decided, "proposal")
    assert [row[-2:] for row in table(decided, "proposed_pairs").rows] == [
        ("学会服务站（待核实团队人数）", "待决定"),
        ("", "已采纳"),
    ]
