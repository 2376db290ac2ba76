"""The site types, and how administrators add to them."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from api.auth import DeskDep
from api.pages.forms import FormTexts
from api.pages.render import address, page
from api.routes.stations import TypeCode
from matcher.desk import Desk, site_types
from matcher.errors import ConflictError, InvalidInputError

router = APIRouter(prefix="/stations/types")

_SEVERAL = "several_partners"


@router.get("")
def show(request: Request, desk: DeskDep, saved: str = "") -> Response:
    """All types, and forms for those of the city's own."""
    return _page(request, desk, saved=bool(saved))


@router.post("")
def add(request: Request, desk: DeskDep, sent: FormTexts) -> Response:
    """Add a type."""
    label = sent.get("label", "")
    try:
        site_types.add(desk, label, several_partners=_SEVERAL in sent)
    except (ConflictError, InvalidInputError) as error:
        return _page(request, desk, typed=(label, _SEVERAL in sent), message=error.message)
    return _back(request)


@router.post("/{code}/edit")
def change(request: Request, code: TypeCode, desk: DeskDep, sent: FormTexts) -> Response:
    """Change a type of the city's own."""
    label = sent.get("label", "")
    try:
        site_types.change(desk, code, label, several_partners=_SEVERAL in sent)
    except (ConflictError, InvalidInputError) as error:
        typed = (label, _SEVERAL in sent)
        return _page(request, desk, wrong=code, typed=typed, message=error.message)
    return _back(request)


@router.post("/{code}/delete")
def remove(request: Request, code: TypeCode, desk: DeskDep) -> Response:
    """Remove a type that no station has."""
    try:
        site_types.remove(desk, code)
    except ConflictError as error:
        return _page(request, desk, wrong=code, message=error.message)
    return _back(request)


def _back(request: Request) -> Response:
    return RedirectResponse(address(request, "/stations/types", saved=1), status_code=303)


def _page(
    request: Request,
    desk: Desk,
    *,
    saved: bool = False,
    wrong: str = "",
    typed: tuple[str, bool] | None = None,
    message: str = "",
) -> Response:
    """The page.

    Args:
        request: what is answered.
        desk: whoever asks.
        saved: whether something was just saved.
        wrong: the type whose form is wrong; empty for that of a new one.
        typed: label and whether several partners are allowed, as that form was sent.
        message: what is wrong with it.
    """
    return page(
        request,
        "station_types.html",
        uses=site_types.uses(desk),
        kinds=site_types.kinds(desk),
        saved=saved,
        wrong=wrong,
        typed=typed,
        message=message,
        status=422 if message else 200,
    )
