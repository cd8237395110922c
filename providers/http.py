"""The one HTTP client: allowed hosts only, no redirects, no hidden repeats; never decides what is sent or when again.

Built on `requests`, which msal and google-auth bring along anyway, so that all three can share one guarded session.
"""

from __future__ import annotations

import json
import logging
import socket
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NewConnectionError

from providers.base import NotSent, ProviderError, Refused, SignInNeeded, Unreachable
from providers.foreign import UNKNOWN, Json
from providers.patience import Patience

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
MOST_BYTES = 64_000_000
"""No mail API answers with more than its largest mail."""
TIMEOUT = (10.0, 60.0)
"""Seconds to connect, and between two pieces of an answer."""
WHOLE = 120.0
"""Seconds one request may take altogether, with one more for every so many bytes that are sent."""
SLOWEST = 20_000
"""160 kbit/s: the slowest line a letter is expected to go over."""
Timeout = float | tuple[float, float] | tuple[float, None] | None
Cert = bytes | str | tuple[bytes | str, bytes | str] | None


class NeverLeft(Unreachable):
    """No connection came about, so the server saw nothing of the request."""


class Missing(Refused):
    """What was asked for is not there, or no longer."""


class Invalid(Refused):
    """The server did not accept the request as it is."""


class Busy(Unreachable):
    """The server turned the request away before looking at it; nothing happened."""


class Elsewhere(Refused):
    """The server pointed to another address; that is no answer to the request, and it is not followed."""


class TokenSource(Protocol):
    """Hands out access tokens; may ask the sign-in server for a new one."""

    def __call__(self, rejected: str = "") -> str:
        """A token to use now; `rejected` is one the server has just refused."""
        ...


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server answered, whatever the status."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Names in lower case."""

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    def json(self) -> Json:
        """The body as a JSON object; an answer that is none counts as server trouble."""
        if not self.body:
            return {}
        try:
            value = json.loads(self.body)
        except ValueError:
            raise Unreachable("The server's answer was cut off or is no JSON.") from None
        if not isinstance(value, dict):
            raise Unreachable(UNKNOWN)
        return value

    def retry_after(self) -> float | None:
        """Seconds the server asks us to wait; a date instead of seconds is not worth a clock."""
        value = self.headers.get("retry-after", "").strip()
        return min(float(value), 3600.0) if value.isascii() and value.isdigit() else None


def allowed(url: str, hosts: Collection[str]) -> None:
    """Refuse a URL whose host is not on the list, or that would carry a token in the clear."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    if host not in hosts:
        raise Refused(f"A request to {host or 'nowhere'} was stopped: that host is not part of this account.")
    if parts.scheme != "https" and not (parts.scheme == "http" and host in LOOPBACK):
        raise Refused(f"A request to {host} was stopped: it would not be encrypted.")
    if parts.username or parts.password:
        raise Refused(f"A request to {host} was stopped: its address carries a password.")


def host_of(url: str) -> str:
    """The host a configured address names."""
    host = urlsplit(url).hostname
    if not host:
        raise Refused(f"This is not a web address: {url!r}.")
    return host.lower()


class Guard(HTTPAdapter):
    """Looks at every single request that leaves, also at those a library makes."""

    def __init__(self, hosts: Collection[str]) -> None:
        super().__init__(pool_connections=4, pool_maxsize=8, max_retries=0, pool_block=False)
        self._hosts = frozenset(host.lower() for host in hosts)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **kwargs: object) -> None:
        super().init_poolmanager(connections, maxsize, block, **kwargs)
        self.patience = Patience()
        self.poolmanager.pool_classes_by_scheme = pools(self.patience)

    def send(  # noqa: PLR0917 (the library's)
        self, request: requests.PreparedRequest, stream: bool = False, timeout: Timeout = None,
        verify: bool | str = True, cert: Cert = None, proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:  # fmt: skip
        allowed(request.url or "", self._hosts)
        if stream:
            # Whoever reads the rest of the answer has the time in hand.
            return super().send(request, stream, timeout, verify, cert, proxies)
        with self.patience.during(WHOLE):
            answer = super().send(request, stream, timeout, verify, cert, proxies)
            # The body is read while the time is counted.
            _ = answer.content
        if self.patience.over:
            raise requests.ReadTimeout("cut off", request=request)
        return answer


def pools(patience: Patience) -> dict[str, type[HTTPConnectionPool]]:
    """Connections as the library makes them, each known to the one who may cut it."""

    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            line = super()._new_conn()
            patience.watch(line)
            return line

        def close(self) -> None:
            if self.sock is not None:
                patience.forget(self.sock)
            super().close()

    class Encrypted(HTTPSConnection, Plain):
        pass

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class EncryptedPool(HTTPSConnectionPool):
        ConnectionCls = Encrypted

    return {"http": PlainPool, "https": EncryptedPool}


def hush(*names: str) -> None:
    """Keep libraries from writing tokens into a log that somebody has set to its most talkative."""
    for name in names:
        logging.getLogger(name).setLevel(logging.WARNING)


def keep_headers(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Stands where `requests` would otherwise put a password found in ~/.netrc."""
    return request


