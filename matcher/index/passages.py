"""One side's passages in every view: dense vectors, characters and pairs of characters."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matcher.index.catalogue import Catalogue
from matcher.index.hubness import CORRECTION, DenseHubness, References
from matcher.index.lexical import LexicalIndex
from matcher.index.scripts import Scripts
from matcher.index.vector import FaissFlatIndex, VectorIndex
from matcher.records import Candidates, OwnerFacts, Passage, SearchFilter
from matcher.text.script import Script, script_of
from matcher.text.segment import characters, pairs

DENSE: Final = "dense"
CHARACTERS: Final = "characters"
PAIRS: Final = "pairs"
DEPTH = 400

Vectors = NDArray[np.float32]
Ids = NDArray[np.int64]


class PassageIndex:
    """The passages of one side, searched in all views at once.

    Not safe for a change during a search: whoever shares one serialises the two.
    """

    def __init__(self, references: References) -> None:
        """Start empty; the references also tell the dimension of the vectors."""
        self.catalogue = Catalogue()
        self.vectors: VectorIndex = FaissFlatIndex(references.vectors.shape[1])
        self.hubness = DenseHubness(references.vectors)
        self.characters = LexicalIndex(characters, references.texts)
        self.pairs = LexicalIndex(pairs, references.texts)
        self.scripts = Scripts()

    def put_many(
        self, owners: Sequence[tuple[OwnerFacts, Sequence[Passage]]], vectors: Vectors
    ) -> None:
        """Index the passages of many owners; `vectors` are those of all, in order, (n, d)."""
        self._forget(facts.id for facts, _ in owners)
        for facts, passages in owners:
            self.catalogue.put(facts, (passage.id for passage in passages))
        texts = [passage.text for _, passages in owners for passage in passages]
        ids = np.fromiter((p.id for _, passages in owners for p in passages), dtype=np.int64)
        self.scripts.add(ids, texts)
        self.vectors.add(ids, vectors)
        self.hubness.add(ids, vectors)
        self.characters.add(ids, texts)
        self.pairs.add(ids, texts)

    def drop_many(self, owner_ids: Sequence[str]) -> None:
        """Remove owners with their passages; those not there are passed over."""
        self._forget(owner_ids)
        for owner_id in owner_ids:
            self.catalogue.drop(owner_id)

    def search(
        self, query: str, vector: Vectors, restriction: SearchFilter, depth: int = DEPTH
    ) -> Candidates:
        """Find the passages of everybody who is near in any view, each scored by every view.

        Args:
            query: the text, for the lexical views.
            vector: its embedding, shape (d,), unit length.
            restriction: who may be found; it holds inside each view's search.
            depth: how many passages each view brings.
        """
        return self.search_many([query], vector.reshape(1, -1), restriction, depth)[0]

    def search_many(
        self,
        queries: Sequence[str],
        vectors: Vectors,
        restriction: SearchFilter,
        depth: int = DEPTH,
    ) -> list[Candidates]:
        """What `search` finds for each of many queries; `vectors` are theirs, shape (n, d)."""
        allowed = self.catalogue.allowed(restriction)
        near = self._near(vectors, depth, allowed)
        return [
            self._found(query, vector, ids, depth, allowed)
            for query, vector, ids in zip(queries, vectors, near, strict=True)
        ]

    def _found(
        self, query: str, vector: Vectors, near: Ids, depth: int, allowed: Ids | None
    ) -> Candidates:
        """What is near by meaning and by letters, with everything else of the same owners."""
        by_characters, by_pairs = self.characters.score(query), self.pairs.score(query)
        found = np.concatenate(
            [near, by_characters.top(depth, allowed), by_pairs.top(depth, allowed)]
        )
        ids = self.catalogue.all_passages_of_owners(found)
        positions, owner_ids = self.catalogue.owners_of(ids)
        scores = {
            DENSE: self.vectors.similarities(vector, ids) - CORRECTION * self.hubness.at(ids),
            CHARACTERS: by_characters.at(ids),
            PAIRS: by_pairs.at(ids),
        }
        foreign = self.scripts.differ_from(script_of(query), ids)
        return Candidates(ids, positions, owner_ids, foreign, scores)

    def _near(self, vectors: Vectors, depth: int, allowed: Ids | None) -> list[Ids]:
        """For each query the nearest passages of each language.

        One in the query's own always looks nearer.
        """
        ids_of = {script: self.scripts.ids(script, allowed) for script in Script}
        found = []
        for ids in ids_of.values():
            everything = len(ids) == len(self.vectors)
            found.append(self.vectors.search_many(vectors, depth, None if everything else ids))
        by_query = zip(*found, strict=True)
        return [np.concatenate([ids for ids, _ in of_query]) for of_query in by_query]

    def passage_share(self, term: str) -> float:
        """Share of the passages that contain a word, 0 to 1.

        Of a Chinese word the share of its rarest pair of characters, which is at least its own.
        """
        if len(term) == 1:
            return self.characters.document_share(term)
        of_parts = (self.pairs.document_share(part) for part in pairs(term))
        return min(of_parts, default=0.0)

    def save(self, folder: Path) -> None:
        """Write all views into a folder that exists."""
        self.catalogue.save(folder / "catalogue.json")
        self.vectors.save(folder / "vectors.faiss")
        self.hubness.save(folder / "hubness.npz")
        self.characters.save(folder / "characters.npz")
        self.pairs.save(folder / "pairs.npz")
        self.scripts.save(folder / "scripts.npy")

    @classmethod
    def load(cls, folder: Path, references: References) -> "PassageIndex":
        """Read what `save` wrote; the references must be those it was built with.

        Raises:
            IndexStateError: a part is missing or damaged.
        """
        index = cls(references)
        index.vectors = FaissFlatIndex.load(folder / "vectors.faiss")
        index.hubness = DenseHubness.load(folder / "hubness.npz", references.vectors)
        index.catalogue = Catalogue.load(folder / "catalogue.json")
        index.characters = LexicalIndex.load(
            folder / "characters.npz", characters, references.texts
        )
        index.pairs = LexicalIndex.load(folder / "pairs.npz", pairs, references.texts)
        index.scripts = Scripts.load(folder / "scripts.npy")
        return index

    def _forget(self, owner_ids: Iterable[str]) -> None:
        ids = np.concatenate(
            [np.empty(0, np.int64), *(self.catalogue.passages_of(o) for o in owner_ids)]
        )
        self.vectors.remove(ids)
        self.hubness.remove(ids)
        self.characters.remove(ids)
        self.pairs.remove(ids)
        self.scripts.remove(ids)
