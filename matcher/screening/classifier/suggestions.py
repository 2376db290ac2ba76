"""What the classifier answers."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One entry of a closed list, and how sure the classifier is of it.

    Attributes:
        code: what is stored: a `TechField` value, a discipline's name, an industry code.
        label: the Chinese name that people see.
        confidence: calibrated probability that this is the right entry.
        confident: whether a form may be filled in with it beforehand. Only a first suggestion
            ever is; the confidence it needs was measured for each list when the model was trained.
    """

    code: str
    label: str
    confidence: float
    confident: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Classification:
    """The likeliest entries of each list, best first; empty where nothing in the text is known.

    Attributes:
        fields: technology fields (所属领域), see `matcher.records.TechField`.
        disciplines: disciplines (学科).
        industries: divisions (大类, such as C38) of GB/T 4754-2017.
        industry_groups: groups (中类, such as C381) of the same standard. They are suggested for
            themselves: the likeliest group need not lie in the likeliest division.
    """

    fields: tuple[Suggestion, ...]
    disciplines: tuple[Suggestion, ...]
    industries: tuple[Suggestion, ...]
    industry_groups: tuple[Suggestion, ...]
