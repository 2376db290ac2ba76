"""All pages. Those of one address come before those of any id."""

from fastapi import APIRouter

from api.pages import (
    accounts,
    association_candidates,
    association_coverage,
    association_form,
    associations,
    audit,
    batches,
    common_needs,
    contacts,
    enterprise_form,
    enterprises,
    help,
    home,
    import_wizard,
    keys,
    links,
    login,
    match,
    me,
    need,
    need_contacts,
    need_form,
    needs,
    outcomes,
    pairing,
    pairing_new,
    pairings,
    partner_facts,
    partner_form,
    partner_merge,
    partners,
    plan,
    plan_work,
    plans,
    reports,
    rules,
    site_checks,
    site_types,
    station_form,
    stations,
    submit,
)

router = APIRouter()
for part in (
    home,
    help,
    login,
    match,
    import_wizard,
    needs,
    common_needs,
    need_form,
    need_contacts,
    site_checks,
    need,
    rules,
    plan_work,
    plans,
    plan,
    pairings,
    pairing_new,
    pairing,
    partner_form,
    partner_facts,
    partner_merge,
    partners,
    enterprise_form,
    enterprises,
    contacts,
    association_candidates,
    association_coverage,
    association_form,
    associations,
    station_form,
    site_types,
    stations,
    outcomes,
    batches,
    reports,
):
    router.include_router(part.router)
for people_part in (me, accounts, keys, links, audit):
    router.include_router(people_part.router)

open_router = APIRouter()
"""Those for people who are not signed in."""
for open_part in (login, submit):
    open_router.include_router(open_part.open_router)
