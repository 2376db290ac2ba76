"""One's own data and password."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from api.auth import ActorDep, begin_session
from api.deps import MatcherDep
from api.pages.forms import FormTexts
from api.pages.render import address, page
from matcher.desk.signing_in import change_own_password
from matcher.errors import InvalidInputError, ThrottledError
from matcher.people import Actor, ActorKind, Permission
from matcher.people.passwords import PASSWORD_SHORTEST
from matcher.store.accounts import get_account

router = APIRouter(prefix="/me")


@router.get("")
def show(request: Request, matcher: MatcherDep, actor: ActorDep, saved: str = "") -> Response:
    """Who one is, what one may do, and the form for the password."""
    return _page(request, matcher, actor, saved=bool(saved))


@router.post("/password")
def change_password(
    request: Request, matcher: MatcherDep, actor: ActorDep, sent: FormTexts
) -> Response:
    """Change one's own password; this session goes on, all others end."""
    old, new = sent.get("old", ""), sent.get("new", "")
    if new != sent.get("again", ""):
        errors = {"again": "两次输入的新口令不一样，请重新输入"}
        return _page(request, matcher, actor, errors=errors, status=422)
    try:
        account = change_own_password(matcher, actor, old, new)
    except InvalidInputError as error:
        errors = {error.field or "new": error.message}
        return _page(request, matcher, actor, errors=errors, status=422)
    except ThrottledError as error:
        return _page(request, matcher, actor, errors={"old": error.message}, status=429)
    response = RedirectResponse(address(request, "/me", saved=1), status_code=303)
    begin_session(request, response, account)
    return response


def _page(
    request: Request,
    matcher: MatcherDep,
    actor: Actor,
    *,
    errors: dict[str, str] | None = None,
    saved: bool = False,
    status: int = 200,
) -> Response:
    account = None
    if actor.kind is ActorKind.ACCOUNT:
        with matcher.reading() as session:
            account = get_account(session, actor.id)
    return page(
        request,
        "me.html",
        actor=actor,
        account=account,
        permissions=[each for each in Permission if actor.may(each)],
        shortest=PASSWORD_SHORTEST,
        errors=errors or {},
        saved=saved,
        status=status,
    )
