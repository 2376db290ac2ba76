"""What is known of a partner beside its profile: aliases, capacity, conflicts, last contact."""

from dataclasses import replace
from datetime import date

from sqlalchemy.orm import Session

from matcher.casework.partners import PartnerFacts
from matcher.desk.core import Act, Desk, Subject, changed_fields
from matcher.errors import ConflictError, InvalidInputError
from matcher.people import Permission
from matcher.people.days import today
from matcher.records import Partner
from matcher.store.enterprises import find_enterprises, get_enterprises
from matcher.store.partner_facts import get_facts, save_facts
from matcher.store.partners import get_partner
from matcher.text.fold import tidy

_CHANGED = "打开表单以后，别人改过这个对象的对接信息。核对以后再保存，会覆盖那些改动"
_MOST_ALIASES = 20
_LONGEST_ALIAS = 200
_LONGEST_NOTE = 2_000
_MOST = 999


def get(desk: Desk, partner_id: str) -> PartnerFacts:
    """What is known of a partner; of its conflicts those with enterprises the actor may see.

    Raises:
        NotFoundError: there is no such partner.
    """
    with desk.reading() as session:
        get_partner(session, partner_id)
        return facts_in(desk, session, partner_id)


def facts_in(desk: Desk, session: Session, partner_id: str) -> PartnerFacts:
    """`get` within a session, of a partner that exists."""
    known = get_facts(session, partner_id)
    if not desk.actor.county:
        return known
    enterprises = get_enterprises(session, known.conflicts)
    own = (
        key
        for key in known.conflicts
        if key in enterprises and desk.actor.covers(enterprises[key].county)
    )
    return replace(known, conflicts=tuple(own))


def enterprises_named(desk: Desk, names: list[str]) -> list[str]:
    """Ids of the enterprises that these names, credit codes or ids tell.

    Raises:
        InvalidInputError: one tells none, or more than one.
    """
    with desk.reading() as session:
        ids = []
        for name in names:
            found = find_enterprises(session, ids=[name], names=[name], credit_codes=[name])
            own = [enterprise for enterprise in found if desk.actor.covers(enterprise.county)]
            if not own:
                raise InvalidInputError(
                    f"企业库中没有“{name}”，请核对全称，或先把企业录入", field="conflicts"
                )
            if len(own) > 1:
                raise InvalidInputError(
                    f"有 {len(own)} 家企业都叫“{name}”，请改写统一社会信用代码", field="conflicts"
                )
            ids.append(own[0].id)
        return list(dict.fromkeys(ids))


def put(desk: Desk, known: PartnerFacts, *, seen: int | None = None) -> PartnerFacts:
    """Save what is known of a partner; returns it with its version.

    Args:
        desk: whoever saves it.
        known: as it is to be; its version is of no account.
        seen: the version that was changed; None to replace whatever is there.

    Raises:
        NotFoundError: there is no such partner.
        ForbiddenError: the actor may not change the directory.
        InvalidInputError: a field will not do; `field` names it.
        ConflictError: the stored facts are not the ones that were changed.
    """
    known = checked_facts(known, today())
    with desk.writing(Permission.DIRECTORY) as session:
        partner = get_partner(session, known.partner_id)
        stored = get_facts(session, known.partner_id)
        if seen is not None and seen != stored.version:
            raise ConflictError(_CHANGED)
        missing = set(known.conflicts) - set(get_enterprises(session, known.conflicts))
        if missing:
            raise InvalidInputError(f"没有编号为“{min(missing)}”的企业，请核对", field="conflicts")
        known = replace(known, version=stored.version)
        if known == stored:
            return stored
        saved = save_facts(session, known)
        _log(desk, session, partner, stored, known)
        return saved


def put_named(desk: Desk, known: PartnerFacts, *, seen: int | None = None) -> PartnerFacts:
    """`put` where the conflicts tell the enterprises by names, credit codes or ids.

    Raises:
        InvalidInputError: a conflict tells no enterprise or more than one, or as `put`.
    """
    desk.actor.require(Permission.DIRECTORY)
    conflicts = enterprises_named(desk, list(known.conflicts))
    return put(desk, replace(known, conflicts=tuple(conflicts)), seen=seen)


def contacted(desk: Desk, partner_id: str, day: date) -> PartnerFacts:
    """Note that staff spoke with a partner on a day.

    Raises:
        NotFoundError: there is no such partner.
        ForbiddenError: the actor may not change the directory.
        InvalidInputError: the day is in the future.
    """
    with desk.writing(Permission.DIRECTORY) as session:
        partner, stored = get_partner(session, partner_id), get_facts(session, partner_id)
        known = checked_facts(replace(stored, last_contacted=day), today())
        if stored.last_contacted is not None and stored.last_contacted >= day:
            return stored
        saved = save_facts(session, known)
        _log(desk, session, partner, stored, known)
        return saved


def checked_facts(known: PartnerFacts, day: date) -> PartnerFacts:
    """What is known of a partner, with its texts tidied.

    Raises:
        InvalidInputError: a field will not do; `field` names it.
    """
    aliases = tuple(dict.fromkeys(filter(None, (" ".join(tidy(a).split()) for a in known.aliases))))
    note = tidy(known.note)
    if len(aliases) > _MOST_ALIASES:
        raise InvalidInputError(f"别名最多 {_MOST_ALIASES} 个，请删减", field="aliases")
    if any(len(alias) > _LONGEST_ALIAS for alias in aliases):
        raise InvalidInputError(f"每个别名最多 {_LONGEST_ALIAS} 字，一行写一个", field="aliases")
    for name, number in (
        ("capacity", known.capacity),
        ("stations_elsewhere", known.stations_elsewhere),
    ):
        if number is not None and not 0 <= number <= _MOST:
            raise InvalidInputError(f"应是 0 到 {_MOST} 的整数", field=name)
    if known.last_contacted is not None and known.last_contacted > day:
        raise InvalidInputError("联系日期不能在今天以后", field="last_contacted")
    if len(note) > _LONGEST_NOTE:
        raise InvalidInputError(f"备注最多 {_LONGEST_NOTE} 字，请删减", field="note")
    return replace(known, aliases=aliases, note=note)


def _log(
    desk: Desk, session: Session, partner: Partner, before: PartnerFacts, after: PartnerFacts
) -> None:
    desk.log(
        session,
        Act.CHANGE,
        Subject.PARTNER,
        partner.id,
        summary=f"{partner.name}的对接信息",
        details=changed_fields(before, after),
    )
