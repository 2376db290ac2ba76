"""Files as they are handed out: to be saved, never to be opened in the page's own place."""

from urllib.parse import quote

from fastapi import Response

from matcher.casework.pairings import StoredFile
from matcher.files import MEDIA_TYPES

_UNKNOWN = "application/octet-stream"


def handed_out(file: StoredFile, content: bytes) -> Response:
    """A stored file as a response that a browser saves.

    Its type is one of those that no browser runs, whatever the store says; with `nosniff`, which
    every response carries, a browser does not guess another.
    """
    known = file.media_type in MEDIA_TYPES.values()
    name = quote(file.name, safe="")
    return Response(
        content,
        media_type=file.media_type if known else _UNKNOWN,
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{name}",
            "Cache-Control": "private, no-store",
            "X-Content-Type-Options": "nosniff",
        },
    )
