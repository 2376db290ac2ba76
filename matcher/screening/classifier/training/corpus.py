"""Reading what the classifier is trained on: a corpus folder, labels, the industry standard."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from matcher.errors import TrainingError
from matcher.records import TechField
from matcher.screening.classifier.parts import DIVISION_LENGTH
from matcher.screening.jsonrows import read_rows

Row = dict[str, Any]


@dataclass(frozen=True)
class LabelledNeed:
    """Field and industry group of the need with this id."""

    id: str
    field: TechField
    industry_group: str


@dataclass(frozen=True)
class ScreeningCorpus:
    """Texts and what is known of them.

    Attributes:
        abstracts: id → text.
        disciplines: id of an abstract → its discipline, where known.
        needs: id of an abstract → the need written for it, title and text.
        terms: discipline and text of each entry of the glossary and the thesaurus.
        labels: fields and industries of needs.
        industries: code → name of GB/T 4754, all levels, in the order of the standard.
    """

    abstracts: dict[str, str]
    disciplines: dict[str, str]
    needs: dict[str, str]
    terms: tuple[tuple[str, str], ...]
    labels: tuple[LabelledNeed, ...]
    industries: dict[str, str]

    @property
    def divisions(self) -> dict[str, str]:
        """Code and name of each division (大类), a letter and two digits."""
        return self._of_length(DIVISION_LENGTH)

    @property
    def groups(self) -> dict[str, str]:
        """Code and name of each group (中类), a letter and three digits."""
        return self._of_length(DIVISION_LENGTH + 1)

    def _of_length(self, length: int) -> dict[str, str]:
        return {code: name for code, name in self.industries.items() if len(code) == length}


def read_screening_corpus(folder: Path, labels: Path, industries: Path) -> ScreeningCorpus:
    """Read everything.

    Args:
        folder: holds abstracts.jsonl (id, abstract, discipline or null), needpairs.jsonl (id of
            an abstract, title, text), glossary.jsonl (discipline, zh, en) and thesaurus.jsonl
            (discipline, plain, technical).
        labels: JSON lines of id, field (a `TechField` value) and industry (a group's code).
        industries: JSON lines of code and name, the codes with the letter of their section.

    Raises:
        TrainingError: a file is missing, empty or malformed (named with its row), or a label
            names a need or an industry that is not there.
    """
    abstracts: dict[str, str] = {}
    disciplines: dict[str, str] = {}
    for identifier, text, discipline in read_rows(folder / "abstracts.jsonl", _abstract):
        abstracts[identifier] = text
        if discipline:
            disciplines[identifier] = discipline
    corpus = ScreeningCorpus(
        abstracts=abstracts,
        disciplines=disciplines,
        needs=dict(read_rows(folder / "needpairs.jsonl", _need)),
        terms=(
            *read_rows(folder / "glossary.jsonl", _term("zh", "en")),
            *read_rows(folder / "thesaurus.jsonl", _term("plain", "technical")),
        ),
        labels=tuple(read_rows(labels, _label)),
        industries=dict(read_rows(industries, _industry)),
    )
    _check(corpus)
    return corpus


def _check(corpus: ScreeningCorpus) -> None:
    for need in corpus.needs:
        if need not in corpus.abstracts:
            raise TrainingError(f"needpairs.jsonl 中的 {need} 在 abstracts.jsonl 中没有对应的摘要")
    groups, divisions = corpus.groups, corpus.divisions
    for label in corpus.labels:
        if label.id not in corpus.needs:
            raise TrainingError(f"标注的需求 {label.id} 不在 needpairs.jsonl 中")
        if label.industry_group not in groups:
            raise TrainingError(
                f"需求 {label.id} 标注的行业 {label.industry_group} 不是行业中类代码"
            )
    for group in groups:
        if group[:DIVISION_LENGTH] not in divisions:
            raise TrainingError(f"行业中类 {group} 没有所属的大类")


def _abstract(row: Row) -> tuple[str, str, str]:
    return _text(row, "id"), _text(row, "abstract"), row.get("discipline") or ""


def _need(row: Row) -> tuple[str, str]:
    return _text(row, "id"), f"{_text(row, 'title')}\n{_text(row, 'text')}"


def _term(left: str, right: str) -> Callable[[Row], tuple[str, str]]:
    return lambda row: (_text(row, "discipline"), f"{_text(row, left)} {_text(row, right)}")


def _label(row: Row) -> LabelledNeed:
    return LabelledNeed(
        _text(row, "id"), TechField.parse(_text(row, "field")), _text(row, "industry")
    )


def _industry(row: Row) -> tuple[str, str]:
    return _text(row, "code"), _text(row, "name")


def _text(row: Row, field: str) -> str:
    value = row[field]
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"字段 {field} 不是文字")
    return value
