"""YAML as people edit it by hand: what is easily a slip in it, or a trap, is refused and told."""

from typing import Any, Final

import yaml

_DEEPEST: Final = 40
"""Levels that a file may be nested; conditions within conditions take two each."""


class FaultyYamlError(ValueError):
    """A text that is not YAML, or not YAML as it is wanted here.

    Attributes:
        line: near which it is wrong, from 1; None if that is not known.
        told: what is wrong in Chinese; empty where YAML itself does not allow it.
    """

    def __init__(self, line: int | None, told: str = "") -> None:
        super().__init__(told)
        self.line = line
        self.told = told


def parsed(text: str) -> object:
    """The content of a YAML file; days stay texts.

    A key that is there twice, a reference to another place (`*`, by which a short text may stand
    for billions of entries) and very deep nesting are refused.

    Raises:
        FaultyYamlError: it cannot be read.
    """
    try:
        return yaml.load(text, _Loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        told = getattr(error, "problem", "") if isinstance(error, _RefusedError) else ""
        raise FaultyYamlError(mark.line + 1 if mark else None, told) from error
    except (ValueError, RecursionError) as error:
        # A number of thousands of digits, or a day that there is not.
        raise FaultyYamlError(None) from error


class _RefusedError(yaml.MarkedYAMLError):  # type: ignore[misc]
    """What YAML allows and these files do not."""

    def __init__(self, told: str, mark: object) -> None:
        super().__init__(None, None, told, mark)


class _Loader(yaml.SafeLoader):  # type: ignore[misc]
    """YAML without what these files do not need."""

    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self._depth = 0

    def compose_node(self, parent: Any, index: Any) -> Any:  # noqa: ANN401 - as YAML has it
        mark = self.peek_event().start_mark
        if self.check_event(yaml.AliasEvent):
            raise _RefusedError("不能用星号（*）引用别处的内容，请把内容写全", mark)
        if self._depth >= _DEEPEST:
            raise _RefusedError("层次太多，请写得简单一些", mark)
        self._depth += 1
        try:
            return super().compose_node(parent, index)
        finally:
            self._depth -= 1

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:  # noqa: ANN401
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if isinstance(key, str) and key in seen:
                raise _RefusedError(f"“{key}”写了两次", key_node.start_mark)
            if isinstance(key, str):
                seen.add(key)
        return super().construct_mapping(node, deep)  # type: ignore[no-any-return]


# What looks like a day stays a text, so that one that is none is told like any other mistake.
_Loader.add_constructor("tag:yaml.org,2002:timestamp", yaml.SafeLoader.construct_yaml_str)
