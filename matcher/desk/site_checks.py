"""Which sites a need and a partner may found together."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from sqlalchemy.orm import Session

from matcher.casework.site_facts import SiteFact
from matcher.desk.core import RecordDesk
from matcher.desk.site_situations import (
    Pair,
    fingerprint_of,
    load_all,
    load_pair,
    own_need,
    seen_by,
)
from matcher.people import Permission
from matcher.people.days import today
from matcher.records import Enterprise
from matcher.rules.conditions import Rules
from matcher.rules.evaluation import Evaluator, is_about_kind
from matcher.rules.facts import FACTS
from matcher.rules.loading import load_rules
from matcher.rules.proposal import all_checks, fitting, proposed, why_excluded
from matcher.rules.records import Fact, FactOwner, SiteCheck, Verdict
from matcher.settings import data_folder
from matcher.store.site_facts import NeedSide
from matcher.store.site_types import all_types


@dataclass(frozen=True, slots=True, kw_only=True)
class PairCheck:
    """A need and a partner checked against the rules.

    Attributes:
        need_id: the need.
        partner_id: the partner.
        on: the day whose rules were applied.
        enterprise: whose need it is; None if that is not known, or another county's.
        pairing_id: number of their pairing, None if they were not brought together yet.
        wanted: code of the site type that the enterprise wants; empty if it does not say.
        fitting: the types and levels that do not fail, the best-fitting first.
        failing: the others.
        questions: the facts to be found out by staff, those that are missing first.
        kept: the facts that are missing and are told by other records of the library.
        answers: what was entered so far, by the name of the fact.
        editable: of what the actor may enter facts.
        seen: tells these answers from any other.
    """

    need_id: str
    partner_id: str
    on: date
    enterprise: Enterprise | None
    pairing_id: int | None
    wanted: str
    fitting: tuple[SiteCheck, ...]
    failing: tuple[SiteCheck, ...]
    questions: tuple[Fact, ...]
    kept: tuple[Fact, ...]
    answers: Mapping[str, SiteFact]
    editable: frozenset[FactOwner]
    seen: str


def rules_of(home: Path) -> Rules:
    """The rules as they ship with those of the city, read again when a file has changed.

    Raises:
        UnreadableFileError: a file is written wrongly; the message says where.
    """
    shipped, own = data_folder() / "rules", home / "rules"
    return _rules(shipped, own, (_state(shipped), _state(own)))


def proposals(
    session: Session, pairs: Sequence[Pair], *, on: date, rules: Rules
) -> dict[Pair, tuple[SiteCheck, ...]]:
    """The site types that fit each need and partner, the best-fitting first, each type once.

    The number of queries does not depend on the number of pairs, but for their size. Pairs whose
    need or partner is gone are left out.
    """
    evaluator = _evaluator(session, rules, on)
    loaded = load_all(session, pairs)
    return {pair: proposed(evaluator, each.situation) for pair, each in loaded.items()}


def excluding(session: Session, pairs: Sequence[Pair], on: date, rules: Rules) -> dict[Pair, str]:
    """Why a partner cannot found the site that the need asks for, where it cannot; in Chinese.

    A partner of a kind that this type does not take is not excluded: it may still help.
    """
    evaluator = _evaluator(session, rules, on)
    found = (
        (pair, why_excluded(evaluator, each.situation))
        for pair, each in load_all(session, pairs).items()
    )
    return {pair: reason for pair, reason in found if reason}


def lines(
    desk: RecordDesk, need_id: str, partner_ids: Iterable[str], rules: Rules
) -> dict[str, tuple[SiteCheck, ...]]:
    """The site types that fit a need and each of some partners, by the partner's id.

    Raises:
        NotFoundError: there is no such need, or it is not the actor's to see.
    """
    with desk.reading() as session:
        own_need(desk, session, need_id)
        loaded = load_all(session, [(need_id, partner_id) for partner_id in partner_ids])
        evaluator = _evaluator(session, rules, today())
        return {
            pair[1]: proposed(evaluator, seen_by(desk, each).situation)
            for pair, each in loaded.items()
        }


def check(
    desk: RecordDesk, need_id: str, partner_id: str, rules: Rules, on: date | None = None
) -> PairCheck:
    """All site types for a need and a partner, with what is missing and what was entered.

    Args:
        desk: whoever asks.
        need_id: the need.
        partner_id: the partner.
        rules: those of the city.
        on: the day whose rules apply, today if None.

    Raises:
        NotFoundError: there is no such need or partner, or the need is not the actor's to see.
    """
    with desk.reading() as session:
        need = own_need(desk, session, need_id)
        evaluator = _evaluator(session, rules, on or today())
        return _check(desk, session, need, (need_id, partner_id), evaluator)


def _check(
    desk: RecordDesk, session: Session, need: NeedSide, pair: Pair, evaluator: Evaluator
) -> PairCheck:
    loaded = seen_by(desk, load_pair(session, pair))
    firm = loaded.situation.enterprise
    checks = all_checks(evaluator, loaded.situation)
    fits = fitting(checks, wanted=need.wanted_site, rules=evaluator.rules)
    missing = dict.fromkeys(fact for each in fits for fact in each.missing)
    # An answer that makes a type fail must still be there to be corrected.
    looked_at = {
        name
        for each in checks
        if not any(map(is_about_kind, each.failed))
        for condition in evaluator.rules.of(each.site_type).of_level(each.level, evaluator.on)
        for name in condition.facts
    }
    answered = (FACTS[name].fact for name in FACTS if name in looked_at & set(loaded.answers))
    asked = (fact for fact in (*missing, *answered) if not fact.derived)
    pairing = loaded.owners.get(FactOwner.PAIRING)
    return PairCheck(
        need_id=pair[0],
        partner_id=pair[1],
        on=evaluator.on,
        enterprise=firm.enterprise if firm else None,
        pairing_id=int(pairing) if pairing else None,
        wanted=need.wanted_site,
        fitting=fits,
        failing=tuple(each for each in checks if each.verdict is Verdict.FAIL),
        questions=tuple(dict.fromkeys(asked)),
        kept=tuple(fact for fact in missing if fact.derived),
        answers=loaded.answers,
        editable=frozenset(o for o in loaded.owners if _may_enter(desk, o)),
        seen=fingerprint_of(loaded.answers),
    )


def _evaluator(session: Session, rules: Rules, on: date) -> Evaluator:
    """What checks against the rules of a day, with the types that the city added."""
    codes = {kind.label: kind.code for kind in all_types(session).values()}
    return Evaluator(rules.with_codes(codes), on)


def _may_enter(desk: RecordDesk, owner: FactOwner) -> bool:
    needed = Permission.DIRECTORY if owner is FactOwner.PARTNER else Permission.EDIT
    return desk.actor.may(needed)


def _state(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """Names, times and sizes of the files of a folder; empty if it is not there."""
    if not folder.is_dir():
        return ()
    found = ((path.name, path.stat()) for path in sorted(folder.iterdir()) if path.is_file())
    return tuple((name, state.st_mtime_ns, state.st_size) for name, state in found)


@lru_cache(maxsize=8)
def _rules(shipped: Path, own: Path, _state: object) -> Rules:
    return load_rules(shipped, own)
