"""Whom to call about a need: masked on its page, shown on request, added and removed there."""

from fastapi import APIRouter, Response

from api.pages.forms import FormTexts
from api.pages.need_view import Visit, VisitDep, done, need_page
from matcher.casework.contacts import Contact, ContactOwner, Secrecy
from matcher.desk import contacts as desk_contacts
from matcher.desk import needs
from matcher.errors import NotFoundError

router = APIRouter(prefix="/needs")


@router.post("/{need_id:path}/contact")
def add_contact(visit: VisitDep, sent: FormTexts) -> Response:
    """Add somebody to call."""
    typed = {name: sent.get(name, "") for name in ("name", "position", "phone", "email")}

    def add_it() -> None:
        secrecy = Secrecy.parse(sent.get("secrecy", Secrecy.INTERNAL.value), field="secrecy")
        contact = Contact(
            id=0,
            owner=ContactOwner.NEED,
            owner_id=visit.need_id,
            name=typed["name"],
            phone=typed["phone"],
            email=typed["email"],
            position=typed["position"],
            secrecy=secrecy,
        )
        desk_contacts.save(visit.desk, contact)

    return done(visit, add_it, "contact", typed=typed)


@router.post("/{need_id:path}/reveal")
def reveal(visit: VisitDep, sent: FormTexts) -> Response:
    """Show one contact as it is, which is logged."""
    contact = _own_contact(visit, sent)
    shown = desk_contacts.reveal(visit.desk, contact.id)
    return need_page(visit, revealed=shown)


@router.post("/{need_id:path}/forget")
def forget(visit: VisitDep, sent: FormTexts) -> Response:
    """Remove one contact."""
    contact = _own_contact(visit, sent)
    desk_contacts.remove(visit.desk, contact.id)
    return done(visit, lambda: None, "forgotten")


def _own_contact(visit: Visit, sent: dict[str, str]) -> Contact:
    """The contact of this need whose number was sent, masked."""
    given = sent.get("contact", "")
    for contact in needs.open_need(visit.desk, visit.need_id).contacts:
        if str(contact.id) == given:
            return contact
    raise NotFoundError("联系人", given)
