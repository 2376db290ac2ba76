"""The model card that is written beside the model."""

from matcher.embedding.training.config import TrainingConfig

_CARD = """\
---
language: [zh, en]
library_name: sentence-transformers
pipeline_tag: sentence-similarity
license: cc-by-4.0
---

# Static Chinese–English embedding for technical needs and research texts

随软件附带的中英文静态向量模型：把企业技术需求（车间里的说法）和论文摘要、成果介绍放到同一个向量空间，
中文需求也能找到英文材料。每个词片一个向量，取平均后归一化；只需普通 CPU，离线可用，不需要提示词。
训练数据：ChinaXiv 论文（CC BY 4.0）、CSL 中文核心期刊摘要（Apache-2.0），以及为本项目编写的需求、
术语对照和同义说法。它不懂语序和否定，不能代替人的判断；需要更高质量时请换用更大的模型。

A table of {pieces:,} piece vectors with {dimension} dimensions. A text is the mean of its pieces'
vectors, scaled to unit length; the inner product of two texts is their cosine. It places a
factory's description of a problem near the abstract of a paper that could solve it, and Chinese
and English texts on one subject near each other.

## Use

    from sentence_transformers import SentenceTransformer
    model = SentenceTransformer("path/to/this/folder")
    vectors = model.encode(["注塑件老是缩水", "shrinkage of injection moulded parts"])

No prompts, neither for queries nor for documents, and no limit of length. Vectors have unit
length (a Normalize module); a text without any known piece gives a zero vector. Weights are
stored in eight bits with a scale per row and become 32-bit floats on loading, which needs
sentence-transformers 6.2 or later and no code of its own.

## Training

    matcher train CORPUS_FOLDER --out DIR

runs on {threads} CPU cores from fixed seeds: the same machine and library versions give the same
bytes. Pieces are counted on segmented text (NFKC, lower case). While training, a piece's vector is
its own plus those of its characters (or the stem of a Latin word); the sum is folded afterwards.

1. {steps:,} steps of {batch:,} pairs: parts of neighbouring paragraphs, halves of abstracts, titles
   and keywords with abstracts, Chinese with English abstracts, Chinese with English terms.
2. {epochs} passes over {needs:,} needs with the abstracts they were written for, together with
   translations, terms, and a loss that makes a need score the English abstract of a paper as it
   scores the Chinese one.

## Data and attribution

| data | origin | licence |
| --- | --- | --- |
| full texts, Chinese and English abstracts | ChinaXiv, Chinese Academy of Sciences, and the \
authors of the papers | CC BY 4.0 |
| abstracts of Chinese core journals | CSL (Chinese Scientific Literature dataset) | Apache-2.0 |
| needs, glossary, thesaurus | written for this project | as the project |

The texts were changed: read by OCR, cut into pieces, and turned into numbers. No text is
contained in the model beyond the pieces of its vocabulary.

## Limits

- A mean of word pieces knows neither word order nor negation, and little of a text's detail.
- Needs in training were written for this project, not collected from firms.
- Chinese and English only. Traditional characters were hardly seen.
- Numbers and model designations are matched as pieces, not understood.
"""


def model_card(config: TrainingConfig, *, pieces: int, needs: int) -> str:
    """The text of the card, Markdown.

    Args:
        config: the settings that the model was trained with.
        pieces: size of the vocabulary.
        needs: need pairs trained on.
    """
    return _CARD.format(
        pieces=pieces,
        dimension=config.dimension,
        threads=config.threads,
        steps=config.pretraining_steps,
        batch=config.pretraining_batch,
        epochs=config.need_epochs,
        needs=needs,
    )
