"""Records to rows and back."""

import json
from dataclasses import asdict, fields
from hashlib import blake2b
from typing import Any, TypeVar

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
from matcher.store.tables import EnterpriseRow, EvidenceRow, NeedRow, PartnerRow, PassageRow

Record = TypeVar("Record", Enterprise, Need, Partner)


def digest(text: str) -> str:
    """128-bit hash of a text, 32 hexadecimal digits."""
    return blake2b(text.encode(), digest_size=16).hexdigest()


def fingerprint(record: Enterprise | Need | Partner) -> str:
    """Hash of everything a record says; equal records have equal fingerprints."""
    return digest(json.dumps(asdict(record), ensure_ascii=False, sort_keys=True, default=str))


def columns(record: Enterprise | Need | Partner | Evidence) -> dict[str, Any]:
    """A record's own fields as column values; an enumeration becomes its value."""
    values: dict[str, Any] = {}
    for field in fields(record):
        value = getattr(record, field.name)
        if field.name != "evidence":
            values[field.name] = list(value) if isinstance(value, tuple) else value
    return values


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


def partner_from(row: PartnerRow) -> Partner:
    """The record of a row, with its evidence."""
    values = _own_values(Partner, row)
    values["kind"] = PartnerKind(row.kind)
    values["disciplines"] = tuple(row.disciplines)
    values["languages"] = tuple(row.languages)
    values["evidence"] = tuple(_evidence_from(evidence) for evidence in row.evidence)
    return Partner(**values)


def passage_from(row: PassageRow) -> Passage:
    """The record of a row."""
    values = _own_values(Passage, row)
    values["side"] = Side(row.side)
    return Passage(**values)


def _evidence_from(row: EvidenceRow) -> Evidence:
    values = _own_values(Evidence, row)
    values["type"] = EvidenceType(row.type)
    values["keywords"] = tuple(row.keywords)
    return Evidence(**values)


def _own_values(record_class: type, row: object) -> dict[str, Any]:
    return {
        field.name: getattr(row, field.name)
        for field in fields(record_class)
        if field.name != "evidence"
    }
