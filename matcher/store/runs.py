"""The record of what was asked and answered."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from matcher.records import PartnerMatch, Ranking, SearchFilter
from matcher.store.tables import MatchRunRow


def save_match_run(
    session: Session,
    query_text: str,
    restriction: SearchFilter,
    ranking: Ranking[PartnerMatch],
    need_id: str | None = None,
) -> int:
    """Keep one answered match; returns its number."""
    results = [
        {"partner_id": match.partner.id, "score": match.score, "components": match.components}
        for match in ranking.matches
    ]
    statement = insert(MatchRunRow).values(
        created_at=datetime.now(UTC),
        need_id=need_id,
        query_text=query_text,
        filter={
            "kinds": sorted(restriction.kinds),
            "region": restriction.region,
            "exclude": sorted(restriction.exclude),
        },
        model_id=ranking.model_id,
        revision=ranking.revision,
        milliseconds=ranking.milliseconds,
        results={"matches": results, "considered": ranking.considered},
    )
    return int(session.execute(statement.returning(MatchRunRow.id)).scalar_one())


def match_runs_of(session: Session, need_id: str) -> list[dict[str, Any]]:
    """Earlier answers for a stored need, latest first: id, time, model, revision, results."""
    query = (
        select(MatchRunRow)
        .where(MatchRunRow.need_id == need_id)
        .order_by(MatchRunRow.created_at.desc(), MatchRunRow.id.desc())
    )
    return [
        {
            "id": row.id,
            "created_at": row.created_at,
            "model_id": row.model_id,
            "revision": row.revision,
            "results": row.results,
        }
        for row in session.scalars(query)
    ]
