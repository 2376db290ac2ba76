"""What endpoints depend on."""

from typing import Annotated, NotRequired, TypedDict, cast

from fastapi import Depends, Request

from api.metrics import Metrics
from api.sessions import Sessions
from matcher.batch.launching import Launcher
from matcher.records import PartnerKind, SearchFilter
from matcher.service import Matcher
from matcher.text.fold import tidy


class State(TypedDict):
    """What the lifespan builds once and every request can reach.

    There is no launcher where the application was handed a matcher: how another process would open
    the same library is not known.
    """

    matcher: Matcher
    sessions: Sessions
    metrics: Metrics
    metrics_token: str
    launcher: NotRequired[Launcher]


def get_matcher(request: Request) -> Matcher:
    """The Matcher of this process."""
    return cast(Matcher, request.state.matcher)


MatcherDep = Annotated[Matcher, Depends(get_matcher)]


def get_launcher(request: Request) -> Launcher | None:
    """What starts batches, None if this process can start none."""
    return getattr(request.state, "launcher", None)


LauncherDep = Annotated[Launcher | None, Depends(get_launcher)]


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
