"""The verb fit-duplicates."""

from pathlib import Path
from typing import Annotated

import typer

from matcher.bootstrap import load_encoder
from matcher.cli.shared import console, read_settings
from matcher.screening.duplicate_training import fit_duplicates as fit
from matcher.screening.duplicate_training import read_corpus_needs, write_duplicate_weights
from matcher.screening.keywords import KeywordSuggester
from matcher.screening.rewrites import read_examples
from matcher.settings import data_folder


def fit_duplicates(
    corpus: Annotated[Path, typer.Argument(help="语料文件夹，其中的 needpairs.jsonl 作陪衬")],
    out: Annotated[Path, typer.Option("--out", help="参数写到哪个文件")],
) -> None:
    """按改写样例为所设的向量模型拟合查重参数，换了向量模型后要重做一次。"""
    data = data_folder()
    examples = read_examples(data / "demo" / "needs.jsonl", data / "screening")
    needs = read_corpus_needs(corpus)
    encoder = load_encoder(read_settings())
    rarity = KeywordSuggester.load(data / "keywords").rarity
    weights, scores = fit(examples, needs, encoder.encode_passages, encoder.model_id, rarity)
    write_duplicate_weights(out, weights)
    console.print(f"参数已写到 {out}，向量模型 {weights.model_id}")
    for each in scores:
        precision = "无" if each.precision is None else f"{each.precision:.3f}"
        console.print(
            f"库中 {each.needs} 条需求，{each.queries} 次提交：重复查出 {each.versions_found:.3f}，"
            f"同一问题查出 {each.problems_found:.3f}，准确率 {precision}，"
            f"每次误报 {each.false_alarms:.3f}"
        )
