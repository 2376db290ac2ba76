"""The application: routes, error handling and security put together."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from secrets import token_urlsafe

import anyio
from fastapi import Depends, FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.concurrency import run_in_threadpool

from api import docs, errors, openapi
from api.auth import REQUIRED
from api.deps import State
from api.following import follow
from api.metrics import Metrics
from api.metrics import route as metrics_route
from api.pages.routes import open_router as open_pages
from api.pages.routes import router as pages
from api.request_log import RequestMiddleware
from api.routes import open_router as open_routes
from api.routes import router as routes
from api.security import SecurityMiddleware, close_form, refuse_cross_site
from api.sessions import Sessions, shared_secret
from matcher import Matcher, Settings, __version__, open_matcher
from matcher.batch.launching import Launcher

_STATIC = Path(__file__).parent / "static"


def create_app(
    matcher: Matcher | None = None,
    settings: Settings | None = None,
    sessions: Sessions | None = None,
    launcher: Launcher | None = None,
) -> FastAPI:
    """The web application.

    Args:
        matcher: what answers; the caller keeps it and closes it. If None, one is opened when the
            application starts and closed when it stops.
        settings: how to open it, and who may read the metrics; from the environment if None and
            there is something to open.
        sessions: of a matcher that was handed over; with a secret of their own if None.
        launcher: starts batches of a matcher that was handed over; if None, it can start none.
    """
    app = FastAPI(
        title="企业技术需求匹配",
        version=__version__,
        description=openapi.DESCRIPTION,
        openapi_url=f"{openapi.PREFIX}/openapi.json",
        openapi_tags=openapi.TAGS,
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan(matcher, settings, sessions, launcher),
        dependencies=[Depends(refuse_cross_site), Depends(close_form)],
    )
    app.add_middleware(SecurityMiddleware)
    app.add_middleware(RequestMiddleware)  # what is added last is outermost
    errors.install(app)
    openapi.install(app)
    app.include_router(routes, prefix=openapi.PREFIX, dependencies=REQUIRED)
    app.include_router(open_routes, prefix=openapi.PREFIX)
    docs.install(app)
    app.mount("/static", StaticFiles(directory=_STATIC), name="static")
    app.include_router(metrics_route.router, include_in_schema=False)
    app.include_router(pages, include_in_schema=False, dependencies=REQUIRED)
    app.include_router(open_pages, include_in_schema=False)
    return app


def _lifespan(
    matcher: Matcher | None,
    settings: Settings | None,
    sessions: Sessions | None,
    launcher: Launcher | None,
) -> Callable[[FastAPI], AbstractAsyncContextManager[State]]:
    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[State]:
        if matcher is not None:
            state = State(
                matcher=matcher,
                sessions=sessions or Sessions(token_urlsafe(48)),
                metrics=Metrics(matcher),
                metrics_token=settings.metrics_token if settings else "",
            )
            if launcher is not None:
                state["launcher"] = launcher
            yield state
            return
        async with _opened(settings or Settings()) as state:
            yield state

    return lifespan


@asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator[State]:
    """What serves by these settings, which follows the store until the end."""
    matcher = await run_in_threadpool(open_matcher, settings)
    matcher.index.follow_in_background()
    try:
        secret = settings.secret or shared_secret(settings.home)
        metrics = Metrics(matcher, settings.metrics_folder)
        try:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(follow, matcher.index, metrics)
                yield State(
                    matcher=matcher,
                    sessions=Sessions(secret),
                    metrics=metrics,
                    metrics_token=settings.metrics_token,
                    launcher=Launcher(settings),
                )
                tasks.cancel_scope.cancel()
        finally:
            metrics.close()
    finally:
        await run_in_threadpool(matcher.close)
