"""The encoder over a static model, without torch: it loads in a fraction of a second."""

from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from matcher.embedding.encoder import Vectors, unit_rows
from matcher.embedding.loading import find_model
from matcher.embedding.piece_table import PieceTable
from matcher.embedding.prompts import Prompts, prompted_id
from matcher.embedding.static_folder import find_static
from matcher.errors import ModelError

_SETTING = "MATCHER_MODEL"
_OWNER = "sentence-transformers"
_TEXTS_AT_ONCE = 2048
_CHARACTERS_AT_ONCE = 500_000


class StaticEncoder:
    """Encoder over a table of pieces; see `Encoder` for the methods.

    The vectors are those of `SentenceEncoder` over the same folder, and the models have the same
    id. A text of any length is read whole. Safe to be used by several threads.
    """

    is_static = True

    def __init__(
        self,
        tokenizer: Tokenizer,
        table: PieceTable,
        model_id: str,
        prompts: Prompts | None = None,
    ) -> None:
        self._tokenizer = tokenizer
        self._table = table
        self._prompts = prompts or Prompts()
        self.model_id = model_id
        self.dimension = table.dimension

    @classmethod
    def load(
        cls, name: str, *, query_prompt: str | None = None, passage_prompt: str | None = None
    ) -> "StaticEncoder":
        """Load a static model.

        Args:
            name: a folder for which `find_static` finds a model.
            query_prompt: put before queries; None for the model's own "query" prompt, if any.
            passage_prompt: put before passages; None for the model's own "document" prompt.

        Raises:
            ModelError: there is no static model, or its files are damaged.
        """
        found = find_static(Path(name).expanduser())
        if found is None:
            raise ModelError(f"{name} 不是完好的静态向量模型文件夹。请检查 {_SETTING}")
        source = find_model(name, owner=_OWNER, setting=_SETTING)
        try:
            tokenizer, table = found.read_tokenizer(), found.read_table()
        except Exception as error:  # the tokenizers library raises nothing more telling
            raise ModelError(f"无法加载模型 {name}：{error}。请检查 {_SETTING}") from error
        most = max(tokenizer.get_vocab().values(), default=-1)
        if most >= len(table):
            raise ModelError(
                f"无法加载模型 {name}：词表有 {most + 1} 个词元，向量表只有 {len(table)} 行。"
                f"请检查 {_SETTING}"
            )
        prompts = Prompts.chosen(found.prompts, query=query_prompt, passage=passage_prompt)
        return cls(tokenizer, table, prompted_id(source.model_id, passage_prompt), prompts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """See `Encoder.encode_passages`."""
        blocks = [self._sums(block) for block in _blocks(texts, self._prompts.passage)]
        if not blocks:
            return np.empty((0, self.dimension), dtype=np.float32)
        return unit_rows(blocks[0] if len(blocks) == 1 else np.concatenate(blocks))

    def encode_query(self, text: str) -> Vectors:
        """See `Encoder.encode_query`."""
        query: Vectors = unit_rows(self._sums([self._prompts.query + text]))[0]
        return query

    def _sums(self, texts: list[str]) -> Vectors:
        """Sum of each text's pieces; they point where the means do, which is all that counts."""
        encodings = self._tokenizer.encode_batch_fast(texts, add_special_tokens=False)
        pieces = [encoding.ids for encoding in encodings]
        starts = np.zeros(len(pieces) + 1, dtype=np.int32)
        np.cumsum([len(own) for own in pieces], out=starts[1:])
        flat = np.fromiter(chain.from_iterable(pieces), dtype=np.int32, count=starts[-1])
        return self._table.sums(flat, starts)


def _blocks(texts: Sequence[str], prompt: str) -> Iterator[list[str]]:
    """The texts with the prompt before each, in blocks that need little memory."""
    block: list[str] = []
    characters = 0
    for text in texts:
        block.append(prompt + text)
        characters += len(block[-1])
        if len(block) == _TEXTS_AT_ONCE or characters >= _CHARACTERS_AT_ONCE:
            yield block
            block, characters = [], 0
    if block:
        yield block
