"""Sections on stations, outcomes and enterprise associations."""

from matcher.casework.associations import Coverage
from matcher.casework.facts import StationFacts
from matcher.reports.composing_tables import (
    FIRMS,
    NEEDS,
    SITES,
    amount,
    count,
    day,
    filled,
    listed,
    share,
    summed_up,
    text,
)
from matcher.reports.counting import UNNAMED
from matcher.reports.figures import MonthFigures
from matcher.reports.figures_sites import AssociationFigures
from matcher.reports.records import Cell, Chart, ChartKind, Column, Section, Table
from matcher.reports.wording import (
    amount_text,
    compared,
    counted,
    day_text,
    percent_text,
    quoted,
    sentence,
)

_NAMED = 3


def stations_section(shown: MonthFigures) -> Section:
    """Stations by type, new ones, and those whose agreement ends."""
    stations = shown.stations
    types = summed_up(
        "stations_by_type",
        "各类站点",
        (
            text("type", "建站类型"),
            count("active", "运行中", SITES),
            count("new", "本期新建", SITES),
            count("ending", "即将到期", SITES),
        ),
        [(row.type, row.active, row.new, row.ending) for row in stations.types],
    )
    chart = Chart(
        table=types.key,
        title="各类运行中的站点",
        kind=ChartKind.BARS,
        label="type",
        series=("active",),
    )
    return Section(
        key="stations",
        heading="建站情况",
        paragraphs=tuple(filter(None, (_standing(shown), _ending(shown)))),
        charts=(chart,) if stations.active and len(types.rows) > 1 else (),
        tables=filled(
            types,
            _station_list("new_stations", "本期新建的站点", stations.new),
            _station_list("ending_stations", "即将到期和到期未办理的站点", stations.ending),
        ),
    )


def outcomes_section(shown: MonthFigures) -> Section:
    """Outcomes by kind, with amounts."""
    outcomes, period = shown.outcomes, shown.period
    kinds = summed_up(
        "outcomes_by_kind",
        "各类成果",
        (
            text("kind", "成果类型"),
            count("now", "本期", NEEDS),
            count("before", "对比期", NEEDS),
            count("change", "增减", NEEDS),
            amount("amount", "本期金额"),
        ),
        [
            (row.kind.label, row.change.now, row.change.before, row.change.difference, row.amount)
            for row in outcomes.kinds
        ],
    )
    total = outcomes.total
    came = f"{period.name}取得成果{total.now}项" if total.now else f"{period.name}没有登记成果"
    # Sales are told by their amount, not by how many entries they are.
    plain = [row for row in outcomes.kinds if row.amount is None]
    parts = counted(((row.kind.label, row.change.now) for row in plain), NEEDS)
    money = f"新增销售额{amount_text(outcomes.amount)}万元" if outcomes.amount else ""
    told = sentence(came, compared(total, period.before_name, NEEDS))
    if total.now:
        told += sentence(f"其中{parts}" if parts else "", money)
    chart = Chart(
        table=kinds.key, title="各类成果", kind=ChartKind.BARS, label="kind", series=("now",)
    )
    return Section(
        key="outcomes",
        heading="成果情况",
        paragraphs=(told,),
        charts=(chart,) if total.now and len(kinds.rows) > 1 else (),
        tables=filled(kinds),
    )


def associations_section(shown: MonthFigures, place: str) -> Section:
    """Enterprise associations against the targets of the year."""
    found = shown.associations
    table = summed_up(
        "associations",
        "企业科协组织覆盖",
        (
            text("county", "县区"),
            count("founded", "已成立", FIRMS),
            count("new", "本期新成立", FIRMS),
            count("target", f"{found.year}年目标", FIRMS),
            share("share", "完成比例"),
            count("liaison", "联络站（不计入）", SITES),
        ),
        [_association_row(found, row) for row in found.rows],
        shares=(_ratio(found.founded, found.county_target),),
    )
    chart = Chart(
        table=table.key,
        title="各县区企业科协数与目标",
        kind=ChartKind.COLUMNS,
        label="county",
        series=("founded", "target"),
    )
    several = len(found.rows) > 1
    return Section(
        key="associations",
        heading="企业科协组织建设",
        paragraphs=(_association_told(shown, place),),
        charts=(chart,) if several and (found.founded or found.county_target) else (),
        tables=filled(table),
    )


