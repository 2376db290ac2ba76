"""Queries that find records of partners under the same name."""

from collections.abc import Iterable

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased

from matcher.store.jsonlists import any_equals, listed_in
from matcher.store.tables import PartnerRow
from matcher.store.tables_casework import PartnerFactsRow


def ids_named(session: Session, names: Iterable[str]) -> list[str]:
    """Ids of the partners that have one of these as name, English name or alias."""
    wanted = [name for name in dict.fromkeys(names) if name]
    known_as = select(PartnerFactsRow.partner_id).where(
        any_equals(session, PartnerFactsRow.aliases, wanted)
    )
    query = select(PartnerRow.id).where(
        or_(
            PartnerRow.name.in_(wanted),
            PartnerRow.name_en.in_(wanted),
            PartnerRow.id.in_(known_as),
        )
    )
    return list(session.scalars(query.order_by(PartnerRow.id)))


def pairs_of_one_name(session: Session, *, most: int = 500) -> list[tuple[str, str]]:
    """Pairs of ids of partners with one name, or of which one has the other's name as alias.

    Those that differ in blanks or case only are not found here.
    """
    first, second = aliased(PartnerRow), aliased(PartnerRow)
    same = (
        select(first.id, second.id)
        .join(second, (first.name == second.name) & (first.id < second.id))
        .order_by(first.name, first.id, second.id)
        .limit(most)
    )
    alias = listed_in(session, PartnerFactsRow.aliases).label("alias")
    known_as = select(PartnerFactsRow.partner_id, alias).subquery()
    named_so = (
        select(known_as.c.partner_id, PartnerRow.id)
        .join(PartnerRow, PartnerRow.name == known_as.c.alias)
        .where(PartnerRow.id != known_as.c.partner_id)
        .order_by(known_as.c.partner_id, PartnerRow.id)
        .limit(most)
    )
    pairs = [tuple(sorted(row)) for query in (same, named_so) for row in session.execute(query)]
    return [(one, other) for one, other in dict.fromkeys(pairs)][:most]
