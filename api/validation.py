"""Pydantic's validation errors in Chinese, by field."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from matcher.text.fold import tidy

_PLACES = {"body", "query", "path", "header", "cookie"}
_MESSAGES = {
    "missing": "缺少这一项，请补上",
    "extra_forbidden": "没有这个字段，请检查名称",
    "int_type": "应是整数",
    "int_parsing": "应是整数",
    "int_from_float": "应是整数",
    "bool_type": "应是 true 或 false",
    "bool_parsing": "应是 true 或 false",
    "string_type": "应是文字",
    "string_unicode": "含有无法识别的字符",
    "list_type": "应是列表",
    "model_attributes_type": "应是 JSON 对象",
    "model_type": "应是 JSON 对象",
    "dict_type": "应是 JSON 对象",
    "json_invalid": "不是正确的 JSON",
    "greater_than_equal": "应不小于 {ge}",
    "less_than_equal": "应不大于 {le}",
    "string_too_long": "最多 {max_length} 字",
    "string_too_short": "至少 {min_length} 字",
    "too_long": "最多 {max_length} 项",
    "too_short": "至少 {min_length} 项",
}


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field: its name, what to do, its Chinese name, what stood there."""

    field: str
    message: str
    label: str = ""
    value: str = ""

    def as_dict(self) -> dict[str, str]:
        """Field and message, and what else is known."""
        extras = {"label": self.label, "value": self.value}
        known = {name: text for name, text in extras.items() if text}
        return {"field": self.field, "message": self.message} | known


def field_errors(errors: Sequence[Mapping[str, Any]]) -> list[FieldError]:
    """Pydantic's errors as ours; a field inside a list is written `evidence.0.title`."""
    return [FieldError(_field(error["loc"]), _message(error)) for error in errors]


def _field(location: Sequence[str | int]) -> str:
    parts = location[1:] if location and location[0] in _PLACES else location
    return tidy(".".join(str(part) for part in parts)) or "body"


def _message(error: Mapping[str, Any]) -> str:
    template = _MESSAGES.get(error["type"])
    if template is None:
        return str(error["msg"])
    if error["type"] == "json_invalid":
        return f"{template}：第 {error['loc'][-1]} 个字符处"
    return template.format(**error.get("ctx", {}))
