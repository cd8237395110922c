"""A real HTTP server on loopback that answers like an OpenAI-compatible endpoint, well or badly."""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any


class Behaviour:
    """What the endpoint does with the next requests."""

    def __init__(
        self,
        text: str = "",
        *,
        refuses: tuple[str, ...] = (),
        status: int = 200,
        cut: bool = False,
        slow: float = 0.0,
        drop: int = 0,
        redirect: str = "",
        junk: bool = False,
        content_type: str = "text/event-stream",
        packed: bool = False,
        drip: float = 0.0,
        bytes_between: bytes = b"",
        end: str = "stop",
        models: tuple[str, ...] = ("m",),
        raw: bytes = b"",
    ) -> None:
        self.text, self.refuses, self.status, self.cut, self.slow = text, refuses, status, cut, slow
        self.drop, self.redirect, self.junk = drop, redirect, junk
        self.content_type, self.packed, self.drip = content_type, packed, drip
        self.bytes_between, self.end, self.models = bytes_between, end, models
        self.raw = raw
        self.on_request: Callable[[], object] = lambda: None
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []

    def become(self, other: Behaviour) -> None:
        """Do what another one does from now on."""
        self.__dict__.update(other.__dict__)


def _handler(behaviour: Behaviour) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *args: object) -> None:
            """Quiet."""

        def do_GET(self) -> None:
            behaviour.headers.append({name.lower(): value for name, value in self.headers.items()})
            if behaviour.status != 200:
                return self._error(behaviour.status)
            listed = {"object": "list", "data": [{"id": name, "object": "model"} for name in behaviour.models]}
            body = json.dumps(listed).encode()
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            return None

        def do_POST(self) -> None:
            behaviour.headers.append({name.lower(): value for name, value in self.headers.items()})
            asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
            behaviour.requests.append(asked)
            behaviour.on_request()
            shape = asked.get("response_format", {}).get("type", "text")
            if behaviour.drop >= len(behaviour.requests):
                self.close_connection = True
                return
            if behaviour.redirect:
                self.send_response(307)
                self.send_header("location", behaviour.redirect)
                self.send_header("content-length", "0")
                self.end_headers()
            elif behaviour.status != 200 or shape in behaviour.refuses:
                self._error(behaviour.status if behaviour.status != 200 else 500)
            else:
                self._stream()

        def _error(self, status: int) -> None:
            body = b'{"error": {"message": "no"}}'
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def _stream(self) -> None:
            self.send_response(200)
            self.send_header("content-type", behaviour.content_type)
            if behaviour.packed:
                self.send_header("content-encoding", "gzip")
            self.end_headers()
            if behaviour.packed:
                self.wfile.write(gzip.compress(b"data: " + b" " * 50_000_000))
                return
            if behaviour.drip:
                self._drip()
                return
            if behaviour.raw:
                self.wfile.write(behaviour.raw)
                return
            size = max(1, len(behaviour.text) // 5)
            pieces = [behaviour.text[start : start + size] for start in range(0, len(behaviour.text), size)]
            try:
                for number, piece in enumerate(pieces):
                    if behaviour.cut and number == 2:
                        return
                    time.sleep(behaviour.slow)
                    self.wfile.write(behaviour.bytes_between)
                    self._chunk({"delta": {"content": piece}, "index": 0, "finish_reason": None})
                if behaviour.junk:
                    self.wfile.write(b"data: {not json\n\n")
                self._chunk({"delta": {}, "index": 0, "finish_reason": behaviour.end})
                self.wfile.write(b"data: [DONE]\n\n")
            except (BrokenPipeError, ConnectionResetError):
                return

        def _drip(self) -> None:
            """Keeps the line alive and says nothing, for ever."""
            try:
                while True:
                    self.wfile.write(b": still there\n")
                    self.wfile.flush()
                    time.sleep(behaviour.drip)
            except (BrokenPipeError, ConnectionResetError):
                return

        def _chunk(self, choice: dict[str, Any]) -> None:
            chunk = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}
            self.wfile.write(b"data: " + json.dumps(chunk).encode() + b"\n\n")
            self.wfile.flush()

    return Handler


@contextmanager
def serving(behaviour: Behaviour) -> Iterator[str]:
    """The base URL of a running endpoint."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(behaviour))
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/v1"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
