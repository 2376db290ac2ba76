"""Pairings (对接) of a need with a partner, from a recommendation to a station."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from matcher.casework.needs import NeedStatus
from matcher.casework.steps import Flow
from matcher.records import LabelledEnum


class PairingStage(LabelledEnum):
    """How far a pairing has come."""

    RECOMMENDED = "recommended", "已推荐"
    SENT = "sent", "已推送"
    CONTACTED = "contacted", "已接洽"
    VISITED = "visited", "已实地对接"
    AGREED = "agreed", "达成意向"
    SIGNED = "signed", "已签约"
    STATIONED = "stationed", "已建站"
    FAILED = "failed", "未成"

    @classmethod
    def term(cls) -> str:
        """Chinese name of the list, for error messages."""
        return "对接阶段"


class FailReason(LabelledEnum):
    """Why a pairing came to nothing, or a recommendation was refused (未成原因)."""

    WRONG_FIELD = "wrong_field", "专业方向不符"
    NO_CAPACITY = "no_capacity", "对象没有时间"
    NO_INTEREST = "no_interest", "对象没有意愿"
    NO_REPLY = "no_reply", "联系不上"
    WITHDRAWN = "withdrawn", "企业撤回需求"
    SOLVED = "solved", "需求已自行解决"
    TERMS = "terms", "费用或条件未谈成"
    CONFLICT = "conflict", "存在利益冲突"
    OTHER = "other", "其他"

    @classmethod
    def term(cls) -> str:
        """Chinese name of the list, for error messages."""
        return "未成原因"


_S = PairingStage
STAGES: Final = tuple(stage for stage in PairingStage if stage is not _S.FAILED)
"""The stages in their order."""


def _following(stage: PairingStage) -> tuple[PairingStage, ...]:
    """The next stage, then those beyond, which may be skipped; then failure; then one back."""
    place = STAGES.index(stage)
    back = (STAGES[place - 1],) if place > 1 else ()
    return (*STAGES[place + 1 :], _S.FAILED, *back)


PAIRING_FLOW: Final = Flow(
    {stage: _following(stage) for stage in STAGES} | {_S.FAILED: (_S.RECOMMENDED,)}
)
NEED_STATUS_OF: Final = {
    _S.SENT: NeedStatus.MATCHING,
    _S.CONTACTED: NeedStatus.MATCHING,
    _S.VISITED: NeedStatus.MATCHING,
    _S.AGREED: NeedStatus.MATCHING,
    _S.SIGNED: NeedStatus.SIGNED,
    _S.STATIONED: NeedStatus.STATIONED,
}
"""What a pairing's stage makes of its need."""
ACTIVE_STAGES: Final = frozenset(STAGES) - {_S.RECOMMENDED}
"""Stages that count against a partner's yearly capacity."""


class EventKind(LabelledEnum):
    """What a line of a pairing's timeline is about."""

    STAGE = "stage", "阶段"
    NOTE = "note", "备注"
    FILE = "file", "附件"
    RELEASE = "release", "公开联系方式"

    @classmethod
    def term(cls) -> str:
        """Chinese name of the list, for error messages."""
        return "时间线类型"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairing:
    """A need and a partner who are, or may be, brought together.

    `probability` is what the ranking said when it began, None if staff chose the partner
    themselves. The parties stay anonymous to each other until `released_at`. `version` grows
    with every change.
    """

    id: int
    need_id: str
    partner_id: str
    county: str
    stage: PairingStage
    reason: FailReason | None = None
    probability: float | None = None
    created_at: datetime
    updated_at: datetime
    released_at: datetime | None = None
    version: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """A file that was attached; its bytes lie in the workspace under their SHA-256."""

    id: int
    name: str
    media_type: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PairingEvent:
    """A line of a pairing's timeline."""

    id: int
    pairing_id: int
    at: datetime
    actor_name: str
    kind: EventKind
    before: PairingStage | None = None
    after: PairingStage | None = None
    reason: FailReason | None = None
    text: str = ""
    file: StoredFile | None = None
