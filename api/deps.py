"""What endpoints depend on."""

from typing import Annotated, TypedDict, cast

from fastapi import Depends, Request

from api.sessions import Sessions
from matcher.records import PartnerKind, SearchFilter
from matcher.service import Matcher
from matcher.text.fold import tidy


class State(TypedDict):
    """What the lifespan builds once and every request can reach."""

    matcher: Matcher
    sessions: Sessions


def get_matcher(request: Request) -> Matcher:
    """The Matcher of this process."""
    return cast(Matcher, request.state.matcher)


MatcherDep = Annotated[Matcher, Depends(get_matcher)]


def restriction_of(
    kinds: list[str], region: str = "", exclude: list[str] | None = None
) -> SearchFilter:
    """A restriction of a search from what a request says.

    Raises:
        UnknownNameError: one of the kinds is unknown.
    """
    return SearchFilter(
        kinds=frozenset(PartnerKind.parse(kind, field="kinds").value for kind in kinds),
        region=tidy(region),
        exclude=frozenset(exclude or ()),
    )
