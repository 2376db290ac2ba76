"""From the columns of a file to the fields of a record."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from matcher.errors import InvalidInputError, UnreadableFileError
from matcher.intake.columns import Column, Content, Table, is_contact, money_unit, plain_name
from matcher.intake.header import describe
from matcher.intake.partner_columns import EVIDENCE
from matcher.intake.results import Fault, Note, shorten
from matcher.intake.values import as_text, is_blank, read_list

OWN_EVIDENCE = "own_evidence"
"""Where the evidence goes that a row of a table gives its partner in columns of its own."""

_EVIDENCE_PREFIX = "evidence_"


@dataclass(slots=True, kw_only=True)
class Mapped:
    """The values of a row by field name, and what was met on the way."""

    values: dict[str, object] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)


class ColumnMapping:
    """Turns rows of one file into values by field name; says once which columns it leaves out."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._columns = table.by_name()
        self._found: dict[str, Column | None] = {}
        self._left_out: set[str] = set()

    def require(self, names: Iterable[str], given: Iterable[str] = ()) -> None:
        """Refuse a file whose header lacks what every record needs.

        Args:
            names: column names of the file.
            given: fields whose value does not come from the file.

        Raises:
            UnreadableFileError: it names the columns found and missing, and the template.
        """
        names = list(names)
        there = self.fields(names) | set(given)
        missing = [group for group in self._table.required if not there.intersection(group)]
        if missing:
            wanted = "；".join(
                " 或 ".join(self._table.column(name).label for name in group) for group in missing
            )
            raise UnreadableFileError(
                f"缺少必需的列：{wanted}。文件里的列是：{describe(names)}。"
                f"请使用“{self._table.template}”的列名"
            )

    def fields(self, names: Iterable[str]) -> set[str]:
        """The fields that the columns of a file belong to."""
        return {column.field for name in names if (column := self._column(name))}

    def has_own_evidence(self, names: Iterable[str]) -> bool:
        """Whether the file has columns of evidence in the partners' own rows."""
        return any(name.startswith(_EVIDENCE_PREFIX) for name in self.fields(names))

    def value(self, field_name: str, row: Mapping[str, object]) -> str:
        """The text of one field of a row, empty if it has none."""
        for name, given in row.items():
            column = self._column(name)
            if column and column.field == field_name and isinstance(given, str | int):
                return str(given).strip()
        return ""

    def map(self, row: Mapping[str, object]) -> Mapped:
        """Values by field name; of several columns of one field the values are put together."""
        mapped = Mapped()
        columns: dict[str, Column] = {}
        sources: dict[str, list[tuple[str, object]]] = {}
        for name, value in row.items():
            column = self._column(name)
            if column:
                columns[column.field] = column
                sources.setdefault(column.field, []).append((name, value))
            elif value is not None and value != "":
                self._leave_out(name, mapped)
        for field_name, given in sources.items():
            column = columns[field_name]
            try:
                mapped.values[field_name] = _put_together(column, given)
            except InvalidInputError as error:
                mapped.faults.append(_fault(column, given, error.message))
        _nest_evidence(mapped.values)
        return mapped

    def _column(self, name: str) -> Column | None:
        if name not in self._found:
            self._found[name] = self._columns.get(plain_name(name))
        return self._found[name]

    def _leave_out(self, name: str, mapped: Mapped) -> None:
        if name in self._left_out:
            return
        self._left_out.add(name)
        message = "本版本不保存联系方式，未导入" if is_contact(name) else "不认识的列，未导入"
        mapped.notes.append(Note(field="", label=f"列“{shorten(name)}”", message=message))


def _put_together(column: Column, given: list[tuple[str, object]]) -> object:
    """One value of the values of all columns that belong to a field.

    Raises:
        InvalidInputError: the columns contradict each other.
    """
    if column.unit:
        given = [(name, _with_unit(name, value)) for name, value in given]
    if len(given) == 1:
        return given[0][1]
    filled = [(name, value) for name, value in given if not _is_empty(value)]
    if len(filled) < 2:
        return filled[0][1] if filled else None
    return _JOIN[column.content](filled)


def _with_unit(name: str, value: object) -> object:
    """A bare number in a column whose name says another unit than 万元, with that unit."""
    unit = money_unit(name)
    if unit in {"", "万元"} or isinstance(value, bool) or _is_empty(value):
        return value
    text = as_text(value)
    return text + unit if text[-1:].isdigit() else text


def _is_empty(value: object) -> bool:
    try:
        return is_blank(as_text(value))
    except InvalidInputError:
        return False


def _join_texts(given: list[tuple[str, object]]) -> object:
    return "\n".join(dict.fromkeys(as_text(value) for _, value in given))


def _join_lists(given: list[tuple[str, object]]) -> object:
    return [item for _, value in given for item in read_list(value)]


def _only(given: list[tuple[str, object]]) -> object:
    (first, value), *others = given
    for name, other in others:
        if as_text(other) != as_text(value):
            raise InvalidInputError(
                f"“{shorten(first)}”和“{shorten(name)}”两列是同一项内容，写的却不同，请保留一列"
            )
    return value


_JOIN: dict[Content, Callable[[list[tuple[str, object]]], object]] = {
    Content.ONE: _only,
    Content.TEXT: _join_texts,
    Content.LIST: _join_lists,
    Content.NESTED: _only,
}


def _fault(column: Column, given: list[tuple[str, object]], message: str) -> Fault:
    return Fault(
        field=column.field, label=column.label, value=shorten(given[0][1]), message=message
    )


def _nest_evidence(values: dict[str, object]) -> None:
    """Give the fields of evidence their own names, and a row's own evidence a mapping.

    Changes `values`: a list of evidence stays under `evidence`; what stood in columns of its own
    (`evidence_type` …) goes to `OWN_EVIDENCE`.
    """
    items = values.get("evidence")
    if isinstance(items, list):
        values["evidence"] = [_by_field(item) for item in items]
    own = {
        name.removeprefix(_EVIDENCE_PREFIX): values.pop(name)
        for name in list(values)
        if name.startswith(_EVIDENCE_PREFIX)
    }
    if any(not _is_empty(value) for value in own.values()):
        values[OWN_EVIDENCE] = own


_EVIDENCE_NAMES = EVIDENCE.by_name()


def _by_field(item: object) -> object:
    if not isinstance(item, dict):
        return item
    found: dict[str, object] = {}
    for name, value in item.items():
        # Names that are plain already, as those of programs are, need no folding.
        column = _EVIDENCE_NAMES.get(name) or _EVIDENCE_NAMES.get(plain_name(name))
        if column:
            found[column.field] = value
    return found
