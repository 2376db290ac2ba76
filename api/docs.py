"""The page that shows the API with Swagger UI, whose files come with a Python package."""

from pathlib import Path

import fastapi_offline
from fastapi import FastAPI, Request, Response
from fastapi.staticfiles import StaticFiles

from api.auth import REQUIRED
from api.pages.render import page
from api.security import DOCS_PATH

_ASSETS = Path(fastapi_offline.__file__).parent / "static"


def install(app: FastAPI) -> None:
    """Serve the page and Swagger UI's files."""
    app.mount("/api/docs/assets", StaticFiles(directory=_ASSETS), name="swagger")
    app.add_api_route(DOCS_PATH, show_docs, include_in_schema=False, dependencies=REQUIRED)


def show_docs(request: Request) -> Response:
    """The API, with every operation to try out."""
    # Not a function within `install`: the framework keeps routes for good, and with them the app.
    return page(request, "docs.html", openapi_url=request.app.openapi_url)
