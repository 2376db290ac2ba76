"""Rankings as tables for a terminal and as plain data for programs."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from rich.console import Group
from rich.table import Table
from rich.text import Text

from matcher.records import EvidencePassage, Match, Need, NeedMatch, Partner, PartnerMatch, Ranking

VIEW_LABELS = {"dense": "语义", "characters": "字面", "pairs": "词组", "agreement": "佐证"}
_SHOWN_CHARACTERS = 110


def ranking_data(ranking: Ranking[Match]) -> dict[str, Any]:
    """A ranking as JSON-ready data."""
    return {
        "matches": [_match_data(match) for match in ranking.matches],
        "considered": ranking.considered,
        "model_id": ranking.model_id,
        "revision": ranking.revision,
        "milliseconds": round(ranking.milliseconds, 1),
        "warnings": list(ranking.warnings),
    }


def ranking_table(ranking: Ranking[Match], title: str) -> Table:
    """A ranking as a table: place, who, how the score came about, the best evidence."""
    table = Table(
        title=Text(_whole(title)),
        title_justify="left",
        show_lines=True,
        show_header=False,
        expand=True,
    )
    table.add_column(justify="right", width=3)
    table.add_column(ratio=1, overflow="fold")
    for match in ranking.matches:
        score = _score(match.score, match.components)
        evidence = (_evidence(passage) for passage in match.evidence[:1])
        table.add_row(str(match.rank), Group(*_told(match), score, *evidence))
    return table


def _told(match: PartnerMatch | NeedMatch) -> list[Text]:
    if isinstance(match, PartnerMatch):
        return [_partner(match.partner), _judged(match)]
    return [_need(match.need)]


def _judged(match: PartnerMatch) -> Text:
    """How strongly it is recommended, and why."""
    told = Text.assemble((match.band.label, "bold"), f" {match.probability:.2f}　")
    return told.append(_whole(match.reason))


def _score(score: float, components: Mapping[str, float]) -> Text:
    parts = (f"{VIEW_LABELS.get(view, view)} {part:+z.2f}" for view, part in components.items())
    return Text(f"得分 {score:z.2f} = {'，'.join(parts)}", style="dim")


def _match_data(match: Match) -> dict[str, Any]:
    record = match.partner if isinstance(match, PartnerMatch) else match.need
    data: dict[str, Any] = {
        "rank": match.rank,
        "id": record.id,
        "score": round(match.score, 6),
        "components": {view: round(score, 6) for view, score in match.components.items()},
        "evidence": [asdict(passage) for passage in match.evidence],
    }
    if isinstance(match, PartnerMatch):
        data |= {"probability": round(match.probability, 6), "band": match.band}
        data |= {"band_label": match.band.label, "reason": match.reason}
    if isinstance(record, Partner):
        data |= {"kind": record.kind, "name": record.name, "affiliation": record.affiliation}
        data |= {"region": record.region, "sample": record.sample}
    else:
        data |= {"title": record.title, "county": record.county, "sample": record.sample}
    return data


def _partner(partner: Partner) -> Text:
    about = (partner.kind.label, partner.title, partner.affiliation, partner.region)
    return _named(partner.name, "，".join(filter(None, about)), sample=partner.sample)


def _need(need: Need) -> Text:
    about = "，".join(filter(None, (need.id, need.county)))
    return _named(need.title, about, sample=need.sample)


def _named(name: str, about: str, *, sample: bool) -> Text:
    mark = "（示例）" if sample else ""
    return Text.assemble((_whole(name), "bold"), f"{mark}　{_whole(about)}")


def _evidence(passage: EvidencePassage) -> Text:
    """Where the passage comes from, and the part of it around the first marked words."""
    kind = passage.type.label if passage.type else "简介"
    title = f"《{passage.title}》" if passage.title else ""
    year = f"（{passage.year}）" if passage.year else ""
    marked = passage.spans or passage.near_spans
    first = marked[0][0] if marked else 0
    start = max(0, first - _SHOWN_CHARACTERS // 3)
    end = min(len(passage.text), start + _SHOWN_CHARACTERS)
    text = Text(f"{kind}{_whole(title)}{year}：")
    shift = len(text) - start + (1 if start else 0)
    text.append("…" if start else "")
    text.append(_whole(passage.text[start:end]))
    text.append("…" if end < len(passage.text) else "")
    for spans, style in ((passage.spans, "bold yellow"), (passage.near_spans, "underline")):
        for a, b in spans:
            if start <= a and b <= end:
                text.stylize(style, a + shift, b + shift)
    return text


def _whole(text: str) -> str:
    """Text without places where a terminal would rather break the line than between two signs."""
    return text.replace("\n", "\u00a0").replace(" ", "\u00a0")
