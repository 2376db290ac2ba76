"""The corpus as token ids."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from matcher.embedding.training.bags import Bags, Ids, tokenise
from matcher.embedding.training.corpus import Corpus


@dataclass(frozen=True)
class TokenisedCorpus:
    """The corpus as token ids.

    `paragraphs` of all papers stand one after another; those of paper i are at
    `paper_bounds[i]` to `paper_bounds[i + 1]`. `need_abstracts` holds the row in `abstracts` of
    each need's abstract.
    """

    titles: Bags
    summaries: Bags
    paper_keywords: Bags
    paragraphs: Bags
    paper_bounds: Ids
    abstracts: Bags
    abstract_keywords: Bags
    need_titles: Bags
    need_texts: Bags
    needs: Bags
    need_abstracts: Ids
    parallel_titles: Bags
    chinese: Bags
    english: Bags
    glossary: tuple[Bags, Bags]
    thesaurus: tuple[Bags, Bags]

    @classmethod
    def of(cls, corpus: Corpus, tokenizer: Tokenizer) -> "TokenisedCorpus":
        """Tokenise every text of the corpus."""

        def bags(texts: Sequence[str]) -> Bags:
            return tokenise(tokenizer, texts)

        rows = {abstract.id: row for row, abstract in enumerate(corpus.abstracts)}
        return cls(
            titles=bags([paper.title for paper in corpus.papers]),
            summaries=bags([paper.abstract for paper in corpus.papers]),
            paper_keywords=bags([paper.keywords for paper in corpus.papers]),
            paragraphs=bags([text for paper in corpus.papers for text in paper.paragraphs]),
            paper_bounds=np.cumsum([0] + [len(paper.paragraphs) for paper in corpus.papers]),
            abstracts=bags([abstract.text for abstract in corpus.abstracts]),
            abstract_keywords=bags([abstract.keywords for abstract in corpus.abstracts]),
            need_titles=bags([need.title for need in corpus.needs]),
            need_texts=bags([need.text for need in corpus.needs]),
            needs=bags([f"{need.title}\n{need.text}" for need in corpus.needs]),
            need_abstracts=np.array([rows[need.abstract_id] for need in corpus.needs]),
            parallel_titles=bags([pair.left.partition("。")[0] for pair in corpus.parallel]),
            chinese=bags([pair.left for pair in corpus.parallel]),
            english=bags([pair.right for pair in corpus.parallel]),
            glossary=(
                bags([pair.left for pair in corpus.glossary]),
                bags([pair.right for pair in corpus.glossary]),
            ),
            thesaurus=(
                bags([pair.left for pair in corpus.thesaurus]),
                bags([pair.right for pair in corpus.thesaurus]),
            ),
        )

    def frequencies(self, pieces: int) -> NDArray[np.float64]:
        """Relative frequency of each piece in paragraphs, abstracts and English, (pieces,)."""
        counts = np.zeros(pieces)
        for bags, weight in ((self.paragraphs, 1), (self.abstracts, 5), (self.english, 1)):
            counts += weight * np.bincount(bags.ids, minlength=pieces)
        relative: NDArray[np.float64] = counts / max(1.0, counts.sum())
        return relative