def guarded(session: requests.Session, hosts: Collection[str], guard: Guard | None = None) -> requests.Session:
    """Fence a session in; works for sessions libraries make as well."""
    guard = guard or Guard(hosts)
    session.mount("https://", guard)
    session.mount("http://", guard)
    session.max_redirects = 0
    session.auth = session.auth or keep_headers
    return session


class Commit:
    """A letter's point of no return, remembered: whether it was passed decides what a failure means."""

    def __init__(self, commit: Callable[[], None]) -> None:
        self._commit = commit
        self._done = False
        self._failure: BaseException | None = None

    def __call__(self) -> None:
        try:
            self._commit()
        except BaseException as failure:
            self._failure = failure
            raise
        self._done = True

    @property
    def passed(self) -> bool:
        """Whether the point of no return is behind us."""
        return self._done

    def check(self, problem: ProviderError) -> None:
        """Raise what a failure before the point of no return means; after it, do nothing."""
        if self._failure is not None:
            raise self._failure
        if not self._done:
            raise NotSent(str(problem), permanent=False, retry_after=problem.retry_after) from None


class Client:
    """Requests with a bearer token."""

    def __init__(
        self,
        hosts: Collection[str],
        tokens: TokenSource | None = None,
        *,
        timeout: tuple[float, float] = TIMEOUT,
        whole: float = WHOLE,
        most: int | None = None,
    ) -> None:
        self._guard = Guard(hosts)
        self._session = guarded(requests.Session(), hosts, self._guard)
        self._tokens = tokens
        self._timeout = timeout
        self._whole = whole
        self._most = most or MOST_BYTES

    def request(
        self, method: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes | None = None,
        renew: bool = True, before: Callable[[], None] | None = None,
    ) -> Reply:  # fmt: skip
        """One request. `renew` allows a second one with a fresh token after a 401, which proves nothing happened.

        `before` runs when the token is there and only the request itself is left to do.
        """
        token = self._tokens() if self._tokens else ""
        if before is not None:
            before()
        reply = self._once(method, url, headers or {}, body, token)
        if reply.status == 401 and renew and self._tokens:
            reply = self._once(method, url, headers or {}, body, self._tokens(rejected=token))
        return reply

    def close(self) -> None:
        self._session.close()

    def _once(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None, token: str) -> Reply:
        sent = {**headers, **({"Authorization": f"Bearer {token}"} if token else {})}
        seconds = self._whole + len(body or b"") / SLOWEST
        try:
            with (
                self._guard.patience.during(seconds),
                self._session.request(
                    method, url, headers=sent, data=body, timeout=self._timeout, allow_redirects=False, stream=True
                ) as answer,
            ):
                read = _limited(answer, self._most)
        except requests.RequestException as problem:
            raise trouble(problem, host_of(url)) from None
        if self._guard.patience.over:
            # What was cut off may look whole.
            raise Unreachable(f"{host_of(url)} did not answer in time.")
        if 300 <= answer.status_code < 400:
            raise Elsewhere(f"{host_of(url)} sent us elsewhere; that is not followed.")
        return Reply(answer.status_code, read, {name.lower(): value for name, value in answer.headers.items()})


def trouble(problem: requests.RequestException, host: str) -> ProviderError:
    """A transport error as one of ours, with the one thing that matters: whether the request may have arrived."""
    if isinstance(problem, requests.TooManyRedirects):
        return Elsewhere(f"{host} sent us elsewhere; that is not followed.")
    cause = problem.args[0] if problem.args else None
    reason = cause.reason if isinstance(cause, MaxRetryError) else cause
    if isinstance(reason, NewConnectionError | ConnectTimeoutError):
        return NeverLeft(f"{host} cannot be reached.")
    if isinstance(problem, requests.Timeout):
        return Unreachable(f"{host} did not answer in time.")
    return Unreachable(f"The connection to {host} broke ({type(problem).__name__}).")


def _limited(answer: requests.Response, most: int) -> bytes:
    read = bytearray()
    for piece in answer.iter_content(65536):
        read += piece
        if len(read) > most:
            raise Refused("The server's answer is larger than any such answer may be.")
    return bytes(read)


@contextmanager
def nothing_left(*may_pass: type[ProviderError]) -> Iterator[None]:
    """Before the commit every trouble proves that nothing was sent; the kinds in `may_pass` are worth another try."""
    passing: tuple[type[ProviderError], ...] = (SignInNeeded, Unreachable, *may_pass)
    try:
        yield
    except NotSent:
        raise
    except passing as problem:
        raise NotSent(str(problem), permanent=False, retry_after=problem.retry_after) from None
    except ProviderError as problem:
        raise NotSent(str(problem), permanent=True) from None
