"""The verb train."""

import json
from pathlib import Path
from typing import Annotated

import typer

from matcher.cli.shared import console, progress_bar
from matcher.errors import InvalidInputError


def train(
    corpus: Annotated[Path, typer.Argument(help="语料文件夹")],
    out: Annotated[Path, typer.Option("--out", help="模型写到哪个文件夹，不能已有内容")],
    held_out: Annotated[
        int, typer.Option("--hold-out", min=0, help="留出多少条需求不学，供 calibrate 使用")
    ] = 0,
) -> None:
    """由语料训练中英文静态向量模型，两个处理器核约需半小时到一小时。"""
    # Torch takes seconds to load; only those who train should wait for it.
    from matcher.embedding.training import (  # noqa: PLC0415
        TrainingProgress,
        hold_out,
        read_corpus,
        train_on,
    )

    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise InvalidInputError(f"{out} 已存在，为免覆盖请换一个文件夹")
    with progress_bar() as report:

        def show(progress: TrainingProgress) -> None:
            report(progress.stage, progress.done, progress.total)

        contents, aside = hold_out(read_corpus(corpus), held_out)
        result = train_on(contents, out, on_progress=show)
    if aside:
        ids = [need.abstract_id for need in aside]
        (out / "held_out.json").write_text(json.dumps(ids) + "\n", encoding="utf-8")
    console.print(
        f"模型已写到 {out}：{result.pieces} 个词元，{result.dimension} 维，"
        f"{result.bytes / 1e6:.1f} MB，用时 {result.seconds / 60:.0f} 分钟"
    )
