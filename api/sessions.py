"""Sessions of people in browsers: a signed cookie, and a token against forged forms."""

import hashlib
import hmac
import secrets
from pathlib import Path
from typing import Final, NamedTuple

from itsdangerous import BadData, URLSafeTimedSerializer

from matcher.people.secrets import check_secret

COOKIE: Final = "matcher_session"
LIFETIME: Final = 12 * 60 * 60
"""Seconds that a session lasts: a working day."""

_SECRET_FILE = "secret.key"


class Ticket(NamedTuple):
    """What a session's cookie says."""

    username: str
    epoch: int
    nonce: str


class Sessions:
    """Signs and reads the cookies of one instance; all its processes share the secret.

    Raises:
        InvalidInputError: the secret is so short that it could be guessed.
    """

    def __init__(self, secret: str) -> None:
        check_secret(secret)
        self._secret = secret.encode()
        self._serializer = URLSafeTimedSerializer(secret, salt="session")

    def begin(self, username: str, epoch: int) -> str:
        """The cookie of a new session.

        Args:
            username: whose.
            epoch: of the account; a later one ends the session.
        """
        return self._serializer.dumps([username, epoch, secrets.token_hex(16)])

    def read(self, cookie: str) -> Ticket | None:
        """What a cookie says; None if it is forged, damaged or too old."""
        try:
            username, epoch, nonce = self._serializer.loads(cookie, max_age=LIFETIME)
            return Ticket(str(username), int(epoch), str(nonce))
        except (BadData, ValueError, TypeError):
            return None

    def form_token(self, ticket: Ticket) -> str:
        """The token that the forms of a session carry; another site cannot know it."""
        message = f"form:{ticket.nonce}".encode()
        return hmac.new(self._secret, message, hashlib.sha256).hexdigest()

    def form_token_fits(self, ticket: Ticket, sent: str) -> bool:
        """Whether a form came from a page of this session."""
        return hmac.compare_digest(self.form_token(ticket).encode(), sent.encode())


def shared_secret(home: Path) -> str:
    """The secret in the workspace, made by whichever process comes first.

    Raises:
        OSError: it can neither be read nor written.
    """
    path = home / _SECRET_FILE
    home.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        draft = home / f"{_SECRET_FILE}.{secrets.token_hex(8)}"
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(48), encoding="ascii")
        try:
            # Unlike a rename, a link fails where another process was faster.
            path.hardlink_to(draft)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text(encoding="ascii")
