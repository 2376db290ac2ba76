"""The verb train-keywords."""

from pathlib import Path
from typing import Annotated

import typer

from matcher.cli.shared import console, progress_bar
from matcher.errors import InvalidInputError
from matcher.screening.keyword_training import KeywordScores, train_keyword_model


def train_keywords(
    corpus: Annotated[Path, typer.Argument(help="语料文件夹")],
    out: Annotated[Path, typer.Option("--out", help="词表写到哪个文件夹，不能已有内容")],
) -> None:
    """由语料学习关键词推荐所用的词表和权重，一个处理器核约需两分钟。"""
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise InvalidInputError(f"{out} 已存在，为免覆盖请换一个文件夹")
    with progress_bar() as report:
        result = train_keyword_model(corpus, out, report)
    console.print(
        f"词表已写到 {out}：{result.terms} 个术语，{result.words} 个词，{result.bytes / 1e3:.0f} KB"
    )
    for kind, scores in (("有题名", result.with_title), ("无题名", result.without_title)):
        if scores is not None:
            console.print(f"留出的{kind}论文：{_described(scores)}")


def _described(scores: KeywordScores) -> str:
    return (
        f"{scores.texts} 篇，准确率 {scores.precision:.3f}，召回率 {scores.recall:.3f}，"
        f"F1 {scores.f1:.3f}"
    )
