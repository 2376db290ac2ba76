"""The web: HTTP API and pages over `matcher`."""

from api.app import create_app

__all__ = ["create_app"]
