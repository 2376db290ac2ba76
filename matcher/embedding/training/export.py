"""Writing the trained table as a sentence-transformers model folder."""

from pathlib import Path

import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer
from torch import Tensor

from matcher.embedding.training.card import model_card
from matcher.embedding.training.config import TrainingConfig

_WEIGHTS = "model.safetensors"
_LEVELS = 127
_READABLE = 0o644


def write_model(
    folder: Path, tokenizer: Tokenizer, table: Tensor, config: TrainingConfig, needs: int
) -> int:
    """Write a folder that `SentenceTransformer(folder)` loads; its vectors have unit length.

    The weights are stored as whole numbers of eight bits with one scale per row, in the layout of
    model2vec, which sentence-transformers turns back into 32-bit floats when it loads the model.

    Args:
        folder: made if missing; files of the same names are overwritten.
        tokenizer: its ids are the rows of the table.
        table: vectors of the pieces, shape (pieces, dimension).
        config: for the model card.
        needs: need pairs trained on, for the model card.

    Returns:
        Size of the folder in bytes.
    """
    # Importing it takes seconds and half a gigabyte: only where a model is really written.
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415
    from sentence_transformers.sentence_transformer.modules import (  # noqa: PLC0415
        Normalize,
        StaticEmbedding,
    )

    numbers, scales = quantise(table)
    static = StaticEmbedding(tokenizer, embedding_weights=numbers.float() * scales[:, None])
    model = SentenceTransformer(
        modules=[static, Normalize()], device="cpu", similarity_fn_name="cosine"
    )
    folder.mkdir(parents=True, exist_ok=True)
    model.save(str(folder), create_model_card=False)
    save_file({"embeddings": numbers, "weights": scales}, folder / _WEIGHTS)
    (folder / _WEIGHTS).chmod(_READABLE)
    card = model_card(config, pieces=len(table), needs=needs)
    (folder / "README.md").write_text(card, encoding="utf-8")
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def quantise(table: Tensor) -> tuple[Tensor, Tensor]:
    """Eight-bit rows and their scales.

    Args:
        table: shape (rows, dimension).

    Returns:
        Whole numbers from -127 to 127, shape (rows, dimension), and the factor of each row,
        shape (rows,): their product is the table up to rounding.
    """
    scales = table.abs().amax(dim=1).clamp_min(torch.finfo(torch.float32).tiny * 1e6) / _LEVELS
    return torch.round(table / scales[:, None]).to(torch.int8), scales
