"""Waits on this machine for the browser to bring back a sign-in; never listens on any other address."""

from __future__ import annotations

import hmac
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import parse_qsl, urlsplit

from providers.base import SignInNeeded

PATIENCE = 600.0
"""Seconds a person has for the sign-in in the browser, a second factor included."""
MOST = 8192
"""Bytes of an answer; a code and a state are far shorter."""
PAGE = (
    b"<!doctype html><meta charset=utf-8><title>relance</title>"
    b"<p style='font:18px sans-serif;margin:3em'>Signed in. You can close this page and go back to the terminal."
)


class Listener:
    """A free port on 127.0.0.1, for one answer."""

    def __init__(self, host: str = "127.0.0.1", clock: Callable[[], float] = time.monotonic) -> None:
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.timeout = 0.5
        self._host = host
        self._clock = clock

    @property
    def address(self) -> str:
        """Where the browser is to be sent back to. Microsoft knows the name, Google the number."""
        return f"http://{self._host}:{self._server.server_address[1]}/"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.server_close()

    def wait(self, state: str, patience: float = PATIENCE) -> dict[str, str]:
        """The parameters of the answer to our question; any other visitor is sent away."""
        self._server.state = state
        until = self._clock() + patience
        while self._server.answer is None:
            if self._clock() >= until:
                raise SignInNeeded("Nobody came back from the browser in time. Try again: `relance setup`.")
            self._server.handle_request()
        return self._server.answer


def opened(browser: Callable[[str], object], url: str) -> None:
    """Start a browser and do not wait for it: one in the terminal ends only when the person leaves it."""
    threading.Thread(target=browser, args=(url,), daemon=True).start()


class _Server(HTTPServer):
    allow_reuse_address = False
    state = ""
    answer: dict[str, str] | None = None

    def handle_error(self, *_: object) -> None:
        return


class _Handler(BaseHTTPRequestHandler):
    timeout = 5.0
    server: _Server

    def do_GET(self) -> None:
        self._take(parameters(self.path))

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length") or ""
        body = self.rfile.read(min(int(length), MOST)) if length.isascii() and length.isdigit() else b""
        self._take(parameters("?" + body.decode("ascii", "replace")))

    def _take(self, said: dict[str, str]) -> None:
        if not said.get("state") or not hmac.compare_digest(said["state"].encode(), self.server.state.encode()):
            self.send_error(404)
            return
        self.server.answer = said
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(PAGE)))
        self.end_headers()
        self.wfile.write(PAGE)

    def log_message(self, *_: object) -> None:
        return


def parameters(url: str) -> dict[str, str]:
    """What a redirect brings, also when a person has pasted it."""
    try:
        return dict(parse_qsl(urlsplit(url.strip()[:MOST]).query, max_num_fields=20))
    except ValueError:
        return {}
