"""An enterprise from the values of its fields."""

from collections.abc import Mapping

from matcher.intake.enterprise_columns import ENTERPRISES
from matcher.intake.form import Form
from matcher.intake.ids import enterprise_id
from matcher.intake.results import Parsed
from matcher.records import Enterprise, EnterpriseSize


def parse_enterprise(values: Mapping[str, object]) -> Parsed[Enterprise]:
    """Read an enterprise.

    Args:
        values: by field name of `Enterprise`, as text, number, date or truth; others are ignored.

    Returns:
        The enterprise, or the faults; an enterprise without id gets a stable one.
    """
    form = Form(values, ENTERPRISES)
    name = form.line("name", 200, required=True)
    credit_code = form.credit_code("credit_code")
    record = Enterprise(
        id=form.identifier("id") or enterprise_id(name, credit_code),
        name=name,
        credit_code=credit_code,
        county=form.line("county", 50),
        park=form.line("park", 100),
        industry=form.line("industry", 100),
        industry_code=form.industry_code("industry_code"),
        size=form.choice("size", EnterpriseSize),
        above_designated=form.flag("above_designated"),
        high_tech=form.flag("high_tech"),
        leading=form.flag("leading"),
        staff_count=form.whole("staff_count"),
        st_staff_count=form.whole("st_staff_count"),
        sample=form.flag("sample") or False,
    )
    _compare_counts(record, form)
    return Parsed(
        record=None if form.faults else record,
        faults=tuple(form.faults),
        notes=tuple(form.notes),
    )


def _compare_counts(enterprise: Enterprise, form: Form) -> None:
    staff, scientists = enterprise.staff_count, enterprise.st_staff_count
    if staff is not None and scientists is not None and scientists > staff:
        form.note("st_staff_count", f"科技人员 {scientists} 人比职工总数 {staff} 人还多，请检查")
