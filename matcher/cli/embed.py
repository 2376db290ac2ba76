"""The verb embed."""

from contextlib import closing
from typing import Annotated

import typer

from matcher.bootstrap import chosen_model, open_library
from matcher.cli.shared import console, progress_bar, read_settings
from matcher.embedding.pool import EncoderPool
from matcher.embedding_ahead import embed_missing


def embed(
    workers: Annotated[
        int,
        typer.Option("--workers", min=1, max=64, help="同时计算的进程数；每个进程各载入一次模型"),
    ] = 1,
) -> None:
    """预先算好所有文字的向量；中断后再次运行会接着算。

    更换模型前，可以先把 MATCHER_MODEL 设为新模型来运行本命令，正在运行的服务不受影响；
    算完再让服务改用新模型，启动时就不必等待。
    """
    settings = read_settings()
    with (
        closing(open_library(settings)) as database,
        EncoderPool(chosen_model(settings), workers) as pool,
        progress_bar() as report,
    ):
        count = embed_missing(database, pool, lambda done, total: report("计算向量", done, total))
    if count:
        console.print(f"已为 {count} 条文字算好向量，模型 {pool.model_id}")
    else:
        console.print(f"没有要算的：所有文字都已有向量，模型 {pool.model_id}")
