"""What pages look up beside their subject."""

import re
from collections.abc import Iterable

from sqlalchemy.orm import Session

from matcher.records import Enterprise, Need
from matcher.store.enterprises import get_enterprises
from matcher.store.partners import partner_regions

_PROVINCE = re.compile(r".{2,6}?(?:省|自治区|特别行政区|市)")


def enterprises_of(session: Session, needs: Iterable[Need]) -> dict[str | None, Enterprise]:
    """The needs' enterprises, by id of the enterprise."""
    ids = {need.enterprise_id for need in needs if need.enterprise_id}
    found: dict[str | None, Enterprise] = {}
    found.update(get_enterprises(session, ids))
    return found


def provinces(session: Session) -> list[str]:
    """The provinces, and the countries abroad, that partners come from."""
    found = {_province(region) for region in partner_regions(session)}
    return sorted(found)


def _province(region: str) -> str:
    match = _PROVINCE.match(region)
    return match.group() if match else region
