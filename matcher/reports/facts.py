"""What a month's report is about: the library's facts, common needs, and the month's plan."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from matcher.casework.facts import LibraryFacts
from matcher.casework.plans import Plan, PlanPair
from matcher.records import Band, PartnerKind


@dataclass(frozen=True, slots=True, kw_only=True)
class CommonGroup:
    """Needs of several firms that tell of one problem: shared keywords, and the needs' ids."""

    label: tuple[str, ...]
    need_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposedPair:
    """A pair of the month's plan with the partner's name and kind, and its band."""

    pair: PlanPair
    partner: str
    kind: PartnerKind
    band: Band


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthRecords:
    """All that a report is counted from.

    Attributes:
        library: needs, pairings, stations, outcomes and associations.
        common: groups of needs of one problem; None if the models in use cannot tell them.
        plan: the month's plan, None if none was made.
        proposed: its pairs.
        model_id: the embedding model in use.
        revision: of the library.
    """

    library: LibraryFacts
    common: tuple[CommonGroup, ...] | None = ()
    plan: Plan | None = None
    proposed: tuple[ProposedPair, ...] = ()
    model_id: str = ""
    revision: int = 0

    def of(self, county: str) -> "MonthRecords":
        """What concerns a county alone; all of it for the empty name."""
        if not county:
            return self
        library = self.library.of(county)
        own = {need.id for need in library.needs}
        plan = self.plan
        if plan is not None:
            unmet = tuple(each for each in plan.unmet if each.need_id in own)
            plan = replace(plan, unmet=unmet)
        return replace(
            self,
            library=library,
            common=None if self.common is None else tuple(_own_part(self.common, library)),
            plan=plan,
            proposed=tuple(each for each in self.proposed if each.pair.need_id in own),
        )


def _own_part(groups: Iterable[CommonGroup], library: LibraryFacts) -> Iterable[CommonGroup]:
    """The needs of groups that are in the library, under words that stand in these needs.

    A label may come from needs elsewhere, of which a county is told nothing.
    """
    needs = {need.id: need for need in library.needs}
    for group in groups:
        own = [needs[need_id] for need_id in group.need_ids if need_id in needs]
        if not own:
            continue
        words = tuple(
            word
            for word in group.label
            if any(word in need.title or word in need.keywords for need in own)
        )
        whole = len(own) == len(group.need_ids)
        yield CommonGroup(
            label=group.label if whole else words or (own[0].title,),
            need_ids=tuple(need.id for need in own),
        )
