"""The verb report-templates: copies of the Word templates to edit, and a trial of edited ones."""

import shutil
from pathlib import Path
from typing import Annotated

import typer

from matcher.cli.shared import console, read_settings
from matcher.reports.templates import write_templates
from matcher.reports.trial import try_template
from matcher.settings import data_folder

_FOLDER = "report_templates"
_GUIDE = "README.md"


def report_templates(
    out: Annotated[
        Path | None,
        typer.Option("--out", help="写到哪个文件夹；不写就是工作区的 report_templates"),
    ] = None,
    *,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="覆盖文件夹里已有的模板，改过的内容会丢失")
    ] = False,
    check: Annotated[
        Path | None,
        typer.Option("--check", help="检查一个改过的模板：用虚构的内容试填，说明哪里写错"),
    ] = None,
) -> None:
    """写出月报和对接函的 Word 模板供修改；或用 --check 检查改过的模板。"""
    if check is not None:
        _check(check, out)
        return
    folder = out or read_settings().home.resolve() / _FOLDER
    for path in write_templates(folder, overwrite=overwrite):
        console.print(f"已写出 {path}", soft_wrap=True)
    guide, copy = data_folder() / _FOLDER / _GUIDE, folder / _GUIDE
    if guide.resolve() != copy.resolve():
        shutil.copyfile(guide, copy)
    console.print(f"用 Word 修改以后保存即可，占位符的写法见 {copy}", soft_wrap=True)
    console.print("改好后请运行 matcher report-templates --check 模板文件", soft_wrap=True)


def _check(template: Path, out: Path | None) -> None:
    """Fill it on trial; with a folder the filled files are kept to be looked at."""
    found = try_template(template)
    console.print(f"模板“{template.name}”没有错误", soft_wrap=True)
    if out is None:
        return
    out.mkdir(parents=True, exist_ok=True)
    for name, content in found.items():
        (out / name).write_bytes(content)
        console.print(f"试填的文件：{out / name}", soft_wrap=True)
