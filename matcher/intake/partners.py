"""A partner with evidence from the values of its fields."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from matcher.intake.evidence import read_evidence
from matcher.intake.form import Form
from matcher.intake.ids import partner_id
from matcher.intake.partner_columns import PARTNERS
from matcher.intake.results import Parsed
from matcher.records import Partner, PartnerKind

_MOST_DISCIPLINES = 20
_MOST_LANGUAGES = 10


def parse_partner(
    values: Mapping[str, object],
    *,
    default_kind: PartnerKind | None = None,
    today: date | None = None,
) -> Parsed[Partner]:
    """Read a partner.

    Args:
        values: by field name of `Partner`, as text, number or list; `evidence` is a list of
            mappings by field name of `Evidence`; others are ignored.
        default_kind: the kind of a partner whose kind is not given.
        today: what years are checked against, the present day if not given.

    Returns:
        The partner, or the faults; ids that are missing are made, and stable.
    """
    form = Form(values, PARTNERS)
    kind = form.choice("kind", PartnerKind) or default_kind
    if kind is None and not form.faults:
        form.fault("kind", "不能为空，请填院士专家、学会、科研院所或海外科技社团")
    partner = Partner(
        id=form.identifier("id"),
        kind=kind or PartnerKind.EXPERT,
        name=form.line("name", 200, required=True),
        name_en=form.line("name_en", 300),
        title=form.line("title", 100),
        affiliation=form.line("affiliation", 300),
        region=form.line("region", 100),
        website=form.line("website", 300),
        disciplines=form.listed("disciplines", most=_MOST_DISCIPLINES),
        languages=form.listed("languages", most=_MOST_LANGUAGES, by_blanks=True),
        profile=form.text("profile"),
        sample=form.flag("sample") or False,
    )
    identifier = partner.id or partner_id(partner.kind, partner.name, partner.affiliation)
    evidence = read_evidence(values.get("evidence"), identifier, form, today or date.today())
    return Parsed(
        record=None if form.faults else replace(partner, id=identifier, evidence=evidence),
        faults=tuple(form.faults),
        notes=tuple(form.notes),
    )
