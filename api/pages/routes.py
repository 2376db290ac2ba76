"""All pages. Those of one address come before those of any id."""

from fastapi import APIRouter

from api.pages import common_needs, home, login, match, need, need_form, needs, partners

router = APIRouter()
for part in (home, login, match, needs, common_needs, need_form, need, partners):
    router.include_router(part.router)

open_router = APIRouter()
"""Those for people who are not signed in."""
for open_part in (login,):
    open_router.include_router(open_part.open_router)
