"""The tables of the three subjects.

The first name of a column is the one of the template; the others are what collection forms,
exports of other systems and the HTTP API call the same thing.
"""

from matcher.intake.columns import Subject, Table
from matcher.intake.enterprise_columns import ENTERPRISES
from matcher.intake.need_columns import NEEDS
from matcher.intake.partner_columns import EVIDENCE, PARTNERS

TABLES: dict[Subject, Table] = {
    Subject.NEEDS: NEEDS,
    Subject.PARTNERS: PARTNERS,
    Subject.ENTERPRISES: ENTERPRISES,
}

EVIDENCE_SHEET = "证据"
"""The sheet of a workbook of partners that holds their evidence."""

EXAMPLE_PREFIX = "示例"
"""A row whose id begins so is the example row of a template, and is skipped."""

_KNOWN = {name for table in (*TABLES.values(), EVIDENCE) for name in table.by_name()}


def is_known(plain: str) -> bool:
    """Whether a plain name is a column of any subject; finds the header row of a file."""
    return plain in _KNOWN
