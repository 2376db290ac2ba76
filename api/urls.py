"""Addresses of our own routes."""

from urllib.parse import quote


def quoted(identifier: str) -> str:
    """An id as part of a path; it may have slashes in it, which stay."""
    return quote(identifier, safe="/")
