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
        (folder / "qrels.txt").write_text(qrels, encoding="utf-8")
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
        ([PARTNER | {"evidence": [{"year": 10**30}]}], [], None, "year"),
        ([PARTNER | {"evidence": [{"year": True}]}], [], None, "year"),
        ([PARTNER | {"evidence": {"title": "t"}}], [], None, "evidence"),
        ([PARTNER | {"evidence": ["t"]}], [], None, "evidence"),
        ([PARTNER | {"evidence": [{"keywords": [1]}]}], [], None, "keywords"),
        (
            ['{"id": "a", "kind": "expert", "name": "b", "evidence": [{"year": 1e999}]}'],
            [],
            None,
            "year",
        ),
        ([PARTNER | {"id": None}], [], None, "id"),
        ([PARTNER | {"id": True}], [], None, "id"),
        ([PARTNER | {"id": 1.5}], [], None, "id"),
        ([PARTNER | {"id": "a\ud800b"}], [], None, "控制字符"),
        ([PARTNER | {"kind": "\ud800"}], [], None, "未知"),
        ([PARTNER | {"name": None}], [], None, "name"),
        ([PARTNER | {"profile": ["a"]}], [], None, "profile"),
        ([PARTNER, PARTNER | {"name": "other"}], [], None, "第 2 行.*P1"),
        ([{"id": 7, "kind": "expert", "name": "b"}, PARTNER | {"id": "7"}], [], None, "“7”"),
        ([], [{"id": "N", "text": "x"}, {"id": "N", "text": "y"}], None, "第 2 行.*N"),
        (["[" * 100_000], [], None, "JSON"),
        ([], [{"id": "N"}], None, "title 和 text"),
        ([], [], "N1 0 P1", "qrels.txt 第 1 行"),
        ([], [], "N1 0 P1 ²", "qrels.txt 第 1 行"),
        ([], [], "N1 0 P1 --1", "qrels.txt 第 1 行"),
        ([], [], "N1 0 P1 1.0", "qrels.txt 第 1 行"),
    ],
)
def test_a_bad_line_is_named(
    tmp_path: Path, partners: list[object], needs: list[object], qrels: str | None, message: str
) -> None:
    with pytest.raises(UnreadableFileError, match=message):
        read_collection(write(tmp_path, partners, needs, qrels))


def test_what_is_no_character_becomes_a_blank(tmp_path: Path) -> None:
    partner = PARTNER | {"name": "甲\ud800乙", "evidence": [{"id": "e", "text": "a\udc00b"}]}
    need = {"id": "N", "text": "胶\ud800水", "keywords": "一个\ud800词"}
    collection = read_collection(write(tmp_path, [partner], [need], None))
    assert collection.partners[0].name == "甲 乙"
    assert collection.partners[0].evidence[0].text == "a b"
    assert collection.needs[0].problem == "胶 水"
    assert collection.needs[0].keywords == ("一个 词",)


def test_evidence_ids_stay_apart_from_those_given_to_repeats(tmp_path: Path) -> None:
    evidence = [{"id": name} for name in ("e", "e", "e#2", "e", "")]
    folder = write(tmp_path, [PARTNER | {"evidence": evidence}], [], None)
    ids = [item.id for item in read_collection(folder).partners[0].evidence]
    assert ids == ["e", "e#2", "e#2#2", "e#3", ""]


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match=r"partners\.jsonl"):
        read_collection(tmp_path)
