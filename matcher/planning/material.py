"""Reading what a month's plan depends on, with as many queries for many needs as for few."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from matcher.casework.needs import OPEN_STATUSES
from matcher.casework.plans import Mark
from matcher.casework.progress import year_start
from matcher.planning.problem import Material
from matcher.records import Need, PartnerKind, RankedCandidate, RankedNeed
from matcher.rules.conditions import Rules
from matcher.store.batches import batched
from matcher.store.needs import each_need
from matcher.store.pairings import count_active, limits_of, pairings_of_needs
from matcher.store.plan_marks import marks_of_needs
from matcher.store.tables import PartnerRow


def open_needs(session: Session) -> tuple[Need, ...]:
    """The needs that look for partners, in the order of their ids."""
    return tuple(each_need(session, statuses=sorted(OPEN_STATUSES)))


def kinds_of(session: Session, partner_ids: Iterable[str]) -> dict[str, PartnerKind]:
    """The kind of each of these partners that is in the library."""
    found: dict[str, PartnerKind] = {}
    for batch in batched(partner_ids):
        query = select(PartnerRow.id, PartnerRow.kind).where(PartnerRow.id.in_(batch))
        found.update({id: PartnerKind(kind) for id, kind in session.execute(query)})
    return found


def gather(
    session: Session,
    needs: Sequence[Need],
    ranked: Iterable[RankedNeed],
    rules: Rules,
    now: datetime,
) -> Material:
    """Everything that a plan for these needs depends on but the checks of site types.

    Args:
        session: where to read.
        needs: the open needs.
        ranked: their candidates; other needs in it are passed over.
        rules: which kinds of partners a site type takes.
        now: the year in which it lies is the one whose pairings count against capacities.
    """
    ids = [need.id for need in needs]
    marks = marks_of_needs(session, ids)
    wanted = set(ids)
    candidates: dict[str, Sequence[RankedCandidate]] = {
        each.need_id: each.candidates for each in ranked if each.need_id in wanted
    }
    named = {each.partner_id for found in candidates.values() for each in found}
    named |= {pair[1] for pair, mark in marks.items() if mark.mark is Mark.PIN}
    kinds = kinds_of(session, sorted(named))
    return Material(
        needs=tuple(needs),
        ranked=candidates,
        kinds=kinds,
        limits=limits_of(session, kinds),
        active=count_active(session, kinds, since=year_start(now)),
        pairings=pairings_of_needs(session, ids),
        marks=marks,
        site_kinds={
            site: rules.kinds_of(site)
            for site in {need.wanted_site for need in needs if need.wanted_site is not None}
        },
    )
