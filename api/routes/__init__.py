"""The JSON API."""

from fastapi import APIRouter

from api.routes import enterprises, health, match, needs, partners

router = APIRouter()
for part in (match, needs, partners, enterprises, health):
    router.include_router(part.router)
