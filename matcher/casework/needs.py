"""The life of a need (企业技术需求), from a draft to its end."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from matcher.casework.steps import Flow
from matcher.records import LabelledEnum


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
