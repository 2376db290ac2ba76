"""The model card that is written beside the model."""

from collections.abc import Sequence

from matcher.screening.classifier.parts import DIVISION_LENGTH, ScreeningParts
from matcher.screening.classifier.training.config import AnswerScores, Hits, ScreeningConfig
from matcher.screening.classifier.training.corpus import ScreeningCorpus

_CARD = """\
---
language: [zh]
license: apache-2.0
---

# Screening of technical needs: field, discipline, industry

随软件附带的需求分类模型：读一条需求，建议所属领域（{fields} 类）、学科（{disciplines} 类）和
国民经济行业（GB/T 4754-2017，{divisions} 个大类、{groups} 个中类），各给前三项和校准过的置信度。
只是建议，由人确认；置信度达到下表 prefill 一列时，表单可以先填上第一项。

Two views of a text are weighed and added up: complement naive Bayes over {terms:,} terms (Chinese
characters, pairs of them, longer words, Latin terms), and {ensemble} small neural networks over the
text's embedding by `{encoder}`. A division's probability is the sum of its groups'.
With another embedding model the networks mean nothing; the terms alone then decide, less well.

## Use

    from matcher.screening.classifier import ScreeningModel
    model = ScreeningModel.load(folder)
    found = model.classify(text, encoder.encode_passages([text])[0])

`weights.npz` holds numbers only (loaded without pickle), `model.json` the lists and what ties the
two files together.

## Training

    matcher train-screening CORPUS_FOLDER --out DIR

Everything is fitted from fixed seeds on one thread: the same corpus, machine and library versions
give the same bytes.

## Measured

{folds} folds, each judged by models trained on the others; a need and the abstract that it was
written for are always in the same fold. Shares of texts whose right entry comes first / among the
first three; expected calibration error (ECE, ten bins) of the first suggestion's confidence, whose
weights were fitted on the other folds. From the confidence in the column *prefill* on,
{precision:.0%} of the first suggestions for needs were right: so sure, a form may be filled in.

| list | texts | all folds | first fold | terms alone | ECE | prefill | so sure | of these right |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
{rows}

The embedding model was trained on the same abstracts and needs, without any of these labels; the
vocabulary counts the terms of all texts, also without labels. Both may flatter the figures a
little for texts of another origin.

## Data and attribution

| data | origin | licence |
| --- | --- | --- |
| {abstracts:,} abstracts with the discipline of their journal | CSL (Chinese Scientific \
Literature dataset) | Apache-2.0 |
| {needs:,} needs, and terms of the disciplines | written for this project | as the project |
| fields and industry groups of {labels:,} needs | labelled for this project | as the project |
| codes and names of industries | GB/T 4754-2017 | facts of a national standard |

No text is contained in the model beyond the terms of its vocabulary.

## Limits

- Disciplines are those of the journals that abstracts stood in. Neighbouring disciplines overlap:
  a right answer is often not the only one.
- Industries are those of the firm that has the need, as far as its text tells, which is often
  open to doubt. Only {seen_divisions} divisions and {seen_groups} groups have labelled needs; the
  others are known by their names.
- Few or no labelled needs: {rare}.
- Needs in training were written for this project, not collected from firms.
"""

_ANSWERS = {
    "fields": "所属领域",
    "disciplines": "学科",
    "industries": "行业大类",
    "industry_groups": "行业中类",
}
_KINDS = {"need": "needs", "abstract": "abstracts"}
_FEW = 10


def model_card(
    scores: Sequence[AnswerScores],
    corpus: ScreeningCorpus,
    parts: ScreeningParts,
    config: ScreeningConfig,
) -> str:
    """The text of the card, Markdown.

    Args:
        scores: what held-out texts showed.
        corpus: what the model was trained on.
        parts: the model.
        config: settings of the training.
    """
    lists, groups = parts.lists, [label.industry_group for label in corpus.labels]
    return _CARD.format(
        fields=len(lists["fields"].codes),
        disciplines=len(lists["disciplines"].codes),
        divisions=len(parts.divisions),
        groups=len(lists["industry_groups"].codes),
        terms=len(parts.vocabulary),
        ensemble=config.ensemble,
        encoder=parts.encoder_id,
        folds=config.folds,
        precision=config.prefill_precision,
        rows="\n".join(map(_row, scores)),
        abstracts=len(corpus.disciplines),
        needs=len(corpus.needs),
        labels=len(corpus.labels),
        seen_divisions=len({group[:DIVISION_LENGTH] for group in groups}),
        seen_groups=len(set(groups)),
        rare=_rare_fields(corpus, parts),
    )


def _row(each: AnswerScores) -> str:
    right = "–" if each.prefill_right is None else f"{each.prefill_right:.3f}"
    prefill = "–" if each.prefill > 1 else f"{each.prefill:.2f}"
    cells = (
        _ANSWERS[each.answer],
        f"{each.texts:,} {_KINDS[each.kind]}",
        _shares(each.hits),
        _shares(each.first_fold),
        _shares(each.alone),
        f"{each.calibration_error:.3f}",
        prefill,
        f"{each.prefilled:.3f}",
        right,
    )
    return "| " + " | ".join(cells) + " |"


def _shares(hits: Hits) -> str:
    return f"{hits.top1:.3f} / {hits.top3:.3f}"


def _rare_fields(corpus: ScreeningCorpus, parts: ScreeningParts) -> str:
    """The fields with few labelled needs, each with their number."""
    given = [label.field.value for label in corpus.labels]
    entries = parts.lists["fields"]
    few = [
        f"{label} ({given.count(code)})"
        for code, label in zip(entries.codes, entries.labels, strict=True)
        if given.count(code) < _FEW
    ]
    return ", ".join(few) or "none of the fields"
