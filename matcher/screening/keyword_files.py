"""The files of the keyword model: two packed tables of counts, and the weights.

Tables are tab-separated text packed with xz, column names first, rows in the order of their first
column: the same counts always give the same bytes, and a person can read them
(`xz -dc terms.tsv.xz | less`). The weights carry the digests of the tables they were fitted with,
so that files of different trainings are never used together.
"""

import hashlib
import json
import lzma
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from matcher.errors import ModelError
from matcher.screening.keyword_features import FEATURES
from matcher.screening.keyword_model import KeywordModel, KeywordTables, TermRow, WordRow
from matcher.screening.logistic import Logistic

FORMAT = 1
TERMS_FILE = "terms.tsv.xz"
WORDS_FILE = "words.tsv.xz"
WEIGHTS_FILE = "weights.json"

Row = TypeVar("Row")


def write_keyword_model(folder: Path, model: KeywordModel) -> int:
    """Write the three files into a folder, which is made if missing; returns their bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    packed = {
        TERMS_FILE: _pack("term", TermRow._fields, model.tables.terms),
        WORDS_FILE: _pack("word", WordRow._fields, model.tables.words),
    }
    weights = {
        "format": FORMAT,
        "texts": model.tables.texts,
        "sha256": {name: hashlib.sha256(data).hexdigest() for name, data in packed.items()},
        "bias": model.weighing.bias,
        "weights": dict(model.weighing.weights),
    }
    text = json.dumps(weights, ensure_ascii=False, indent=2) + "\n"
    packed[WEIGHTS_FILE] = text.encode()
    for name, data in packed.items():
        (folder / name).write_bytes(data)
    return sum(len(data) for data in packed.values())


def read_keyword_model(folder: Path) -> KeywordModel:
    """Read and check what `write_keyword_model` wrote.

    Raises:
        ModelError: a file is missing, damaged, of another format or of another training.
    """
    try:
        weights = json.loads((folder / WEIGHTS_FILE).read_bytes())
        if not isinstance(weights, dict) or weights.get("format") != FORMAT:
            raise ValueError(f"{WEIGHTS_FILE} 不是第 {FORMAT} 版格式")
        digests = weights["sha256"]
        return KeywordModel(
            KeywordTables(
                texts=int(weights["texts"]),
                terms=_unpack(
                    folder / TERMS_FILE, digests[TERMS_FILE], TermRow._fields, TermRow._make
                ),
                words=_unpack(
                    folder / WORDS_FILE, digests[WORDS_FILE], WordRow._fields, WordRow._make
                ),
            ),
            _weighing(weights),
        )
    except KeyError as error:
        raise _unusable(folder, f"{WEIGHTS_FILE} 缺少 {error}") from error
    except FileNotFoundError as error:
        raise _unusable(folder, f"缺少文件 {Path(error.filename).name}") from error
    except (OSError, TypeError, ValueError, lzma.LZMAError) as error:
        raise _unusable(folder, str(error)) from error


def _weighing(weights: Mapping[str, Any]) -> Logistic:
    named = {str(name): float(weight) for name, weight in weights["weights"].items()}
    if tuple(named) != FEATURES:
        raise ValueError(f"{WEIGHTS_FILE} 的特征与本版软件不一致")
    return Logistic(named, float(weights["bias"]))


def _pack(key: str, columns: Sequence[str], rows: Mapping[str, Iterable[int]]) -> bytes:
    lines = ["\t".join((key, *columns))]
    lines += ["\t".join((name, *map(str, rows[name]))) for name in sorted(rows)]
    return lzma.compress(("\n".join(lines) + "\n").encode(), preset=9)


def _unpack(
    path: Path, digest: str, columns: Sequence[str], make: Callable[[Iterable[int]], Row]
) -> dict[str, Row]:
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != digest:
        raise ValueError(f"{path.name} 与 {WEIGHTS_FILE} 不是同一次训练的结果，或已损坏")
    header, *lines = lzma.decompress(data).decode().splitlines()
    if tuple(header.split("\t")[1:]) != tuple(columns):
        raise ValueError(f"{path.name} 的列与本版软件不一致")
    rows = {}
    for line in lines:
        name, *counts = line.split("\t")
        rows[name] = make(map(int, counts))
    return rows


def _unusable(folder: Path, reason: str) -> ModelError:
    return ModelError(
        f"关键词模型 {folder} 不可用：{reason}。请恢复随软件附带的文件，"
        "或用 matcher train-keywords 重新生成"
    )
