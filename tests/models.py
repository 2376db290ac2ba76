"""Tiny real models that tests make, with random weights, built as the well-known ones are."""

from pathlib import Path

import torch
from sentence_transformers import CrossEncoder, SentenceTransformer
from sentence_transformers.sentence_transformer.modules import (
    Normalize,
    Pooling,
    StaticEmbedding,
    Transformer,
)
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from tokenizers.processors import TemplateProcessing
from transformers import (
    BertConfig,
    BertForSequenceClassification,
    BertModel,
    BertTokenizerFast,
    PreTrainedModel,
    PreTrainedTokenizerFast,
    Qwen3Config,
    Qwen3ForCausalLM,
    Qwen3Model,
    XLMRobertaConfig,
    XLMRobertaModel,
)

LETTERS = "断路器触头温升过高银合金发热牛皮制革无铬鞣收缩度阀门泄漏养殖大黄鱼abcdefghij0123456789"
_BERT_VOCABULARY = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *dict.fromkeys(LETTERS)]
_CHAT = (
    "{% for m in messages %}"
    "{% if m.role == 'system' %}<s>{{ m.content }}"
    "{% elif m.role == 'query' %}<q>{{ m.content }}"
    "{% elif m.role == 'document' %}<d>{{ m.content }}{% endif %}"
    "{% endfor %}<a>"
)


def save_static_model(folder: Path, dimension: int = 16, seed: int = 0) -> Path:
    """A static model over single characters."""
    vocabulary = {letter: n for n, letter in enumerate(["[UNK]", *dict.fromkeys(LETTERS)])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split("", behavior="isolated")
    generator = torch.Generator().manual_seed(seed)
    weights = torch.randn(len(vocabulary), dimension, generator=generator)
    static = StaticEmbedding(tokenizer, embedding_weights=weights)
    SentenceTransformer(modules=[static, Normalize()], device="cpu").save(
        str(folder), create_model_card=False
    )
    return folder


def save_transformer_model(
    folder: Path, prompts: dict[str, str] | None = None, *, pooling: str = "mean", seed: int = 0
) -> Path:
    """A BERT of one layer that takes 32 tokens; with `pooling` "cls" as bge-small-zh is built."""
    torch.manual_seed(seed)
    parts = _save_parts(folder, BertModel(_bert_config(32)), _bert_tokenizer(folder, 32))
    return _save_sentence_model(folder, parts, pooling, prompts)


def save_roberta_model(folder: Path, prompts: dict[str, str] | None = None) -> Path:
    """An XLM-RoBERTa of one layer that takes 32 tokens, as bge-m3 is built."""
    special = ["<s>", "<pad>", "</s>", "<unk>"]
    pieces = [(piece, -1.0) for piece in [*special, "▁", *dict.fromkeys(LETTERS)]]
    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=3))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.post_processor = TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", 0), ("</s>", 2)],
    )
    torch.manual_seed(0)
    config = XLMRobertaConfig(
        vocab_size=len(pieces),
        max_position_embeddings=34,  # its positions begin at 2
        type_vocab_size=1,
        **_SMALL,
    )
    wrapped = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        model_max_length=32,
        bos_token="<s>",
        pad_token="<pad>",
        eos_token="</s>",
        unk_token="<unk>",
    )
    parts = _save_parts(folder, XLMRobertaModel(config), wrapped)
    return _save_sentence_model(folder, parts, "cls", prompts)


def save_qwen_model(folder: Path, prompts: dict[str, str] | None = None) -> Path:
    """A Qwen3 of one layer in half precision that takes 64 tokens, as Qwen3-Embedding is built.

    Its tokens are bytes, its padding is on the left, and its last token carries the vector.
    """
    torch.manual_seed(0)
    tokenizer = _byte_tokenizer(64)
    tokenizer.backend_tokenizer.post_processor = TemplateProcessing(
        single="$A <end>",
        special_tokens=[("<end>", tokenizer.convert_tokens_to_ids("<end>"))],
    )
    model = Qwen3Model(_qwen_config(len(tokenizer), 64)).to(torch.bfloat16)
    return _save_sentence_model(folder, _save_parts(folder, model, tokenizer), "lasttoken", prompts)


