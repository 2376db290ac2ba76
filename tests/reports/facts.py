"""Random facts for the figures, and small ones."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st

from matcher.casework.associations import AssociationKind
from matcher.casework.facts import (
    AssociationFacts,
    LibraryFacts,
    NeedFacts,
    OutcomeFacts,
    PairingFacts,
    StageMove,
    StationFacts,
)
from matcher.casework.milestones import Move
from matcher.casework.needs import NEED_FLOW, NeedStatus
from matcher.casework.pairings import PairingStage
from matcher.casework.plans import PairState, Plan, PlanPair, ProposedSite, UnmetNeed, UnmetReason
from matcher.casework.stations import OutcomeKind, StationLevel, StationStatus
from matcher.records import Band, PartnerKind, TechField
from matcher.reports.facts import CommonGroup, MonthRecords, ProposedPair

TODAY = date(2026, 11, 22)
COUNTIES = ("乐清市", "平阳县", "龙港市", "")
NOVEMBER = date(2026, 11, 1)

few = settings(max_examples=40)
"""For tests of random months: to make one up takes far longer than to look at its report."""

days = st.dates(date(2025, 1, 1), TODAY)


def need(identifier: str = "N1", **given: object) -> NeedFacts:
    """A listed need of 乐清市, submitted in November, with changes."""
    values = {
        "id": identifier,
        "title": f"示例需求{identifier}",
        "county": "乐清市",
        "enterprise": "示例电气有限公司",
        "enterprise_id": "E1",
        "tech_field": TechField.MATERIALS,
        "industry": "电气机械",
        "keywords": ("触头", "温升"),
        "status": NeedStatus.LISTED,
        "submitted": date(2026, 11, 3),
        "moves": (),
    }
    return NeedFacts(**{**values, **given})  # type: ignore[arg-type]


def station(number: int = 1, **given: object) -> StationFacts:
    """A working station of 乐清市, with changes."""
    values = {
        "id": number,
        "name": f"示例站{number}",
        "type": "society_station",
        "type_label": "学会服务站",
        "level": StationLevel.CITY,
        "enterprise": "示例电气有限公司",
        "county": "乐清市",
        "partners": ("示例学会",),
        "agreed_on": date(2024, 3, 1),
        "ends_on": date(2028, 2, 28),
        "status": StationStatus.ACTIVE,
    }
    return StationFacts(**{**values, **given})  # type: ignore[arg-type]


def outcome(number: int = 1, **given: object) -> OutcomeFacts:
    """A patent of November in 乐清市, with changes."""
    values = {
        "id": number,
        "kind": OutcomeKind.PATENT,
        "title": f"示例专利{number}",
        "on": date(2026, 11, 5),
        "county": "乐清市",
        "number": "",
        "amount": None,
        "origin": "示例站1",
    }
    return OutcomeFacts(**{**values, **given})  # type: ignore[arg-type]


def plan(*unmet: UnmetNeed, **figures: object) -> Plan:
    """A plan of November."""
    choice = {"quality": 1.4, "pairs": 2, "needs_served": 2, "overloaded": 0}
    return Plan(
        id=7,
        month="2026-11",
        made_at=datetime(2026, 11, 20, 4, tzinfo=UTC),
        made_by="示例",
        model_id="model",
        revision=3,
        token="t",
        settings={},
        figures={"assignment": choice, "greedy": choice, "naive": choice, "gap": 0.0, **figures},
        unmet=unmet,
    )


def proposed(need_id: str, county: str, position: int = 0, **given: object) -> ProposedPair:
    """A pair that the plan proposes."""
    values = {
        "plan_id": 7,
        "need_id": need_id,
        "partner_id": f"P{position}",
        "county": county,
        "position": position,
        "rank": 1,
        "probability": 0.7,
        "reason": "研究方向相近。",
        "sites": (
            ProposedSite(
                code="society_station", label="学会服务站", verdict="unknown", missing=("团队人数",)
            ),
        ),
    }
    pair = PlanPair(**{**values, **given})  # type: ignore[arg-type]
    return ProposedPair(pair=pair, partner="示例学会", kind=PartnerKind.SOCIETY, band=Band.STRONG)


@st.composite
def needs(draw: st.DrawFn, identifier: str) -> NeedFacts:
    """A need that went some way through its life, a day or more a step, or was imported."""
    submitted = draw(st.none() | days)
    begun = submitted or draw(days)
    status = draw(st.sampled_from([NeedStatus.DRAFT, NeedStatus.PENDING, NeedStatus.LISTED]))
    moves: list[Move] = []
    if draw(st.booleans()):
        moves.append(Move(begun, None, status))
        on = begun
        for _ in range(draw(st.integers(0, 6))):
            following = NEED_FLOW.after(status)
            on += timedelta(days=draw(st.integers(0, 60)))
            if not following or on > TODAY:
                break
            then = draw(st.sampled_from(following))
            moves.append(Move(on, status, then))
            status = then
    return need(
        identifier,
        county=draw(st.sampled_from(COUNTIES)),
        enterprise_id=draw(st.sampled_from(["E1", "E2", None])),
        tech_field=draw(st.none() | st.sampled_from(list(TechField)[:4])),
        industry=draw(st.sampled_from(["电气机械", "皮革", ""])),
        status=status,
        submitted=submitted,
        moves=tuple(moves),
    )


@st.composite
def pairings(draw: st.DrawFn, number: int, of: NeedFacts) -> PairingFacts:
    """A pairing of a need at some stage."""
    begun = draw(days)
    first, then = (draw(st.sampled_from(PairingStage)) for _ in range(2))
    moved = draw(st.dates(begun, TODAY))
    return PairingFacts(
        id=number,
        need_id=of.id,
        need_title=of.title,
        enterprise="示例电气有限公司",
        partner="示例学会",
        kind=PartnerKind.SOCIETY,
        county=of.county,
        stage=then,
        begun=begun,
        moved=moved,
        moves=(StageMove(moved, first, then),),
    )


def _stations(number: int) -> st.SearchStrategy[StationFacts]:
    return st.builds(
        lambda label, county, agreed, years, status: station(
            number,
            type_label=label,
            county=county,
            agreed_on=agreed,
            ends_on=agreed + timedelta(days=365 * years),
            status=status,
        ),
        st.sampled_from(["学会服务站", "院士专家工作站", "博士创新站"]),
        st.sampled_from(COUNTIES),
        days,
        st.integers(1, 5),
        st.sampled_from(StationStatus),
    )


def _outcomes(number: int) -> st.SearchStrategy[OutcomeFacts]:
    amounts = st.none() | st.integers(0, 10**7).map(lambda cents: cents / 100)
    return st.builds(
        lambda kind, on, county, amount: outcome(
            number, kind=kind, on=on, county=county, amount=amount
        ),
        st.sampled_from(OutcomeKind),
        days,
        st.sampled_from(COUNTIES),
        amounts,
    )


_associations = st.builds(
    AssociationFacts,
    kind=st.sampled_from(AssociationKind),
    county=st.sampled_from(COUNTIES),
    founded_on=days,
)


@st.composite
def libraries(draw: st.DrawFn) -> LibraryFacts:
    """A small library."""
    counts = [draw(st.integers(0, most)) for most in (12, 5, 6)]
    all_needs = tuple(draw(needs(f"N{number}")) for number in range(counts[0]))
    paired = draw(st.lists(st.sampled_from(all_needs), max_size=6)) if all_needs else []
    return LibraryFacts(
        needs=all_needs,
        pairings=tuple(draw(pairings(number, each)) for number, each in enumerate(paired)),
        stations=tuple(draw(_stations(number)) for number in range(counts[1])),
        outcomes=tuple(draw(_outcomes(number)) for number in range(counts[2])),
        associations=tuple(draw(st.lists(_associations, max_size=6))),
        targets=draw(st.dictionaries(st.sampled_from(COUNTIES), st.integers(0, 9))),
        counties=draw(st.sampled_from([(), ("乐清市",), ("平阳县", "文成县")])),
    )


@st.composite
def months(draw: st.DrawFn) -> MonthRecords:
    """A library with common needs and, perhaps, a plan for some of its needs."""
    library = draw(libraries())
    ids = [each.id for each in library.needs]
    county = {each.id: each.county for each in library.needs}
    groups = draw(
        st.lists(st.lists(st.sampled_from(ids), unique=True), max_size=2) if ids else st.just([])
    )
    served = draw(st.lists(st.sampled_from(ids), max_size=8)) if ids else []
    reason = draw(st.sampled_from(UnmetReason))
    unmet = [
        UnmetNeed(need_id=each, county=county[each], reason=reason)
        for each in ids
        if each not in served
    ]
    states = st.sampled_from(PairState)
    return MonthRecords(
        library=library,
        common=tuple(CommonGroup(label=("触头",), need_ids=tuple(group)) for group in groups),
        plan=plan(*unmet) if draw(st.booleans()) else None,
        proposed=tuple(
            proposed(each, county[each], place, state=draw(states))
            for place, each in enumerate(served)
        ),
        model_id="model",
        revision=3,
    )
