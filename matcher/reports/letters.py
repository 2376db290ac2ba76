"""Letters (对接函) that bring an enterprise and a partner together, each on one page."""

from pathlib import Path
from typing import Any

from matcher.reports.clean import one_line
from matcher.reports.formats import chinese_date
from matcher.reports.letter_fitting import fitted
from matcher.reports.letter_records import Addressee, Letter
from matcher.reports.templates import shipped_letter_template
from matcher.reports.word_template import Properties, WordTemplate, loaded_template

_FORWARDING = (
    "为保护双方信息，双方名称和联系方式暂不公开。如有对接意向，请告知我会，由我会转达并安排。"
)
_BY_ASSOCIATION = "对方没有登记可以公开的联系方式，请与我会联系，由我会转达并安排。"

_TITLES = {
    Addressee.ENTERPRISE: "关于推荐技术需求对接对象的函",
    Addressee.PARTNER: "关于商请对接企业技术需求的函",
    Addressee.BOTH: "关于企业技术需求对接的函",
}

__all__ = ["Addressee", "Letter", "letter_bytes", "write_letter"]


def write_letter(letter: Letter, path: Path, template: Path | None = None) -> None:
    """Write a letter as a .docx file; the same letter and template give the same bytes.

    Args:
        letter: what is to be told; texts that would not fit on the page are cut visibly.
        path: of the file.
        template: a Word file with placeholders, None for the one that ships with the product.

    Raises:
        UnreadableFileError: the template is not there, or is no Word file.
        InvalidInputError: a placeholder of the template is unknown or not written correctly.
        OSError: the file cannot be written.
    """
    used = shipped_letter_template() if template is None else loaded_template(template)
    path.write_bytes(letter_bytes(letter, used))


def letter_bytes(letter: Letter, template: WordTemplate) -> bytes:
    """The Word file of a letter.

    Raises:
        InvalidInputError: a placeholder of the template is unknown.
    """
    title = f"{_TITLES[letter.addressee]}（{one_line(letter.to)}）"
    properties = Properties(title=title, author=letter.issuer, made_on=letter.date)
    return template.fill({"letter": _context(fitted(letter))}, properties)


def _context(letter: Letter) -> dict[str, Any]:
    """What the placeholders stand for; README.md beside the templates explains each."""
    return {
        "addressee": letter.addressee.value,
        "title": _TITLES[letter.addressee],
        "to": letter.to,
        "number": one_line(letter.number),
        "need_title": letter.need_title,
        "need_text": letter.need_text,
        "partner_name": letter.partner_name,
        "partner_text": letter.partner_text,
        "reason": letter.reason,
        "evidence": list(letter.evidence),
        "site": one_line(letter.site),
        "to_clarify": "、".join(letter.to_clarify),
        "contacts": list(letter.contacts),
        "forwarding": _BY_ASSOCIATION if letter.released else _FORWARDING,
        "issuer": one_line(letter.issuer),
        "date": chinese_date(letter.date),
    }
