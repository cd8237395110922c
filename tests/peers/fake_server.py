"""A small HTTP server whose every request can be made to fail in a chosen way; never reached from outside this machine."""

from __future__ import annotations

import json
import re
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass
class Request:
    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes = b""

    @property
    def token(self) -> str:
        return self.headers.get("authorization", "").removeprefix("Bearer ")


@dataclass
class Answer:
    status: int = 200
    value: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None

    def encoded(self) -> bytes:
        if self.body is not None:
            return self.body
        return b"" if self.value is None else json.dumps(self.value).encode()


@dataclass
class Fault:
    """What goes wrong, with which requests and how often."""

    what: str
    """lose (never handled), lose_answer (handled, no answer), status, status_after (handled, then the status), cut, slow, redirect"""
    match: str = ""
    """A pattern on `METHOD /path`."""
    times: int = 1
    status: int = 500
    value: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    skip: int = 0
    """Requests that pass before the first one fails."""


class FakeServer:
    """Starts on a free loopback port; `handle` is what a subclass answers with."""

    def __init__(self, *, latency: float = 0.0) -> None:
        self.latency = latency
        self.faults: list[Fault] = []
        self.requests: list[str] = []
        self.lock = threading.RLock()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.fake = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.003,), daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Any:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._server.hang_up()
        self._thread.join(5)

    def handle(self, request: Request) -> Answer:
        raise NotImplementedError

    def begin(self, request: Request) -> Answer | None:
        """Runs before the latency; an answer turns the request away."""
        return None

    def end(self, request: Request) -> None:
        """Runs when an admitted request is over."""

    def fail(self, what: str, match: str = "", **how: Any) -> None:
        self.faults.append(Fault(what, match, **how))

    def count(self, pattern: str) -> int:
        return sum(bool(re.search(pattern, line)) for line in self.requests)

    def fault_for(self, line: str) -> Fault | None:
        with self.lock:
            for fault in self.faults:
                if fault.times > 0 and re.search(fault.match, line):
                    if fault.skip:
                        fault.skip -= 1
                        continue
                    fault.times -= 1
                    return fault
        return None


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64
    fake: FakeServer

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._open: set[socket.socket] = set()

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        for request in list(self._open):
            with suppress(OSError):
                request.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        import sys

        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: _Server

    def log_message(self, *_: Any) -> None:
        return

    def _any(self) -> None:
        fake = self.server.fake
        parts = urlsplit(self.path)
        length = int(self.headers.get("content-length") or 0)
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(
            self.command, parts.path, parse_qs(parts.query, keep_blank_values=True), headers, self.rfile.read(length)
        )
        line = f"{self.command} {self.path}"
        with fake.lock:
            fake.requests.append(line)
        turned_away = fake.begin(request)
        if turned_away is not None:
            return self._reply(turned_away)
        fault = fake.fault_for(line)

        def handle(request: Request) -> Answer:
            # Over before the answer leaves: the next request may come faster than we go on.
            try:
                return fake.handle(request)
            finally:
                over()

        def over() -> None:
            if not ended:
                ended.append(True)
                fake.end(request)

        ended: list[bool] = []
        try:
            if fake.latency:
                time.sleep(fake.latency)
            return self._reply(handle(request)) if fault is None else self._misbehave(fault, request, handle, over)
        finally:
            over()

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _any

    def _misbehave(
        self, fault: Fault, request: Request, handle: Callable[[Request], Answer], over: Callable[[], None]
    ) -> None:
        if fault.what == "slow":
            time.sleep(fault.seconds)
            return self._reply(handle(request))
        if fault.what in ("lose_answer", "status_after", "cut"):
            answer = handle(request)
        over()
        if fault.what in ("lose", "lose_answer"):
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return None
        if fault.what == "cut":
            return self._reply(answer, half=True)
        if fault.what == "redirect":
            return self._reply(Answer(302, None, {"Location": fault.value}))
        return self._reply(Answer(fault.status, fault.value, fault.headers))

    def _reply(self, answer: Answer, *, half: bool = False) -> None:
        body = answer.encoded()
        body = body[: len(body) // 2] if half else body
        self.send_response_only(answer.status)
        headers = {"Content-Type": "application/json; charset=UTF-8", "Date": formatdate(usegmt=True), **answer.headers}
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()
