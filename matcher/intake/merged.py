"""Merged cells of a worksheet, which openpyxl does not tell when it streams."""

import re
import zipfile
from bisect import bisect_right
from collections.abc import Sequence
from pathlib import Path

from openpyxl.utils import column_index_from_string

_MERGED = re.compile(rb'mergeCell ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
_BLOCK = 1024 * 1024
_OVERLAP = 64


class MergedCells:
    """The merged cells of a sheet, for a reader that meets the rows in their order."""

    def __init__(self, ranges: Sequence[tuple[int, int, int, int]]) -> None:
        """Take ranges as (first row, first column, last row, last column), from 1."""
        self._across = {first for first, left, _, right in ranges if right > left}
        self._down: dict[int, list[tuple[int, int]]] = {}
        for first, left, last, right in sorted(ranges):
            if left == right:
                self._down.setdefault(left - 1, []).append((first, last))
        self._held: dict[int, object] = {}

    def has_banner(self, number: int) -> bool:
        """Whether cells of one row are merged across columns, as in lines of title."""
        return number in self._across

    def fill_down(self, number: int, cells: Sequence[object]) -> list[object]:
        """The row with the value of a cell merged over several rows in each of them."""
        filled = list(cells)
        for column, spans in self._down.items():
            place = bisect_right(spans, (number, 1 << 30)) - 1
            if place < 0 or number > spans[place][1] or column >= len(filled):
                continue
            if number == spans[place][0]:
                self._held[column] = filled[column]
            elif filled[column] is None:
                filled[column] = self._held.get(column)
        return filled


def read_merged(path: Path, member: str) -> MergedCells:
    """Find the merged cells of a worksheet, given as a member of the workbook's archive."""
    ranges: set[tuple[int, int, int, int]] = set()
    with zipfile.ZipFile(path) as archive, archive.open(member) as sheet:
        kept = b""
        while block := sheet.read(_BLOCK):
            text = kept + block
            for left, first, right, last in _MERGED.findall(text):
                ranges.add((int(first), _column(left), int(last), _column(right)))
            kept = text[-_OVERLAP:]
    return MergedCells(sorted(ranges))


def _column(letters: bytes) -> int:
    return int(column_index_from_string(letters.decode()))
