"""Lines of the audit log as people read them: names of fields and values, links to records."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from api.urls import quoted
from matcher.casework.needs import NeedStatus
from matcher.desk import Act, Subject
from matcher.intake.enterprise_columns import ENTERPRISES
from matcher.intake.need_columns import NEEDS
from matcher.intake.partner_columns import PARTNERS
from matcher.people import AuditEntry, Role
from matcher.records import LabelledEnum, PartnerKind, SiteType, SolutionMode, TechField

_OWN: Final = {
    "name": "名称",
    "role": "角色",
    "active": "能否登录",
    "scope": "权限",
    "status": "状态",
    "reason": "原因",
    "note": "备注",
    "text": "内容",
    "version": "版本",
    "county": "县区",
    "need": "需求",
    "partner": "对象",
    "pairs": "配对",
}
_LABELS: Final = {
    column.field: column.label
    for table in (ENTERPRISES, PARTNERS, NEEDS)
    for column in table.columns
} | _OWN
_LISTS: Final[dict[str, type[LabelledEnum]]] = {
    "role": Role,
    "field": TechField,
    "kind": PartnerKind,
    "solution_mode": SolutionMode,
    "wanted_site": SiteType,
    "status": NeedStatus,
}
_PLACES: Final = {
    Subject.NEED: "/needs/{}",
    Subject.PARTNER: "/partners/{}",
    Subject.ENTERPRISE: "/enterprises/{}",
    Subject.PAIRING: "/pairings/{}",
    Subject.STATION: "/stations/{}",
    Subject.ASSOCIATION: "/associations/{}",
    Subject.ACCOUNT: "/accounts/{}/edit",
    Subject.PLAN: "/plans/{}",
}
_CHANGES: Final = frozenset({Act.CHANGE, Act.REVOKE})
_GONE: Final = frozenset({Act.DELETE})
_EMPTY: Final = "（空）"


class Detail(NamedTuple):
    """One field of a line: its name, its value before where it was changed, its value."""

    label: str
    before: str | None
    value: str


def action_label(entry: AuditEntry) -> str:
    """What was done; an action that a later version wrote stays as it is."""
    known = {act.value: act.label for act in Act}
    return known.get(entry.action, entry.action)


def subject_label(entry: AuditEntry) -> str:
    """What it was done to."""
    known = {subject.value: subject.label for subject in Subject}
    return known.get(entry.subject, entry.subject)


def record_path(entry: AuditEntry) -> str:
    """Path of the record's page; empty if it has none, or none any more."""
    if not entry.subject_id or entry.action in _GONE or entry.subject not in _PLACES:
        return ""
    return _PLACES[Subject(entry.subject)].format(quoted(entry.subject_id))


def details_of(entry: AuditEntry) -> list[Detail]:
    """The fields of a line that say something."""
    is_change = entry.action in _CHANGES
    return [
        _detail(name, value, is_change)
        for name, value in _flat(entry.details).items()
        if value not in (None, "", [], {})
    ]


def _detail(name: str, value: object, is_change: bool) -> Detail:
    label = _LABELS.get(name, name)
    if is_change and isinstance(value, list) and len(value) == 2:
        before, after = value
        return Detail(label, _shown(name, before), _shown(name, after))
    return Detail(label, None, _shown(name, value))


def _flat(details: Mapping[str, Any]) -> dict[str, Any]:
    return {str(name): value for name, value in details.items()}


def _shown(name: str, value: object) -> str:
    if value is None or value in ("", []):
        return _EMPTY
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(str(each) for each in value)
    text = str(value)
    labels = {member.value: member.label for member in _LISTS.get(name, ())}
    return labels.get(text, text)
