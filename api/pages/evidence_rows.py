"""The rows of evidence in the form of a partner.

A partner may have hundreds of them, more than a form can carry. The form holds a page of the
stored ones and any number of new ones; those on other pages stay as they are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from math import ceil
from typing import Any

from api.pages.form_fields import FieldGroup
from api.pages.partner_fields import EVIDENCE
from api.pages.record_form import as_typed
from matcher.intake import Fault, parse_evidence
from matcher.records import Evidence

ON_A_PAGE = 20
_MOST_ROWS = 100
_GROUP = (FieldGroup("", EVIDENCE),)


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """A row of the form: the id of the stored item, empty for a new one, and what was typed."""

    id: str
    values: dict[str, str]

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed; the type alone says nothing."""
        return not any(text.strip() for name, text in self.values.items() if name != "type")


EMPTY_ROW = EvidenceRow("", {field.name: "" for field in EVIDENCE})


@dataclass(frozen=True, slots=True)
class EvidencePage:
    """A page of the stored evidence, and how many pages there are."""

    number: int
    total: int

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, ceil(self.total / ON_A_PAGE))

    def of(self, evidence: Sequence[Evidence]) -> list[EvidenceRow]:
        """Its rows."""
        start = (self.number - 1) * ON_A_PAGE
        return [
            EvidenceRow(item.id, as_typed(_GROUP, item))
            for item in evidence[start : start + ON_A_PAGE]
        ]


def asked_page(text: str, evidence: Sequence[Evidence]) -> EvidencePage:
    """The page that an address asks for; anything odd means the first."""
    whole = EvidencePage(1, len(evidence))
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 1
    return EvidencePage(min(max(number, 1), whole.pages), len(evidence))


def sent_rows(sent: Mapping[str, str]) -> list[EvidenceRow]:
    """The rows that a form sent, after its buttons: `add` adds an empty one, `drop` takes one."""
    numbers = sorted(
        int(number)
        for name in sent
        if name.startswith("evidence-id-")
        and (number := name.removeprefix("evidence-id-")).isdecimal()
        and len(number) < 6
    )
    rows = [
        EvidenceRow(
            sent[f"evidence-id-{number}"],
            {field.name: sent.get(f"evidence-{field.name}-{number}", "") for field in EVIDENCE},
        )
        for number in numbers[:_MOST_ROWS]
        if sent.get("drop") != str(number)
    ]
    return [*rows, EMPTY_ROW] if "add" in sent else rows


def row_faults(rows: Sequence[EvidenceRow]) -> list[Fault]:
    """What is wrong with the rows, the field told as in the form: `evidence-year-2`."""
    faults = []
    for number, row in enumerate(rows, start=1):
        if row.is_empty:
            continue
        parsed = parse_evidence(row.values, prefix=f"第 {number} 条证据的")
        for fault in parsed.faults:
            faults.append(
                Fault(
                    field=f"evidence-{fault.field}-{number}",
                    label=fault.label,
                    value=fault.value,
                    message=f"{fault.label}：{fault.message}",
                )
            )
    return faults


def joined(
    stored: Sequence[Evidence], shown: Sequence[str], rows: Sequence[EvidenceRow]
) -> list[dict[str, Any]]:
    """The whole evidence for intake: what is stored, with the shown items as the rows have them.

    Args:
        stored: the evidence of the partner as it is.
        shown: ids of those that the form showed; one of them without a row was taken out.
        rows: the rows; empty ones count as taken out.
    """
    by_id = {row.id: row for row in rows if row.id and not row.is_empty}
    kept: list[dict[str, Any]] = []
    for item in stored:
        if item.id not in shown:
            kept.append(asdict(item))
        elif item.id in by_id:
            kept.append({**by_id[item.id].values, "id": item.id})
    fresh = [dict(row.values) for row in rows if not row.id and not row.is_empty]
    return kept + fresh
