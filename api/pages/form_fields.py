"""The fields of the need form, in the order of the paper form (企业技术需求征集表)."""

from dataclasses import dataclass
from typing import Literal

from matcher.records import LabelledEnum, SiteType, SolutionMode, TechField

Control = Literal["line", "text", "choice"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FormField:
    """A field of the form.

    Attributes:
        name: name of the record's field.
        label: what the paper form calls it.
        help: what to write, under the field.
        control: a line, a larger text, or a choice from a closed list.
        required: whether it must be filled in.
        unit: shown behind the field.
        width: how wide it is, in twelfths of the form.
        rows: height of a larger text, in lines.
        choices: the closed list of a choice.
        suggestions: id of the list of suggestions, if there is one.
    """

    name: str
    label: str
    help: str = ""
    control: Control = "line"
    required: bool = False
    unit: str = ""
    width: int = 12
    rows: int = 3
    choices: type[LabelledEnum] | None = None
    suggestions: str = ""


@dataclass(frozen=True, slots=True)
class FieldGroup:
    """Fields that stand together under a heading."""

    title: str
    fields: tuple[FormField, ...]


GROUPS = (
    FieldGroup(
        "需求单位",
        (
            FormField(
                name="enterprise_name",
                label="企业名称",
                help="写企业全称；库中没有的会自动建立",
                required=True,
                width=8,
                suggestions="enterprises",
            ),
            FormField(
                name="county",
                label="县区",
                help="企业所在的县（市、区）",
                width=4,
                suggestions="counties",
            ),
        ),
    ),
    FieldGroup(
        "技术需求",
        (
            FormField(
                name="title",
                label="需求名称",
                help="一句话说明要解决什么，如：塑壳断路器触头温升偏高",
                required=True,
            ),
            FormField(
                name="problem",
                label="主要问题",
                help="什么产品、出了什么问题、试过什么办法，写得越具体匹配越准；不要写电话和人名",
                control="text",
                required=True,
                rows=6,
            ),
            FormField(
                name="indicators",
                label="技术关键与主要指标",
                help="希望达到的数值，如：温升不超过 65 K，机械寿命不少于 20000 次",
                control="text",
            ),
            FormField(
                name="goal",
                label="预期目标",
                help="解决以后得到什么，如：通过型式试验并批量供货",
                control="text",
                rows=2,
            ),
            FormField(name="keywords", label="关键词", help="1 至 5 个，用顿号分开"),
        ),
    ),
    FieldGroup(
        "分类与投入",
        (
            FormField(
                name="field",
                label="所属领域",
                help="拿不准可不选，审核时确定",
                control="choice",
                width=6,
                choices=TechField,
            ),
            FormField(name="industry", label="应用行业", help="如：配电开关控制设备制造", width=6),
            FormField(
                name="deadline",
                label="需求时限",
                help="写成 2027-06-30，只写到月份也可以",
                width=6,
            ),
            FormField(
                name="budget",
                label="拟投入资金",
                help="一个数字，如 80；面议的可以先不填",
                unit="万元",
                width=6,
            ),
        ),
    ),
    FieldGroup(
        "合作意向",
        (
            FormField(
                name="solution_mode",
                label="解决方式",
                control="choice",
                width=6,
                choices=SolutionMode,
            ),
            FormField(
                name="wanted_site",
                label="意向建站类型",
                help="没有就不选",
                control="choice",
                width=6,
                choices=SiteType,
            ),
            FormField(
                name="intended_partner", label="合作意向单位", help="已有意向的单位或专家，可不填"
            ),
        ),
    ),
)

CONTACT = FieldGroup(
    "联系人",
    (
        FormField(name="contact_name", label="联系人", help="谁能说清楚这个问题", width=6),
        FormField(name="contact_position", label="职务", help="如：技术部经理，可不填", width=6),
        FormField(
            name="contact_phone",
            label="电话",
            help="手机或座机；电话和邮箱至少填一项",
            width=6,
        ),
        FormField(name="contact_email", label="邮箱", width=6),
    ),
)
"""Whom to call about a need; kept apart from it, and shown to few."""

NEED_FIELDS = tuple(field for group in GROUPS for field in group.fields)
FIELDS = (*NEED_FIELDS, *CONTACT.fields)
