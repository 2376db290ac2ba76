"""Writing of real files for the tests of intake."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from openpyxl import Workbook

Rows = Iterable[Sequence[object]]

GOOD_PROBLEM = "断路器额定电流下运行两小时，触头温升超过标准，更换材料后仍不稳定。"


def write_xlsx(path: Path, rows: Rows, *, evidence: Rows = (), merge: Sequence[str] = ()) -> Path:
    book = Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(list(row))
    for cells in merge:
        sheet.merge_cells(cells)
    evidence = list(evidence)
    if evidence:
        second = book.create_sheet("证据")
        for row in evidence:
            second.append(list(row))
    book.save(path)
    return path


def write_jsonl(path: Path, items: Iterable[Mapping[str, object]]) -> Path:
    lines = (json.dumps(item, ensure_ascii=False) for item in items)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def write_text(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path
