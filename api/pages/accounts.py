"""Accounts: list, create, change, reset a password."""

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from api.auth import DeskDep
from api.export import MOST_ROWS, ExportColumn, spreadsheet
from api.pages.forms import FormTexts
from api.pages.paging import asked_page
from api.pages.render import address, page
from api.pages.sorting import asked_sorting
from api.parameters import RecordId, Search
from api.people_input import yes_or_no
from matcher.desk import Desk, Subject, people
from matcher.errors import ConflictError, InvalidInputError
from matcher.people import Account, Role
from matcher.people.days import shown_moment
from matcher.people.rules import ROLES_OF_ACCOUNTS
from matcher.store.accounts import SORTED_BY
from matcher.store.needs import need_counties

router = APIRouter(prefix="/accounts")

SECRET_HEADERS = {"Cache-Control": "no-store"}
"""Of a page that shows a secret once: no copy of it stays in the browser."""

_COLUMNS: tuple[ExportColumn[Account], ...] = (
    ExportColumn("账号名", lambda each: each.username),
    ExportColumn("姓名", lambda each: each.name),
    ExportColumn("角色", lambda each: each.role.label),
    ExportColumn("县区", lambda each: each.county),
    ExportColumn("状态", lambda each: "可登录" if each.active else "已停用"),
    ExportColumn("最近登录", lambda each: shown_moment(each.last_login), 20),
    ExportColumn("建立时间", lambda each: shown_moment(each.created_at), 20),
)


@router.get("")
def show_list(
    request: Request, desk: DeskDep, q: Search = "", role: Search = "", active: Search = ""
) -> Response:
    """Accounts by role, state and text."""
    asked, sorting = asked_page(request), asked_sorting(request, SORTED_BY)
    chosen = {"q": q, "role": _role_value(role), "active": active}
    found, total = people.find(
        desk,
        **_criteria(q, role, active),
        sort=sorting.name or "username",
        descending=sorting.descending,
        offset=asked.offset,
        limit=asked.size,
    )
    return page(
        request,
        "accounts.html",
        accounts=found,
        roles=ROLES_OF_ACCOUNTS,
        chosen=chosen,
        sorting=sorting,
        paging=asked.of(total),
    )


@router.get("/export")
def export(desk: DeskDep, q: Search = "", role: Search = "", active: Search = "") -> Response:
    """The same list as a spreadsheet."""
    found, _ = people.find(desk, **_criteria(q, role, active), limit=MOST_ROWS)
    return spreadsheet(desk, Subject.ACCOUNT, "账号", _COLUMNS, found)


@router.get("/new")
def show_new(request: Request, desk: DeskDep) -> Response:
    """An empty form."""
    people.find(desk, limit=1)  # whoever may not see accounts, may not see the form
    return _form(request, desk, values={"role": Role.COUNTY_STAFF.value})


@router.post("/new")
def create(request: Request, desk: DeskDep, sent: FormTexts) -> Response:
    """Create an account and show its password, this once."""
    try:
        account, password = people.create_account(
            desk,
            sent.get("username", ""),
            name=sent.get("name", ""),
            role=Role.parse(sent.get("role", ""), field="role"),
            county=sent.get("county", ""),
        )
    except InvalidInputError as error:
        return _form(request, desk, values=sent, errors=_error(error), status=422)
    except ConflictError as error:
        errors = {"username": f"{error.message}，请换一个账号名"}
        return _form(request, desk, values=sent, errors=errors, status=409)
    return _shown(request, account, password, is_new=True)


@router.get("/{username}/edit")
def show_edit(request: Request, desk: DeskDep, username: RecordId, saved: str = "") -> Response:
    """The form with an account in it."""
    account = people.get(desk, username)
    return _form(request, desk, account=account, values=_values(account), saved=bool(saved))


@router.post("/{username}/edit")
def change(request: Request, desk: DeskDep, username: RecordId, sent: FormTexts) -> Response:
    """Save a changed account, unless somebody else has changed it meanwhile."""
    account = people.get(desk, username)
    try:
        people.change(
            desk,
            username,
            name=sent.get("name", ""),
            role=Role.parse(sent.get("role", ""), field="role"),
            county=sent.get("county", ""),
            active="active" in sent,
            seen=sent.get("seen", ""),
        )
    except InvalidInputError as error:
        return _form(request, desk, account=account, values=sent, errors=_error(error), status=422)
    except ConflictError as error:
        return _form(
            request, desk, account=account, values=sent, conflict=error.message, status=409
        )
    return RedirectResponse(
        address(request, f"/accounts/{account.username}/edit", saved=1), status_code=303
    )


@router.post("/{username}/password")
def reset_password(request: Request, desk: DeskDep, username: RecordId) -> Response:
    """Give the account a new password and show it, this once."""
    password = people.reset_password(desk, username)
    return _shown(request, people.get(desk, username), password, is_new=False)


def _criteria(q: str, role: str, active: str) -> dict[str, Any]:
    return {
        "text": q,
        "role": Role.parse(role, field="role") if role else None,
        "active": yes_or_no(active, "active"),
    }


def _role_value(role: str) -> str:
    return Role.parse(role, field="role").value if role else ""


def _values(account: Account) -> dict[str, str]:
    values = {"name": account.name, "role": account.role.value, "county": account.county}
    return values | ({"active": "1"} if account.active else {})


def _error(error: InvalidInputError) -> dict[str, str]:
    return {error.field or "username": error.message}


def _form(
    request: Request,
    desk: Desk,
    *,
    values: dict[str, str],
    account: Account | None = None,
    errors: dict[str, str] | None = None,
    conflict: str = "",
    saved: bool = False,
    status: int = 200,
) -> Response:
    with desk.reading() as session:
        counties = need_counties(session)
    return page(
        request,
        "account_form.html",
        values=values,
        account=account,
        roles=ROLES_OF_ACCOUNTS,
        counties=counties,
        errors=errors or {},
        conflict=conflict,
        saved=saved,
        status=status,
    )


def _shown(request: Request, account: Account, password: str, *, is_new: bool) -> Response:
    return page(
        request,
        "account_password.html",
        account=account,
        password=password,
        is_new=is_new,
        headers=SECRET_HEADERS,
    )
