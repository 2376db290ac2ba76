"""All pages. Those of one address come before those of any id."""

from fastapi import APIRouter

from api.pages import home, match, need_form, needs, partners

router = APIRouter()
for part in (home, match, need_form, needs, partners):
    router.include_router(part.router)
