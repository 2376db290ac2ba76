"""Suggestions of the screening as they are shown: what could be filled in, and what is already."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Self

from api.pages.format import percent
from matcher.errors import InvalidInputError
from matcher.intake.values import read_list
from matcher.records import Need
from matcher.screener import Screening
from matcher.screening.classifier import Classification, Suggestion

USUAL_KEYWORDS = 5
"""As many as the paper form asks for; a need that has them is offered no more."""


@dataclass(frozen=True, slots=True)
class Filled:
    """What stands already in the fields that the screening makes suggestions for."""

    field: str
    industry: str
    keywords: tuple[str, ...]

    @classmethod
    def in_form(cls, values: Mapping[str, str]) -> Self:
        """What was typed into a form."""
        return cls(values["field"], values["industry"].strip(), listed(values["keywords"]))

    @classmethod
    def in_need(cls, need: Need) -> Self:
        """What a stored need says."""
        return cls(need.field.value if need.field else "", need.industry, need.keywords)


@dataclass(frozen=True, slots=True)
class Choice:
    """A value that a field can be filled in with.

    Attributes:
        field: name of the form's field.
        value: what is put into it.
        label: what people see.
        percent: how sure the classifier is of it; None of a keyword, which is picked by eye.
        chosen: whether the field has it already.
    """

    field: str
    value: str
    label: str
    percent: int | None = None
    chosen: bool = False

    @property
    def token(self) -> str:
        """What a button sends to have this filled in."""
        return f"{self.field}:{self.value}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """Choices for a need, likeliest first.

    Attributes:
        fields: for 所属领域.
        industry_groups: for 应用行业, groups (中类) of the standard.
        industries: for 应用行业, divisions (大类).
        keywords: for 关键词; none of them is there yet.
        disciplines: for information, a need has no field for them.
        filled: what stood there when the suggestions were made.
    """

    fields: tuple[Choice, ...]
    industry_groups: tuple[Choice, ...]
    industries: tuple[Choice, ...]
    keywords: tuple[Choice, ...]
    disciplines: tuple[Suggestion, ...]
    filled: Filled

    @classmethod
    def of(cls, screening: Screening, filled: Filled) -> Self:
        """The choices beside what is filled in already."""
        found = screening.classification
        room = len(filled.keywords) < USUAL_KEYWORDS
        words = [keyword.text for keyword in screening.keywords] if room else []
        return cls(
            fields=tuple(_field_choice(suggestion, filled) for suggestion in found.fields),
            industry_groups=_industry_choices(found.industry_groups, filled),
            industries=_industry_choices(found.industries, filled),
            keywords=tuple(Choice("keywords", word, word) for word in words),
            disciplines=found.disciplines,
            filled=filled,
        )

    @property
    def missing(self) -> list[tuple[str, tuple[Choice, ...]]]:
        """Choices for what is not there yet, each list with its heading."""
        lists = [
            ("所属领域", () if self.filled.field else self.fields),
            ("应用行业", () if self.filled.industry else self.industry_groups),
            ("行业大类", () if self.filled.industry else self.industries),
            ("关键词", self.keywords),
        ]
        return [(heading, choices) for heading, choices in lists if choices]

    @property
    def differing(self) -> list[tuple[str, tuple[Choice, ...]]]:
        """The likeliest choices where something else is filled in, each with its heading."""
        lists = [
            ("所属领域", self.fields if self.filled.field else ()),
            ("应用行业", self.industry_groups if self.filled.industry else ()),
        ]
        return [
            (heading, choices[:1])
            for heading, choices in lists
            if choices and not choices[0].chosen
        ]

    def offer(self, token: str) -> Choice | None:
        """The choice that a button of a need's page stands for; None if it is offered no more."""
        offered = [choice for _, choices in self.missing + self.differing for choice in choices]
        return next((choice for choice in offered if choice.token == token), None)


def listed(keywords: str) -> tuple[str, ...]:
    """Keywords as they were typed into one line; none where intake will refuse the line."""
    try:
        return read_list(keywords, by_blanks=True)
    except InvalidInputError:
        return ()


def sure(found: Classification) -> dict[str, str]:
    """What an empty field may be filled in with beforehand; of industries the narrower one."""
    field = next((s.code for s in found.fields if s.confident), "")
    industries = (*found.industry_groups, *found.industries)
    industry = next((s.label for s in industries if s.confident), "")
    return {name: value for name, value in (("field", field), ("industry", industry)) if value}


def _field_choice(suggestion: Suggestion, filled: Filled) -> Choice:
    chosen = filled.field in (suggestion.code, suggestion.label)
    return Choice(
        "field", suggestion.code, suggestion.label, percent(suggestion.confidence), chosen
    )


def _industry_choices(suggestions: Iterable[Suggestion], filled: Filled) -> tuple[Choice, ...]:
    """An industry is stored by its name, which is what the paper form has."""
    return tuple(
        Choice("industry", s.label, s.label, percent(s.confidence), filled.industry == s.label)
        for s in suggestions
    )
