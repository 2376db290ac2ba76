"""The shape of an error of the API."""

from typing import Any

from httpx2 import Response


def problem(response: Response, status: int, slug: str) -> dict[str, Any]:
    """Check that a response is problem details of this kind, and return it."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    details: dict[str, Any] = response.json()
    assert {"type", "title", "status", "detail", "instance"} <= set(details)
    assert details["type"] == f"urn:need-matcher:problem:{slug}"
    assert details["status"] == status
    assert details["instance"] == response.request.url.path
    assert not details["detail"].isascii(), "told to people in Chinese"
    return details


def fields(details: dict[str, Any]) -> list[str]:
    """The fields that are at fault."""
    for error in details["errors"]:
        assert error["message"]
    return [error["field"] for error in details["errors"]]
