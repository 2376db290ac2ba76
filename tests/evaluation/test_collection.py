import json
from pathlib import Path

import pytest

from matcher.errors import UnreadableFileError
from matcher.evaluation.collection import read_collection
from matcher.records import EvidenceType, PartnerKind

PARTNER = {
    "id": "P1",
    "kind": "overseas",
    "name": "Group",
    "profile": "Adhesives",
    "evidence": [
        {"id": "e", "type": "patent", "title": "t", "text": "x", "year": 2020, "more": 1},
        {"id": "e", "title": "again"},
    ],
}


def write(folder: Path, partners: list[object], needs: list[object], qrels: str | None) -> Path:
    for name, rows in (("partners", partners), ("needs", needs)):
        lines = (row if isinstance(row, str) else json.dumps(row) for row in rows)
        (folder / f"{name}.jsonl").write_text("\n".join(lines), encoding="utf-8")
    if qrels is not None:
        (folder / "qrels.txt").write_text(qrels)
    return folder


def test_a_collection_is_read(tmp_path: Path) -> None:
    folder = write(
        tmp_path,
        [PARTNER, {"id": 7, "kind": "expert", "name": "张"}],
        [{"id": "N1", "text": "胶水"}, {"id": "N2", "title": "题目", "keywords": ["词"]}],
        "N1 0 P1 1\nN2 0 7 0\n",
    )
    collection = read_collection(folder)
    first, second = collection.partners
    assert (first.kind, second.id) == (PartnerKind.OVERSEAS, "7")
    assert [(e.id, e.type) for e in first.evidence] == [
        ("e", EvidenceType.PATENT),
        ("e#2", EvidenceType.PAPER),
    ]
    assert [need.text for need in collection.needs] == ["胶水", "题目\n词"]
    assert collection.qrels == {"N1": {"P1": 1}, "N2": {"7": 0}}


def test_qrels_may_be_missing(tmp_path: Path) -> None:
    assert read_collection(write(tmp_path, [PARTNER], [{"id": "N", "text": "x"}], None)).qrels == {}


@pytest.mark.parametrize(
    ("partners", "needs", "qrels", "message"),
    [
        (["{"], [], None, "partners.jsonl 第 1 行"),
        ([[1]], [], None, "JSON 对象"),
        ([{"id": "a", "name": "b"}], [], None, "kind"),
        ([PARTNER | {"kind": "alien"}], [], None, "alien"),
        ([PARTNER | {"id": "a b"}], [], None, "空白"),
        ([PARTNER | {"evidence": [{"year": "soon"}]}], [], None, "soon"),
        ([], [{"id": "N"}], None, "title 和 text"),
        ([], [], "N1 0 P1", "qrels.txt 第 1 行"),
    ],
)
def test_a_bad_line_is_named(
    tmp_path: Path, partners: list[object], needs: list[object], qrels: str | None, message: str
) -> None:
    with pytest.raises(UnreadableFileError, match=message):
        read_collection(write(tmp_path, partners, needs, qrels))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match=r"partners\.jsonl"):
        read_collection(tmp_path)
