"""A report and letters that hold everything a document may have to bear."""

from datetime import date, timedelta

from matcher.reports.letter_records import Addressee, Letter
from matcher.reports.records import (
    Cell,
    CellKind,
    Chart,
    ChartKind,
    Column,
    Edition,
    Report,
    Section,
    Table,
)

LONG = "针对断路器在额定电流下触头温升超标的问题，" * 9 + "请有关专家给予指导。"
FORMULAS = (
    '=HYPERLINK("http://example.org","x")',
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1+1",
    "=cmd|'/c'!A1",
)
UNFIT = "含\x00控制\x08符\x1f与\ud800半个\udc00代理\ufffe字"
UNFIT_CLEAN = "含控制符与半个代理字"
RARE_COUNTY = "𬇙𬇹县"

COUNTIES = (
    "鹿城区", "龙湾区", "瓯海区", "洞头区", "瑞安市", "乐清市", "龙港市", "永嘉县", "平阳县",
    "苍南县", "文成县", "泰顺县", RARE_COUNTY,
)  # fmt: skip

BY_COUNTY = Table(
    key="needs_by_county",
    title="各县（市、区）需求情况",
    columns=(
        Column(key="county", label="县（市、区）"),
        Column(key="new", label="本月新增", kind=CellKind.COUNT, unit="项"),
        Column(key="change", label="比上月", kind=CellKind.COUNT, unit="项"),
        Column(key="share", label="占比", kind=CellKind.SHARE),
        Column(key="budget", label="计划投入", kind=CellKind.AMOUNT, unit="万元"),
        Column(key="last", label="最近提交", kind=CellKind.DATE),
    ),
    rows=tuple(
        (
            county,
            1300 - 100 * place,
            (-1) ** place * place,
            (1300 - 100 * place) / 9100,
            12345.678 / (place + 1),
            date(2026, 11, 3) + timedelta(days=place) if place % 4 else None,
        )
        for place, county in enumerate(COUNTIES)
    ),
    total=("合计", 9100, 7, 1.0, 39256.15, None),
)
FUNNEL = Table(
    key="funnel",
    title="对接进展",
    columns=(
        Column(key="step", label="环节"),
        Column(key="month", label="本月", kind=CellKind.COUNT, unit="项"),
        Column(key="before", label="上月", kind=CellKind.COUNT, unit="项"),
    ),
    rows=(("提交", 128, 96), ("入库", 101, 80), ("对接", 56, 61), ("签约", 12, 9), ("建站", 3, 0)),
)
TREND = Table(
    key="trend",
    title="近十二个月走势",
    columns=(
        Column(key="month", label="月份"),
        Column(key="submitted", label="提交", kind=CellKind.COUNT, unit="项"),
        Column(key="listed", label="入库", kind=CellKind.COUNT, unit="项"),
    ),
    rows=tuple((f"{month}月", 40 + 7 * month % 31, 30 + 5 * month % 23) for month in range(1, 13)),
)
ODD = Table(
    key="odd",
    title="表格[里]:什么*都/有?",
    columns=(
        Column(key="text", label="文字"),
        Column(key="count", label="数量", kind=CellKind.COUNT),
        Column(key="amount", label="金额", kind=CellKind.AMOUNT, unit="万元"),
        Column(key="share", label="比例", kind=CellKind.SHARE),
        Column(key="day", label="日期", kind=CellKind.DATE),
    ),
    rows=(
        *((text, 0, 0.0, 0.0, date(2026, 11, 30)) for text in FORMULAS),
        (UNFIT, -5, -0.005, 0.1235, date(2000, 2, 29)),
        ("第一行\n第二行\r\n第三行", None, None, None, None),
        ("<b>&amp;</b> {{ report.title }} {% if %}", 1234567, 1e9, 1.5, date(1899, 5, 1)),
        (LONG, 2.5, 3, 0, date(2026, 1, 1)),
        ("", 1, 0.125, 0.0005, None),
    ),
)
EMPTY = Table(
    key="expiring",
    title="即将到期的站点",
    columns=(
        Column(key="name", label="站点"),
        Column(key="end", label="到期日", kind=CellKind.DATE),
    ),
    rows=(),
    empty="六十天内没有到期的站点",
)
NEW_NEEDS = Table(
    key="new_needs",
    title="本月新增需求清单",
    columns=(
        Column(key="place", label="序号", kind=CellKind.COUNT),
        Column(key="county", label="县（市、区）"),
        Column(key="firm", label="企业"),
        Column(key="title", label="需求名称"),
        Column(key="field", label="所属领域"),
        Column(key="budget", label="计划投入", kind=CellKind.AMOUNT, unit="万元"),
        Column(key="day", label="提交日期", kind=CellKind.DATE),
    ),
    rows=tuple(
        (
            place,
            COUNTIES[place % len(COUNTIES)],
            f"示例市第{place}号智能装备制造股份有限公司",
            LONG[: 20 + 7 * place % 90] if place % 9 else LONG,
            "光机电一体化",
            place * 3.75 if place % 5 else None,
            date(2026, 11, 1 + place % 30),
        )
        for place in range(1, 201)
    ),
    total=("合计", "", "", "200 项", "", 60_000.0, None),
)
SITES = Table(
    key="stations",
    title="站点清单",
    columns=(
        Column(key="name", label="站点"),
        Column(key="type", label="类型"),
        Column(key="end", label="到期日", kind=CellKind.DATE),
    ),
    rows=(("示例院士工作站", "院士专家工作站", date(2027, 1, 15)),),
)


