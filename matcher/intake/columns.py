r"""What a column is: a field of a record, the names it goes by, and what names are alike.

A name in a file is compared without blanks, line breaks, width, case, asterisks and anything in
brackets, so that `拟投入资金\n（万元）*` is `拟投入资金`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from matcher.records import LabelledEnum
from matcher.text.fold import fold

_BRACKETS = re.compile(r"[(\[【〔<《][^()\[\]【】〔〕<>《》]*[)\]】〕>》]")
_IGNORED = re.compile(r"[\s*:\ufeff\u200b]+")
_UNIT = re.compile(r"[(\[【]\s*(?:单位:?)?\s*(元|万元|亿元)\s*[)\]】]")
_CONTACT = re.compile(
    "联系人|联系方式|电话|手机|邮箱|邮件|微信|传真|身份证|通讯地址|qq|e-?mail|phone|mobile|^tel$|contact"
)


class Subject(StrEnum):
    """What a file is about."""

    NEEDS = "needs"
    PARTNERS = "partners"
    ENTERPRISES = "enterprises"


class Content(StrEnum):
    """What a field holds; decides how several source columns of one field are put together."""

    ONE = "one"
    TEXT = "text"
    LIST = "list"
    NESTED = "nested"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A field as it appears in files.

    Attributes:
        field: name of the record's field.
        label: the Chinese column name, as in the template and in messages.
        aliases: further names, Chinese and English.
        required: marked as required in the template.
        hint: one line that tells a clerk what to write.
        example: the value in the example row of the template.
        choices: the closed list of the field, if it has one.
        strict: whether a value outside `choices` is a fault.
        in_template: whether the template has this column.
        unit: the field is an amount of money, so a unit in the column's name counts.
    """

    field: str
    label: str
    aliases: tuple[str, ...] = ()
    required: bool = False
    hint: str = ""
    example: str | int | float = ""
    content: Content = Content.ONE
    choices: type[LabelledEnum] | None = None
    strict: bool = True
    in_template: bool = True
    unit: bool = False

    def names(self) -> Iterator[str]:
        """Every name of the column, in the form that `plain_name` gives."""
        yield plain_name(self.field)
        yield plain_name(self.label)
        yield from map(plain_name, self.aliases)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The columns of a subject.

    `required` holds groups of fields; of each group at least one column must be there.
    """

    noun: str
    columns: tuple[Column, ...]
    required: tuple[tuple[str, ...], ...]
    template: str

    def column(self, field: str) -> Column:
        """The column of a field; `KeyError` when the table has none."""
        for column in self.columns:
            if column.field == field:
                return column
        raise KeyError(field)

    def by_name(self) -> dict[str, Column]:
        """All names, plain, with their column."""
        return {name: column for column in self.columns for name in column.names()}


def plain_name(name: str) -> str:
    """A column name without what does not matter: width, case, blanks, asterisks, brackets."""
    bare = _IGNORED.sub("", fold(name))
    return _BRACKETS.sub("", bare) or bare


def money_unit(name: str) -> str:
    """The unit of money in the brackets of a column name: 元, 万元, 亿元, or nothing."""
    found = _UNIT.search(fold(name))
    return found.group(1) if found else ""


def is_contact(name: str) -> bool:
    """Whether a column holds contact data of a person, which this version does not keep."""
    return bool(_CONTACT.search(plain_name(name)))
