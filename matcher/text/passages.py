"""Which texts of a record are embedded and indexed."""

from collections.abc import Iterator
from dataclasses import dataclass

from matcher.records import Evidence, Need, Partner, PartnerKind
from matcher.text.script import Script, script_of
from matcher.text.split import PASSAGE_LIMIT, split_text

_LIMITS = {Script.HAN: PASSAGE_LIMIT, Script.LATIN: 5 * PASSAGE_LIMIT // 2}
"""Longest passage in characters: what takes 500 in Chinese takes some 1,250 in English."""


@dataclass(frozen=True, slots=True)
class PassageText:
    """A passage before it is stored; `evidence_id` is None for the record's own text."""

    evidence_id: str | None
    text: str


def partner_passages(partner: Partner) -> list[PassageText]:
    """Passages of a partner: its profile, then each piece of evidence.

    The name of an organization says what it does and goes into the profile passage; the name of a
    person says nothing of the kind, and its characters would match needs by chance.
    """
    own_name = () if partner.kind is PartnerKind.EXPERT else (partner.name, partner.name_en)
    heading = "，".join(part for part in (*own_name, *partner.disciplines) if part)
    passages = list(_pieces(None, heading, partner.profile))
    for evidence in partner.evidence:
        passages.extend(_pieces(evidence.id, evidence.title, _body(evidence)))
    return passages


def need_passages(need: Need) -> list[PassageText]:
    """Passages of a need: its whole text, in pieces that each begin with the title."""
    body = "\n".join(part for part in (need.problem, need.indicators, need.goal) if part)
    if need.keywords:
        body += "\n" + " ".join(need.keywords)
    return list(_pieces(None, need.title, body))


def _body(evidence: Evidence) -> str:
    keywords = "，".join(evidence.keywords)
    return "\n".join(part for part in (evidence.text, keywords) if part)


def _pieces(evidence_id: str | None, heading: str, body: str) -> Iterator[PassageText]:
    """Split the body so that each piece, with the heading before it, keeps to the limit."""
    heading = heading.strip()
    if len(heading) + 1 + len(body) <= PASSAGE_LIMIT and len(heading) < PASSAGE_LIMIT // 2:
        whole = f"{heading}\n{body.strip()}".strip()  # as below, whatever the script
        if whole:
            yield PassageText(evidence_id, whole)
        return
    limit = _LIMITS[script_of(f"{heading}\n{body}")]
    room = limit - len(heading) - 1
    if room < limit // 2:
        pieces = split_text(f"{heading}\n{body}", limit)
        heading = ""
    else:
        pieces = split_text(body, room) or ([""] if heading else [])
    for piece in pieces:
        yield PassageText(evidence_id, f"{heading}\n{piece}".strip())
