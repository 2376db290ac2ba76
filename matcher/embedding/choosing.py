"""Which encoder a model gets: the light one where it will do."""

from dataclasses import dataclass
from pathlib import Path

from matcher.embedding.encoder import Encoder
from matcher.embedding.sentence_encoder import SentenceEncoder
from matcher.embedding.static_encoder import StaticEncoder
from matcher.embedding.static_folder import find_static


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """An embedding model that is to be loaded, here or in another process.

    Attributes:
        name: a folder, or a name on the model hub such as `BAAI/bge-small-zh-v1.5`.
        query_prompt: put before queries; None for the model's own "query" prompt, if any.
        passage_prompt: put before passages; None for the model's own "document" prompt.
    """

    name: str
    query_prompt: str | None = None
    passage_prompt: str | None = None

    def load(self) -> Encoder:
        """Load it: the folder of a static model without torch, any other with it.

        Raises:
            ModelError: the model is not there, or cannot be loaded.
        """
        is_static = find_static(Path(self.name).expanduser()) is not None
        load = StaticEncoder.load if is_static else SentenceEncoder.load
        return load(self.name, query_prompt=self.query_prompt, passage_prompt=self.passage_prompt)
