"""The verb train-screening."""

from pathlib import Path
from typing import Annotated

import typer

from matcher.bootstrap import load_encoder
from matcher.cli.shared import console, progress_bar, read_settings
from matcher.errors import InvalidInputError
from matcher.settings import data_folder

_ANSWERS = {
    "fields": "所属领域",
    "disciplines": "学科",
    "industries": "行业大类",
    "industry_groups": "行业中类",
}
_KINDS = {"need": "需求", "abstract": "论文摘要"}


def train_screening(
    corpus: Annotated[Path, typer.Argument(help="语料文件夹")],
    out: Annotated[Path, typer.Option("--out", help="模型写到哪个文件夹，不能已有内容")],
    labels: Annotated[
        Path | None, typer.Option("--labels", help="需求的领域和行业标注，默认用随软件附带的")
    ] = None,
    industries: Annotated[
        Path | None,
        typer.Option(
            "--industries",
            help="国民经济行业分类，默认为语料文件夹旁的 taxonomy/industry_gbt4754_2017.jsonl",
        ),
    ] = None,
) -> None:
    """为所设的向量模型训练需求的领域、学科、行业分类模型，一个处理器核约需十分钟。"""
    # Torch takes seconds to load; only those who train should wait for it.
    from matcher.screening.classifier.training import (  # noqa: PLC0415
        read_screening_corpus,
        train_screening_model,
    )

    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise InvalidInputError(f"{out} 已存在，为免覆盖请换一个文件夹")
    read = read_screening_corpus(
        corpus,
        labels or data_folder() / "screening" / "labels.jsonl",
        industries or corpus.resolve().parent / "taxonomy" / "industry_gbt4754_2017.jsonl",
    )
    encoder = load_encoder(read_settings())
    with progress_bar() as report:
        result = train_screening_model(
            read,
            encoder,
            out,
            on_progress=lambda name, done, total: report(_ANSWERS[name], done, total),
        )
    console.print(
        f"模型已写到 {out}：{result.terms} 个词，{result.bytes / 1e6:.1f} MB，"
        f"用时 {result.seconds / 60:.0f} 分钟"
    )
    for each in result.scores:
        right = "无" if each.prefill_right is None else f"{each.prefill_right:.3f}"
        console.print(
            f"{_ANSWERS[each.answer]}，留出的 {each.texts} 篇{_KINDS[each.kind]}："
            f"首位正确 {each.hits.top1:.3f}，前三含正确 {each.hits.top3:.3f}，"
            f"置信度误差 {each.calibration_error:.3f}；"
            f"置信度达 {each.prefill:.2f} 的占 {each.prefilled:.3f}，其中正确 {right}"
        )
