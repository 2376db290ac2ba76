"""Keys for programs: list, create, revoke."""

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from api.auth import DeskDep
from api.export import MOST_ROWS, ExportColumn, spreadsheet
from api.pages.accounts import SECRET_HEADERS
from api.pages.forms import FormTexts
from api.pages.paging import asked_page
from api.pages.render import address, page
from api.pages.sorting import asked_sorting
from api.parameters import RecordId, Search
from api.people_input import day_of_text
from api.plain import storable
from matcher.desk import Desk, Subject, keys
from matcher.errors import InvalidInputError
from matcher.people import ApiKey, Permission, Role, Validity
from matcher.people.actors import PERMISSIONS
from matcher.people.days import last_day_before, shown_moment, today
from matcher.people.rules import ROLES_OF_KEYS
from matcher.store.api_keys import KEYS_SORTED_BY
from matcher.store.needs import need_counties

router = APIRouter(prefix="/keys")


def scope_label(key: ApiKey) -> str:
    """What a key may do, as people read it."""
    return "、".join(each.label for each in Permission if each in key.scope)


_COLUMNS: tuple[ExportColumn[ApiKey], ...] = (
    ExportColumn("编号", lambda each: each.prefix),
    ExportColumn("用途", lambda each: each.name, 32),
    ExportColumn("角色", lambda each: each.role.label),
    ExportColumn("县区", lambda each: each.county),
    ExportColumn("权限", scope_label, 32),
    ExportColumn("状态", lambda each: each.validity(datetime.now(UTC)).label),
    ExportColumn("有效至", lambda each: last_day_before(each.expires_at)),
    ExportColumn("最近使用", lambda each: shown_moment(each.last_used), 20),
    ExportColumn("建立者", lambda each: each.created_by),
    ExportColumn("建立时间", lambda each: shown_moment(each.created_at), 20),
)


async def _scope(request: Request) -> set[str]:
    sent = (await request.form()).getlist("scope")
    return {storable(each) for each in sent if isinstance(each, str)}


ScopeDep = Annotated[set[str], Depends(_scope)]
"""The permissions that were ticked in the form."""


@router.get("")
def show_list(
    request: Request, desk: DeskDep, q: Search = "", validity: Search = "", closed: Search = ""
) -> Response:
    """Keys by state and text, the latest first."""
    asked, sorting = asked_page(request), asked_sorting(request, KEYS_SORTED_BY)
    criteria = _criteria(q, validity)
    found, total = keys.find(
        desk,
        **criteria,
        sort=sorting.name or "created_at",
        descending=sorting.descending if sorting.name else True,
        offset=asked.offset,
        limit=asked.size,
    )
    return page(
        request,
        "keys.html",
        keys=found,
        now=datetime.now(UTC),
        scope_label=scope_label,
        last_day=last_day_before,
        validities=Validity,
        chosen={"q": q, "validity": criteria["validity"] or ""},
        sorting=sorting,
        paging=asked.of(total),
        closed=bool(closed),
    )


@router.get("/export")
def export(desk: DeskDep, q: Search = "", validity: Search = "") -> Response:
    """The same list as a spreadsheet."""
    found, _ = keys.find(desk, **_criteria(q, validity), limit=MOST_ROWS)
    return spreadsheet(desk, Subject.KEY, "接口密钥", _COLUMNS, found)


@router.get("/new")
def show_new(request: Request, desk: DeskDep) -> Response:
    """An empty form."""
    keys.find(desk, limit=1)  # whoever may not see keys, may not see the form
    return _form(request, desk, values={"role": Role.READ_ONLY.value}, scope=set())


@router.post("/new")
def create(request: Request, desk: DeskDep, sent: FormTexts, asked: ScopeDep) -> Response:
    """Create a key and show it, this once."""
    try:
        key, text = keys.create(
            desk,
            sent.get("name", ""),
            role=Role.parse(sent.get("role", ""), field="role"),
            county=sent.get("county", ""),
            scope=frozenset(Permission.parse(each, field="scope") for each in asked) or None,
            last_day=day_of_text(sent.get("last_day"), "last_day"),
        )
    except InvalidInputError as error:
        errors = {error.field or "name": error.message}
        return _form(request, desk, values=sent, scope=asked, errors=errors, status=422)
    return page(request, "keys_shown.html", key=key, text=text, headers=SECRET_HEADERS)


@router.post("/{prefix}/revoke")
def revoke(request: Request, desk: DeskDep, prefix: RecordId) -> Response:
    """Make a key useless and go back to the list."""
    keys.revoke(desk, prefix)
    return RedirectResponse(address(request, "/keys", closed=1), status_code=303)


def _criteria(q: str, validity: str) -> dict[str, Any]:
    return {
        "text": q,
        "validity": Validity.parse(validity, field="validity") if validity else None,
    }


def _form(
    request: Request,
    desk: Desk,
    *,
    values: dict[str, str],
    scope: set[str],
    errors: dict[str, str] | None = None,
    status: int = 200,
) -> Response:
    with desk.reading() as session:
        counties = need_counties(session)
    return page(
        request,
        "keys_new.html",
        values=values,
        scope=scope,
        roles=ROLES_OF_KEYS,
        choices=[each for each in Permission if each is not Permission.ADMIN],
        permissions=PERMISSIONS,
        counties=counties,
        today=today(),
        errors=errors or {},
        status=status,
    )
