"""Contact data of enterprises, needs and partners: shown on request, entered, changed, removed."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import RedirectResponse

from api.auth import DeskDep
from api.contact_input import FIELDS, contact_of, owner_of
from api.pages.form_fields import FieldGroup, FormField
from api.pages.forms import FormTexts
from api.pages.record_form import typed
from api.pages.render import address, page
from api.parameters import Search
from api.plain import existing_id
from api.urls import quoted
from matcher.casework.contacts import Contact, ContactOwner, Secrecy
from matcher.desk import Desk, contacts
from matcher.errors import InvalidInputError

router = APIRouter(prefix="/contacts")

ContactId = Annotated[int, Path(ge=1, le=2**63 - 1)]

_GROUPS = (
    FieldGroup(
        "联系方式",
        (
            FormField(name="name", label="姓名", required=True, width=6),
            FormField(name="position", label="职务", help="如：技术部长", width=6),
            FormField(
                name="phone",
                label="电话",
                help="电话和邮箱至少填一项；几个号码用顿号分开",
                width=6,
            ),
            FormField(name="email", label="邮箱", width=6),
            FormField(
                name="secrecy",
                label="公开范围",
                help="公开：能登录的人都看得到；内部：有权查看联系方式的人点开才看到；"
                "保密：只有市级人员点开才看到",
                control="choice",
                required=True,
                width=6,
                choices=Secrecy,
            ),
        ),
    ),
)
_PAGES = {
    ContactOwner.ENTERPRISE: "/enterprises/",
    ContactOwner.NEED: "/needs/",
    ContactOwner.PARTNER: "/partners/",
}


@router.get("/new")
def show_new(
    request: Request,
    desk: DeskDep,
    owner: Search,
    owner_id: Annotated[str, Query(max_length=64)],
) -> Response:
    """An empty form for a record."""
    kind = ContactOwner.parse(owner, field="owner")
    contacts.check_may_change(desk, kind, existing_id(owner_id))
    values = typed(_GROUPS, {}) | {"secrecy": Secrecy.INTERNAL.value}
    return _form(request, kind, owner_id, values)


@router.post("/new")
def create(request: Request, sent: FormTexts, desk: DeskDep) -> Response:
    """Save a new contact."""
    owner, owner_id = owner_of(sent)
    contacts.check_may_change(desk, owner, existing_id(owner_id))
    return _saved(request, desk, sent, owner, owner_id)


@router.post("/{contact_id}/view")
def view(request: Request, contact_id: ContactId, desk: DeskDep) -> Response:
    """Show one contact as it is, which is logged."""
    contact = contacts.reveal(desk, contact_id)
    return page(request, "contact.html", contact=contact, back=_page_of(contact))


@router.get("/{contact_id}/edit")
def show_edit(request: Request, contact_id: ContactId, desk: DeskDep) -> Response:
    """The form with a contact in it; that it was seen is logged."""
    owner, owner_id = contacts.owner_of(desk, contact_id)
    contacts.check_may_change(desk, owner, owner_id)
    contact = contacts.reveal(desk, contact_id)
    values = {name: str(getattr(contact, name)) for name in (*FIELDS, "secrecy")}
    return _form(request, owner, owner_id, values, contact_id)


@router.post("/{contact_id}/edit")
def change(request: Request, contact_id: ContactId, sent: FormTexts, desk: DeskDep) -> Response:
    """Save a changed contact."""
    owner, owner_id = contacts.owner_of(desk, contact_id)
    return _saved(request, desk, sent, owner, owner_id, contact_id)


@router.post("/{contact_id}/delete")
def remove(request: Request, contact_id: ContactId, desk: DeskDep) -> Response:
    """Remove a contact and go back to its record."""
    return _back(request, contacts.remove(desk, contact_id), "contact-gone")


def _saved(  # noqa: PLR0917 - what a contact is, and where it comes from
    request: Request,
    desk: Desk,
    sent: dict[str, str],
    owner: ContactOwner,
    owner_id: str,
    contact_id: int = 0,
) -> Response:
    try:
        contact = contacts.save(desk, contact_of(sent, owner, owner_id, contact_id))
    except InvalidInputError as error:
        errors = {error.field or "phone": error.message}
        values = typed(_GROUPS, sent)
        return _form(request, owner, owner_id, values, contact_id, errors=errors, status=422)
    return _back(request, contact, "contact")


def _page_of(contact: Contact) -> str:
    return _PAGES[contact.owner] + quoted(contact.owner_id)


def _back(request: Request, contact: Contact, done: str) -> Response:
    return RedirectResponse(address(request, _page_of(contact), done=done), status_code=303)


def _form(
    request: Request,
    owner: ContactOwner,
    owner_id: str,
    values: dict[str, str],
    contact_id: int = 0,
    *,
    errors: dict[str, str] | None = None,
    **context: Any,  # noqa: ANN401 - the status
) -> Response:
    return page(
        request,
        "contact_form.html",
        groups=_GROUPS,
        values=values,
        errors=errors or {},
        owner=owner,
        owner_id=owner_id,
        contact_id=contact_id,
        back=_PAGES[owner] + quoted(owner_id),
        **context,
    )
