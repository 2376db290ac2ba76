"""Matches as they are shown: by band, with contributions beside the best of the list."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Generic

from matcher.records import Band, EvidencePassage, Match, Partner, PartnerMatch, Ranking

OPEN_AT_FIRST = 5
MOST = 20

_VIEWS = {"dense": "语义", "characters": "字面", "pairs": "词组", "agreement": "佐证"}


@dataclass(frozen=True, slots=True)
class Bar:
    """What one view contributed: 0 to 100, 100 the largest contribution in the list."""

    label: str
    share: int


@dataclass(frozen=True, slots=True)
class Shown(Generic[Match]):
    """A match, its score as a share of the best one (0 to 100), and its bars."""

    match: Match
    share: int
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """Partners for a need: the first few open, the others on request.

    Those without enough evidence are `weak` and stand apart, also where there are no others.
    """

    ranking: Ranking[PartnerMatch]
    first: list[Shown[PartnerMatch]]
    more: list[Shown[PartnerMatch]]
    weak: list[Shown[PartnerMatch]]

    @classmethod
    def of(cls, ranking: Ranking[PartnerMatch]) -> "Answer":
        """Split what was found."""
        found = beside_best([_without_headings(match) for match in ranking.matches])
        fit = [shown for shown in found if shown.match.band is not Band.INSUFFICIENT]
        weak = [shown for shown in found if shown.match.band is Band.INSUFFICIENT]
        return cls(ranking, fit[:OPEN_AT_FIRST], fit[OPEN_AT_FIRST:], weak)

    @property
    def has_near_marks(self) -> bool:
        """Whether words are marked that mean something like one of the need."""
        return any(
            passage.near_spans for match in self.ranking.matches for passage in match.evidence
        )


def beside_best(matches: Sequence[Match]) -> list[Shown[Match]]:
    """Each match beside the best of the list."""
    best = max((match.score for match in matches), default=0.0)
    largest = max((value for match in matches for value in match.components.values()), default=0.0)
    return [
        Shown(
            match,
            100 if match.score == best else _share(match.score, best),
            tuple(_bars(match.components.items(), largest)),
        )
        for match in matches
    ]


def _without_headings(match: PartnerMatch) -> PartnerMatch:
    evidence = tuple(without_heading(passage, match.partner) for passage in match.evidence)
    return replace(match, evidence=evidence)


def without_heading(passage: EvidencePassage, partner: Partner) -> EvidencePassage:
    """A passage of a profile without what is indexed before it (`matcher.text.passages`).

    The names stand above it on the page; the disciplines stay if a word in them is marked.
    """
    heading, _, body = passage.text.partition("\n")
    parts, names = heading.split("，"), {partner.name, partner.name_en}
    is_heading = set(parts) <= names | set(partner.disciplines)
    if passage.evidence_id is not None or not body or not is_heading:
        return passage
    cut = sum(len(part) + 1 for part in parts if part in names)
    marks = (*passage.spans, *passage.near_spans)
    if not any(cut <= start < len(heading) for start, _ in marks):
        cut = len(heading) + 1
    return replace(
        passage,
        text=passage.text[cut:],
        spans=_behind(cut, passage.spans),
        near_spans=_behind(cut, passage.near_spans),
    )


def _behind(cut: int, spans: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Spans of a text, in what is left of it behind the cut."""
    return tuple((max(a, cut) - cut, b - cut) for a, b in spans if b > cut)


def _bars(components: Iterable[tuple[str, float]], largest: float) -> Iterable[Bar]:
    for view, value in components:
        yield Bar(_VIEWS.get(view, view), _share(value, largest))


def _share(value: float, of: float) -> int:
    """Hundredths of `of`; what is below zero counts as nothing."""
    return round(100 * min(1.0, max(0.0, value) / of)) if of > 0 else 0
