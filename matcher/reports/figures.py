"""A month's figures: counted from records, for the city or a county, a month or the year to date.

Every total is the sum of its parts by construction; a county's figures are those of its records
alone, so that the counties add up to the city.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from matcher.casework.facts import NeedFacts
from matcher.casework.needs import OPEN_STATUSES
from matcher.casework.pairings import ACTIVE_STAGES
from matcher.reports.facts import MonthRecords
from matcher.reports.figures_matches import (
    CommonRow,
    ProposalFigures,
    UnmetFigures,
    common_rows,
    proposal_figures,
    unmet_figures,
)
from matcher.reports.figures_needs import NeedFigures, need_figures
from matcher.reports.figures_sites import (
    AssociationFigures,
    OutcomeFigures,
    PairingFigures,
    StationFigures,
    association_figures,
    outcome_figures,
    pairing_figures,
    station_figures,
)
from matcher.reports.periods import Period, period_of
from matcher.reports.records import Edition


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthFigures:
    """All figures of an edition.

    `made_on` is the day on which they were counted; `common` is None where the models in use cannot
    tell which needs are of one problem.
    """

    edition: Edition
    period: Period
    made_on: date
    needs: NeedFigures
    pairings: PairingFigures
    stations: StationFigures
    outcomes: OutcomeFigures
    common: tuple[CommonRow, ...] | None
    proposal: ProposalFigures | None
    unmet: UnmetFigures
    associations: AssociationFigures
    model_id: str
    revision: int


def figures(records: MonthRecords, edition: Edition, today: date) -> MonthFigures:
    """Count an edition.

    Args:
        records: of the whole city, or at least of the edition's county.
        edition: for which time and place.
        today: the present day in China.

    Raises:
        InvalidInputError: the month has not begun, or is too long ago.
    """
    period = period_of(edition, today)
    own = records.of(edition.county)
    needs = need_figures(own.library.needs, period, OPEN_STATUSES)
    pairings = pairing_figures(own.library.pairings, period)
    busy = {pairing.need_id for pairing, stage in pairings.running if stage in ACTIVE_STAGES}
    return MonthFigures(
        edition=edition,
        period=period,
        made_on=today,
        needs=needs,
        pairings=pairings,
        stations=station_figures(own.library.stations, period),
        outcomes=outcome_figures(own.library.outcomes, period),
        common=common_rows(own.common, _there(own.library.needs, period)),
        proposal=proposal_figures(own, edition.county),
        unmet=unmet_figures(own, needs.open, frozenset(busy)),
        associations=association_figures(own.library, period),
        model_id=own.model_id,
        revision=own.revision,
    )


def _there(needs: Sequence[NeedFacts], period: Period) -> Sequence[NeedFacts]:
    """The needs that were there at the end of the time; common needs are found among all."""
    if period.is_present:
        return needs
    return [need for need in needs if need.standing(period.as_of) is not None]
