from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.errors import IndexStateError
from matcher.index.catalogue import Catalogue, OwnersBlock
from matcher.records import OwnerFacts, SearchFilter

EVERYBODY = SearchFilter()


def put(catalogue: Catalogue, facts: OwnerFacts, passages: Sequence[int]) -> None:
    catalogue.drop([facts.id])
    catalogue.put(
        OwnersBlock(
            [facts],
            np.array([len(passages)]),
            np.array(passages, dtype=np.int64),
            np.array([number % 2 for number in passages], dtype=np.uint8),
        )
    )


def filled() -> Catalogue:
    catalogue = Catalogue()
    put(catalogue, OwnerFacts("a", "expert", "浙江省温州市"), [1, 2])
    put(catalogue, OwnerFacts("b", "society", "北京市"), [3])
    put(catalogue, OwnerFacts("c", "expert", "上海市"), [4, 6])
    return catalogue


@pytest.mark.parametrize(
    ("restriction", "expected"),
    [
        (SearchFilter(kinds=frozenset({"expert"})), [1, 2, 4, 6]),
        (SearchFilter(region="浙江省"), [1, 2]),
        (SearchFilter(exclude=frozenset({"a", "c", "nobody"})), [3]),
        (SearchFilter(kinds=frozenset({"overseas"})), []),
    ],
)
def test_a_filter_gives_the_passages_of_whom_it_allows(
    restriction: SearchFilter, expected: list[int]
) -> None:
    catalogue = filled()
    allowed = catalogue.allowed(restriction)
    assert allowed is not None
    assert allowed.selection.ids.tolist() == expected
    assert catalogue.ids(np.flatnonzero(allowed.rows)).tolist() == expected


def test_no_restriction_is_none_unless_a_row_is_empty() -> None:
    catalogue = filled()
    assert catalogue.allowed(EVERYBODY) is None
    catalogue.drop(["b"])
    allowed = catalogue.allowed(EVERYBODY)
    assert allowed is not None
    assert allowed.selection.ids.tolist() == [1, 2, 4, 6]


def test_a_filter_follows_changes() -> None:
    catalogue, restriction = filled(), SearchFilter(region="市")
    catalogue.allowed(restriction)
    put(catalogue, OwnerFacts("d", "institute", "宁波市"), [9])
    catalogue.drop(["a"])
    allowed = catalogue.allowed(restriction)
    assert allowed is not None
    assert allowed.selection.ids.tolist() == [3, 4, 6, 9]


def test_new_facts_and_passages_take_the_place_of_the_old() -> None:
    catalogue = filled()
    put(catalogue, OwnerFacts("a", "expert", "杭州市"), [2, 9])
    assert catalogue.passages_of("a").tolist() == [2, 9]
    assert catalogue.passage_ids().tolist() == [2, 3, 4, 6, 9]
    rows = catalogue.all_rows_of_owners(catalogue.rows(np.array([9])))
    assert catalogue.ids(rows).tolist() == [2, 9]
    assert catalogue.scripts(rows).tolist() == [0, 1]


def test_a_dropped_owner_is_gone() -> None:
    catalogue = filled()
    rows = catalogue.drop(["c", "nobody"])
    assert len(rows) == 2
    assert (len(catalogue), catalogue.passage_count) == (2, 3)
    assert catalogue.passage_ids().tolist() == [1, 2, 3]
    assert catalogue.rows(np.array([4, 1])).tolist() == [0]
    with pytest.raises(IndexStateError):
        catalogue.owners_of(rows)


def test_owners_of_passages() -> None:
    catalogue = filled()
    positions, owners = catalogue.owners_of(catalogue.rows(np.array([6, 1, 4])))
    assert [owners[p] for p in positions] == ["c", "a", "c"]


OWNED = st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 4), max_size=6)


@given(OWNED, OWNED, st.sets(st.sampled_from("abcdef")), st.integers(1, 6))
def test_after_any_changes_it_can_be_written_in_blocks_and_read(
    tmp_path_factory: pytest.TempPathFactory,
    first: dict[str, int],
    then: dict[str, int],
    dropped: set[str],
    at_once: int,
) -> None:
    catalogue, expected, following = Catalogue(), dict[str, list[int]](), 1
    for owned in (first, then):
        for owner, count in owned.items():
            expected[owner] = list(range(following, following + count))
            put(catalogue, OwnerFacts(owner, "expert", f"{owner}市"), expected[owner])
            following += count
    catalogue.drop(sorted(dropped))
    expected = {owner: own for owner, own in expected.items() if owner not in dropped}

    folder = tmp_path_factory.mktemp("catalogue")
    written = Catalogue()
    for block, rows in catalogue.blocks(at_once):
        assert catalogue.ids(rows).tolist() == block.ids.tolist()
        assert int(block.counts[:-1].sum()) < 2 * at_once + 4
        written.put(block)
    written.save(folder)
    loaded = Catalogue.load(folder)
    for found in (catalogue, written, loaded):
        assert sorted(found.owner_ids) == sorted(expected)
        assert {owner: found.passages_of(owner).tolist() for owner in expected} == expected
        assert found.passage_ids().tolist() == sorted(
            key for own in expected.values() for key in own
        )
        for owner, own in expected.items():
            allowed = found.allowed(SearchFilter(region=f"{owner}市"))
            assert allowed is not None
            assert allowed.selection.ids.tolist() == own


def test_a_damaged_file_says_what_to_do(tmp_path: Path) -> None:
    filled().save(tmp_path)
    for path in sorted(tmp_path.iterdir()):
        whole = path.read_bytes()
        path.write_bytes(whole[:-1])
        with pytest.raises(IndexStateError, match="matcher index build"):
            Catalogue.load(tmp_path)
        path.unlink()
        with pytest.raises(IndexStateError, match="matcher index build"):
            Catalogue.load(tmp_path)
        path.write_bytes(whole)
