"""Making a plan beside what one does on the pages: beginning, watching and cancelling it."""

import logging
import threading
from contextlib import suppress

from matcher.casework.plans import month_named
from matcher.desk.core import Desk
from matcher.desk.plans import make_plan
from matcher.errors import MatcherError
from matcher.people import Permission
from matcher.planning import PlanSettings, load_settings
from matcher.planning.jobs import Job, JobBoard, Making

_log = logging.getLogger(__name__)


def board_of(desk: Desk) -> JobBoard:
    """Where the workspace keeps what is known of the plan that is being made."""
    return JobBoard(desk.matcher.home)


def start(desk: Desk, month: str, settings: PlanSettings | None = None) -> threading.Thread:
    """Begin to make a plan in a thread of its own, and come back at once.

    Args:
        desk: whoever does it.
        month: YYYY-MM.
        settings: None for those of the files.

    Returns:
        The thread, for whoever wants to wait for it.

    Raises:
        ForbiddenError: the actor may not.
        InvalidInputError: it is no month, or the settings file has faults.
        ConflictError: one is being made already.
    """
    desk.actor.require(Permission.PLAN)
    named = month_named(month)
    chosen = settings or load_settings(desk.matcher.home)
    making = board_of(desk).begin(named, desk.actor.name)
    # A daemon: a server that is stopped does not wait for it, and the lock vanishes with it.
    thread = threading.Thread(
        target=_make, args=(desk, named, chosen, making), name="plan", daemon=True
    )
    thread.start()
    return thread


def current(desk: Desk) -> Job | None:
    """The plan that is being made, or was the last to be made.

    Raises:
        ForbiddenError: the actor may not make plans.
    """
    desk.actor.require(Permission.PLAN)
    return board_of(desk).current()


def cancel(desk: Desk) -> None:
    """Stop the plan that is being made, if one is; nothing of it is kept.

    Raises:
        ForbiddenError: the actor may not.
    """
    desk.actor.require(Permission.PLAN)
    board_of(desk).cancel()


def _make(desk: Desk, month: str, settings: PlanSettings, making: Making) -> None:
    try:
        plan = make_plan(desk, month, settings=settings, progress=making.progress)
    except MatcherError as error:  # cancelled, infeasible, or a file with faults: it says why
        with suppress(OSError):
            making.fail(error)
    except Exception as error:  # whatever it is, the page must learn that nothing more comes
        _log.exception("no plan of %s", month)
        with suppress(OSError):  # the folder may be gone with the server that began this
            making.fail(error)
    else:
        making.finish(plan.id)
