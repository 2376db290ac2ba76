"""The facts that rules can ask for.

A rule names a fact by its Chinese label, as a clerk writes it, or by its English name.
"""

from collections.abc import Mapping
from typing import Final

from matcher.errors import UnknownNameError
from matcher.rules.records import Fact, FactOwner
from matcher.rules.values import FactKind

_E, _P, _PAIR = FactOwner.ENTERPRISE, FactOwner.PARTNER, FactOwner.PAIRING


def _question(
    owner: FactOwner,
    name: str,
    label: str,
    answers: tuple[str, str],
    about: str = "",
    *,
    derived: bool = False,
) -> FactKind:
    fact = Fact(name=name, label=label, owner=owner, yes_no=True, derived=derived, help=about)
    return FactKind(fact, *answers)


def _number(
    owner: FactOwner, name: str, label: str, unit: str, about: str = "", *, derived: bool = False
) -> FactKind:
    return FactKind(
        Fact(name=name, label=label, owner=owner, unit=unit, derived=derived, help=about)
    )


_TOLD_BY_THE_LIBRARY = (
    _question(
        _E,
        "above_designated",
        "规模以上企业",
        ("企业是规模以上企业", "企业不是规模以上企业"),
        "在企业资料中填写",
        derived=True,
    ),
    _question(
        _E,
        "leading",
        "龙头骨干企业",
        ("企业是龙头骨干企业", "企业不是龙头骨干企业"),
        "在企业资料中填写",
        derived=True,
    ),
    _question(
        _E,
        "high_tech",
        "高新技术企业",
        ("企业是高新技术企业", "企业不是高新技术企业"),
        "在企业资料中填写",
        derived=True,
    ),
    _number(_E, "staff_count", "职工人数", "人", "在企业资料中填写", derived=True),
    _number(_E, "st_staff_count", "科技人员数", "人", "在企业资料中填写", derived=True),
    _number(_E, "library_needs", "库中需求数", "项", "需求写明企业以后自动计入", derived=True),
    _question(
        _E,
        "failed_assessments",
        "同类站点连续两年考核不合格",
        ("企业的同类站点连续两年考核低于 70 分", "企业没有连续两年考核低于 70 分的同类站点"),
        "由站点的年度考核得出",
        derived=True,
    ),
    _question(
        _P,
        "academician",
        "院士",
        ("对方是院士", "对方不是院士"),
        "在对象资料的职称中注明",
        derived=True,
    ),
    _question(_P, "retired", "退休", ("已退休", "未退休"), "在对象的对接信息中填写", derived=True),
    _number(
        _P,
        "other_stations",
        "在其他单位的同类站点数",
        "个",
        "本库中的自动计入；外地的在对象的对接信息中填写",
        derived=True,
    ),
    _question(
        _P,
        "abroad",
        "在海外",
        ("对方在海外", "对方不在海外"),
        "在对象资料的地区中注明",
        derived=True,
    ),
)

_OF_ENTERPRISES = (
    _question(
        _E,
        "legal_person",
        "信用良好的独立法人",
        ("企业是独立法人，经营和信用良好", "企业不是独立法人，或者经营、信用有问题"),
        "有营业执照，经营正常，没有列入失信或经营异常名录",
    ),
    _number(_E, "annual_output", "年产值", "万元", "上一年度的产值"),
    _number(_E, "total_needs", "技术需求数", "项", "企业一共有几项技术需求；库中已有的自动计入"),
    _question(
        _E,
        "key_rd_unit",
        "区域重点研发单位",
        ("是区域重点研发单位", "不是区域重点研发单位"),
        "当地认定的重点研发单位",
    ),
    _question(
        _E,
        "rd_body",
        "专门研发机构",
        ("企业有专门的研发机构", "企业没有专门的研发机构"),
        "如技术中心、研究院、工程中心、研发部",
    ),
    _question(
        _E,
        "rd_team",
        "研发团队",
        ("企业有合适的研发团队", "企业没有合适的研发团队"),
        "有固定的研发人员，能承接和消化合作成果",
    ),
    _question(
        _E,
        "research_support",
        "科研条件和经费",
        ("企业能提供科研、生活条件和稳定经费", "企业不能提供所需的科研、生活条件或经费"),
        "能否为专家进站提供场地、设备、生活条件和稳定经费",
    ),
    _number(_E, "floor_area", "服务场地面积", "平方米", "专门用于这个站点的场地"),
    _question(
        _E,
        "full_time_staff",
        "专职人员",
        ("配备了专职人员", "没有专职人员"),
        "有没有专门负责这个站点的人员",
    ),
    _question(
        _E,
        "running_funds",
        "稳定的工作经费",
        ("有稳定的工作经费", "没有稳定的工作经费"),
        "有没有列入预算的站点工作经费",
    ),
    _question(
        _E,
        "overseas_channels",
        "海外联系渠道",
        ("有稳定的海外联系渠道", "没有稳定的海外联系渠道"),
        "与海外科技人才或机构有没有稳定的联系",
    ),
)

