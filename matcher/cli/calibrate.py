"""The verb calibrate."""

import json
from pathlib import Path
from typing import Annotated

import typer

from matcher.cli.shared import console, progress_bar
from matcher.errors import InvalidInputError
from matcher.settings import data_folder


def calibrate(
    corpus: Annotated[Path, typer.Argument(help="训练所用的语料文件夹")],
    model: Annotated[Path, typer.Option("--model", help="用 train --hold-out 训练的模型文件夹")],
    out: Annotated[Path, typer.Option("--out", help="data 文件夹，写入 ranking 与 screening")],
) -> None:
    """用模型没有学过的需求拟合推荐概率，约需几分钟。"""
    # scikit-learn and torch take seconds to load; only those who fit should wait for them.
    from matcher.calibrating import calibrate as fit  # noqa: PLC0415
    from matcher.calibrating import sorted_texts  # noqa: PLC0415
    from matcher.embedding.sentence_encoder import SentenceEncoder  # noqa: PLC0415
    from matcher.embedding.training import read_corpus  # noqa: PLC0415

    ids = _held_out_ids(model)
    contents = read_corpus(corpus)
    aside = [need for need in contents.needs if need.abstract_id in ids]
    source = data_folder() / "screening" / "sorted.jsonl"
    texts = sorted_texts([json.loads(row) for row in source.read_text("utf-8").splitlines()])
    encoder = SentenceEncoder.load(str(model))
    with progress_bar() as report:
        calibration, genuineness, result = fit(contents, aside, encoder, texts, report)
    for folder in ("ranking", "screening"):
        (out / folder).mkdir(parents=True, exist_ok=True)
    calibration.save(out / "ranking" / "calibration.json")
    genuineness.save(out / "screening" / "genuineness.json")
    console.print(
        f"{result.needs} 条留出的需求：前十名的期望校准误差 {result.calibration_error:.4f}，"
        f"判为证据不足的 {result.needs_insufficient:.1%}；"
        f"检验用的非需求文字判为证据不足的 {result.misfits_insufficient:.1%}"
    )


def _held_out_ids(model: Path) -> set[str]:
    file = model / "held_out.json"
    try:
        return set(json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise InvalidInputError(
            f"{model} 中没有 held_out.json，请先运行 matcher train --hold-out 500 训练留出模型"
        ) from error
