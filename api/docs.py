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

    @app.get(DOCS_PATH, include_in_schema=False, dependencies=REQUIRED)
    def show_docs(request: Request) -> Response:
        """The API, with every operation to try out."""
        return page(request, "docs.html", openapi_url=app.openapi_url)
