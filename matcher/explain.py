"""What a person is shown of a match: the passages that earned the place, with marked words."""

import re
from collections.abc import Collection, Iterable

from matcher.index.lexical import LexicalIndex
from matcher.records import EvidencePassage, Need, Partner, Passage
from matcher.text.highlight import shared_spans
from matcher.text.segment import words

_TELLING_SHARE = 0.03
_SMALL_LIBRARY = 50
_NUMBER = re.compile(r"[\d.]+")


def telling_terms(query: str, index: LexicalIndex) -> frozenset[str]:
    """Words of the query that few passages contain, and that therefore say something.

    A bare number says nothing; one with its unit or in a model number does.
    """
    terms = {term for term in words(query) if not _NUMBER.fullmatch(term)}
    if len(index) < _SMALL_LIBRARY:
        return frozenset(terms)
    return frozenset(term for term in terms if index.document_share(term) <= _TELLING_SHARE)


def partner_evidence(
    partner: Partner, passages: Iterable[Passage], telling: Collection[str]
) -> tuple[EvidencePassage, ...]:
    """Passages of a partner as shown, in the order given."""
    by_id = {evidence.id: evidence for evidence in partner.evidence}
    shown = []
    for passage in passages:
        evidence = by_id.get(passage.evidence_id or "")
        text = _without_title(passage.text, evidence.title if evidence else "")
        shown.append(
            EvidencePassage(
                evidence_id=evidence.id if evidence else None,
                type=evidence.type if evidence else None,
                title=evidence.title if evidence else "",
                year=evidence.year if evidence else None,
                source=evidence.source if evidence else "",
                text=text,
                spans=shared_spans(text, telling),
            )
        )
    return tuple(shown)


def need_evidence(
    need: Need, passages: Iterable[Passage], telling: Collection[str]
) -> tuple[EvidencePassage, ...]:
    """Passages of a need as shown, in the order given."""
    texts = (_without_title(passage.text, need.title) for passage in passages)
    return tuple(
        EvidencePassage(
            evidence_id=None,
            type=None,
            title=need.title,
            year=need.submitted.year if need.submitted else None,
            source="",
            text=text,
            spans=shared_spans(text, telling),
        )
        for text in texts
    )


def _without_title(text: str, title: str) -> str:
    """A passage's text without the title that every piece of its evidence begins with."""
    return "" if text == title else text.removeprefix(f"{title}\n") if title else text