_OF_PARTNERS = (
    _question(
        _P,
        "association_society",
        "科协所属学会",
        ("对方是中国科协或省级科协所属学会", "对方不是中国科协或省级科协所属学会"),
        "可查中国科协、省科协公布的学会名录",
    ),
)

_OF_PAIRINGS = (
    _number(_PAIR, "months_on_site", "每年在站工作时间", "个月", "协议约定或双方商定的"),
    _number(_PAIR, "agreement_years", "协议年限", "年", "协议（或草案）写明的年限"),
    _question(
        _PAIR,
        "major_task",
        "因重大科研任务延长",
        ("因重大科研任务需要延长", "没有需要延长的重大科研任务"),
        "协议超过 5 年的才要填写",
    ),
    _question(
        _PAIR,
        "agreement_goals",
        "协议写明合作目标",
        ("协议写明合作目标", "协议没有写明合作目标"),
    ),
    _question(
        _PAIR,
        "agreement_support",
        "协议写明支持条件",
        ("协议写明支持条件", "协议没有写明支持条件"),
        "企业为专家及其团队提供的场地、设备、经费等",
    ),
    _question(
        _PAIR,
        "agreement_duties",
        "协议写明权利和义务",
        ("协议写明双方权利和义务", "协议没有写明双方权利和义务"),
    ),
    _question(
        _PAIR,
        "agreement_plan",
        "协议写明合作计划",
        ("协议写明合作计划", "协议没有写明合作计划"),
        "分年度或分阶段的计划",
    ),
    _number(_PAIR, "visiting_experts", "进站专家数", "人", "签约进站的专家"),
    _number(_PAIR, "national_experts", "进站全国专家数", "人", "其中来自全国学会的专家"),
    _number(_PAIR, "team_size", "专家团队人数", "人", "专家和助手一共几人"),
    _number(_PAIR, "units_reached", "辐射带动单位数", "家", "除建站企业外，还服务几家单位"),
    _question(
        _PAIR,
        "station_office",
        "固定办公场所和人员",
        ("有固定办公场所、工作人员和设施", "缺少固定办公场所、工作人员或设施"),
    ),
    _question(
        _PAIR,
        "joint_agreement",
        "共建协议",
        ("各方已就共建达成协议", "各方还没有就共建达成协议"),
        "签订了共建协议或意向书",
    ),
)

FACTS: Final[Mapping[str, FactKind]] = {
    kind.fact.name: kind
    for kind in (*_TOLD_BY_THE_LIBRARY, *_OF_ENTERPRISES, *_OF_PARTNERS, *_OF_PAIRINGS)
}
"""All facts by name: first those that the library tells, then those that staff find out."""


def fact_named(given: str, *, field: str | None = None) -> FactKind:
    """The fact of this name or Chinese label.

    Raises:
        UnknownNameError: there is none; the message lists all.
    """
    wanted = given.strip()
    for kind in FACTS.values():
        if wanted in (kind.fact.name, kind.fact.label):
            return kind
    raise UnknownNameError("事项", given, (k.fact.label for k in FACTS.values()), field=field)
