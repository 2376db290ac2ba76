from pathlib import Path

import numpy as np
import pytest

from matcher.errors import IndexStateError
from matcher.index.catalogue import Catalogue
from matcher.records import OwnerFacts, SearchFilter


def filled() -> Catalogue:
    catalogue = Catalogue()
    catalogue.put(OwnerFacts("a", "expert", "浙江省温州市"), [1, 2])
    catalogue.put(OwnerFacts("b", "society", "北京市"), [3])
    catalogue.put(OwnerFacts("c", "expert", "上海市"), [4, 6])
    return catalogue


@pytest.mark.parametrize(
    ("restriction", "expected"),
    [
        (SearchFilter(kinds=frozenset({"expert"})), [1, 2, 4, 6]),
        (SearchFilter(region="浙江省"), [1, 2]),
        (SearchFilter(exclude=frozenset({"a", "c"})), [3]),
        (SearchFilter(kinds=frozenset({"overseas"})), []),
    ],
)
def test_a_filter_gives_the_passages_of_whom_it_allows(
    restriction: SearchFilter, expected: list[int]
) -> None:
    allowed = filled().allowed(restriction)
    assert allowed is not None
    assert allowed.tolist() == expected


def test_no_restriction_is_none() -> None:
    assert filled().allowed(SearchFilter()) is None


def test_new_facts_and_passages_take_the_place_of_the_old() -> None:
    catalogue = filled()
    catalogue.put(OwnerFacts("a", "expert", "杭州市"), [2, 9])
    assert catalogue.passages_of("a").tolist() == [2, 9]
    assert catalogue.passage_ids().tolist() == [2, 3, 4, 6, 9]
    assert catalogue.all_passages_of_owners(np.array([9])).tolist() == [2, 9]


def test_a_dropped_owner_is_gone() -> None:
    catalogue = filled()
    catalogue.drop("c")
    catalogue.drop("nobody")
    assert len(catalogue) == 2
    assert catalogue.passage_ids().tolist() == [1, 2, 3]
    with pytest.raises(IndexStateError):
        catalogue.owners_of(np.array([4]))


def test_owners_of_passages() -> None:
    positions, owners = filled().owners_of(np.array([6, 1, 4]))
    assert [owners[p] for p in positions] == ["c", "a", "c"]


def test_saving_and_loading_round_trips(tmp_path: Path) -> None:
    catalogue = filled()
    catalogue.drop("b")
    catalogue.save(tmp_path / "catalogue.json")
    loaded = Catalogue.load(tmp_path / "catalogue.json")
    assert loaded.passage_ids().tolist() == [1, 2, 4, 6]
    assert loaded.owner_ids == ("a", "c")
    (tmp_path / "catalogue.json").write_text("{")
    with pytest.raises(IndexStateError, match="matcher index build"):
        Catalogue.load(tmp_path / "catalogue.json")
