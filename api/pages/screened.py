"""Screening for the pages, which must work without it too."""

import logging
from dataclasses import dataclass

from matcher.desk import Desk, screening
from matcher.errors import MatcherError
from matcher.records import Need
from matcher.screener import Screening, SimilarNeed

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Screened:
    """What the screening found, or why it could not look.

    Attributes:
        screening: the outcome; None if a model or the index cannot be used.
        trouble: what is wrong, empty if nothing is.
        warnings: what the model in use cannot tell.
    """

    screening: Screening | None
    trouble: str = ""
    warnings: tuple[str, ...] = ()

    @property
    def similar(self) -> tuple[SimilarNeed, ...]:
        """Similar needs of the library, none if it could not be looked."""
        return self.screening.similar if self.screening else ()

    @property
    def repeated(self) -> tuple[SimilarNeed, ...]:
        """Needs of which this one seems to be a version, none if it could not be looked."""
        return self.screening.repeated if self.screening else ()

    @property
    def doubtful(self) -> bool:
        """Whether the text reads like something else than a technical need."""
        return self.screening is not None and self.screening.doubtful


def screened(desk: Desk, need: Need) -> Screened:
    """Screen a need, stored or not, against the others that the actor may see."""
    try:
        found = screening.screen(desk, need)
        warnings = desk.matcher.screener.warnings
    except MatcherError as error:
        _log.warning("no screening: %s", error.message)
        return Screened(None, error.message)
    return Screened(found, warnings=warnings)


def firms_of(need: Need, similar: tuple[SimilarNeed, ...]) -> int:
    """How many known firms have the need or one of those similar to it."""
    needs = [need, *(found.need for found in similar)]
    return len({need.enterprise_id for need in needs} - {None})
