"""The verb import."""

from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from matcher.bootstrap import open_library
from matcher.cli.shared import (
    console,
    describe_error,
    opened,
    print_problem,
    progress_bar,
    read_settings,
)
from matcher.errors import MatcherError
from matcher.importing import ImportResult, import_file
from matcher.intake import Subject, render_report
from matcher.records import PartnerKind
from matcher.settings import Settings

_BUILD = "matcher index build"
_SUBJECT_NAMES = {
    Subject.NEEDS: "需求",
    Subject.PARTNERS: "对象",
    Subject.ENTERPRISES: "企业",
}


def import_records(
    subject: Annotated[Subject, typer.Argument(help="文件内容：needs、partners 或 enterprises")],
    file: Annotated[Path, typer.Argument(help=".xlsx、.csv 或 .jsonl 文件")],
    *,
    kind: Annotated[str, typer.Option("--kind", help="文件没有类型列时，对象的类型")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只检查，不导入")] = False,
    keep_good: Annotated[
        bool, typer.Option("--keep-good", help="跳过有错误的行，导入其余的行")
    ] = False,
    index: Annotated[
        bool, typer.Option("--index/--no-index", help="导入后立即更新并保存索引")
    ] = True,
) -> None:
    """导入需求、对象或企业；有错误时逐行指出，不导入任何内容。"""
    settings = read_settings()
    default_kind = PartnerKind.parse(kind, field="kind") if kind else None
    with closing(open_library(settings)) as database, progress_bar() as report:
        result = import_file(
            database,
            file,
            subject,
            keep_good=keep_good,
            dry_run=dry_run,
            default_kind=default_kind,
            progress=report,
        )
    for line in render_report(result.report):
        console.print(line, soft_wrap=True)
    _print_outcome(result, subject, dry_run=dry_run)
    if result.imported and index and subject is not Subject.ENTERPRISES:
        _update_index(settings)
    if not result.imported and not (dry_run and result.report.is_clean):
        raise typer.Exit(1)


def _update_index(settings: Settings) -> None:
    """Let the index follow the store; the import has succeeded whether this does or not."""
    try:
        with opened(settings):
            pass  # opening takes over what is new, closing saves it
    except (MatcherError, OSError) as error:
        problem = describe_error(error)
        advice = "" if _BUILD in problem else f"。解决后请运行 {_BUILD}"
        print_problem(f"数据已导入；索引未更新：{problem}{advice}")


def _print_outcome(result: ImportResult, subject: Subject, *, dry_run: bool) -> None:
    name, counts = _SUBJECT_NAMES[subject], result.counts
    if result.imported:
        console.print(
            f"{name}：新增 {counts.created}，更新 {counts.updated}，未变 {counts.unchanged}"
        )
        if result.new_enterprises:
            console.print(f"企业库新增 {result.new_enterprises} 家（由需求中的企业名称建立）")
    elif dry_run:
        console.print("只做了检查，没有导入任何内容")
    elif result.report.fault_count:
        console.print("没有导入任何内容。请改正以上错误后重新导入，或加 --keep-good 跳过有错误的行")
