"""What a city decides about its monthly plans: `data/rules/assignment.yaml` and its own file."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from matcher.errors import InvalidInputError, UnreadableFileError
from matcher.pairing.records import WantedKind
from matcher.records import PartnerKind
from matcher.rules.strict_yaml import FaultyYamlError, parsed
from matcher.settings import data_folder

FILE: Final = Path("rules") / "assignment.yaml"
"""Where the settings lie, below the folder of what ships and below the home of an instance."""
MOST_PARTNERS: Final = 20
MOST_SECONDS: Final = 3600.0

LABELS: Final = {
    "partners_per_need": "每条需求最多几个对象",
    "candidates_per_need": "每条需求考虑几个对象",
    "lowest_probability": "最低推荐概率",
    "yearly_capacity": "每年可对接",
    "wanted_kind": "意向类型要求",
    "time_limit": "计算时限",
}
"""What the settings are called."""
_NAMES: Final = {label: name for name, label in LABELS.items()}
_KINDS: Final = {kind.label: kind.value for kind in PartnerKind}
_STRICTNESS: Final = {each.label: each.value for each in WantedKind}
_CAPACITY = "yearly_capacity"
_REASONS: Final = {
    "int_type": "应是整数",
    "int_parsing": "应是整数",
    "int_from_float": "应是整数",
    "float_type": "应是数字",
    "float_parsing": "应是数字",
    "finite_number": "应是数字",
    "greater_than_equal": "不能小于 {ge}",
    "less_than_equal": "不能大于 {le}",
    "dict_type": "应分类型逐行写明",
    "model_type": "应分类型逐行写明",
}

_Capacity = Annotated[int, Field(ge=0, le=10_000)]


class Capacities(BaseModel):
    """Pairings a year of partners of whom no number is known, by `PartnerKind`."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    expert: _Capacity
    society: _Capacity
    institute: _Capacity
    overseas: _Capacity

    def of(self, kind: PartnerKind) -> int:
        """That of one kind."""
        return int(getattr(self, kind.value))


class PlanSettings(BaseModel):
    """Everything about a plan that does not lie in the library.

    Attributes:
        partners_per_need: partners that a need gets at most, those under way included.
        candidates_per_need: how many of the best ranked are considered for a need.
        lowest_probability: less probable partners are not proposed.
        yearly_capacity: pairings a year where nothing is known of the partner.
        wanted_kind: how strictly a need gets a partner of the kind that its site type takes.
        time_limit: seconds for the assignment.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    partners_per_need: int = Field(ge=1, le=MOST_PARTNERS)
    candidates_per_need: int = Field(ge=1, le=200)
    lowest_probability: float = Field(ge=0, le=1, allow_inf_nan=False)
    yearly_capacity: Capacities
    wanted_kind: Annotated[WantedKind, Field(strict=False)]
    time_limit: float = Field(ge=0, le=MOST_SECONDS, allow_inf_nan=False)

    def changed(
        self,
        *,
        partners_per_need: int | None = None,
        wanted_kind: WantedKind | None = None,
        time_limit: float | None = None,
    ) -> "PlanSettings":
        """The same with what is given for one plan instead; None changes nothing.

        Raises:
            InvalidInputError: a number is too small or too large.
        """
        given = {
            "partners_per_need": partners_per_need,
            "wanted_kind": wanted_kind,
            "time_limit": time_limit,
        }
        chosen = {name: value for name, value in given.items() if value is not None}
        return _checked(self.as_json() | chosen, "方案设置")

    def as_json(self) -> dict[str, Any]:
        """As it is stored with a plan."""
        return self.model_dump(mode="json")


def load_settings(home: Path | None = None) -> PlanSettings:
    """The settings that ship, with those of a city's own file in their place.

    Args:
        home: folder of an instance; None for what ships alone.

    Raises:
        UnreadableFileError: a file cannot be read or is no YAML.
        InvalidInputError: a value cannot be used; the message names file and line of the setting.
    """
    shipped = data_folder() / FILE
    own = home / FILE if home is not None else None
    values, source = _read(shipped), shipped
    if own is not None and own.exists():
        values, source = _joined(values, _read(own)), own
    return _checked(values, str(source))


def settings_of(stored: Mapping[str, Any]) -> PlanSettings:
    """The settings that are stored with a plan."""
    return _checked(stored, "已保存的方案设置")


def _read(path: Path) -> dict[str, Any]:
    try:
        content = parsed(path.read_text(encoding="utf-8-sig"))
    except FaultyYamlError as error:
        where = f"第 {error.line} 行" if error.line else "某一行"
        told = error.told or "请检查缩进和冒号（冒号后面要空一格）"
        raise UnreadableFileError(f"{path} {where}写得不对：{told}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableFileError(
            f"读不出 {path}，请检查文件是否存在、是否为 UTF-8 编码"
        ) from error
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise UnreadableFileError(f"{path} 应逐行写成“名称: 值”的样子")
    values = {_NAMES.get(str(name), str(name)): value for name, value in content.items()}
    capacity, wanted = values.get(_CAPACITY), values.get("wanted_kind")
    if isinstance(capacity, dict):
        values[_CAPACITY] = {_KINDS.get(str(kind), str(kind)): n for kind, n in capacity.items()}
    if isinstance(wanted, str):
        values["wanted_kind"] = _STRICTNESS.get(wanted, wanted)
    return values


def _joined(shipped: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    joined = dict(shipped) | dict(own)
    if isinstance(own.get(_CAPACITY), dict):
        joined[_CAPACITY] = dict(shipped[_CAPACITY]) | own[_CAPACITY]
    return joined


def _checked(values: Mapping[str, Any], source: str) -> PlanSettings:
    try:
        return PlanSettings.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        wrong = "；".join(map(_told, error.errors()))
        raise InvalidInputError(f"{source}：{wrong}", field=str(first["loc"][0])) from error


def _told(problem: ErrorDetails) -> str:
    """What is wrong with one setting, with the names that are known where it has none of them."""
    top, *inner = (str(part) for part in problem["loc"])
    label = "的".join([LABELS.get(top, top), *(_label_of_kind(kind) for kind in inner)])
    kind = problem["type"]
    if kind == "extra_forbidden":
        known = _KINDS if inner else _NAMES
        return f"没有“{label}”这一项，可用的有：{'、'.join(known)}"
    if kind == "missing":
        return f"没有写“{label}”"
    reason = _REASONS.get(kind, problem["msg"]).format(**problem.get("ctx", {}))
    reason = f"可用的有：{'、'.join(_STRICTNESS)}" if kind == "enum" else reason
    return f"{label}的值“{problem['input']}”不可用，{reason}"


def _label_of_kind(kind: str) -> str:
    return next((label for label, value in _KINDS.items() if value == kind), kind)
