"""Tiny real models that tests make: a static one, and a transformer with random weights."""

from pathlib import Path

import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import (
    Normalize,
    Pooling,
    StaticEmbedding,
    Transformer,
)
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Split
from transformers import BertConfig, BertModel, BertTokenizerFast

LETTERS = "断路器触头温升过高银合金发热牛皮制革无铬鞣收缩度阀门泄漏养殖大黄鱼abcdefghij0123456789"


def save_static_model(folder: Path, dimension: int = 16, seed: int = 0) -> Path:
    """A static model over single characters."""
    vocabulary = {letter: n for n, letter in enumerate(["[UNK]", *dict.fromkeys(LETTERS)])}
    tokenizer = Tokenizer(WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Split("", behavior="isolated")
    generator = torch.Generator().manual_seed(seed)
    weights = torch.randn(len(vocabulary), dimension, generator=generator)
    static = StaticEmbedding(tokenizer, embedding_weights=weights)
    SentenceTransformer(modules=[static, Normalize()], device="cpu").save(str(folder))
    return folder


def save_transformer_model(folder: Path, prompts: dict[str, str] | None = None) -> Path:
    """A BERT of one layer with random weights that takes 32 tokens."""
    parts = folder / "parts"
    parts.mkdir(parents=True)
    letters = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *dict.fromkeys(LETTERS)]
    (parts / "vocab.txt").write_text("\n".join(letters), encoding="utf-8")
    BertTokenizerFast(vocab=str(parts / "vocab.txt"), model_max_length=32).save_pretrained(parts)
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(letters),
        hidden_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=32,
    )
    BertModel(config).save_pretrained(parts)
    transformer = Transformer(str(parts), max_seq_length=32)
    model = SentenceTransformer(
        modules=[transformer, Pooling(transformer.get_embedding_dimension())],
        device="cpu",
        prompts=prompts,
    )
    model.save(str(folder / "model"))
    return folder / "model"
