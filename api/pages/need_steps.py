"""What can be done next with a need, as its page offers it."""

from collections.abc import Mapping
from dataclasses import dataclass

from matcher.casework.needs import NEED_FLOW, NeedStatus

_S = NeedStatus
_LABELS = {
    _S.PENDING: "提交审核",
    _S.RETURNED: "退回",
    _S.LISTED: "确认入库",
    _S.MATCHING: "开始对接",
    _S.SIGNED: "登记签约",
    _S.STATIONED: "登记建站",
    _S.COMPLETED: "办结",
    _S.CLOSED: "关闭",
}
_BACK: Mapping[tuple[NeedStatus, NeedStatus], str] = {
    (_S.MATCHING, _S.LISTED): "停止对接，回到已入库",
    (_S.SIGNED, _S.MATCHING): "签约作罢，回到对接中",
    (_S.CLOSED, _S.LISTED): "重新入库",
}
_MEANINGS = {
    _S.DRAFT: "还没有写完，只有工作人员看得到，不参加查重和匹配。",
    _S.PENDING: "等待审核：请核对内容，补齐缺项，再入库或退回。",
    _S.RETURNED: "已经退回，等企业改好再提交；在此之前不参加查重和匹配。",
    _S.LISTED: "已进入项目库，可以向合适的对象推送。",
    _S.MATCHING: "正在与对象对接。",
    _S.SIGNED: "双方已经签约。",
    _S.STATIONED: "双方已经建站。",
    _S.COMPLETED: "已经办结，留作参考。",
    _S.CLOSED: "已经关闭，不再办理，不参加查重和匹配。",
}
_QUIET = frozenset({_S.RETURNED, _S.CLOSED})


@dataclass(frozen=True, slots=True)
class StepOffer:
    """A step that can be taken.

    Attributes:
        then: where it leads.
        label: what the button says.
        is_main: whether it is the usual next step.
        needs_reason: whether a reason must be chosen.
    """

    then: NeedStatus
    label: str
    is_main: bool
    needs_reason: bool


def offers_of(status: NeedStatus) -> list[StepOffer]:
    """The steps that can follow, the usual one first; listing a need has a form of its own."""
    following = [
        then
        for then in NEED_FLOW.after(status)
        if (status, then) != (NeedStatus.PENDING, NeedStatus.LISTED)
    ]
    return [
        StepOffer(
            then,
            _BACK.get((status, then), _LABELS[then]),
            place == 0 and then not in _QUIET,
            then is NeedStatus.RETURNED,
        )
        for place, then in enumerate(following)
    ]


def meaning_of(status: NeedStatus) -> str:
    """What it means for a need to stand there, in a sentence for people."""
    return _MEANINGS[status]
