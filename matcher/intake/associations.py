"""An enterprise association from the values of its fields."""

from collections.abc import Mapping
from dataclasses import dataclass, fields

from matcher.casework.association_rules import LABELS
from matcher.casework.associations import (
    Association,
    AssociationKind,
    AssociationStatus,
    StrongCheck,
)
from matcher.intake.columns import Column, Table
from matcher.intake.form import Form
from matcher.intake.results import Parsed

CHECK_PREFIX = "check_"
"""Before the names of the questions of 一强五有, whose answers are fields of their own."""

_QUESTIONS = tuple(each.name for each in fields(StrongCheck))
ASSOCIATIONS = Table(
    noun="企业科协",
    required=(("name",),),
    template="",
    columns=(
        Column(field="enterprise_id", label="企业编号"),
        *(Column(field=field, label=label) for field, label in LABELS.items()),
        *(
            Column(field=CHECK_PREFIX + name, label=f"一强五有：{StrongCheck.LABELS[name]}")
            for name in _QUESTIONS
        ),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedAssociation:
    """An association as it was given; its enterprise may be given by name alone."""

    association: Association
    enterprise_name: str = ""


def parse_association(values: Mapping[str, object]) -> Parsed[ParsedAssociation]:
    """Read an association.

    Args:
        values: by field name of `Association`, and `enterprise_name`; the answers of the check
            一强五有 under `check_` and the name of the question; others are ignored.

    Returns:
        The association with number 0, or the faults of single fields; what must hold between the
        fields is for `matcher.casework.association_rules`.
    """
    form = Form(values, ASSOCIATIONS)
    kind = form.choice("kind", AssociationKind)
    if kind is None and not any(fault.field == "kind" for fault in form.faults):
        form.fault("kind", "请选择类型：企业科协、联络站或园区科协")
    record = Association(
        id=0,
        name=form.line("name", 200),
        kind=kind or AssociationKind.ENTERPRISE,
        county=form.line("county", 50),
        enterprise_id=form.identifier("enterprise_id") or None,
        park=form.line("park", 100),
        status=form.choice("status", AssociationStatus) or AssociationStatus.APPLIED,
        approved_on=form.day("approved_on"),
        approved_by=form.line("approved_by", 100),
        founded_on=form.day("founded_on"),
        chair=form.line("chair", 60),
        secretary=form.line("secretary", 60),
        liaison=form.line("liaison", 60),
        members=form.whole("members"),
        last_congress=form.day("last_congress"),
        check=StrongCheck(**{name: form.flag(CHECK_PREFIX + name) for name in _QUESTIONS}),
        last_activity=form.day("last_activity"),
        note=form.text("note"),
    )
    parsed = ParsedAssociation(
        association=record, enterprise_name=form.line("enterprise_name", 200)
    )
    return Parsed(
        record=None if form.faults else parsed,
        faults=tuple(form.faults),
        notes=tuple(form.notes),
    )
