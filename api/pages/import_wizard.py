"""Importing a spreadsheet in three steps: choose it, look at what it would do, confirm.

The file waits in the workspace between the steps, so that reloading a page loses nothing.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import FileResponse, RedirectResponse
from starlette.datastructures import UploadFile

from api.auth import DeskDep
from api.export import MEDIA_TYPE
from api.pages.forms import FormTexts
from api.pages.lookups import enterprises_of
from api.pages.render import address, page
from matcher.casework.needs import NeedStatus
from matcher.desk import Desk, imports
from matcher.desk.waiting import LARGEST_UPLOAD, Upload, WaitingRoom
from matcher.errors import ConflictError, InvalidInputError, NotFoundError
from matcher.intake import Subject
from matcher.people import Permission
from matcher.settings import data_folder

router = APIRouter(prefix="/needs/import")

_NAMES = {Subject.NEEDS: "需求", Subject.ENTERPRISES: "企业"}
_TEMPLATES = {Subject.NEEDS: "需求导入模板.xlsx", Subject.ENTERPRISES: "企业导入模板.xlsx"}
_NO_FILE = "请先选择要导入的文件"
_MOST_FAULTS = 200


async def _sent_file(request: Request) -> UploadFile | None:
    """The file of a form, None if none was chosen."""
    sent = (await request.form()).get("file")
    return sent if isinstance(sent, UploadFile) and sent.filename else None


SentFile = Annotated[UploadFile | None, Depends(_sent_file)]


@router.get("")
def choose(request: Request, desk: DeskDep, done: str = "") -> Response:
    """The form for a file, and the files that still wait."""
    desk.actor.require(Permission.EDIT)
    return _form(request, desk, outcome=_outcome(done))


@router.post("")
def upload(request: Request, desk: DeskDep, sent: FormTexts, file: SentFile) -> Response:
    """Keep a file and go on to its preview."""
    desk.actor.require(Permission.EDIT)
    subject = _subject(sent.get("subject", ""))
    if file is None:
        return _form(request, desk, error=_NO_FILE, subject=subject, status=422)
    try:
        kept = _room(desk).keep(desk.actor, file.filename or "", subject, file.file)
    except InvalidInputError as error:
        return _form(request, desk, error=error.message, subject=subject, status=422)
    return RedirectResponse(address(request, f"/needs/import/{kept.token}"), status_code=303)


@router.get("/template/{subject}")
def template(subject: str, desk: DeskDep) -> Response:
    """The spreadsheet to fill in."""
    desk.actor.require(Permission.READ)
    chosen = next((each for each in _TEMPLATES if each.value == subject), None)
    if chosen is None:
        raise NotFoundError("导入模板", subject)
    name = _TEMPLATES[chosen]
    path = data_folder() / "templates" / name
    return FileResponse(path, media_type=MEDIA_TYPE, filename=name)


@router.get("/{token}")
def preview(request: Request, token: str, desk: DeskDep) -> Response:
    """What importing the file would do."""
    desk.actor.require(Permission.EDIT)
    return _preview(request, desk, _room(desk).find(desk.actor, token))


@router.post("/{token}/confirm")
def confirm(request: Request, token: str, desk: DeskDep, sent: FormTexts) -> Response:
    """Import the file, and forget it."""
    desk.actor.require(Permission.EDIT)
    room = _room(desk)
    kept = room.find(desk.actor, token)
    listed = sent.get("status") == NeedStatus.LISTED.value
    try:
        done = imports.carry_out(
            desk,
            kept.path,
            kept.subject,
            status=NeedStatus.LISTED if listed else NeedStatus.PENDING,
            keep_good="keep_good" in sent,
        )
    except (ConflictError, InvalidInputError) as error:
        return _preview(request, desk, kept, refusal=error.message, status=409)
    room.drop(kept)
    counts = f"{done.created}-{done.changed}-{done.unchanged}-{done.new_enterprises}"
    target = address(request, "/needs/import", done=f"{kept.subject.value}-{counts}")
    return RedirectResponse(target, status_code=303)


@router.post("/{token}/cancel")
def cancel(request: Request, token: str, desk: DeskDep) -> Response:
    """Forget the file; nothing is imported."""
    desk.actor.require(Permission.EDIT)
    room = _room(desk)
    room.drop(room.find(desk.actor, token))
    return RedirectResponse(address(request, "/needs/import"), status_code=303)


def _room(desk: Desk) -> WaitingRoom:
    return WaitingRoom(desk.matcher.home)


def _subject(given: str) -> Subject:
    return Subject.ENTERPRISES if given == Subject.ENTERPRISES.value else Subject.NEEDS


def _outcome(done: str) -> dict[str, Any]:
    """What an import did, as its address tells it; empty if it tells nothing."""
    subject, *counts = done.split("-")
    plain = all(count.isascii() and count.isdecimal() and len(count) < 8 for count in counts)
    if len(counts) != 4 or not plain or subject not in {each.value for each in _NAMES}:
        return {}
    created, changed, unchanged, enterprises = map(int, counts)
    return {
        "subject": subject,
        "name": _NAMES[Subject(subject)],
        "created": created,
        "changed": changed,
        "unchanged": unchanged,
        "enterprises": enterprises,
    }


def _form(
    request: Request,
    desk: Desk,
    *,
    error: str = "",
    subject: Subject = Subject.NEEDS,
    outcome: dict[str, Any] | None = None,
    status: int = 200,
) -> Response:
    return page(
        request,
        "import.html",
        names=_NAMES,
        chosen=subject,
        waiting=_room(desk).of(desk.actor),
        outcome=outcome or {},
        error=error,
        most_megabytes=LARGEST_UPLOAD // (1024 * 1024),
        most_rows=imports.MOST_ROWS,
        county=desk.actor.county,
        status=status,
    )


def _preview(
    request: Request, desk: Desk, kept: Upload, *, refusal: str = "", status: int = 200
) -> Response:
    try:
        planned = imports.plan(desk, kept.path, kept.subject)
    except InvalidInputError as error:
        _room(desk).drop(kept)
        return _form(request, desk, error=error.message, subject=kept.subject, status=422)
    with desk.reading() as session:
        similar = (found.need for repeat in planned.repeats for found in repeat.similar)
        enterprises = enterprises_of(session, similar)
    columns = list(dict.fromkeys(name for row in planned.first for name in row.values))
    return page(
        request,
        "import_preview.html",
        kept=kept,
        name=_NAMES[kept.subject],
        is_needs=kept.subject is Subject.NEEDS,
        planned=planned,
        columns=columns,
        faults=planned.report.faults[:_MOST_FAULTS],
        most_faults=_MOST_FAULTS,
        enterprises=enterprises,
        refusal=refusal,
        status=status,
    )
