"""Terms that are never suggested as keywords: office talk, regions, names of standards."""

from collections.abc import Iterable

_OFFICE = """
公司 我公司 我司 我厂 本公司 本厂 企业 厂家 工厂 厂里 客户 用户 车间 师傅 老师傅 工人 员工
专家 团队 人员 供应商 希望 需求 需要 要求 问题 难题 技术难题 技术需求 解决 方案 办法 方法 措施
合作 委托 开发 研发 研究 分析 改进 提升 提高 降低 减少 增加 控制 技术 产品 生产 项目 目标 指标
成本 价格 费用 质量 效果 情况 原因 影响 过程 条件 标准 设备 市场 订单 投诉 退货 返修 返工 报废
验收 采购 现场 目前 现有 国内 国外 进口 国产 出口 批次 产量 年产 日产 单价 万元
解决问题 技术支持 技术指导 技术服务 合格率 不良率 成功率 退货率 投诉率 次品率 成品率 返修率
报废率 废品率
"""
_REGIONS = """
北京 天津 上海 重庆 河北 山西 辽宁 吉林 黑龙江 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南
广东 海南 四川 贵州 云南 陕西 甘肃 青海 台湾 内蒙古 广西 西藏 宁夏 新疆 香港 澳门
温州 杭州 宁波 全国 我国 中国 北方 南方 东北 西北 北方地区 南方地区
欧洲 欧盟 美国 北美 日本 德国 韩国 俄罗斯 东南亚 中东 印度 越南
"""
_STANDARDS = "gb gb/t jb jb/t iso iec en bs astm asme sae ul cfr"
_STOP_TERMS = frozenset(f"{_OFFICE}{_REGIONS}{_STANDARDS}".split())


def is_stop_term(term: str, words: Iterable[str]) -> bool:
    """Whether a folded term, or each of its words, says nothing about the content of a need."""
    return term in _STOP_TERMS or _STOP_TERMS.issuperset(words)
