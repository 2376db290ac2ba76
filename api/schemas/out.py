"""What the responses of all records have in common."""

from collections.abc import Iterable
from typing import Self

from pydantic import BaseModel, ConfigDict

from matcher.intake.results import Note
from matcher.records import Enterprise, LabelledEnum, Need, Partner


class NoteOut(BaseModel):
    """保存时系统做的一处改动，或值得核对的一处内容。"""

    model_config = ConfigDict(from_attributes=True)

    field: str
    label: str
    message: str


class RecordOut(BaseModel):
    """A record as it is sent: its fields by name, the labels of its lists beside them."""

    model_config = ConfigDict(from_attributes=True)

    @classmethod
    def of(cls, record: Need | Partner | Enterprise) -> Self:
        """The response for a record."""
        return cls.model_validate(record)

    @classmethod
    def saved(cls, record: Need | Partner | Enterprise, notes: Iterable[Note]) -> Self:
        """The response for a record that was just saved."""
        out = cls.of(record)
        return out.model_copy(update={"notes": [NoteOut.model_validate(note) for note in notes]})


def label_of(member: LabelledEnum | None) -> str | None:
    """The Chinese label of a member of a closed list."""
    return None if member is None else member.label
