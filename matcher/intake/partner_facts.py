"""What is known of a partner beside its profile, from the values of its fields."""

from collections.abc import Mapping

from matcher.casework.partners import PartnerFacts
from matcher.intake.columns import Column, Content, Table
from matcher.intake.form import Form
from matcher.intake.results import Parsed

LONGEST_NOTE = 2_000
_MOST_ALIASES = 20
_MOST_CONFLICTS = 50

FACTS = Table(
    noun="对接信息",
    required=(),
    template="",
    columns=(
        Column(field="aliases", label="别名", content=Content.LIST),
        Column(field="capacity", label="每年可对接"),
        Column(field="conflicts", label="利益冲突的企业", content=Content.LIST),
        Column(field="stations_elsewhere", label="外地站点"),
        Column(field="retired", label="是否退休"),
        Column(field="last_contacted", label="最近联系"),
        Column(field="note", label="备注", content=Content.TEXT),
    ),
)


def parse_facts(values: Mapping[str, object], partner_id: str) -> Parsed[PartnerFacts]:
    """Read what is known of a partner.

    Args:
        values: by field name of `PartnerFacts`; others are ignored. `conflicts` may name the
            enterprises in any way that `matcher.desk.partner_facts.enterprises_named` knows.
        partner_id: whose.
    """
    form = Form(values, FACTS)
    record = PartnerFacts(
        partner_id=partner_id,
        aliases=form.listed("aliases", most=_MOST_ALIASES),
        capacity=form.whole("capacity"),
        conflicts=form.listed("conflicts", most=_MOST_CONFLICTS),
        stations_elsewhere=form.whole("stations_elsewhere"),
        retired=form.flag("retired"),
        last_contacted=form.day("last_contacted"),
        note=form.text("note", LONGEST_NOTE),
    )
    return Parsed(
        record=None if form.faults else record,
        faults=tuple(form.faults),
        notes=tuple(form.notes),
    )
