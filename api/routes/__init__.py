"""The JSON API."""

from fastapi import APIRouter

from api.routes import enterprises, health, match, needs, partners, screening

router = APIRouter()
for part in (match, screening, needs, partners, enterprises):
    router.include_router(part.router)

open_router = APIRouter()
"""Routes that need no login."""
open_router.include_router(health.router)
