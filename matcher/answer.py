"""What a search brings before the records are fetched."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from matcher.records import Passage, ScoredOwner


@dataclass(frozen=True, slots=True)
class Answer:
    """Scored owners of one search, before their records are fetched."""

    scored: list[ScoredOwner]
    considered: int
    telling: frozenset[str]
    revision: int

    @property
    def owner_ids(self) -> list[str]:
        """Ids of the owners, best first."""
        return [owner.owner_id for owner in self.scored]

    @property
    def passage_ids(self) -> list[int]:
        """Ids of all passages that earned a place."""
        return [passage for owner in self.scored for passage in owner.passage_ids]

    def places(
        self, records: Collection[str], passages: Mapping[int, Passage]
    ) -> Iterator[tuple[int, ScoredOwner, list[Passage]]]:
        """Rank, owner and its passages, of the owners and passages that are still in the store."""
        present = (scored for scored in self.scored if scored.owner_id in records)
        for rank, scored in enumerate(present, start=1):
            yield rank, scored, [passages[p] for p in scored.passage_ids if p in passages]
