"""The two files of a classifier: model.json for what a person may read, weights.npz for numbers.

Both are written so that the same model gives the same bytes. model.json carries the digest of
weights.npz, so that files of different trainings are never used together. Nothing is unpickled.
"""

import hashlib
import json
import math
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.errors import ModelError
from matcher.screening.classifier.calibration import TOP, AnswerCalibration, Calibration
from matcher.screening.classifier.label_list import Fusion, LabelList
from matcher.screening.classifier.network import Layer, Network
from matcher.screening.classifier.parts import ANSWERS, DIVISION_LENGTH, LISTS, ScreeningParts
from matcher.screening.classifier.term_table import TermTable
from matcher.screening.classifier.terms import Vocabulary

FORMAT = 1
MODEL_FILE = "model.json"
WEIGHTS_FILE = "weights.npz"

Arrays = dict[str, NDArray[Any]]


def write_parts(folder: Path, parts: ScreeningParts) -> int:
    """Write both files into a folder, which is made if missing; returns their bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    words = "\n".join(parts.vocabulary.terms).encode()
    arrays: Arrays = {
        "vocabulary": np.frombuffer(words, dtype=np.uint8),
        "rarities": parts.vocabulary.rarities,
    }
    for name, entries in parts.lists.items():
        arrays |= _list_arrays(name, entries)
    weights = folder / WEIGHTS_FILE
    np.savez_compressed(weights, allow_pickle=False, **arrays)
    model = {
        "format": FORMAT,
        "sha256": _digest(weights),
        "encoder": parts.encoder_id,
        "calibrations": {name: asdict(each) for name, each in parts.calibrations.items()},
        "lists": {
            name: {
                "networks": len(entries.networks),
                "fusion": asdict(entries.fusion),
                "entries": dict(zip(entries.codes, entries.labels, strict=True)),
            }
            for name, entries in parts.lists.items()
        },
        "divisions": dict(parts.divisions),
    }
    text = json.dumps(model, ensure_ascii=False, indent=1) + "\n"
    (folder / MODEL_FILE).write_text(text, encoding="utf-8")
    return weights.stat().st_size + (folder / MODEL_FILE).stat().st_size


def read_parts(folder: Path) -> ScreeningParts:
    """Read and check what `write_parts` wrote.

    Raises:
        ModelError: a file is missing, damaged, of another format or of another training.
    """
    try:
        model = json.loads((folder / MODEL_FILE).read_bytes())
        _require(
            isinstance(model, dict) and model.get("format") == FORMAT,
            f"{MODEL_FILE} 不是第 {FORMAT} 版格式",
        )
        weights = folder / WEIGHTS_FILE
        _require(
            _digest(weights) == model["sha256"],
            f"{WEIGHTS_FILE} 与 {MODEL_FILE} 不是同一次训练的结果，或已损坏",
        )
        with np.load(weights, allow_pickle=False) as arrays:
            return _parts(model, {name: arrays[name] for name in arrays.files})
    except KeyError as error:
        raise _unusable(folder, f"缺少 {error}") from error
    except FileNotFoundError as error:
        raise _unusable(folder, f"缺少文件 {Path(error.filename).name}") from error
    except (
        AttributeError,
        OSError,
        TypeError,
        ValueError,
        zipfile.BadZipFile,
        zlib.error,
    ) as error:
        raise _unusable(folder, str(error)) from error


def _list_arrays(name: str, entries: LabelList) -> Arrays:
    arrays: Arrays = {
        f"{name}.starts": entries.table.starts,
        f"{name}.columns": entries.table.columns,
        f"{name}.weights": entries.table.weights,
        f"{name}.offsets": entries.table.offsets,
    }
    for number, network in enumerate(entries.networks):
        for part, layer in (("hidden", network.hidden), ("output", network.output)):
            arrays[f"{name}.{number}.{part}.numbers"] = layer.numbers
            arrays[f"{name}.{number}.{part}.scales"] = layer.scales
            arrays[f"{name}.{number}.{part}.bias"] = layer.bias
    return arrays


def _parts(model: Mapping[str, Any], arrays: Arrays) -> ScreeningParts:
    terms = tuple(arrays["vocabulary"].tobytes().decode().split("\n"))
    rarities = arrays["rarities"]
    _require(rarities.shape == (len(terms),), "词表与权重的长度不一致")
    parts = ScreeningParts(
        encoder_id=str(model["encoder"]),
        vocabulary=Vocabulary(terms, rarities),
        lists={name: _label_list(name, model["lists"][name], arrays) for name in LISTS},
        divisions={str(code): str(name) for code, name in model["divisions"].items()},
        calibrations={name: _calibration(model["calibrations"][name]) for name in ANSWERS},
    )
    for entries in parts.lists.values():
        _require(len(entries.table.starts) == len(terms) + 1, "词表与权重的长度不一致")
        dimensions = {each.dimension for each in entries.networks}
        _require(dimensions == {parts.dimension}, "各网络的向量维数不一致")
    groups = parts.lists["industry_groups"].codes
    divisions = {code[:DIVISION_LENGTH] for code in groups}
    _require(divisions <= set(parts.divisions), "有行业中类没有所属的大类")
    return parts


def _label_list(name: str, described: Mapping[str, Any], arrays: Arrays) -> LabelList:
    codes = tuple(map(str, described["entries"]))
    table = TermTable(
        classes=len(codes),
        starts=arrays[f"{name}.starts"],
        columns=arrays[f"{name}.columns"],
        weights=arrays[f"{name}.weights"],
        offsets=arrays[f"{name}.offsets"],
    )
    _check_table(name, table)
    networks = tuple(
        Network(*(_layer(f"{name}.{number}.{part}", arrays) for part in ("hidden", "output")))
        for number in range(int(described["networks"]))
    )
    _require(len(networks) > 0, f"{name} 没有网络")
    _require(all(each.classes == len(codes) for each in networks), f"{name} 的条目数与网络不一致")
    return LabelList(
        codes=codes,
        labels=tuple(map(str, described["entries"].values())),
        table=table,
        networks=networks,
        fusion=Fusion(
            **_numbers(described["fusion"], ("terms", "embedding", "terms_alone")),
        ),
    )


def _calibration(described: Mapping[str, Any]) -> AnswerCalibration:
    embedded, alone = (_view_calibration(described[name]) for name in ("embedded", "alone"))
    return AnswerCalibration(embedded, alone, **_numbers(described, ("prefill",)))


def _view_calibration(described: Mapping[str, Any]) -> Calibration:
    slopes, shifts = (tuple(map(float, described[name])) for name in ("slopes", "shifts"))
    _require(len(slopes) == len(shifts) == TOP, f"置信度校准应有 {TOP} 组数")
    _require(all(map(math.isfinite, slopes + shifts)), "置信度校准含有不是有限的数")
    return Calibration(slopes, shifts)


def _numbers(described: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, float]:
    numbers = {name: float(described[name]) for name in names}
    _require(all(map(math.isfinite, numbers.values())), f"{'、'.join(names)} 不是有限的数")
    return numbers


def _check_table(name: str, table: TermTable) -> None:
    pairs = len(table.columns)
    _require(
        table.starts[0] == 0
        and table.starts[-1] == pairs
        and bool((np.diff(table.starts) >= 0).all())
        and table.weights.shape == (pairs,)
        and table.offsets.shape == (table.classes,)
        and bool((table.columns < table.classes).all())
        and bool(np.isfinite(table.weights).all() and np.isfinite(table.offsets).all()),
        f"{name} 的词表权重不合格式",
    )


def _layer(name: str, arrays: Arrays) -> Layer:
    layer = Layer(*(arrays[f"{name}.{part}"] for part in ("numbers", "scales", "bias")))
    outputs = (layer.numbers.shape[0],)
    _require(
        layer.numbers.ndim == 2
        and layer.numbers.dtype == np.int8
        and layer.scales.shape == outputs
        and layer.bias.shape == outputs
        and bool(np.isfinite(layer.scales).all() and np.isfinite(layer.bias).all()),
        f"{name} 不合格式",
    )
    return layer


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _require(condition: bool, otherwise: str) -> None:
    if not condition:
        raise ValueError(otherwise)


def _unusable(folder: Path, reason: str) -> ModelError:
    return ModelError(
        f"分类模型 {folder} 不可用：{reason}。请恢复随软件附带的文件，"
        "或用 matcher train-screening 重新生成"
    )
