"""The verb evaluate."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from matcher.bootstrap import load_encoder
from matcher.cli.shared import console, progress_bar, read_settings
from matcher.errors import UnreadableFileError
from matcher.evaluation.collection import read_collection
from matcher.evaluation.evaluate import Evaluation, evaluate_collection
from matcher.evaluation.runs import check_run_path, write_run
from matcher.records import PartnerKind


def evaluate(
    collection: Annotated[Path, typer.Argument(help="含 partners.jsonl、needs.jsonl 的文件夹")],
    run: Annotated[Path | None, typer.Option("--run", help="把排序写成 TREC 格式")] = None,
    top: Annotated[int, typer.Option("--top", min=1, help="每条需求保留几名")] = 100,
    kind: Annotated[str, typer.Option("--kind", help="只排这类对象")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="以 JSON 输出")] = False,
) -> None:
    """在临时工作区里为一个测试集排序；有 qrels.txt 时给出指标。"""
    if not collection.is_dir():
        raise UnreadableFileError(f"{collection} 不是文件夹")
    if run is not None:
        check_run_path(run)
    wanted = PartnerKind.parse(kind, field="kind") if kind else None
    contents = read_collection(collection)
    encoder = load_encoder(read_settings())
    with progress_bar() as report:
        result = evaluate_collection(contents, encoder, top=top, kind=wanted, progress=report)
    if run is not None:
        write_run(run, result.run)
    if as_json:
        figures = {key: value for key, value in asdict(result).items() if key != "run"}
        typer.echo(json.dumps(figures, ensure_ascii=False, indent=2))
    else:
        _print(result, has_qrels=bool(contents.qrels))


def _print(result: Evaluation, *, has_qrels: bool) -> None:
    console.print(f"模型 {result.model_id}")
    console.print(
        f"对象 {result.partners} 个，段落 {result.passages} 条，需求 {result.needs} 条；"
        f"导入并建索引 {result.build_seconds:.1f} 秒，"
        f"每条需求排序 {result.median_ranking_seconds * 1000:.1f} 毫秒（中位数）"
    )
    if not has_qrels:
        console.print("没有 qrels.txt，不计算指标")
        return
    for name, value in result.metrics.items():
        shown = "未定义（没有相关对象）" if value is None else f"{value:.4f}"
        console.print(f"{name:12} {shown}")
