"""The evidence of a partner: a list inside the partner, or rows of a table."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from matcher.intake.form import Form
from matcher.intake.partner_columns import EVIDENCE
from matcher.intake.results import Parsed
from matcher.records import Evidence, EvidenceType

_MOST_KEYWORDS = 50
_ID_LIMIT = 64


def parse_evidence(
    values: Mapping[str, object], *, prefix: str = "", today: date | None = None
) -> Parsed[Evidence]:
    """Read an item of evidence by itself; its id is empty when none was given.

    Args:
        values: by field name of `Evidence`; others are ignored.
        prefix: stands before the names of fields in messages.
        today: what the year is checked against, the present day if not given.
    """
    form = Form(values, EVIDENCE, prefix=prefix)
    kind = form.choice("type", EvidenceType)
    if kind is None and not form.faults:
        form.fault("type", "不能为空，请填论文、专利、项目或服务")
    record = Evidence(
        id=form.identifier("id"),
        type=kind or EvidenceType.PAPER,
        title=form.text("title", 1000).replace("\n", " "),
        text=form.text("text"),
        year=form.year("year", (today or date.today()).year + 1),
        source=form.line("source", 300),
        keywords=form.listed("keywords", most=_MOST_KEYWORDS),
    )
    if not (record.title or record.text or form.faults):
        form.fault("title", "标题和内容都是空的，至少要填一项")
    return Parsed(
        record=None if form.faults else record,
        faults=tuple(form.faults),
        notes=tuple(form.notes),
    )


def read_evidence(items: object, partner_id: str, form: Form, today: date) -> tuple[Evidence, ...]:
    """Read the evidence list of a partner; faults and notes go to `form`."""
    if items is None or items == "":
        return ()
    if not isinstance(items, list | tuple):
        form.fault("evidence", "应是一个列表；在表格里请用“证据”表，或证据类型、证据标题等列")
        return ()
    found: list[Evidence] = []
    for number, item in enumerate(items, start=1):
        if not isinstance(item, Mapping):
            form.fault("evidence", f"第 {number} 条证据应是一组字段")
            continue
        parsed = parse_evidence(item, prefix=f"第 {number} 条证据的", today=today)
        form.faults.extend(parsed.faults)
        form.notes.extend(parsed.notes)
        if parsed.record:
            found.append(parsed.record)
    return _with_ids(found, partner_id, form)


def _with_ids(items: list[Evidence], partner_id: str, form: Form) -> tuple[Evidence, ...]:
    """Give an id to each item that has none; the same id twice is a fault."""
    taken = Counter(item.id for item in items if item.id)
    for identifier, count in taken.items():
        if count > 1:
            form.fault("evidence", f"有 {count} 条证据的编号都是“{identifier}”")
    numbered: list[Evidence] = []
    number = 0
    for item in items:
        number += 1
        while not item.id and _numbered_id(partner_id, number) in taken:
            number += 1
        numbered.append(item if item.id else replace(item, id=_numbered_id(partner_id, number)))
    return tuple(numbered)


def _numbered_id(partner_id: str, number: int) -> str:
    ending = f"-{number}"
    return partner_id[: _ID_LIMIT - len(ending)] + ending
