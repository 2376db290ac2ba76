"""Steps from state to state, and the rules that they follow."""

from collections.abc import Mapping
from typing import Generic, TypeVar

from matcher.errors import ConflictError, InvalidInputError
from matcher.records import LabelledEnum

State = TypeVar("State", bound=LabelledEnum)


class Flow(Generic[State]):
    """Which state may follow which.

    Args:
        following: for each state the ones that may come next, the usual one first.
    """

    def __init__(self, following: Mapping[State, tuple[State, ...]]) -> None:
        self._following = following

    def after(self, state: State) -> tuple[State, ...]:
        """The states that may come next, the usual one first."""
        return self._following.get(state, ())

    def check(self, before: State, then: State) -> None:
        """Refuse a step that is none.

        Raises:
            ConflictError: the one state does not follow the other.
        """
        if then not in self.after(before):
            possible = "、".join(state.label for state in self.after(before)) or "无"
            raise ConflictError(
                f"现在是“{before.label}”，不能直接变为“{then.label}”；可以变为：{possible}"
            )


Reason = TypeVar("Reason", bound=LabelledEnum)


def require_reason(needed: bool, reason: Reason | None, reasons: type[Reason]) -> None:
    """A reason must be given where one is needed, and nowhere else.

    Raises:
        InvalidInputError: it is missing or superfluous.
    """
    if needed and reason is None:
        labels = "、".join(each.label for each in reasons)
        raise InvalidInputError(f"请选择原因：{labels}", field="reason")
    if not needed and reason is not None:
        raise InvalidInputError("这一步不需要原因", field="reason")
