"""Names of routes for metrics and logs: the template of the path, never the path that was sent."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from fastapi.routing import iter_route_contexts
from starlette.routing import BaseRoute, Mount
from starlette.types import Scope

UNKNOWN: Final = "(unknown)"
"""Of a request that no route takes."""

_CONVERTER = re.compile(r":\w+}")


class RouteNames:
    """The name of the route that took a request."""

    def __init__(self, routes: Sequence[BaseRoute]) -> None:
        """Learn the names of all routes of an application; its list must be complete."""
        # A route that was included under a prefix does not know it, and is not hashable.
        self._known: dict[int, str] = {}
        for context in iter_route_contexts(routes):
            route: Any = context.original_route
            name = _CONVERTER.sub("}", context.path or "")
            self._known[id(route)] = name
            target = route.app if isinstance(route, Mount) else getattr(route, "endpoint", None)
            if target is not None:
                self._known.setdefault(id(target), name)

    def of(self, scope: Scope) -> str:
        """Name of the route of a request that was answered."""
        by_route = self._known.get(id(scope.get("route")))
        return by_route or self._known.get(id(scope.get("endpoint"))) or UNKNOWN


def secrets_in(path_parameters: Mapping[str, object]) -> list[str]:
    """Parts of a path that let in whoever knows them."""
    return [str(path_parameters[name]) for name in ("token",) if path_parameters.get(name)]
