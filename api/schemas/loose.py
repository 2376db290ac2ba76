"""Fields of request bodies that intake reads.

The OpenAPI document says how a field should be written; what comes is handed to `matcher.intake`
as it is, so that all faults of a record are found at once, in one wording for API, pages and
files.
"""

from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, ConfigDict, WithJsonSchema, model_validator

from matcher.records import EnterpriseSize as Size
from matcher.records import EvidenceType, LabelledEnum, PartnerKind, SiteType, SolutionMode
from matcher.records import TechField as Field


def _text(limit: int) -> dict[str, Any]:
    return {"type": ["string", "null"], "maxLength": limit}


def _one_of(choices: type[LabelledEnum]) -> dict[str, Any]:
    return {"type": ["string", "null"], "enum": [member.value for member in choices] + [None]}


Identifier = Annotated[Any, WithJsonSchema(_text(64))]
Line = Annotated[Any, WithJsonSchema(_text(300))]
Text = Annotated[Any, WithJsonSchema(_text(10_000))]
Texts = Annotated[Any, WithJsonSchema({"type": "array", "items": {"type": "string"}})]
Date = Annotated[Any, WithJsonSchema({"type": ["string", "null"], "format": "date"})]
Money = Annotated[Any, WithJsonSchema({"type": ["number", "null"], "minimum": 0})]
Whole = Annotated[Any, WithJsonSchema({"type": ["integer", "null"], "minimum": 0})]
Flag = Annotated[Any, WithJsonSchema({"type": ["boolean", "null"]})]
KindValue = Annotated[Any, WithJsonSchema(_one_of(PartnerKind))]
FieldValue = Annotated[Any, WithJsonSchema(_one_of(Field))]
SolutionValue = Annotated[Any, WithJsonSchema(_one_of(SolutionMode))]
SiteValue = Annotated[Any, WithJsonSchema(_one_of(SiteType))]
SizeValue = Annotated[Any, WithJsonSchema(_one_of(Size))]
EvidenceValue = Annotated[Any, WithJsonSchema(_one_of(EvidenceType))]


class LooseInput(BaseModel):
    """A body whose fields intake reads; a misspelt field is refused instead of being lost."""

    model_config = ConfigDict(extra="forbid")

    read_only: ClassVar[frozenset[str]] = frozenset()
    """Fields of the response that a client may send back; they are ignored."""

    @model_validator(mode="before")
    @classmethod
    def _drop_read_only(cls, given: object) -> object:
        if not isinstance(given, dict):
            return given
        return {name: value for name, value in given.items() if name not in cls.read_only}

    def values(self) -> dict[str, object]:
        """The fields that were given, by name."""
        return self.model_dump(exclude_unset=True)
