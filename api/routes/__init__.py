"""The JSON API."""

from fastapi import APIRouter

from api.routes import (
    accounts,
    associations,
    audit,
    batches,
    contacts,
    enterprises,
    health,
    keys,
    links,
    match,
    needs,
    outcomes,
    pairings,
    partner_work,
    partners,
    plans,
    reports,
    rules,
    screening,
    stations,
)

router = APIRouter()
for part in (
    match,
    screening,
    rules,
    needs,
    partner_work,
    partners,
    pairings,
    plans,
    enterprises,
    contacts,
    stations,
    outcomes,
    associations,
    batches,
    reports,
):
    router.include_router(part.router)
for people_part in (accounts, keys, links, audit):
    router.include_router(people_part.router)

open_router = APIRouter()
"""Routes that need no login."""
open_router.include_router(health.router)
