"""The placeholders in one part of a Word file: compiled once, filled in, and told when wrong.

Whoever edits a template sees only its text, so that what is wrong is told with the name of the
file and the paragraph in which it stands.
"""

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from io import BytesIO
from types import TracebackType
from typing import Any, Final

from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, UndefinedError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from matcher.errors import InvalidInputError
from matcher.reports.clean import clean, shortened
from matcher.reports.xmltree import XMLError, parsed

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_END = "</w:p>"
_PAIRS = (("{{", "}}"), ("{%", "%}"))
_PARAGRAPH = re.compile(r"<w:p(?=[ >])")
_TAG = re.compile(r"<[^>]+>")
_FULL_WIDTH = re.compile(r"｛\s*[｛{%％]|\{\s*[｛％]|[｝}%％]\s*｝|｝\s*[｝}]|％\s*\}")
_NAME = re.compile(r"has no attribute '(.+)'$|^'(.+)' is undefined")
_EVALUATION = (TemplateError, ArithmeticError, LookupError, TypeError, ValueError)
"""What an expression can raise."""
_LONGEST_QUOTE = 80

_RULES: Final = DocxTemplate(BytesIO())
"""Docxtpl's rules for placeholders in XML, which are methods; it holds no file."""


def _finalized(value: Any) -> Any:  # noqa: ANN401
    """A value as XML can hold it."""
    return clean(value) if isinstance(value, str) and not isinstance(value, Markup) else value


# A template comes as a file from somewhere: its expressions reach nothing but what they are given.
_ENVIRONMENT: Final = ImmutableSandboxedEnvironment(
    autoescape=True, undefined=StrictUndefined, finalize=_finalized
)


LAST_SECTION: Final = "{{ last_section }}"
"""Stands for the properties of the last section, which the text before may decide on."""


class Placeholders:
    """The XML of one part, with placeholders in it."""

    def __init__(self, name: str, xml: str) -> None:
        """Compile a part.

        Args:
            name: of the file, for messages.
            xml: of the part.

        Raises:
            InvalidInputError: a placeholder is not written correctly.
        """
        self._name = name
        written = xml.replace("\n", " ")
        for paragraph in _PARAGRAPH.sub("\n<w:p", written).split("\n"):
            self._check_signs(_TAG.sub("", paragraph))
        # A line for each paragraph, so that the number of a line tells where something stands.
        source = _PARAGRAPH.sub("\n<w:p", _RULES.patch_xml(written)).replace(_END, f"{_END}\n")
        self._lines = source.split("\n")
        try:
            self._template = _ENVIRONMENT.from_string(source)
        except TemplateSyntaxError as error:
            raise InvalidInputError(
                f"模板“{name}”里的占位符写法有误，请检查{self._place(error.lineno)}："
                "{{ }} 和 {% %} 要成对，每个 for 要有 endfor，每个 if 要有 endif"
            ) from error

    def fill(self, context: Mapping[str, Any]) -> str:
        """The XML with everything filled in.

        Args:
            context: dictionaries, lists and texts, by the names of the placeholders.

        Raises:
            InvalidInputError: a placeholder is unknown, cannot be evaluated, or stands where it
                breaks the file.
        """
        try:
            xml = self._template.render(context)
        except _EVALUATION as error:
            raise InvalidInputError(self._told(error, context)) from error
        xml = xml.replace("\n<w:p", "<w:p").replace(f"{_END}\n", _END)
        if "\n" in xml or "\t" in xml:
            xml = _RULES.resolve_listing(xml)
        self._check(xml)
        return xml

    def _check_signs(self, text: str) -> None:
        """Find signs in a paragraph that only look like those of a placeholder, or are alone."""
        if _FULL_WIDTH.search(text):
            raise InvalidInputError(
                f"模板“{self._name}”里的占位符用了全角的括号或百分号：“{_quoted(text)}”。"
                "请改成半角的 {{ }} 或 {% %}"
            )
        if any(text.count(opened) != text.count(closed) for opened, closed in _PAIRS):
            raise InvalidInputError(
                f"模板“{self._name}”里的占位符写法有误，请检查这一段：“{_quoted(text)}”："
                "{{ 和 }}、{% 和 %} 在同一段里要成对"
            )

    def _check(self, xml: str) -> None:
        """Find what would make a file that Word does not open."""
        try:
            root = parsed(xml)
        except XMLError as error:
            raise InvalidInputError(
                f"模板“{self._name}”填好以后不是完整的 Word 文件：for、if 这样的控制语句要写成 "
                "{%p … %} 并且单独占一段，请对照说明改好再用"
            ) from error
        if any(len(text) for text in root.iter(f"{_W}t")):
            raise InvalidInputError(
                f"模板“{self._name}”里放表格、图或分页的占位符要写成 {{{{p … }}}} 并且单独占一段，"
                "请对照说明改好再用"
            )
        loose = (each.tail for body in root.iter(f"{_W}body") for each in body)
        if text := "".join(filter(None, loose)).strip():
            raise InvalidInputError(
                f"模板“{self._name}”里“{shortened(text, _LONGEST_QUOTE)}”一处的占位符不能写成 "
                "{{p … }}，请改成 {{ … }}；{{p … }} 只用来放表格、图和分页"
            )

    def _told(self, error: Exception, context: Mapping[str, Any]) -> str:
        place = self._place(_line_of(error.__traceback__))
        named = _NAME.search(str(error)) if isinstance(error, UndefinedError) else None
        if named is None:
            return f"模板“{self._name}”里有占位符算不出结果，请检查{place}"
        name = named[1] or named[2]
        near = get_close_matches(name, sorted(set(_names(context))), n=1)
        hint = f"是不是想写“{near[0]}”？" if near else ""
        return (
            f"模板“{self._name}”里有不认识的占位符“{name}”，在{place}。{hint}"
            "能用的占位符都写在模板文件夹的 README.md 里"
        )

    def _place(self, line: int | None) -> str:
        """The paragraph on a line, or the nearest one before it that says anything."""
        for written in reversed(self._lines[:line]):
            if quoted := _quoted(written):
                return f"这一段：“{quoted}”"
        return "开头的几段"


def _quoted(line: str) -> str:
    told = _TAG.sub("", line).replace(LAST_SECTION, "")
    return shortened(" ".join(told.split()), _LONGEST_QUOTE)


def _line_of(trace: TracebackType | None) -> int | None:
    """The line of the template in which an error arose, the innermost one."""
    found = None
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "<template>":
            found = trace.tb_lineno
        trace = trace.tb_next
    return found


def _names(context: object) -> Iterator[str]:
    """All names that a placeholder can have in it."""
    if isinstance(context, Mapping):
        yield from map(str, context)
        for value in context.values():
            yield from _names(value)
    elif isinstance(context, list | tuple) and context:
        yield from _names(context[0])
