"""Four subjects with fields, disciplines and industries, learned in a second."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from matcher.screening.classifier.training import ListWeights, NetworkConfig, ScreeningConfig

Rows = Mapping[str, Sequence[Mapping[str, Any]]]

SUBJECTS = (
    ("轴承", "磨损", "润滑", "bearing", "机械工程", "optomechatronics", "C345"),
    ("焊缝", "裂纹", "应力", "weld", "材料科学", "materials", "C342"),
    ("污水", "氨氮", "生化", "sewage", "环境科学", "environment", "D462"),
    ("大棚", "番茄", "滴灌", "greenhouse", "园艺学", "agriculture", "A014"),
)
INDUSTRIES = {
    "A": "农业",
    "A01": "种植业",
    "A014": "大棚番茄种植",
    "A0141": "番茄种植",
    "C": "制造业",
    "C34": "设备制造业",
    "C342": "焊缝机械制造",
    "C345": "轴承制造",
    "C3451": "滑动轴承制造",
    "D": "供应业",
    "D46": "水的供应业",
    "D462": "污水处理",
}
PAPERS = 48
NETWORK = NetworkConfig(steps=60, hidden=16, batch=32, rate=1e-2, hidden_dropout=0.2)
TINY = ScreeningConfig(
    networks=dict.fromkeys(("fields", "disciplines", "industry_groups"), NETWORK),
    weights={
        "fields": ListWeights(abstract=0.7, need=1.0),
        "disciplines": ListWeights(abstract=1.0, need=0.5, term=0.3),
        "industry_groups": ListWeights(abstract=0.5, need=1.0, name=0.5),
    },
    ensemble=2,
    fewest_texts=2,
    folds=3,
)


def corpus_rows() -> dict[str, list[dict[str, Any]]]:
    """Rows of the corpus folder, of the labels and of the industry standard.

    The last abstract has no discipline, and the last need no label.
    """
    numbered = [(number, SUBJECTS[number % len(SUBJECTS)]) for number in range(PAPERS)]
    return {
        "abstracts.jsonl": [
            {
                "id": f"T{number}",
                "abstract": f"研究{words[0]}的{words[1]}，第{number}次试验，{words[2]}有影响。",
                "discipline": words[4] if number < PAPERS - 1 else None,
            }
            for number, words in numbered
        ],
        "needpairs.jsonl": [
            {
                "id": f"T{number}",
                "title": f"{words[0]}老出{words[1]}",
                "text": f"厂里的{words[0]}用了{number}天就不行，{words[2]}也试过，求办法。",
            }
            for number, words in numbered
        ],
        "glossary.jsonl": [
            {"discipline": words[4], "zh": words[0], "en": words[3]} for words in SUBJECTS
        ],
        "thesaurus.jsonl": [
            {"discipline": words[4], "plain": f"{words[0]}坏了", "technical": words[1]}
            for words in SUBJECTS
        ],
        "labels.jsonl": [
            {"id": f"T{number}", "field": words[5], "industry": words[6]}
            for number, words in numbered[:-1]
        ],
        "industries.jsonl": [{"code": code, "name": name} for code, name in INDUSTRIES.items()],
    }


def write_rows(folder: Path, files: Rows) -> Path:
    """Write JSON-lines files into a new folder."""
    folder.mkdir(parents=True)
    for name, rows in files.items():
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        (folder / name).write_text(text, encoding="utf-8")
    return folder
