"""The verb evaluate."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from matcher.bootstrap import load_encoder
from matcher.cli.shared import console, progress_bar, read_settings
from matcher.errors import InvalidInputError, UnreadableFileError
from matcher.evaluation.ablation import LABELS, Ablation
from matcher.evaluation.collection import read_collection
from matcher.evaluation.evaluate import Evaluation, evaluate_collection
from matcher.evaluation.metrics import METRICS
from matcher.evaluation.runs import check_run_path, write_run
from matcher.evaluation.significance import CONFIDENCE, Difference
from matcher.records import PartnerKind

_UNDEFINED = "未定义（没有相关对象）"
_METRIC_NAMES = {"mrr": "MRR", "ndcg@10": "nDCG@10", "recall@10": "R@10", "recall@100": "R@100"}


def evaluate(
    collection: Annotated[Path, typer.Argument(help="含 partners.jsonl、needs.jsonl 的文件夹")],
    *,
    run: Annotated[Path | None, typer.Option("--run", help="把排序写成 TREC 格式")] = None,
    top: Annotated[int, typer.Option("--top", min=1, help="每条需求保留几名")] = 100,
    kind: Annotated[str, typer.Option("--kind", help="只排这类对象")] = "",
    ablation: Annotated[
        bool, typer.Option("--ablation", help="再逐项量出排序各部分的作用，并与 BM25 比较")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="以 JSON 输出")] = False,
) -> None:
    """在临时工作区里为一个测试集排序；有 qrels.txt 时给出指标。"""
    if not collection.is_dir():
        raise UnreadableFileError(f"{collection} 不是文件夹")
    if run is not None:
        check_run_path(run)
    wanted = PartnerKind.parse(kind, field="kind") if kind else None
    contents = read_collection(collection)
    if ablation and not contents.qrels:
        raise InvalidInputError(f"{collection} 没有 qrels.txt，无从比较；请去掉 --ablation")
    encoder = load_encoder(read_settings())
    with progress_bar() as report:
        result = evaluate_collection(
            contents, encoder, top=top, kind=wanted, ablation=ablation, progress=report
        )
    if run is not None:
        write_run(run, result.run)
    if as_json:
        left_out = {"run"} if ablation else {"run", "ablation"}
        figures = {key: value for key, value in asdict(result).items() if key not in left_out}
        typer.echo(json.dumps(figures, ensure_ascii=False, indent=2))
    else:
        _print(result, has_qrels=bool(contents.qrels))
        if result.ablation is not None:
            _print_ablation(result.ablation)


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
        console.print(f"{name:12} {_UNDEFINED if value is None else f'{value:.4f}'}")


def _print_ablation(ablation: Ablation) -> None:
    table = Table("做法")
    for name in METRICS:
        table.add_column(_METRIC_NAMES[name], justify="right")
    for row in ablation.rows:
        figures = (row.metrics[name] for name in METRICS)
        table.add_row(row.label, *("—" if x is None else f"{x:.3f}" for x in figures))
    console.print(table)
    console.print(f"全部与最好的单项（{LABELS[ablation.baseline]}）之差，按需求配对自助抽样：")
    for name, difference in ablation.differences.items():
        console.print(f"{_METRIC_NAMES[name]:8} {_describe(difference)}")


def _describe(difference: Difference | None) -> str:
    if difference is None:
        return _UNDEFINED
    return (
        f"{difference.mean:+.3f}，{CONFIDENCE:.0%} 区间 [{difference.low:+.3f}, "
        f"{difference.high:+.3f}]，不优于它的抽样占 {difference.share_not_better:.2%}"
        f"（{difference.needs} 条需求）"
    )
