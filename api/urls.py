"""Addresses of our own routes."""

from urllib.parse import quote

from fastapi import Request

_ENDINGS = (
    *("similar", "needs", "edit", "delete", "adopt"),
    *("facts", "contacted", "twins", "merge", "undo", "sites"),
)
_NAMES = frozenset({"new", "common", "export", "import", "twins"})
_FOLDERS = frozenset({"import"})


def quoted(identifier: str) -> str:
    """An id as part of a path; it may have slashes in it, which stay."""
    return quote(identifier, safe="/")


def submission_url(request: Request, token: str) -> str:
    """The whole address of the form for enterprises, as it is sent to them."""
    return f"{str(request.base_url).rstrip('/')}/submit/{token}"


def why_no_address(identifier: str) -> str:
    """Why a record with this id could not be reached at an address; empty if it can."""
    *before, last = identifier.split("/")
    if identifier in _NAMES:
        return f"编号不能是“{identifier}”，这个地址另有用途，请换一个"
    if before and before[0] in _FOLDERS:
        return f"编号不能以“{before[0]}/”开头，这样的地址另有用途，请换一个"
    if before and last in _ENDINGS:
        return f"编号不能以“/{last}”结尾，这样的地址另有用途，请换一个"
    if {".", ".."} & {*before, last}:
        return "编号的斜线之间不能只有“.”或“..”，浏览器会改掉这样的地址，请换一个"
    return ""
