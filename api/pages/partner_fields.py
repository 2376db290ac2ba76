"""The fields of the forms of a partner: its record, its evidence, what is known beside it."""

from api.pages.form_fields import FieldGroup, FormField
from api.pages.record_form import YesNo
from matcher.records import EvidenceType, PartnerKind

GROUPS = (
    FieldGroup(
        "基本信息",
        (
            FormField(
                name="kind",
                label="对象类型",
                control="choice",
                required=True,
                width=4,
                choices=PartnerKind,
            ),
            FormField(
                name="name",
                label="名称",
                help="专家写姓名，其他写全称",
                required=True,
                width=8,
            ),
            FormField(name="title", label="职称", help="只有专家填写，如：教授", width=4),
            FormField(
                name="affiliation",
                label="所在单位",
                help="写全称，如：某某大学电气工程学院",
                width=8,
            ),
            FormField(
                name="region",
                label="所在地区",
                help="省和市；海外的写国家",
                width=4,
                suggestions="regions",
            ),
            FormField(name="name_en", label="英文名称", help="可不填", width=8),
            FormField(name="website", label="网址", help="可不填"),
        ),
    ),
    FieldGroup(
        "专长",
        (
            FormField(name="disciplines", label="学科方向", help="1 至 3 个，用顿号分开", width=8),
            FormField(name="languages", label="语言", help="如 zh、en，可不填", width=4),
            FormField(
                name="profile",
                label="简介",
                help="做什么、擅长什么，写得越具体匹配越准；不要写电话和身份证号",
                control="text",
                rows=6,
            ),
        ),
    ),
)
EVIDENCE = (
    FormField(name="type", label="证据类型", control="choice", width=4, choices=EvidenceType),
    FormField(name="title", label="标题", help="论文题目、专利名称、项目名称或服务内容", width=8),
    FormField(name="text", label="内容", help="摘要或说明；与标题至少填一项", control="text"),
    FormField(name="year", label="年份", help="四位数字", width=4),
    FormField(name="source", label="来源", help="期刊、专利号、项目编号等", width=4),
    FormField(name="keywords", label="关键词", help="用顿号分开，可不填", width=4),
)
FACTS = (
    FieldGroup(
        "已知情况",
        (
            FormField(
                name="aliases",
                label="别名",
                help="曾用名、简称、其他译名，一行写一个；在列表里按文字查找时也能找到",
                control="text",
                rows=3,
            ),
            FormField(
                name="capacity",
                label="每年可对接",
                help="一年最多承担几项；不清楚可不填",
                unit="项",
                width=4,
            ),
            FormField(
                name="stations_elsewhere",
                label="外地站点",
                help="在外地已有几个工作站",
                unit="个",
                width=4,
            ),
            FormField(
                name="retired",
                label="是否退休",
                help="只有专家填写",
                control="choice",
                width=4,
                choices=YesNo,
            ),
            FormField(
                name="conflicts",
                label="利益冲突的企业",
                help="不能与它对接的企业，一行写一家，写全称或统一社会信用代码",
                control="text",
                rows=3,
            ),
            FormField(
                name="last_contacted",
                label="最近联系",
                help="写成 2026-11-22",
                width=4,
            ),
            FormField(
                name="note",
                label="备注",
                help="给工作人员看；电话和邮箱请写在联系方式里",
                control="text",
                rows=3,
            ),
        ),
    ),
)