def save_cross_encoder(
    folder: Path,
    *,
    labels: int = 1,
    tokens: int = 64,
    seed: int = 0,
    prompts: dict[str, str] | None = None,
    activation: torch.nn.Module | None = None,
) -> Path:
    """A BERT cross-encoder of one layer, saved by sentence-transformers."""
    parts = save_classifier(folder, labels=labels, tokens=tokens, seed=seed)
    model = CrossEncoder(
        str(parts),
        device="cpu",
        local_files_only=True,
        prompts=prompts,
        default_prompt_name=next(iter(prompts), None) if prompts else None,
        activation_fn=activation,
    )
    model.save(str(folder / "model"), create_model_card=False)
    return folder / "model"


def save_classifier(folder: Path, *, labels: int = 1, tokens: int = 64, seed: int = 0) -> Path:
    """A BERT with a classification head and no files of sentence-transformers.

    The bge re-rankers lie on the hub like this.
    """
    torch.manual_seed(seed)
    config = _bert_config(tokens)
    config.num_labels = labels
    model = BertForSequenceClassification(config)
    return _save_parts(folder, model, _bert_tokenizer(folder, tokens))


def save_headless(folder: Path) -> Path:
    """A BERT without any head and without files of sentence-transformers."""
    torch.manual_seed(0)
    return _save_parts(folder, BertModel(_bert_config(32)), _bert_tokenizer(folder, 32))


def save_chat_reranker(folder: Path, *, template: str | None = _CHAT, tokens: int = 128) -> Path:
    """A Qwen3 of one layer that is asked for "yes" or "no", as Qwen3-Reranker is built."""
    torch.manual_seed(0)
    tokenizer = _byte_tokenizer(tokens)
    tokenizer.chat_template = template
    model = Qwen3ForCausalLM(_qwen_config(len(tokenizer), tokens))
    return _save_parts(folder, model, tokenizer)


_SMALL = {
    "hidden_size": 32,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
    "intermediate_size": 32,
    "initializer_range": 0.5,  # with the usual 0.02 all texts look nearly alike
}


def _bert_config(tokens: int) -> BertConfig:
    return BertConfig(vocab_size=len(_BERT_VOCABULARY), max_position_embeddings=tokens, **_SMALL)


def _bert_tokenizer(folder: Path, tokens: int) -> BertTokenizerFast:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vocab.txt").write_text("\n".join(_BERT_VOCABULARY), encoding="utf-8")
    return BertTokenizerFast(vocab=str(folder / "vocab.txt"), model_max_length=tokens)


def _qwen_config(vocabulary: int, tokens: int) -> Qwen3Config:
    return Qwen3Config(
        vocab_size=vocabulary,
        max_position_embeddings=tokens,
        num_key_value_heads=1,
        head_dim=16,
        **_SMALL,
    )


def _byte_tokenizer(tokens: int) -> PreTrainedTokenizerFast:
    letters = [*sorted(pre_tokenizers.ByteLevel.alphabet()), "yes", "no", "<end>"]
    tokenizer = Tokenizer(models.BPE({letter: n for n, letter in enumerate(letters)}, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(["<end>"])
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        model_max_length=tokens,
        eos_token="<end>",
        pad_token="<end>",
        padding_side="left",
    )


def _save_parts(folder: Path, model: PreTrainedModel, tokenizer: PreTrainedTokenizerFast) -> Path:
    parts = folder / "parts"
    model.save_pretrained(parts)
    tokenizer.save_pretrained(parts)
    return parts


def _save_sentence_model(
    folder: Path, parts: Path, pooling: str, prompts: dict[str, str] | None
) -> Path:
    transformer = Transformer(str(parts))
    dimension = transformer.get_embedding_dimension()
    model = SentenceTransformer(
        modules=[transformer, Pooling(dimension, pooling_mode=pooling), Normalize()],
        device="cpu",
        prompts=prompts,
    )
    model.save(str(folder / "model"), create_model_card=False)
    return folder / "model"
