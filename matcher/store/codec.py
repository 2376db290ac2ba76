"""Records to rows and back."""

import json
from collections.abc import Iterable
from dataclasses import fields
from functools import cache
from hashlib import blake2b
from typing import Any, Final, TypeVar

from sqlalchemy import Row

from matcher.records import (
    Enterprise,
    EnterpriseSize,
    Evidence,
    EvidenceType,
    Need,
    Partner,
    PartnerKind,
    Passage,
    Side,
    SiteType,
    SolutionMode,
    TechField,
)
from matcher.store.tables import EnterpriseRow, NeedRow, PartnerRow, PassageRow

Record = TypeVar("Record", Enterprise, Need, Partner)

PASSAGE_COLUMNS: Final = (
    PassageRow.id,
    PassageRow.side,
    PassageRow.owner_id,
    PassageRow.evidence_id,
    PassageRow.text,
    PassageRow.content_hash,
)
"""What a passage is read from. Plain columns: an index reads millions, and mapped objects cost
four times as much."""


def digest(text: str) -> str:
    """128-bit hash of a text, 32 hexadecimal digits."""
    return blake2b(text.encode(), digest_size=16).hexdigest()


def fingerprint(record: Enterprise | Need | Partner) -> str:
    """Hash of everything a record says; equal records have equal fingerprints."""
    return digest(_FINGERPRINTED.encode(record))


def columns(record: Enterprise | Need | Partner | Evidence) -> dict[str, Any]:
    """A record's own fields as column values; an enumeration becomes its value."""
    values = _own_values(type(record), record)
    return {key: list(v) if isinstance(v, tuple) else v for key, v in values.items()}


def enterprise_from(row: EnterpriseRow) -> Enterprise:
    """The record of a row."""
    values = _own_values(Enterprise, row)
    values["size"] = EnterpriseSize(row.size) if row.size else None
    return Enterprise(**values)


def need_from(row: NeedRow) -> Need:
    """The record of a row."""
    values = _own_values(Need, row)
    values["keywords"] = tuple(row.keywords)
    values["field"] = TechField(row.field) if row.field else None
    values["solution_mode"] = SolutionMode(row.solution_mode) if row.solution_mode else None
    values["wanted_site"] = SiteType(row.wanted_site) if row.wanted_site else None
    return Need(**values)


def partner_from(row: PartnerRow | Row[Any], evidence: Iterable[object]) -> Partner:
    """The record of a row, or of its plain columns, and of those of its evidence, in order."""
    values = _own_values(Partner, row)
    values["kind"] = PartnerKind(row.kind)
    values["disciplines"] = tuple(row.disciplines)
    values["languages"] = tuple(row.languages)
    values["evidence"] = tuple(map(_evidence_from, evidence))
    return Partner(**values)


def passage_from(row: Iterable[Any]) -> Passage:
    """The record of the values of `PASSAGE_COLUMNS`."""
    key, side, owner_id, evidence_id, text, content_hash = row
    return Passage(
        id=key,
        side=Side(side),
        owner_id=owner_id,
        evidence_id=evidence_id,
        text=text,
        content_hash=content_hash,
    )


def _evidence_from(row: Any) -> Evidence:  # noqa: ANN401 - a row, or its plain columns
    values = _own_values(Evidence, row)
    values["type"] = EvidenceType(row.type)
    values["keywords"] = tuple(row.keywords)
    return Evidence(**values)


def _own_values(record_class: type, row: object) -> dict[str, Any]:
    """What a record, or its row, has in columns of its own, by name of the column."""
    return {name: getattr(row, name) for name in _own_names(record_class)}


@cache
def _own_names(record_class: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(record_class) if field.name != "evidence")


def _jsonable(value: object) -> object:
    """A record as a mapping of all its fields, a date as text."""
    if isinstance(value, Enterprise | Need | Evidence):
        return _own_values(type(value), value)
    if isinstance(value, Partner):
        return _own_values(Partner, value) | {"evidence": value.evidence}
    return str(value)


_FINGERPRINTED: Final = json.JSONEncoder(ensure_ascii=False, sort_keys=True, default=_jsonable)
