"""A corpus of four subjects that keywords are learned from in a second."""

import json
import lzma
from pathlib import Path
from typing import Any

SUBJECTS = (
    ("轴承", "滑动轴承", "磨损", "润滑油"),
    ("焊缝", "激光焊接", "裂纹", "残余应力"),
    ("污水", "生化处理", "氨氮", "活性污泥"),
    ("大棚", "温室番茄", "滴灌", "土壤盐渍化"),
)
PAPERS = 120


def corpus_rows() -> dict[str, list[dict[str, Any]]]:
    """Rows of the files of a corpus folder."""
    papers = [(number, SUBJECTS[number % len(SUBJECTS)]) for number in range(PAPERS)]
    return {
        "abstracts.jsonl": [
            {
                "id": f"A{number}",
                "abstract": f"第{number}次研究{words[1]}的{words[2]}，{words[1]}与{words[3]}有关。",
                "keywords": [words[1], words[2]],
                "discipline": None,
            }
            for number, words in papers
        ],
        "chinaxiv.jsonl.xz": [
            {
                "id": f"X{number}",
                "title": f"{words[1]}{words[2]}的第{number}种方法",
                "abstract": f"目的是改善{words[3]}。结果表明，{words[2]}随{words[1]}变化。",
                "keywords": [words[1], words[3], "TP391.1"],
            }
            for number, words in papers
        ],
        "needpairs.jsonl": [
            {
                "title": f"厂里{words[0]}老坏",
                "text": f"我厂{words[0]}用了{number}天就不行，求办法。",
            }
            for number, words in papers
        ],
        "glossary.jsonl": [{"zh": words[0], "en": "x"} for words in SUBJECTS],
        "thesaurus.jsonl": [{"technical": f"{words[2]} {words[3]}"} for words in SUBJECTS],
    }


def write_corpus(folder: Path, files: dict[str, list[dict[str, Any]]] | None = None) -> Path:
    """Write a corpus folder."""
    folder.mkdir(parents=True)
    for name, rows in (corpus_rows() if files is None else files).items():
        data = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()
        (folder / name).write_bytes(lzma.compress(data) if name.endswith(".xz") else data)
    return folder
