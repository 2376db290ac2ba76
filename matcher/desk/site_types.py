"""Site types of the city's own: managed by administrators."""

import secrets

from sqlalchemy.orm import Session

from matcher.desk.core import Act, Desk, Subject
from matcher.errors import InvalidInputError
from matcher.people import Permission
from matcher.store.site_types import (
    SiteKind,
    add_type,
    all_types,
    change_type,
    delete_type,
    type_uses,
)
from matcher.text.fold import tidy

_LONGEST = 40


def kinds(desk: Desk) -> dict[str, SiteKind]:
    """All types by code."""
    with desk.reading() as session:
        return all_types(session)


def uses(desk: Desk) -> dict[str, int]:
    """How many stations of the city have each type.

    Raises:
        ForbiddenError: the actor is no administrator.
    """
    with desk.reading(Permission.ADMIN) as session:
        return type_uses(session)


def add(desk: Desk, label: str, *, several_partners: bool) -> SiteKind:
    """Add a type; its code is made up.

    Raises:
        ForbiddenError: the actor is no administrator.
        InvalidInputError: the label is empty or too long.
        ConflictError: there is a type with this label.
    """
    kind = SiteKind(f"own_{secrets.token_hex(4)}", _checked(label), several_partners)
    with desk.writing(Permission.ADMIN) as session:
        add_type(session, kind)
        _log(desk, session, Act.CREATE, kind)
    return kind


def change(desk: Desk, code: str, label: str, *, several_partners: bool) -> SiteKind:
    """Change the label of a type, and whether it takes several partners.

    Stations that have several partners already keep them until they are edited.

    Raises:
        ForbiddenError: the actor is no administrator.
        NotFoundError: the city has added no type with this code.
        InvalidInputError: the label is empty or too long.
        ConflictError: another type has this label.
    """
    kind = SiteKind(code, _checked(label), several_partners)
    with desk.writing(Permission.ADMIN) as session:
        before = change_type(session, kind)
        if before != kind:
            _log(desk, session, Act.CHANGE, kind, before)
    return kind


def remove(desk: Desk, code: str) -> None:
    """Remove a type that no station has.

    Raises:
        ForbiddenError: the actor is no administrator.
        NotFoundError: the city has added no type with this code.
        ConflictError: stations have it.
    """
    with desk.writing(Permission.ADMIN) as session:
        _log(desk, session, Act.DELETE, delete_type(session, code))


def _checked(label: str) -> str:
    text = " ".join(tidy(label).split())
    if not text:
        raise InvalidInputError("请填写类型名称，如：博士创新站", field="label")
    if len(text) > _LONGEST:
        raise InvalidInputError(f"类型名称最多 {_LONGEST} 字，请缩短", field="label")
    return text


def _log(
    desk: Desk, session: Session, act: Act, kind: SiteKind, before: SiteKind | None = None
) -> None:
    details: dict[str, object] = {"several_partners": kind.several_partners}
    if before is not None:
        details |= {"before": before.label, "several_before": before.several_partners}
    desk.log(
        session, act, Subject.STATION, kind.code, summary=f"建站类型：{kind.label}", details=details
    )
