"""Writing an index of passages block by block, in constant memory."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from matcher.index.arrays import ArrayWriter
from matcher.index.catalogue import Catalogue
from matcher.index.hubness import References, dense_hubness
from matcher.index.lexical_files import LexicalWriter
from matcher.index.passages import (
    CHARACTERS,
    CHARACTERS_SEARCHED,
    PAIRS,
    Owned,
    PassageIndex,
    owners_block,
    vectors_name,
)
from matcher.index.vector import VectorBackend
from matcher.text.script import Script
from matcher.text.terms import lexical_terms

Vectors = NDArray[np.float32]

_PASSAGES_AT_ONCE = 20_000


class PassageWriter:
    """Writes the folder that `PassageIndex.load` maps."""

    def __init__(
        self,
        folder: Path,
        references: References,
        backend: VectorBackend,
        name: str,
        basis: PassageIndex | None = None,
    ) -> None:
        """Make the folder and begin.

        Args:
            folder: is made.
            references: measure hubness.
            backend: of the vectors.
            name: see `PassageIndex`.
            basis: an index whose passages will be taken over; see `append_index`.
        """
        folder.mkdir(parents=True)
        self._folder = folder
        self._references = references
        self._catalogue = Catalogue()
        dimension = references.vectors.shape[1]
        self._vectors = {
            script: backend.writer(
                folder / script.name.lower(), vectors_name(name, script), dimension
            )
            for script in Script
        }
        for view in (CHARACTERS, PAIRS):
            (folder / view).mkdir()
        self._hubness = ArrayWriter(folder / "hubness.f32", np.dtype(np.float32))
        known = (basis.characters.vocabulary, basis.pairs.vocabulary) if basis else (None, None)
        self._characters = LexicalWriter(
            folder / CHARACTERS,
            references.terms.characters,
            known[0],
            searched_up_to=CHARACTERS_SEARCHED,
        )
        self._pairs = LexicalWriter(folder / PAIRS, references.terms.pairs, known[1])

    def append(self, owners: Owned, vectors: Vectors) -> None:
        """Write owners with their passages, whose vectors are given in order, shape (n, d)."""
        block, texts = owners_block(owners)
        self._catalogue.put(block)
        for script, writer in self._vectors.items():
            written = block.scripts == script
            writer.append(block.ids[written], vectors[written])
        self._hubness.append(dense_hubness(self._references.vectors, vectors))
        terms = lexical_terms(texts)
        self._characters.append(terms.characters)
        self._pairs.append(terms.pairs)

    def append_index(self, index: PassageIndex) -> None:
        """Write everything that the index holds which was given as the basis."""
        for block, rows in index.blocks(_PASSAGES_AT_ONCE):
            self._catalogue.put(block)
            for script, writer in self._vectors.items():
                ids = block.ids[block.scripts == script]
                writer.append(ids, index.vectors[script].vectors(ids))
            self._hubness.append(index.hubness(rows))
            self._characters.append_documents(index.characters.documents(rows))
            self._pairs.append_documents(index.pairs.documents(rows))

    def finish(self) -> None:
        """Write what can be told only now that all passages are known."""
        for writer in self._vectors.values():
            writer.finish()
        self._hubness.close()
        self._characters.finish()
        self._pairs.finish()
        self._catalogue.save(self._folder)

    def close(self) -> None:
        """Close the files of a writing that was given up."""
        self._hubness.close()
        self._characters.close()
        self._pairs.close()
