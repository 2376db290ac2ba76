"""What a user might pick instead of this product, each set up as its own documentation does.

All that search by meaning use this product's model, so that engines are compared and not models.
The packages are imported where they are used: they come with the extra `bench`, and none of them
shall be in the memory of another.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from matcher.bootstrap import load_encoder
from matcher.settings import Settings
from matcher.text.segment import pairs, words

Found = Sequence[int]
"""Rows of passages, best first."""
Search = Callable[[str, int], Found]
"""Finds so many passages for a query."""
Build = Callable[[Sequence[str], Path], Search]
"""Makes a search over passages; may keep files in the folder."""

_AT_ONCE = 2000
_SAYS_NOTHING = "，。、；：？！（）()“”,.;:%的了在是和有"
"""What Milvus Lite has to be told to pass over: else its BM25 finds less than half as much."""


def faiss_flat(passages: Sequence[str], folder: Path) -> Search:
    """Exact search by vectors alone."""
    import faiss  # noqa: PLC0415

    encoder = load_encoder(Settings())
    index = faiss.IndexFlatIP(encoder.dimension)
    index.add(encoder.encode_passages(passages))

    def search(query: str, count: int) -> Found:
        _, rows = index.search(encoder.encode_query(query).reshape(1, -1), count)
        return [row for row in rows[0].tolist() if row >= 0]

    return search


def bm25s_words(passages: Sequence[str], folder: Path) -> Search:
    """BM25 over jieba words."""
    return _bm25s(passages, words)


def bm25s_pairs(passages: Sequence[str], folder: Path) -> Search:
    """BM25 over pairs of characters."""
    return _bm25s(passages, pairs)


def _bm25s(passages: Sequence[str], analyse: Callable[[str], list[str]]) -> Search:
    import bm25s  # noqa: PLC0415

    index = bm25s.BM25()
    index.index([analyse(text) for text in passages], show_progress=False)

    def search(query: str, count: int) -> Found:
        rows, _ = index.retrieve([analyse(query)], k=min(count, len(passages)), show_progress=False)
        return [int(row) for row in rows[0]]

    return search


def tantivy_words(passages: Sequence[str], folder: Path) -> Search:
    """Tantivy, on disk, over jieba words."""
    import tantivy  # noqa: PLC0415

    schema = (
        tantivy.SchemaBuilder()
        .add_unsigned_field("row", stored=True)
        .add_text_field("text", tokenizer_name="whitespace")
        .build()
    )
    index = tantivy.Index(schema, path=str(folder))
    writer = index.writer(heap_size=128_000_000, num_threads=1)
    for row, text in enumerate(passages):
        writer.add_document(tantivy.Document(row=row, text=" ".join(words(text))))
    writer.commit()
    index.reload()
    searcher = index.searcher()

    def search(query: str, count: int) -> Found:
        terms = [
            (tantivy.Occur.Should, tantivy.Query.term_query(schema, "text", word))
            for word in words(query)
        ]
        hits = searcher.search(tantivy.Query.boolean_query(terms), count).hits
        return [int(searcher.doc(at)["row"][0]) for _, at in hits]

    return search


def txtai_hybrid(passages: Sequence[str], folder: Path) -> Search:
    """txtai's hybrid index: vectors by FAISS, BM25 over what its tokenizer makes of Chinese."""
    from txtai import Embeddings  # noqa: PLC0415

    encoder = load_encoder(Settings())
    index = Embeddings(
        {
            "method": "external",
            "transform": lambda texts: _never_zero(encoder.encode_passages(list(texts))),
            "hybrid": True,
            "content": False,
        }
    )
    index.index((row, text, None) for row, text in enumerate(passages))

    def search(query: str, count: int) -> Found:
        return [row for row, _ in index.search(query, count)]

    return search


def _never_zero(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """The vectors, (n, d), with something in those of texts without a known word.

    txtai divides by their length and then cannot train its index.
    """
    zero = ~vectors.any(axis=1)
    return np.where(zero[:, None], np.float32(1e-6), vectors)


def milvus_dense(passages: Sequence[str], folder: Path) -> Search:
    """Milvus Lite, vectors alone."""
    client, encoder = _milvus(passages, folder, full_text=False)

    def search(query: str, count: int) -> Found:
        vector = encoder.encode_query(query).tolist()
        return _hits(client.search("passages", [vector], anns_field="dense", limit=count))

    return search


def milvus_hybrid(passages: Sequence[str], folder: Path) -> Search:
    """Milvus Lite, vectors and its own BM25 with its jieba analyser, fused by reciprocal rank."""
    from pymilvus import AnnSearchRequest, RRFRanker  # noqa: PLC0415

    client, encoder = _milvus(passages, folder, full_text=True)

    def search(query: str, count: int) -> Found:
        vector = encoder.encode_query(query).tolist()
        requests = [
            AnnSearchRequest([vector], "dense", {"metric_type": "IP"}, count),
            AnnSearchRequest([query], "sparse", {"metric_type": "BM25"}, count),
        ]
        return _hits(
            client.hybrid_search(
                "passages", requests, RRFRanker(), limit=count, output_fields=["row"]
            )
        )

    return search


def _milvus(passages: Sequence[str], folder: Path, *, full_text: bool):  # noqa: ANN202
    """A client of a collection that holds the passages, and the encoder of queries."""
    from pymilvus import DataType, Function, FunctionType, MilvusClient  # noqa: PLC0415

    encoder = load_encoder(Settings())
    client = MilvusClient(str(folder / "lite.db"))
    schema = client.create_schema(auto_id=False)
    schema.add_field("row", DataType.INT64, is_primary=True)
    schema.add_field("dense", DataType.FLOAT_VECTOR, dim=encoder.dimension)
    indexes = client.prepare_index_params()
    indexes.add_index("dense", index_type="FLAT", metric_type="IP")
    if full_text:
        schema.add_field(
            "text",
            DataType.VARCHAR,
            max_length=60_000,
            enable_analyzer=True,
            analyzer_params={
                "tokenizer": "jieba",
                "filter": [{"type": "stop", "stop_words": list(_SAYS_NOTHING)}],
            },
        )
        schema.add_field("sparse", DataType.SPARSE_FLOAT_VECTOR)
        schema.add_function(
            Function(
                name="bm25",
                function_type=FunctionType.BM25,
                input_field_names=["text"],
                output_field_names=["sparse"],
            )
        )
        indexes.add_index("sparse", index_type="SPARSE_INVERTED_INDEX", metric_type="BM25")
    client.create_collection("passages", schema=schema, index_params=indexes)
    for start in range(0, len(passages), _AT_ONCE):
        some = passages[start : start + _AT_ONCE]
        client.insert(
            "passages",
            [
                {"row": start + at, "dense": vector} | ({"text": text} if full_text else {})
                for at, (text, vector) in enumerate(
                    zip(some, np.asarray(encoder.encode_passages(some)).tolist(), strict=True)
                )
            ],
        )
    client.flush("passages")
    client.load_collection("passages")
    return client, encoder


def _hits(answer: list[list[dict[str, int]]]) -> Found:
    return [int(hit["row"]) for hit in answer[0]]


ENGINES: Mapping[str, Build] = MappingProxyType(
    {
        "txtai hybrid": txtai_hybrid,
        "Milvus Lite, vectors": milvus_dense,
        "Milvus Lite, hybrid": milvus_hybrid,
        "FAISS flat": faiss_flat,
        "bm25s, jieba words": bm25s_words,
        "bm25s, pairs of characters": bm25s_pairs,
        "tantivy, jieba words": tantivy_words,
    }
)
"""By the name that the table gives them."""
