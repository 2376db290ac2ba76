"""The life of a need (企业技术需求), from a draft to its end."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from matcher.casework.steps import Flow
from matcher.records import LabelledEnum, Need


class NeedStatus(LabelledEnum):
    """Where a need stands."""

    DRAFT = "draft", "草稿"
    PENDING = "pending", "待审核"
    RETURNED = "returned", "退回"
    LISTED = "listed", "已入库"
    MATCHING = "matching", "对接中"
    SIGNED = "signed", "已签约"
    STATIONED = "stationed", "已建站"
    COMPLETED = "completed", "已完成"
    CLOSED = "closed", "已关闭"

    @classmethod
    def term(cls) -> str:
        """Chinese name of the list, for error messages."""
        return "需求状态"


class ReturnReason(LabelledEnum):
    """Why a need is sent back (退回原因)."""

    FORMAT = "format", "格式不正确"
    UNSUITABLE = "unsuitable", "不符合要求"
    DUPLICATE = "duplicate", "重复"
    INCOMPLETE = "incomplete", "信息不全"

    @classmethod
    def term(cls) -> str:
        """Chinese name of the list, for error messages."""
        return "退回原因"


_S = NeedStatus
NEED_FLOW: Final = Flow(
    {
        _S.DRAFT: (_S.PENDING, _S.CLOSED),
        _S.PENDING: (_S.LISTED, _S.RETURNED, _S.CLOSED),
        _S.RETURNED: (_S.PENDING, _S.CLOSED),
        _S.LISTED: (_S.MATCHING, _S.RETURNED, _S.CLOSED),
        _S.MATCHING: (_S.SIGNED, _S.LISTED, _S.CLOSED),
        _S.SIGNED: (_S.STATIONED, _S.COMPLETED, _S.MATCHING, _S.CLOSED),
        _S.STATIONED: (_S.COMPLETED, _S.CLOSED),
        _S.COMPLETED: (),
        # Closing may turn out to have been a mistake.
        _S.CLOSED: (_S.LISTED,),
    }
)
OPEN_STATUSES: Final = frozenset({_S.LISTED, _S.MATCHING})
"""Needs that are in the library (项目库) and still look for a partner."""
KNOWN_STATUSES: Final = frozenset(_S) - {_S.DRAFT, _S.RETURNED, _S.CLOSED}
"""Needs that others are compared with: nobody is told to look at one that was given up or is not
finished yet, but one that is settled shows who could help before."""
FIRST_STATUSES: Final = frozenset({_S.DRAFT, _S.PENDING, _S.LISTED})
"""Where a new need may begin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedStep:
    """One step of a need: who took it, when and why."""

    id: int
    need_id: str
    at: datetime
    actor_name: str
    before: NeedStatus | None
    after: NeedStatus
    reason: ReturnReason | None = None
    note: str = ""


_CONTENT: Final = {
    "title": "需求名称",
    "problem": "主要问题",
    "indicators": "技术关键与主要指标",
    "goal": "预期目标",
    "keywords": "关键词",
    "field": "所属领域",
    "industry": "应用行业",
    "deadline": "需求时限",
    "budget": "拟投入资金",
    "solution_mode": "解决方式",
}
CONTACT_MISSING: Final = ("contact_name", "联系人")


def missing_of(need: Need, *, has_contact: bool) -> dict[str, str]:
    """What the paper form asks for and the need does not say, in the order of the form.

    Args:
        need: a need.
        has_contact: whether it is known whom to call about it.

    Returns:
        Label by name of the field; of the contact, the name of the form's first field of it.
    """
    missing = {
        name: label for name, label in _CONTENT.items() if getattr(need, name) in (None, "", ())
    }
    return missing if has_contact else missing | dict([CONTACT_MISSING])
