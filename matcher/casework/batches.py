"""The monthly batch (月度批次): its states, its steps, and what it was made from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from matcher.errors import InvalidInputError
from matcher.records import LabelledEnum


class BatchState(LabelledEnum):
    """How a batch stands."""

    RUNNING = "running", "进行中"
    FINISHED = "finished", "已完成"
    FAILED = "failed", "出错停止"
    CANCELLED = "cancelled", "已取消"
    INTERRUPTED = "interrupted", "意外中断"
    OUTDATED = "outdated", "已过期"

    @classmethod
    def term(cls) -> str:
        """Chinese name of the list, for error messages."""
        return "批次状态"


class BatchStep(LabelledEnum):
    """The steps of a batch, in their order."""

    SCREENING = "screening", "筛选需求"
    RANKING = "ranking", "逐项匹配"
    PLAN = "plan", "配对方案"
    FIGURES = "figures", "统计数据"
    DOCUMENTS = "documents", "生成文档"

    @classmethod
    def term(cls) -> str:
        """Chinese name of the list, for error messages."""
        return "批次步骤"

    @property
    def unit(self) -> str:
        """What is counted in this step."""
        return _UNITS[self]


class DocumentKind(LabelledEnum):
    """What a document of a batch is."""

    WORD = "word", "月报（Word）"
    EXCEL = "excel", "月报附表（Excel）"
    LETTER = "letter", "对接函"
    CONTENTS = "contents", "文件目录"

    @classmethod
    def term(cls) -> str:
        """Chinese name of the list, for error messages."""
        return "文档类型"


_UNITS: Final = {
    BatchStep.SCREENING: "条需求",
    BatchStep.RANKING: "条需求",
    BatchStep.PLAN: "个方案",
    BatchStep.FIGURES: "个版本",
    BatchStep.DOCUMENTS: "份文档",
}
RESUMABLE: Final = frozenset(
    {BatchState.FAILED, BatchState.CANCELLED, BatchState.INTERRUPTED, BatchState.RUNNING}
)
"""States from which a batch goes on where it stopped. One that is running although nobody runs it
was killed before it could say so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """Everything that the result of a batch depends on beside the month.

    Attributes:
        model_id: the embedding model.
        library_id: which library.
        revision: its revision when the batch began.
        token: belongs to this revision alone.
        program: version of the program.
        counties: the counties that get an edition; none means each with any record.
        assignment: settings of the monthly assignment.
        files: SHA-256 of each file of rules and templates, by name.
    """

    model_id: str
    library_id: str
    revision: int
    token: str
    program: str
    counties: tuple[str, ...] = ()
    assignment: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)

    def changes_since(self, before: "Inputs") -> tuple[str, ...]:
        """What is different from earlier inputs, each as a Chinese phrase; none if nothing is."""
        changed = []
        if self.library_id != before.library_id:
            changed.append("换了资料库")
        elif self.token != before.token:
            changed.append(f"资料库有变动（版本 {before.revision} → {self.revision}）")
        if self.model_id != before.model_id:
            changed.append(f"换了语义模型（{before.model_id} → {self.model_id}）")
        if self.program != before.program:
            changed.append(f"程序版本不同（{before.program} → {self.program}）")
        if self.counties != before.counties:
            changed.append("要出的县区版不同")
        if dict(self.assignment) != dict(before.assignment):
            changed.append("配对设置有改动")
        names = sorted(self.files.keys() | before.files.keys())
        files = [name for name in names if self.files.get(name) != before.files.get(name)]
        if files:
            changed.append(f"规则或模板文件有改动（{'、'.join(files)}）")
        return tuple(changed)


@dataclass(frozen=True, slots=True, kw_only=True)
class StepProgress:
    """How far a step has come; `seconds` is the time spent on it, in all runs together."""

    step: BatchStep
    done: int = 0
    total: int = 0
    seconds: float = 0.0
    started_at: datetime | None = None
    finished_at: datetime | None = None

    @property
    def percent(self) -> int:
        """Whole percents that are done; never 100 before the end."""
        if self.finished_at is not None:
            return 100
        return min(99, 100 * self.done // self.total) if self.total else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """A batch. `out` is the folder of its documents, `runs` how often it was started or resumed."""

    id: int
    month: str
    state: BatchState
    out: str
    inputs: Inputs
    started_at: datetime
    started_by: str
    finished_at: datetime | None = None
    host: str = ""
    pid: int = 0
    cancel: bool = False
    error: str = ""
    runs: int = 1
    steps: tuple[StepProgress, ...] = ()

    @property
    def current(self) -> StepProgress | None:
        """The step that is being done, the last that was begun; None before the first."""
        begun = [step for step in self.steps if step.started_at and not step.finished_at]
        return begun[-1] if begun else None

    @property
    def seconds(self) -> float:
        """Time spent on all steps together."""
        return sum(step.seconds for step in self.steps)


def month_day(text: str, today: date) -> date:
    """The first day of a month written as 2026-11.

    Raises:
        InvalidInputError: it is no month, or has not begun yet.
    """
    year, _, month = text.partition("-")
    if not (len(text) == 7 and len(year) == 4 and text.replace("-", "", 1).isdecimal()):
        raise InvalidInputError(f"月份“{text}”写得不对，应写成 2026-11 的样子", field="month")
    if not text.isascii() or not 1 <= int(month) <= 12 or int(year) < 2000:
        raise InvalidInputError(f"月份“{text}”写得不对，应写成 2026-11 的样子", field="month")
    day = date(int(year), int(month), 1)
    if day > today:
        raise InvalidInputError(
            f"{day.year} 年 {day.month} 月还没有开始，请选择本月或以前的月份", field="month"
        )
    return day


def seconds_left(steps: Sequence[StepProgress], earlier: Mapping[BatchStep, float]) -> float | None:
    """How long the rest of a batch will take; None where nothing tells it yet.

    Args:
        steps: all steps, as far as they have come.
        earlier: what each step took in an earlier batch.
    """
    left = 0.0
    for step in steps:
        if step.finished_at is not None:
            continue
        if step.done and step.seconds >= _TELLING_SECONDS:
            left += step.seconds * (step.total - step.done) / step.done
        elif step.step in earlier:
            left += max(0.0, earlier[step.step] - step.seconds)
        else:
            return None
    return left


_TELLING_SECONDS: Final = 1.0
"""A step that has run for less says little about how long it takes."""