def station_columns() -> tuple[Column, ...]:
    """Columns of a list of stations."""
    return (
        text("station_id", "编号"),
        text("name", "站点"),
        text("type", "类型"),
        text("level", "级别"),
        text("enterprise", "建站企业"),
        text("partners", "合作对象"),
        text("county", "县区"),
        day("agreed_on", "签订日期"),
        day("ends_on", "到期日期"),
        text("status", "状态"),
    )


def station_row(station: StationFacts) -> tuple[Cell, ...]:
    """A station in a list."""
    return (
        str(station.id),
        station.name,
        station.type_label,
        station.level.label,
        station.enterprise,
        "、".join(station.partners),
        station.county,
        station.agreed_on,
        station.ends_on,
        station.status.label,
    )


def _station_list(key: str, title: str, stations: tuple[StationFacts, ...]) -> Table:
    shown = ("name", "type", "enterprise", "county", "agreed_on", "ends_on")
    columns = station_columns()
    places = [place for place, column in enumerate(columns) if column.key in shown]
    rows = [station_row(station) for station in stations]
    return listed(
        key, title, [columns[p] for p in places], [[row[p] for p in places] for row in rows]
    )


def _standing(shown: MonthFigures) -> str:
    stations, period = shown.stations, shown.period
    if not stations.known:
        return "还没有建立站点。"
    parts = counted(((row.type, row.active) for row in stations.types), SITES)
    day = day_text(period.as_of)
    active = f"截至{day}，运行中的站点共{stations.active}个"
    several = sum(bool(row.active) for row in stations.types) > 1
    told = sentence(active, f"其中{parts}" if several else "")
    new = stations.founded
    if not new.now:
        return f"{told}{period.name}没有新建站点。"
    names = quoted([station.name for station in stations.new], _NAMED)
    compare = compared(new, period.before_name, SITES)
    return f"{told}{sentence(f'{period.name}新建站点{new.now}个', compare)}新建的是{names}。"


def _ending(shown: MonthFigures) -> str:
    ending, day = shown.stations.ending, shown.period.as_of
    if not ending:
        return ""
    over = sum(station.ends_on < day for station in ending)
    soon = len(ending) - over
    parts = [f"{soon}个站点的协议将在60天内到期"] if soon else []
    parts += [f"{over}个站点的协议已到期、尚未办理续签或撤销"] if over else []
    return f"{'，'.join(parts)}，请及时办理。"


def _association_row(found: AssociationFigures, row: Coverage) -> tuple[Cell, ...]:
    return (
        row.county or UNNAMED,
        row.founded,
        found.new.get(row.county, 0),
        row.target,
        row.share,
        row.liaison,
    )


def _association_told(shown: MonthFigures, place: str) -> str:
    found, new = shown.associations, sum(shown.associations.new.values())
    day = day_text(shown.period.as_of)
    if not found.founded and not found.liaison:
        target = found.target or found.county_target
        aim = f"，{found.year}年目标为{target}家" if target else ""
        return f"截至{day}，{place}还没有成立企业科协{aim}。"
    first = sentence(
        f"截至{day}，{place}已成立企业科协和园区科协共{found.founded}家",
        f"{shown.period.name}新成立{new}家" if new else "",
        f"另有科协工作联络站{found.liaison}个" if found.liaison else "",
    )
    return first + _target_told(found)


def _target_told(found: AssociationFigures) -> str:
    county_target = found.county_target
    target = county_target if found.target is None else found.target
    ratio = _ratio(found.founded, target)
    if target is None or ratio is None:
        return ""
    told = f"对照{found.year}年{target}家的目标，完成{percent_text(ratio)}"
    left = target - found.founded
    told += f"，还差{left}家" if left > 0 else ""
    if found.target is not None and county_target is not None and county_target != found.target:
        told += f"（各县区目标合计{county_target}家）"
    behind = [
        row.county
        for row in found.rows
        if row.share is not None and row.share < ratio and row.share < 1
    ]
    if behind and len(found.rows) > 1:
        told += f"；完成比例低于平均的是{'、'.join(behind)}"
    return f"{told}。"


def _ratio(part: int, whole: int | None) -> float | None:
    return part / whole if whole else None
