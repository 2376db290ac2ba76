"""Rankings as tables for a terminal and as plain data for programs."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from rich.console import Group
from rich.table import Table
from rich.text import Text

from matcher.records import EvidencePassage, Match, Need, Partner, PartnerMatch, Ranking

VIEW_LABELS = {"dense": "语义", "words": "词语", "characters": "字面"}
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
        who = _partner(match.partner) if isinstance(match, PartnerMatch) else _need(match.need)
        score = _score(match.score, match.components)
        table.add_row(str(match.rank), Group(who, score, *map(_evidence, match.evidence[:1])))
    return table


def _score(score: float, components: Mapping[str, float]) -> Text:
    parts = (f"{VIEW_LABELS.get(view, view)} {part:+.1f}" for view, part in components.items())
    return Text(f"得分 {score:.1f} = {'，'.join(parts)}", style="dim")


def _match_data(match: Match) -> dict[str, Any]:
    record = match.partner if isinstance(match, PartnerMatch) else match.need
    data: dict[str, Any] = {
        "rank": match.rank,
        "id": record.id,
        "score": round(match.score, 6),
        "components": {view: round(score, 6) for view, score in match.components.items()},
        "evidence": [asdict(passage) for passage in match.evidence],
    }
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
    first = passage.spans[0][0] if passage.spans else 0
    start = max(0, first - _SHOWN_CHARACTERS // 3)
    end = min(len(passage.text), start + _SHOWN_CHARACTERS)
    text = Text(f"{kind}{_whole(title)}{year}：")
    shift = len(text) - start + (1 if start else 0)
    text.append("…" if start else "")
    text.append(_whole(passage.text[start:end]))
    text.append("…" if end < len(passage.text) else "")
    for a, b in passage.spans:
        if start <= a and b <= end:
            text.stylize("bold yellow", a + shift, b + shift)
    return text


def _whole(text: str) -> str:
    """Text without places where a terminal would rather break the line than between two signs."""
    return text.replace("\n", "\u00a0").replace(" ", "\u00a0")
