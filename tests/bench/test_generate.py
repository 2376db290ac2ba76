import json
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest

from matcher.intake import Subject, read_records
from matcher.records import Partner, PartnerKind
from matcher.text.passages import partner_passages
from matcher.text.script import Script, script_of
from tests.bench.generate import (
    LONGEST,
    SHORTEST,
    needs,
    partners,
    write_needs,
    write_partners,
)
from tests.bench.texts import Texts, read_texts

COUNT = 1500


@pytest.fixture(scope="module")
def texts() -> Texts:
    return read_texts()


@pytest.fixture(scope="module")
def directory(texts: Texts) -> list[Partner]:
    return list(partners(texts, COUNT))


def test_a_smaller_directory_is_the_beginning_of_a_larger_one(
    texts: Texts, directory: list[Partner]
) -> None:
    assert list(partners(texts, 20)) == directory[:20]
    assert list(partners(texts, 20, seed=1)) != directory[:20]
    assert [need.id for need in islice(needs(texts, 10**9), 3)] == [
        "N0000000",
        "N0000001",
        "N0000002",
    ]


def test_kinds_and_passages_are_as_stated(directory: list[Partner]) -> None:
    share = {
        kind: sum(partner.kind is kind for partner in directory) / COUNT for kind in PartnerKind
    }
    assert share[PartnerKind.EXPERT] == pytest.approx(0.70, abs=0.04)
    assert share[PartnerKind.OVERSEAS] == pytest.approx(0.03, abs=0.015)
    counts = [len(partner_passages(partner)) for partner in directory]
    assert set(counts) == {3, 4, 5}
    assert sum(counts) / COUNT == pytest.approx(4, abs=0.1)


def test_passages_have_their_length_and_language(directory: list[Partner]) -> None:
    lengths, scripts = [], set()
    for partner in directory:
        for passage in partner_passages(partner):
            script = script_of(passage.text)
            assert (script is Script.LATIN) == (partner.kind is PartnerKind.OVERSEAS), passage
            scripts.add(script)
            if partner.kind is PartnerKind.EXPERT:
                lengths.append(len(passage.text))
    assert scripts == set(Script)
    assert min(lengths) >= SHORTEST - 2, "but for a blank that was cut off"
    assert max(lengths) <= LONGEST


def test_hardly_a_passage_stands_twice(directory: list[Partner]) -> None:
    written = [passage.text for partner in directory for passage in partner_passages(partner)]
    assert len(set(written)) > 0.99 * len(written)


def test_recombined_needs_differ_from_those_they_come_of(texts: Texts) -> None:
    count = 3 * len(texts.needs)
    found = [need.problem for need in needs(texts, count)]
    assert found[: len(texts.needs)] == [problem for _, problem in texts.needs]
    assert len(set(found)) > 0.95 * count
    assert all(len(problem) > 20 for problem in found)


def test_the_product_reads_what_is_written(
    tmp_path: Path, texts: Texts, directory: list[Partner]
) -> None:
    write_partners(directory[:50], tmp_path / "partners.jsonl")
    write_needs(needs(texts, 20), tmp_path / "needs.jsonl")
    read = list(read_records(tmp_path / "partners.jsonl", Subject.PARTNERS))
    for row, partner in zip(read, directory[:50], strict=True):
        assert not row.faults
        assert replace(row.record, profile="", evidence=()) == replace(
            partner, profile="", evidence=()
        )
        assert len(row.record.evidence) == len(partner.evidence)
    asked = list(read_records(tmp_path / "needs.jsonl", Subject.NEEDS))
    assert len(asked) == 20
    assert not any(row.faults for row in asked)


def test_texts_of_a_folder_come_before_those_of_the_demo(tmp_path: Path) -> None:
    sentences = ("第一句话说的是触头温升的问题。", "第二句话说的是触头材料的改进。")
    row = json.dumps({"abstract": "".join(sentences), "keywords": ["触头"]}) + "\n"
    (tmp_path / "abstracts.jsonl").write_text(2 * row, encoding="utf-8")
    found = read_texts(tmp_path)
    assert found.chinese == [sentences, sentences]
    assert found.kin == [[1], [0]]
    assert found.english
    assert found.needs


def test_a_folder_without_abstracts_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="abstracts"):
        read_texts(tmp_path)
