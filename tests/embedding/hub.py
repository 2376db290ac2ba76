"""A model hub on this machine: the few requests that downloading a model makes, over folders."""

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit


class Hub:
    """Models by name, each a folder and its commit; `requests` lists the paths asked for."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.requests: list[str] = []
        self._models: dict[str, tuple[str, Path]] = {}

    def publish(self, name: str, folder: Path, commit: str) -> None:
        """Offer a folder as the newest state of a model."""
        self._models[name] = (commit, folder)

    def answer(self, path: str) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body for a request."""
        self.requests.append(path)
        parts = path.strip("/").split("/")
        if parts[:2] == ["api", "models"]:
            return self._about(parts[2:])
        return self._file("/".join(parts[:2]), "/".join(parts[4:]))

    def _about(self, parts: list[str]) -> tuple[int, dict[str, str], bytes]:
        name = "/".join(parts[:2])
        if name not in self._models:
            return 404, {"X-Error-Code": "RepoNotFound"}, b""
        commit, folder = self._models[name]
        if parts[2:3] != ["tree"]:
            return 200, {}, json.dumps({"id": name, "modelId": name, "sha": commit}).encode()
        below = folder.joinpath(*parts[4:])
        if not below.is_dir():
            return 404, {"X-Error-Code": "EntryNotFound"}, b""
        files = [path for path in below.iterdir() if path.is_file()]
        rows = [
            {"type": "file", "path": path.relative_to(folder).as_posix(), "size": 1, "oid": "0"}
            for path in files
        ]
        return 200, {}, json.dumps(rows).encode()

    def _file(self, name: str, file: str) -> tuple[int, dict[str, str], bytes]:
        if name not in self._models:
            return 404, {"X-Error-Code": "RepoNotFound"}, b""
        commit, folder = self._models[name]
        if not (folder / file).is_file():
            return 404, {"X-Error-Code": "EntryNotFound", "X-Repo-Commit": commit}, b""
        body = (folder / file).read_bytes()
        tag = hashlib.sha256(body).hexdigest()
        return 200, {"X-Repo-Commit": commit, "ETag": f'"{tag}"'}, body


@contextmanager
def serving() -> Iterator[Hub]:
    """A hub that answers while the block runs; afterwards its address refuses connections."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # the names that the standard library calls
            status, headers, body = hub.answer(unquote(urlsplit(self.path).path))
            self.send_response(status)
            for header, value in headers.items():
                self.send_header(header, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body)

        do_HEAD = do_GET  # noqa: N815

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    hub = Hub(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
