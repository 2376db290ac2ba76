"""The columns of enterprises, and those that needs have in common with them."""

from matcher.intake.columns import Column, Table
from matcher.records import EnterpriseSize

SAMPLE = Column(field="sample", label="演示数据", aliases=("是否演示",), in_template=False)

COUNTY = Column(
    field="county",
    label="县区",
    aliases=(
        *("所在县区", "所在区县", "区县", "县市区", "所在县", "县", "所属县区", "所属区县", "属地"),
        *("所在地区", "所在地", "地区", "region"),
    ),
    hint="企业所在的县（市、区）",
    example="乐清市",
)
INDUSTRY = Column(
    field="industry",
    label="所属行业",
    aliases=("行业", "国民经济行业", "行业名称", "所属产业"),
    hint="国民经济行业分类（GB/T 4754-2017）的小类名称",
    example="配电开关控制设备制造",
)
CREDIT_CODE = Column(
    field="credit_code",
    label="统一社会信用代码",
    aliases=("信用代码", "社会信用代码", "统一信用代码", "uscc"),
    hint="18 位，可不填",
)

ENTERPRISES = Table(
    noun="企业",
    required=(("name",),),
    template="企业导入模板.xlsx",
    columns=(
        Column(
            field="id",
            label="企业编号",
            aliases=("编号", "code", "enterprise_id"),
            hint="可不填，由系统编号",
            example="示例-1",
        ),
        Column(
            field="name",
            label="企业名称",
            aliases=("名称", "单位名称", "公司名称", "企业", "company"),
            required=True,
            hint="企业全称",
            example="示例电气有限公司",
        ),
        CREDIT_CODE,
        COUNTY,
        Column(
            field="park",
            label="所在园区",
            aliases=("园区", "产业园区", "开发区"),
            hint="可不填",
            example="乐清经济开发区",
        ),
        INDUSTRY,
        Column(
            field="industry_code",
            label="行业代码",
            aliases=("国民经济行业代码", "行业小类代码"),
            hint="国民经济行业分类的 4 位小类代码",
            example="3823",
        ),
        Column(
            field="size",
            label="企业规模",
            aliases=("规模", "scale"),
            hint="从下拉列表选择",
            example=EnterpriseSize.MEDIUM.label,
            choices=EnterpriseSize,
        ),
        Column(
            field="above_designated",
            label="规上企业",
            aliases=("是否规上企业", "是否规上", "规模以上企业", "是否规模以上"),
            hint="填“是”或“否”",
            example="是",
        ),
        Column(
            field="high_tech",
            label="高新技术企业",
            aliases=("是否高新技术企业", "高企", "是否高企"),
            hint="填“是”或“否”",
            example="是",
        ),
        Column(
            field="leading",
            label="龙头企业",
            aliases=("是否龙头企业", "龙头骨干企业"),
            hint="填“是”或“否”",
            example="否",
        ),
        Column(
            field="staff_count",
            label="职工总数",
            aliases=("职工人数", "员工人数", "从业人数", "员工总数"),
            hint="整数",
            example=320,
        ),
        Column(
            field="st_staff_count",
            label="科技人员数",
            aliases=("科技人员", "研发人员数", "科技人员总数", "研发人员"),
            hint="整数",
            example=45,
        ),
        SAMPLE,
    ),
)
