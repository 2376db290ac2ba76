"""The form of an enterprise association: its fields, and what stands in them."""

from typing import Final

from api.pages.form_fields import FormField
from matcher.casework.associations import (
    CONGRESS_YEARS,
    Association,
    AssociationKind,
    AssociationStatus,
    StrongCheck,
)
from matcher.intake.associations import CHECK_PREFIX
from matcher.records import Enterprise

_S = AssociationStatus
_FROM_APPROVAL = (_S.APPROVED, _S.FOUNDED, _S.INACTIVE, _S.CANCELLED)
_FROM_FOUNDING = (_S.FOUNDED, _S.INACTIVE, _S.CANCELLED)

WHAT: Final = (
    FormField(
        name="kind",
        label="类型",
        help="有 30 名以上科技人员的企业成立企业科协，较少的建联络站，园区统一建园区科协",
        control="choice",
        required=True,
        width=6,
        choices=AssociationKind,
    ),
    FormField(name="name", label="名称", help="如：示例电气有限公司科学技术协会", required=True),
    FormField(
        name="enterprise_name",
        label="所在企业",
        help="企业科协和联络站必填，写企业全称；园区科协不填",
        width=8,
        suggestions="enterprises",
    ),
    FormField(
        name="county",
        label="县区",
        help="按企业所在县区；园区科协必填",
        width=4,
        suggestions="counties",
    ),
    FormField(name="park", label="园区", help="园区科协必填；企业的园区自动带出", width=8),
    FormField(name="members", label="会员人数", unit="人", width=4),
)
PEOPLE: Final = (
    FormField(name="chair", label="主席", help="可由企业总经理或技术副总担任", width=4),
    FormField(name="secretary", label="秘书长", help="由主席提名，主持日常工作", width=4),
    FormField(name="liaison", label="联络员", help="联络站必填", width=4),
)
STATUS: Final = FormField(
    name="status",
    label="现在的状态",
    help="新申请的选“申请中”；已经存在的组织，按实际情况选，再填下面的日期",
    control="choice",
    choices=AssociationStatus,
)
APPROVAL: Final = (
    FormField(name="approved_on", label="批复日期", help="写成 2026-11-22", width=6),
    FormField(name="approved_by", label="批复单位", help="如：示例县科协", width=6),
)
LIFE: Final = (
    FormField(name="founded_on", label="成立日期", help="成立大会的日期", width=4),
    FormField(
        name="last_congress",
        label="最近一次会员大会",
        help=f"每 {CONGRESS_YEARS} 年一次；还没有换届的不填",
        width=4,
    ),
    FormField(name="last_activity", label="最近一次活动", help="写成 2026-11-22", width=4),
)
NOTE: Final = FormField(name="note", label="备注", control="text", help="不要写电话和证件号")
QUESTIONS: Final = tuple((CHECK_PREFIX + name, label) for name, label in StrongCheck.LABELS.items())

_LINES: Final = (*WHAT, *PEOPLE, STATUS, *APPROVAL, *LIFE, NOTE)
NAMES: Final = (*(field.name for field in _LINES), *(name for name, _ in QUESTIONS))
"""Names of all fields, in their order."""


def typed(sent: dict[str, str]) -> dict[str, str]:
    """What was typed into the fields."""
    return {name: sent.get(name, "") for name in NAMES}


def stored(association: Association, enterprise: Enterprise | None) -> dict[str, str]:
    """A stored association as it stands in the form."""
    answers = {None: "", True: "是", False: "否"}
    values: dict[str, object] = {
        field.name: getattr(association, field.name, None) for field in _LINES
    }
    values["enterprise_name"] = enterprise.name if enterprise else ""
    values |= {
        CHECK_PREFIX + name: answers[answer] for name, _, answer in association.check.answers
    }
    return {name: "" if value is None else str(value) for name, value in values.items()}


def shown_groups(status: AssociationStatus | None) -> list[tuple[str, tuple[FormField, ...]]]:
    """The fields with their headings; None: of a new association, whose status is chosen."""
    groups = [("组织", WHAT), ("负责人", PEOPLE)]
    if status is None:
        groups.append(("现在的状态", (STATUS, *APPROVAL, *LIFE)))
    elif status in _FROM_FOUNDING:
        groups.append(("批复和成立", (*APPROVAL, *LIFE)))
    elif status in _FROM_APPROVAL:
        groups.append(("批复", APPROVAL))
    return groups
