"""The verbs rules and rules check: what the rules of site types are, and whether they are right."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.padding import Padding
from rich.text import Text

from matcher.cli.operating import operators_desk
from matcher.cli.shared import console, make_app, read_settings
from matcher.desk import site_checks
from matcher.errors import InvalidInputError
from matcher.people.days import today
from matcher.rules.conditions import Condition, Rules, SiteRules
from matcher.rules.loading import PLACE_FILE, load_rules, rule_files
from matcher.rules.records import Finding, SiteCheck, Source, Verdict
from matcher.settings import data_folder

app = make_app("建站规则：列出各类站点的条件，核对一对需求和对象，检查规则文件。")

_STYLES = {Verdict.PASS: "green", Verdict.FAIL: "bold red", Verdict.UNKNOWN: "yellow"}


@app.callback(invoke_without_command=True, no_args_is_help=False)
def rules(
    context: typer.Context,
    need: Annotated[str, typer.Option("--need", help="需求的编号，和 --partner 一起用")] = "",
    partner: Annotated[str, typer.Option("--partner", help="对象的编号")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
) -> None:
    """列出建站规则；给出需求和对象时，核对它们可以建哪些站。"""
    if context.invoked_subcommand is not None:
        return
    if bool(need) != bool(partner):
        raise InvalidInputError("--need 和 --partner 要一起给出")
    settings = read_settings()
    known = site_checks.rules_of(settings.home.resolve())
    if need:
        with operators_desk(settings) as desk:
            found = site_checks.check(desk, need, partner, known)
        _print_check(found, as_json=as_json)
    elif as_json:
        _print_json(_rules_data(known))
    else:
        _print_rules(known)


@app.command("check")
def check(
    folder: Annotated[Path, typer.Argument(metavar="文件夹", help="规则文件所在的文件夹")],
) -> None:
    """检查一个文件夹中的规则文件，说明哪里写错、可以怎样写。"""
    if not folder.is_dir():
        raise InvalidInputError(f"没有文件夹“{folder}”，请核对路径")
    shipped = data_folder() / "rules"
    own = None if folder.resolve() == shipped.resolve() else folder
    known = load_rules(shipped, own)
    files = {path.name for path in rule_files(folder)}
    if not files and not (folder / PLACE_FILE).is_file():
        raise InvalidInputError(f"文件夹“{folder}”中没有规则文件（.yaml）")
    count = sum(len(each.conditions) for each in known.types if each.file in files)
    console.print(f"{len(files)} 个规则文件没有问题，共 {count} 条条件")
    if known.place.name:
        console.print(f"本单位在{known.place.name}")


def _print_rules(known: Rules) -> None:
    day = today()
    for site in known.types:
        kinds = "、".join(sorted(kind.label for kind in site.kinds)) or "不需要合作对象"
        console.print(Text.assemble((site.label, "bold"), f"　{kinds}"))
        for each in site.conditions:
            console.print(Padding(_condition_text(each, known), (0, 0, 0, 2)))
            source = f"{_source(each.source)}{'' if each.holds_on(day) else '　现在无效'}"
            console.print(Padding(Text(source, style="dim"), (0, 0, 0, 4)))
        console.print()


def _condition_text(condition: Condition, known: Rules) -> Text:
    level = condition.level.label if condition.level else "各级"
    standing = known.standing_of(condition)
    return Text(f"· {condition.label}（{level}，{condition.place}，{standing}）")


def _print_check(found: site_checks.PairCheck, *, as_json: bool) -> None:
    if as_json:
        _print_json(
            {
                "need_id": found.need_id,
                "partner_id": found.partner_id,
                "on": str(found.on),
                "sites": [_check_data(each) for each in found.fitting],
                "excluded": [_check_data(each) for each in found.failing],
            }
        )
        return
    if not found.fitting:
        console.print("现有的建站类型都不适合")
    for each in (*found.fitting, *found.failing):
        _print_site(each)


def _print_site(found: SiteCheck) -> None:
    verdict = (found.verdict.label, _STYLES[found.verdict])
    console.print(Text.assemble((found.title, "bold"), "　", verdict))
    for finding in found.findings:
        mark = "" if finding.binding else "（参考）"
        label = (finding.verdict.label, _STYLES[finding.verdict])
        line = Text.assemble("· ", label, f"{mark}　{finding.sentence}")
        console.print(Padding(line, (0, 0, 0, 2)))
    console.print()


def _source(source: Source) -> str:
    day = str(source.issued) if source.issued else ""
    return "，".join(filter(None, (source.title, source.number, day)))


def _rules_data(known: Rules) -> dict[str, Any]:
    return {
        "place": known.place.name,
        "adopts": list(known.place.adopts),
        "types": [_site_data(each) for each in known.types],
    }


def _site_data(site: SiteRules) -> dict[str, Any]:
    return {
        "site_type": site.code,
        "label": site.label,
        "partner_kinds": sorted(site.kinds),
        "conditions": [
            {
                "id": each.id,
                "label": each.label,
                "level": each.level,
                "place": each.place,
                "binding": each.binding,
                "requirement": str(each.test),
                "applies_to": str(each.when) if each.when else "",
                "since": str(each.since) if each.since else None,
                "until": str(each.until) if each.until else None,
                "source": _source(each.source),
            }
            for each in site.conditions
        ],
    }


def _check_data(found: SiteCheck) -> dict[str, Any]:
    return {
        "site_type": found.site_type,
        "label": found.label,
        "level": found.level,
        "verdict": found.verdict,
        "missing": [fact.label for fact in found.missing],
        "findings": [_finding_data(each) for each in found.findings],
    }


def _finding_data(finding: Finding) -> dict[str, Any]:
    return {
        "condition": finding.condition,
        "verdict": finding.verdict,
        "binding": finding.binding,
        "sentence": finding.sentence,
        "source": _source(finding.source),
    }


def _print_json(data: dict[str, Any]) -> None:
    typer.echo(json.dumps(data, ensure_ascii=False, indent=2))
