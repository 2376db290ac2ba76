"""Reading the files of rules, and saying exactly what is wrong with one.

The product ships a folder of them; a city lays its own beside its library, and a file there takes
the place of the shipped one for the same type of site.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from matcher.errors import UnreadableFileError
from matcher.records import SiteType
from matcher.rules.conditions import Condition, Place, Rules, SiteRules
from matcher.rules.files import ConditionPart, PlacePart, SitePart, SourcePart
from matcher.rules.records import Source
from matcher.rules.strict_yaml import FaultyYamlError, parsed

PLACE_FILE: Final = "place.yaml"
OTHER_FILES: Final = frozenset({PLACE_FILE, "assignment.yaml"})
"""Files of the folder that describe no type of site."""
_LARGEST = 1_000_000
_FOLDED: Final = re.compile(r"(?<=[\u3000-\u9fff\uff00-\uffef]) (?=[\u3000-\u9fff])")
"""The blank that YAML puts where it joins two lines; Chinese has none there."""
_MESSAGES: Final = {
    "missing": "没有写这一项，请补上",
    "extra_forbidden": "不认识这一项，请核对写法",
    "string_type": "应是文字",
    "string_too_short": "不能为空",
    "string_too_long": "太长了，请缩短",
    "list_type": "应是清单，每一条前面写“- ”",
    "dict_type": "应是“名称: 内容”的形式",
    "model_type": "应是“名称: 内容”的形式",
    "model_attributes_type": "应是“名称: 内容”的形式",
    "float_type": "应是数字",
    "float_parsing": "应是数字",
    "greater_than_equal": "不能是负数",
    "finite_number": "应是普通的数字",
    "too_short": "至少要写一条",
    "too_long": "条数太多",
    "invalid_key": "名称应是文字，请核对写法",
}
_PATTERNS: Final = {
    "编号": "只能用小写字母、数字和横线，如 rd-body",
    "网址": "应以 http:// 或 https:// 开头",
}
Part = TypeVar("Part", bound=BaseModel)


def load_rules(folder: Path, own: Path | None = None) -> Rules:
    """The rules of all site types.

    Args:
        folder: the shipped files.
        own: the city's files; they may add types, take the place of shipped ones, and say where
            the city is. None or a folder that is not there: the city has none.

    Raises:
        UnreadableFileError: a file cannot be read or is written wrongly; the message names the
            file, the condition, what is wrong and what is allowed.
    """
    folders = [each for each in (folder, own) if each is not None and each.is_dir()]
    place = Place()
    for each in folders:
        if (each / PLACE_FILE).is_file():
            part = _read(each / PLACE_FILE, PlacePart)
            place = Place(part.name, tuple(part.adopts))
    found: dict[str, SiteRules] = {}
    for each in folders:
        found |= _types(each, place)
    order = [*(member.value for member in SiteType if member.value in found), *found]
    return Rules(tuple(found[code] for code in dict.fromkeys(order)), place)


def rule_files(folder: Path) -> list[Path]:
    """The files of a folder that each describe a type of site, by name."""
    files = (*folder.glob("*.yaml"), *folder.glob("*.yml"))
    return sorted(path for path in files if path.name not in OTHER_FILES)


def _types(folder: Path, place: Place) -> dict[str, SiteRules]:
    found: dict[str, SiteRules] = {}
    for path in rule_files(folder):
        rules = _site_rules(_read(path, SitePart), place, path)
        if rules.code in found:
            raise UnreadableFileError(
                f"规则文件 {path.name} 和 {found[rules.code].file} 写的是同一种建站类型"
                f"“{rules.code}”，请合并成一个文件"
            )
        found[rules.code] = rules
    return found


def _site_rules(part: SitePart, place: Place, path: Path) -> SiteRules:
    sources = {name: _source(each) for name, each in part.sources.items()}
    preset = {name: each.value for each in SiteType for name in (each.value, each.label)}
    return SiteRules(
        code=preset.get(part.code, part.code),
        label=part.label,
        kinds=frozenset(part.kinds),
        kinds_source=sources[part.kinds_source],
        conditions=tuple(_condition(each, sources, place) for each in part.conditions),
        note=_FOLDED.sub("", part.note.strip()),
        file=path.name,
    )


def _source(part: SourcePart) -> Source:
    return Source(title=part.title, number=part.number, issued=part.issued, address=part.address)


def _condition(part: ConditionPart, sources: Mapping[str, Source], place: Place) -> Condition:
    return Condition(
        id=part.id,
        label=part.label.rstrip("。"),
        level=part.level,
        place=part.place,
        binding=part.adopted or place.is_bound_by(part.place),
        source=sources[part.source],
        since=part.since,
        until=part.until,
        test=part.test.test(),
        when=part.when.test() if part.when else None,
    )


def _read(path: Path, part: type[Part]) -> Part:
    name = path.name
    try:
        if path.stat().st_size > _LARGEST:
            raise UnreadableFileError(f"规则文件 {name} 太大，请检查是不是放错了文件")
        content = parsed(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise UnreadableFileError(f"规则文件 {name} 打不开：{error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UnreadableFileError(f"规则文件 {name} 不是 UTF-8 编码，请另存为 UTF-8") from error
    except FaultyYamlError as error:
        raise UnreadableFileError(f"规则文件 {name} 的格式有误，{_where(error)}") from error
    if not isinstance(content, dict):
        raise UnreadableFileError(f"规则文件 {name} 是空的，或者不是“名称: 内容”的形式")
    try:
        return part.model_validate(content)
    except ValidationError as error:
        faults = "；".join(_faults(error.errors(), content, part))
        raise UnreadableFileError(f"规则文件 {name} 有误。{faults}") from error


def _where(error: FaultyYamlError) -> str:
    own = f"：{error.told}" if error.told else "，请核对缩进、冒号后面的空格和引号"
    return f"在第 {error.line} 行附近{own}" if error.line else f"请核对写法{own}"


def _faults(
    errors: list[ErrorDetails], content: Mapping[str, Any], part: type[BaseModel]
) -> Iterator[str]:
    """What is wrong, with the place of each, at most five."""
    for error in errors[:5]:
        place = "".join(f"“{step}”" for step in _steps(error["loc"], content))
        message = _message(error)
        if error["type"] == "extra_forbidden" and len(error["loc"]) == 1:
            keys = "、".join(f.alias or name for name, f in part.model_fields.items())
            message = f"不认识这一项，可以写的有：{keys}"
        yield f"{place}{'：' if place else ''}{message}"
    if len(errors) > 5:
        yield f"还有 {len(errors) - 5} 处"


def _steps(loc: tuple[int | str, ...], content: Mapping[str, Any]) -> Iterator[str]:
    """The way to a fault as people follow it: a condition by its own number."""
    forms = {"事项", "全部", "任一"}
    for depth, step in enumerate(loc):
        if isinstance(step, int):
            yield _named(content, loc[:depth], step)
        # Pydantic names the form of a test before its keys; people need not hear it twice.
        elif step not in forms or depth == len(loc) - 1 or not _is_form(loc, depth):
            yield step


def _is_form(loc: tuple[int | str, ...], depth: int) -> bool:
    before = loc[depth - 1] if depth else ""
    return isinstance(before, int) or before in {"要求", "适用于"}


def _named(content: Mapping[str, Any], before: tuple[int | str, ...], place: int) -> str:
    if before == ("条件",):
        condition = content["条件"][place]
        if isinstance(condition, dict) and isinstance(condition.get("编号"), str):
            return str(condition["编号"])
    return f"第 {place + 1} 条"


def _message(error: ErrorDetails) -> str:
    if error["type"] == "value_error":
        return str(error["ctx"]["error"])
    if error["type"] == "string_pattern_mismatch":
        return _PATTERNS.get(str(error["loc"][-1]), "写法不对")
    return _MESSAGES.get(error["type"], error["msg"])
