"""Entering what staff have found out for the rules of site types."""

from collections.abc import Mapping
from typing import Final

from sqlalchemy.orm import Session

from matcher.casework.site_facts import SiteFact
from matcher.desk.core import Act, RecordDesk, Subject
from matcher.desk.site_situations import Loaded, fingerprint_of, load_pair, own_need, seen_by
from matcher.errors import ConflictError, InvalidInputError
from matcher.people import Permission
from matcher.people.days import today
from matcher.rules.facts import FACTS
from matcher.rules.records import FactOwner, FactValue
from matcher.rules.values import read_value
from matcher.store.site_facts import delete_site_facts, save_site_facts
from matcher.text.fold import tidy

NOTE_LIMIT: Final = 300
"""Longest note of a fact, in characters."""
_CHANGED = "打开页面以后，别人填写过这里的情况。请核对下面现在的内容，再保存一次"
_SUBJECTS: Final = {
    FactOwner.ENTERPRISE: Subject.ENTERPRISE,
    FactOwner.PARTNER: Subject.PARTNER,
    FactOwner.PAIRING: Subject.PAIRING,
}
Answers = Mapping[str, FactValue | None]
"""Answers by the name of the fact; None takes one back."""


def note_facts(
    desk: RecordDesk,
    need_id: str,
    partner_id: str,
    values: Mapping[str, object],
    *,
    note: str = "",
    seen: str = "",
) -> None:
    """Enter what staff have found out; a fact that stays as it was keeps its note.

    Args:
        desk: whoever enters it.
        need_id: the need, whose enterprise is meant.
        partner_id: the partner.
        values: by the name of the fact: yes, no, a number, or None for not known (any more).
        note: where it is known from, at most `NOTE_LIMIT` characters.
        seen: of the check that the actor saw; empty to enter it whatever is there.

    Raises:
        NotFoundError: there is no such need or partner, or the need is not the actor's to see.
        ForbiddenError: the actor may not edit, or not the directory of partners.
        ConflictError: others have entered something meanwhile, or the two were not brought
            together yet.
        InvalidInputError: an answer will not do; `field` is the fact's name, or note.
    """
    text = " ".join(tidy(note).split())
    with desk.writing() as session:
        own_need(desk, session, need_id)
        loaded = seen_by(desk, load_pair(session, (need_id, partner_id)))
        if len(text) > NOTE_LIMIT:
            raise InvalidInputError(f"依据最多 {NOTE_LIMIT} 字，请缩短", field="note")
        if seen and seen != fingerprint_of(loaded.answers):
            raise ConflictError(_CHANGED)
        for owner, changes in _changes(values, loaded.answers).items():
            _save(desk, session, loaded, owner, changes=changes, note=text)


def _changes(
    values: Mapping[str, object], answers: Mapping[str, SiteFact]
) -> dict[FactOwner, dict[str, FactValue | None]]:
    """The answers that differ from what was entered before, by the owner of the fact."""
    found: dict[FactOwner, dict[str, FactValue | None]] = {}
    for name, given in values.items():
        if name not in FACTS or FACTS[name].fact.derived:
            known = "、".join(n for n, kind in FACTS.items() if not kind.fact.derived)
            raise InvalidInputError(f"没有可以填写的“{name}”，可用的有：{known}", field="facts")
        fact = FACTS[name].fact
        value = read_value(fact, given)
        before = answers[name].value if name in answers else None
        if value != before or type(value) is not type(before):
            found.setdefault(fact.owner, {})[name] = value
    return found


def _save(
    desk: RecordDesk,
    session: Session,
    loaded: Loaded,
    owner: FactOwner,
    *,
    changes: Answers,
    note: str,
) -> None:
    if owner is FactOwner.PARTNER:
        desk.actor.require(Permission.DIRECTORY)
    owner_id = loaded.owners.get(owner)
    if owner_id is None:
        raise ConflictError(
            "这条需求没有注明企业，或者企业不归本县区管理，企业的情况不能在这里填写"
            if owner is FactOwner.ENTERPRISE
            else "双方还没有建立对接。请先推送，再填写协议、进站专家等合作的情况"
        )
    gone = [name for name, value in changes.items() if value is None]
    if gone:
        delete_site_facts(session, owner, owner_id, gone)
    save_site_facts(
        session,
        (
            SiteFact(
                owner=owner,
                owner_id=owner_id,
                name=name,
                value=value,
                note=note,
                noted_on=today(),
                noted_by=desk.actor.name[:60],
            )
            for name, value in changes.items()
            if value is not None
        ),
    )
    before = {name: loaded.answers[name].value for name in changes if name in loaded.answers}
    firm = loaded.situation.enterprise
    desk.log(
        session,
        Act.CHANGE,
        _SUBJECTS[owner],
        owner_id,
        county="" if owner is FactOwner.PARTNER or not firm else firm.enterprise.county,
        summary=f"建站条件：{'、'.join(FACTS[name].fact.label for name in changes)}",
        details={name: [before.get(name), value] for name, value in changes.items()}
        | ({"note": note} if note else {}),
    )
