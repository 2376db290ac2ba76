"""One side's passages in every view: dense vectors, characters and pairs of characters."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matcher.index.arrays import Growing, read_array
from matcher.index.catalogue import Allowed, Catalogue, OwnersBlock
from matcher.index.hubness import CORRECTION, References, dense_hubness
from matcher.index.lexical import LexicalIndex, LexicalQuery
from matcher.index.lexical_files import load_lexical
from matcher.index.vector import VectorBackend, VectorIndex
from matcher.records import Candidates, OwnerFacts, Passage, SearchFilter
from matcher.text.script import Script, script_of
from matcher.text.segment import pairs
from matcher.text.terms import lexical_terms, term_key
from matcher.timing import stage

DENSE: Final = "dense"
CHARACTERS: Final = "characters"
PAIRS: Final = "pairs"
DEPTH = 400
CHARACTERS_SEARCHED = 50_000
"""Up to so many passages single characters bring candidates; in a larger library each of them is
in so many passages that they tell little apart for much work, and they only score what the other
views have found."""

Vectors = NDArray[np.float32]
Ids = NDArray[np.int64]
Rows = NDArray[np.int64]
Owned = Sequence[tuple[OwnerFacts, Sequence[Passage]]]


class PassageIndex:
    """The passages of one side, searched in all views at once.

    What a snapshot holds is mapped from its files; what came since is kept in memory. Not safe for
    a change during a search: whoever shares one serialises the two.
    """

    def __init__(self, references: References, backend: VectorBackend, name: str) -> None:
        """Start empty.

        Args:
            references: measure hubness; they also tell the dimension of the vectors.
            backend: of the vectors.
            name: tells this index from the others of the library.
        """
        dimension = references.vectors.shape[1]
        self._references = references
        self.catalogue = Catalogue()
        self.vectors: dict[Script, VectorIndex] = {
            script: backend.empty(vectors_name(name, script), dimension) for script in Script
        }
        self._hubness = Growing(np.empty(0, dtype=np.float32))
        self.characters = LexicalIndex(references.terms.characters)
        self.pairs = LexicalIndex(references.terms.pairs)
        self._saved_rows = 0
        self._changed_rows = 0

    def __len__(self) -> int:
        """Number of passages."""
        return self.catalogue.passage_count

    @property
    def unsaved(self) -> int:
        """Passages that were added or removed since the snapshot."""
        return self.catalogue.row_count - self._saved_rows + self._changed_rows

    def put_many(self, owners: Owned, vectors: Vectors) -> None:
        """Index the passages of many owners; `vectors` are those of all, in order, (n, d)."""
        self.drop_many([facts.id for facts, _ in owners])
        block, texts = owners_block(owners)
        self.catalogue.put(block)
        for script in Script:
            written = block.scripts == script
            if written.any():
                self.vectors[script].add(block.ids[written], vectors[written])
        self._hubness.append(dense_hubness(self._references.vectors, vectors))
        terms = lexical_terms(texts)
        self.characters.add(terms.characters)
        self.pairs.add(terms.pairs)

    def drop_many(self, owner_ids: Sequence[str]) -> None:
        """Remove owners with their passages; those not there are passed over."""
        rows = self.catalogue.drop(owner_ids)
        if len(rows) == 0:
            return
        ids, scripts = self.catalogue.ids(rows), self.catalogue.scripts(rows)
        for script, index in self.vectors.items():
            index.remove(ids[scripts == script])
        self.characters.remove(rows)
        self.pairs.remove(rows)
        self._changed_rows += len(rows)

    def search(
        self,
        query: str,
        vector: Vectors,
        restriction: SearchFilter,
        depth: int = DEPTH,
        *,
        exact: bool = False,
    ) -> Candidates:
        """Find the passages of everybody who is near in any view, each scored by every view.

        Args:
            query: the text, for the lexical views.
            vector: its embedding, shape (d,), unit length.
            restriction: who may be found; it holds inside each view's search.
            depth: how many passages each view brings.
            exact: whether the lexical views look at everything, as in a small library; of a large
                one that was loaded single characters still bring nothing.
        """
        return self.search_many([query], vector.reshape(1, -1), restriction, depth, exact=exact)[0]

    def search_many(
        self,
        queries: Sequence[str],
        vectors: Vectors,
        restriction: SearchFilter,
        depth: int = DEPTH,
        *,
        exact: bool = False,
    ) -> list[Candidates]:
        """What `search` finds for each of many queries; `vectors` are theirs, shape (n, d)."""
        with stage("filter"):
            allowed = self.catalogue.allowed(restriction)
        with stage("dense"):
            near = self._near(vectors, depth, allowed)
        terms = lexical_terms(queries)
        found = []
        for number, query in enumerate(queries):
            with stage("lexical"):
                weighed = (
                    self.characters.query(terms.characters.of_document(number)),
                    self.pairs.query(terms.pairs.of_document(number)),
                )
                rows = np.concatenate(
                    [near[number], *self._sharing_terms(weighed, depth, allowed, exact=exact)]
                )
            with stage("rescoring"):
                found.append(self._scored(script_of(query), vectors[number], weighed, rows))
        return found

    def passage_share(self, term: str) -> float:
        """Share of the passages that contain a word, 0 to 1.

        Of a Chinese word the share of its rarest pair of characters, which is at least its own.
        """
        if len(term) == 1:
            return self.characters.document_share(term_key(term))
        of_parts = (self.pairs.document_share(term_key(part)) for part in pairs(term))
        return min(of_parts, default=0.0)

    def hubness_of(self, vector: Vectors) -> float:
        """Dense hubness of a vector, shape (d,), held or not."""
        return float(dense_hubness(self._references.vectors, vector.reshape(1, -1))[0])

    def _near(self, vectors: Vectors, depth: int, allowed: Allowed | None) -> list[Rows]:
        """For each query the rows of the nearest passages of each language.

        One in the query's own always looks nearer.
        """
        selection = None if allowed is None else allowed.selection
        found = [index.search_many(vectors, depth, selection) for index in self.vectors.values()]
        return [
            self.catalogue.rows(np.concatenate([ids for ids, _ in of_query]))
            for of_query in zip(*found, strict=True)
        ]

    def _sharing_terms(
        self,
        weighed: tuple[LexicalQuery, LexicalQuery],
        depth: int,
        allowed: Allowed | None,
        *,
        exact: bool,
    ) -> Iterator[Rows]:
        rows = None if allowed is None else allowed.rows
        if exact or len(self) <= CHARACTERS_SEARCHED:
            yield self.characters.best(weighed[0], depth, rows, exact=exact)
        yield self.pairs.best(weighed[1], depth, rows, exact=exact)

    def _scored(
        self,
        script: Script,
        vector: Vectors,
        weighed: tuple[LexicalQuery, LexicalQuery],
        found: Rows,
    ) -> Candidates:
        """What was found, with everything else of the same owners, in every view."""
        rows = self.catalogue.all_rows_of_owners(found)
        positions, owner_ids = self.catalogue.owners_of(rows)
        ids, scripts = self.catalogue.ids(rows), self.catalogue.scripts(rows)
        near = np.empty(len(rows), dtype=np.float32)
        for written, index in self.vectors.items():
            places = np.flatnonzero(scripts == written)
            near[places] = index.similarities(vector, ids[places])
        scores: dict[str, Vectors] = {
            DENSE: near - np.float32(CORRECTION) * self.hubness(rows),
            CHARACTERS: self.characters.at(weighed[0], rows),
            PAIRS: self.pairs.at(weighed[1], rows),
        }
        return Candidates(ids, positions, owner_ids, scripts != script, scores)

    def blocks(self, at_once: int) -> Iterator[tuple[OwnersBlock, Rows]]:
        """All owners with their passages, some at a time, and the rows these stand at."""
        yield from self.catalogue.blocks(at_once)

    def hubness(self, rows: Rows) -> Vectors:
        """Dense hubness of the passages at these rows, shape as `rows`."""
        values: Vectors = self._hubness.values[rows]
        return values

    @classmethod
    def load(
        cls, folder: Path, references: References, backend: VectorBackend, name: str
    ) -> "PassageIndex":
        """Map what a `PassageWriter` wrote; the references must be those it was given.

        Raises:
            IndexStateError: a part is missing or damaged.
        """
        index = cls(references, backend, name)
        index.catalogue = Catalogue.load(folder)
        index.vectors = {
            script: backend.load(folder / script.name.lower(), vectors_name(name, script))
            for script in Script
        }
        index.characters = load_lexical(folder / CHARACTERS, references.terms.characters)
        index.pairs = load_lexical(folder / PAIRS, references.terms.pairs)
        count = index.catalogue.row_count
        index._hubness.begin(read_array(folder / "hubness.f32", np.dtype(np.float32), count))
        index._saved_rows = count
        return index


def vectors_name(name: str, script: Script) -> str:
    """Name of the vectors of a side in one script."""
    return f"{name}-{script.name.lower()}"


def owners_block(owners: Owned) -> tuple[OwnersBlock, list[str]]:
    """Owners as a catalogue takes them, and the texts of all their passages in order."""
    passages = [passage for _, own in owners for passage in own]
    texts = [passage.text for passage in passages]
    block = OwnersBlock(
        facts=[facts for facts, _ in owners],
        counts=np.array([len(own) for _, own in owners], dtype=np.int64),
        ids=np.array([passage.id for passage in passages], dtype=np.int64),
        scripts=np.array([script_of(text) for text in texts], dtype=np.uint8),
    )
    return block, texts
