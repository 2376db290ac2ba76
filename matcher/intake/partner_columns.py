"""The columns of partners and of their evidence."""

from matcher.intake.columns import Column, Content, Table
from matcher.intake.enterprise_columns import SAMPLE
from matcher.records import EvidenceType, PartnerKind


def _nested(field: str, label: str) -> Column:
    """A column that gives a row of the partner an item of evidence."""
    return Column(field=field, label=label, content=Content.NESTED, in_template=False)


PARTNERS = Table(
    noun="对象",
    required=(("kind",), ("name",)),
    template="对象导入模板.xlsx",
    columns=(
        Column(
            field="id",
            label="对象编号",
            aliases=("编号", "code", "partner_id", "专家编号", "学会编号", "机构编号"),
            hint="可不填，由系统编号；有证据时要填，“证据”表靠它对应",
            example="示例-1",
        ),
        Column(
            field="kind",
            label="对象类型",
            aliases=("类型", "对象类别"),
            required=True,
            hint="从下拉列表选择",
            example=PartnerKind.EXPERT.label,
            choices=PartnerKind,
        ),
        Column(
            field="name",
            label="名称",
            aliases=(
                "姓名",
                "姓名或名称",
                "对象名称",
                "专家姓名",
                "学会名称",
                "机构名称",
                "组织名称",
            ),
            required=True,
            hint="专家写姓名，其他写全称",
            example="张某某",
        ),
        Column(field="name_en", label="英文名称", aliases=("英文名", "英文姓名"), hint="可不填"),
        Column(
            field="title",
            label="职称",
            aliases=("职称职务", "职务职称", "专业技术职务"),
            hint="只有专家填写",
            example="教授",
        ),
        Column(
            field="affiliation",
            label="所在单位",
            aliases=("单位", "工作单位", "依托单位", "挂靠单位"),
            hint="全称",
            example="某某大学电气工程学院",
        ),
        Column(
            field="region",
            label="所在地区",
            aliases=("地区", "所在地", "省市", "国家", "国家或地区", "国别", "country"),
            hint="省和市；海外的写国家",
            example="浙江省杭州市",
        ),
        Column(
            field="website",
            label="网址",
            aliases=("网站", "主页", "官网", "url", "homepage"),
            hint="可不填",
        ),
        Column(
            field="disciplines",
            label="学科方向",
            aliases=(
                *("学科", "学部", "专业", "专业领域", "研究领域", "学科领域", "学科门类"),
                *("discipline", "category", "division"),
            ),
            hint="1 至 3 个，用顿号分开",
            example="电器学、电接触材料",
            content=Content.LIST,
        ),
        Column(
            field="languages",
            label="语言",
            aliases=("工作语言", "语种"),
            hint="如 zh、en，可不填",
            example="zh",
            content=Content.LIST,
        ),
        Column(
            field="profile",
            label="简介",
            aliases=(
                *("个人简介", "专家简介", "单位简介", "学会简介", "机构简介", "研究方向"),
                *("业务范围", "主要成果", "bio", "description"),
            ),
            hint="做什么、擅长什么，最多 10000 字；请不要写电话和身份证号",
            example="从事低压电器电接触材料与温升仿真研究二十年。",
            content=Content.TEXT,
        ),
        _nested("evidence", "证据"),
        _nested("evidence_id", "证据编号"),
        _nested("evidence_type", "证据类型"),
        _nested("evidence_title", "证据标题"),
        _nested("evidence_text", "证据内容"),
        _nested("evidence_year", "证据年份"),
        _nested("evidence_source", "证据来源"),
        _nested("evidence_keywords", "证据关键词"),
        SAMPLE,
    ),
)

EVIDENCE = Table(
    noun="证据",
    required=(("partner_id",), ("type",), ("title", "text")),
    template=PARTNERS.template,
    columns=(
        Column(
            field="partner_id",
            label="对象编号",
            aliases=("专家编号", "学会编号", "机构编号"),
            required=True,
            hint="与第一张表的对象编号相同",
            example="示例-1",
        ),
        Column(field="id", label="证据编号", aliases=("编号",), hint="可不填，由系统编号"),
        Column(
            field="type",
            label="证据类型",
            aliases=("类型",),
            required=True,
            hint="从下拉列表选择",
            example=EvidenceType.PAPER.label,
            choices=EvidenceType,
        ),
        Column(
            field="title",
            label="证据标题",
            aliases=("标题", "题目", "题名", "名称"),
            required=True,
            hint="论文题目、专利名称、项目名称或服务内容；与“证据内容”至少填一项",
            example="银氧化锡触头材料的电接触性能研究",
            content=Content.TEXT,
        ),
        Column(
            field="text",
            label="证据内容",
            aliases=("内容", "摘要", "简介", "abstract"),
            hint="摘要或说明，最多 10000 字",
            example="比较了三种掺杂工艺下触头的接触电阻与温升。",
            content=Content.TEXT,
        ),
        Column(
            field="year",
            label="证据年份",
            aliases=("年份", "年度", "发表年份"),
            hint="四位数字",
            example=2021,
        ),
        Column(
            field="source",
            label="证据来源",
            aliases=("来源", "出处", "期刊"),
            hint="期刊、专利号、项目编号等",
            example="电工技术学报",
        ),
        Column(
            field="keywords",
            label="证据关键词",
            aliases=("关键词", "关键字"),
            hint="用顿号分开，可不填",
            content=Content.LIST,
        ),
    ),
)
