"""Which part of a plan somebody asks for, as it stands in an address."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Final, Self

from fastapi import Depends, Request

from matcher.casework.plans import PairState
from matcher.ranking.calibration import THRESHOLDS
from matcher.records import Band, PartnerKind
from matcher.store.plan_pairs import PLAN_ORDERS, PairFilter
from matcher.text.fold import tidy

_LONGEST: Final = 200
ORDERS: Final = {"place": "县区", "probability": "推荐概率", "need": "需求名称"}
"""By what the needs of a plan can be sorted on its page."""


class View(StrEnum):
    """From which side a plan is looked at."""

    NEEDS = "needs"
    PARTNERS = "partners"
    UNMET = "unmet"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenPairs:
    """What an address or a form asks for; empty means all."""

    view: View = View.NEEDS
    county: str = ""
    kind: str = ""
    band: str = ""
    state: str = ""
    q: str = ""
    sort: str = ""

    @classmethod
    def read(cls, given: Mapping[str, str]) -> Self:
        """What a query or a form says; an unknown view or order means the usual one.

        Raises:
            UnknownNameError: a kind, band or state that there is not.
        """
        asked = {name: tidy(text)[:_LONGEST] for name, text in given.items()}
        kind, band, state = (asked.get(name, "") for name in ("kind", "band", "state"))
        view, sort = asked.get("view", ""), asked.get("sort", "")
        return cls(
            view=View(view) if view in set(View) else View.NEEDS,
            county=asked.get("county", ""),
            kind=PartnerKind.parse(kind, field="kind").value if kind else "",
            band=Band.parse(band, field="band").value if band else "",
            state=PairState.parse(state, field="state").value if state else "",
            q=asked.get("q", ""),
            sort=sort if sort in PLAN_ORDERS & ORDERS.keys() else "",
        )

    @property
    def filter(self) -> PairFilter:
        """The same for the store."""
        least, below = _limits(Band(self.band)) if self.band else (None, None)
        return PairFilter(
            county=self.county,
            kind=PartnerKind(self.kind) if self.kind else None,
            state=PairState(self.state) if self.state else None,
            least=least,
            below=below,
            text=self.q,
        )

    @property
    def restriction(self) -> dict[str, str]:
        """What restricts, as it stands in an address."""
        return {
            "county": self.county,
            "kind": self.kind,
            "band": self.band,
            "state": self.state,
            "q": self.q,
        }

    @property
    def query(self) -> dict[str, str]:
        """All of it in an address."""
        view = "" if self.view is View.NEEDS else self.view.value
        return {"view": view, **self.restriction, "sort": self.sort}


def _limits(band: Band) -> tuple[float | None, float | None]:
    """The least probability of a band, and that of the next better one."""
    order = [*(band for band, _ in THRESHOLDS), Band.INSUFFICIENT]
    least = dict(THRESHOLDS)
    place = order.index(band)
    return least.get(band), least[order[place - 1]] if place else None


def _chosen(request: Request) -> ChosenPairs:
    return ChosenPairs.read(request.query_params)


ChosenDep = Annotated[ChosenPairs, Depends(_chosen)]
