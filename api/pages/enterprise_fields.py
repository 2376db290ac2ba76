"""The fields of the form of an enterprise."""

from api.pages.form_fields import FieldGroup, FormField
from api.pages.record_form import YesNo
from matcher.records import EnterpriseSize

GROUPS = (
    FieldGroup(
        "基本信息",
        (
            FormField(name="name", label="企业名称", help="写企业全称", required=True, width=8),
            FormField(
                name="county",
                label="县区",
                help="企业所在的县（市、区）",
                required=True,
                width=4,
                suggestions="counties",
            ),
            FormField(
                name="credit_code",
                label="统一社会信用代码",
                help="营业执照上的 18 位代码，可不填",
                width=8,
            ),
            FormField(name="park", label="所在园区", help="可不填", width=4),
        ),
    ),
    FieldGroup(
        "行业与规模",
        (
            FormField(
                name="industry",
                label="所属行业",
                help="国民经济行业分类的小类名称，如：配电开关控制设备制造",
                width=8,
                suggestions="industries",
            ),
            FormField(name="industry_code", label="行业代码", help="4 位，如 3823", width=4),
            FormField(
                name="size", label="企业规模", control="choice", width=4, choices=EnterpriseSize
            ),
            FormField(name="staff_count", label="职工总数", unit="人", width=4),
            FormField(
                name="st_staff_count",
                label="科技人员数",
                help="30 人以上的可以建企业科协",
                unit="人",
                width=4,
            ),
            FormField(
                name="above_designated",
                label="规上企业",
                control="choice",
                width=4,
                choices=YesNo,
            ),
            FormField(
                name="high_tech", label="高新技术企业", control="choice", width=4, choices=YesNo
            ),
            FormField(name="leading", label="龙头企业", control="choice", width=4, choices=YesNo),
        ),
    ),
)