def chart(table: Table, kind: ChartKind, label: str, *series: str, most: int = 12) -> Chart:
    return Chart(
        table=table.key, title=f"{table.title}", kind=kind, label=label, series=series, most=most
    )


REPORT = Report(
    edition=Edition(month=date(2026, 11, 1)),
    title="温州市企业技术需求对接工作月报",
    issue="2026年第11期",
    period="2026年11月1日至11月30日",
    issuer="温州市科学技术协会",
    made_on=date(2026, 12, 1),
    sections=(
        Section(
            key="overview",
            heading="总体情况",
            paragraphs=(
                "本月全市新增企业技术需求128项，比上月增加32项，增长33.3%；其中鹿城区40项、乐清市32项，"
                "两地合计占56.3%。至月末，项目库中尚在寻找合作对象的需求有318项。",
                "（一）需求提交保持增长。" + LONG,
                "（二）签约与建站稳步推进。本月签约12项，建立站点3个。",
            ),
            charts=(chart(TREND, ChartKind.LINE, "month", "submitted", "listed"),),
            tables=(FUNNEL,),
        ),
        Section(
            key="counties",
            heading="二、各地需求",
            paragraphs=("各县（市、区）需求分布如下。",),
            charts=(
                chart(BY_COUNTY, ChartKind.BARS, "county", "new", most=13),
                chart(FUNNEL, ChartKind.COLUMNS, "step", "month", "before"),
                chart(BY_COUNTY, ChartKind.COLUMNS, "county", "share", most=5),
                chart(EMPTY, ChartKind.BARS, "name", "end"),
            ),
            tables=(BY_COUNTY,),
        ),
        Section(key="odd", heading="其他情况", tables=(ODD, EMPTY, TREND)),
    ),
    appendices=(NEW_NEEDS, SITES),
    notes=("本月数据截至2026年11月30日24时，按北京时间统计。", "推荐概率由内置模型计算。" + LONG),
)


def report_of(*tables: Table, appendices: tuple[Table, ...] = (), **changes: object) -> Report:
    """A short report of some tables."""
    told: dict[str, object] = {
        "edition": Edition(month=date(2026, 11, 1)),
        "title": "月报",
        "issue": "2026年第11期",
        "period": "2026年11月",
        "issuer": "示例市科学技术协会",
        "made_on": date(2026, 12, 1),
        "sections": (Section(key="all", heading="全部", tables=tables),),
        "appendices": appendices,
    }
    return Report(**(told | changes))  # type: ignore[arg-type]


def table_of(
    *rows: tuple[Cell, ...], title: str = "表", key: str = "t", **changes: object
) -> Table:
    """A table with a text in its first column and counts in the others."""
    width = len(rows[0]) if rows else 2
    columns = tuple(
        Column(key=f"c{place}", label=f"列{place}", kind=CellKind.COUNT if place else CellKind.TEXT)
        for place in range(width)
    )
    return Table(key=key, title=title, columns=columns, rows=rows, **changes)  # type: ignore[arg-type]


def letter_of(addressee: Addressee = Addressee.ENTERPRISE, **changes: object) -> Letter:
    """A letter before the release, or one to both after it."""
    both = addressee is Addressee.BOTH
    told: dict[str, object] = {
        "addressee": addressee,
        "to": {
            Addressee.ENTERPRISE: "示例市甲乙电气有限公司",
            Addressee.PARTNER: "触头专家教授",
            Addressee.BOTH: "示例市甲乙电气有限公司、触头专家教授",
        }[addressee],
        "number": "〔2026〕11-0012",
        "need_title": "断路器触头温升过高的解决办法",
        "need_text": LONG,
        "partner_name": "触头专家" if both else "该专家",
        "partner_text": "院士专家，教授，研究方向为低压电器、电接触与电弧、银基触头材料。",
        "reason": "该专家研究过断路器触头温升与接触电阻的关系，与需求中的“触头”“温升”直接对应。",
        "evidence": (
            "《银氧化锡触头材料的熔焊特性》（论文，2019年）",
            "《一种灭弧室结构》（专利，2021年）",
            "《低压断路器触头系统优化设计及其在温升控制中的应用研究》（项目，2024年）",
        ),
        "site": "院士专家工作站（市级）",
        "to_clarify": ("是否退休", "已建工作站数量"),
        "released": both,
        "contacts": (
            "企业联系人：示例·张某（技术部主任），0577-55501234",
            "对象联系人：示例·李某，13800000000",
        )
        if both
        else (),
        "issuer": "温州市科学技术协会",
        "date": date(2026, 12, 1),
    }
    return Letter(**(told | changes))  # type: ignore[arg-type]


LONGEST_LETTER = letter_of(
    Addressee.BOTH,
    to="示例市甲乙丙丁戊己庚辛智能装备制造股份有限公司、示例大学低压电器与电接触研究所某某某教授",
    need_title=LONG,
    need_text=LONG * 5,
    partner_text=LONG,
    reason=LONG,
    evidence=(LONG, LONG, LONG, LONG),
    site="海智基地工作站（省级）",
    to_clarify=tuple(f"第{place}项需要核实的事实" for place in range(20)),
    contacts=(LONG, LONG, LONG, LONG, LONG),
)
