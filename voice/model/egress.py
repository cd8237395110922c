"""The only way from a writer to a network: an HTTP client that checks the host before it connects
and the size of what comes back; never follows a redirect."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    import httpx2

MOST_BYTES = 2_000_000
"""An answer of one mail comes in small pieces with much wrapping; this is still far more than any."""
ANSWERS = ("text/event-stream", "application/json")


class Egress(StrEnum):
    """How far text may go, least first."""

    OFF = "off"
    LOCAL = "local"
    REMOTE = "remote"

    @property
    def rank(self) -> int:
        return tuple(Egress).index(self)


def strictest(*rules: Egress) -> Egress:
    """What holds where several rules meet."""
    return min(rules, key=lambda rule: rule.rank)


class EgressRefused(Exception):
    """A connection or an answer the policy forbids; nothing more was sent."""


@dataclass(frozen=True, slots=True)
class Policy:
    """Where a request may go."""

    egress: Egress
    host: str
    port: int
    scheme: str = "https"
    why: str = ""
    """Why it is stricter than the config says; empty where it is not."""

    def refusal(self, url: str) -> str:
        """Why a request may not leave; empty when it may."""
        host, port, scheme = parts(url)
        if self.egress is Egress.OFF:
            return self.why or "egress is off: no text leaves this process"
        if (host, port, scheme) != (self.host, self.port, self.scheme):
            return "the address is not the configured endpoint"
        if self.egress is Egress.LOCAL and not loopback(host):
            return self.why or "egress is local: only this machine may be asked"
        if not loopback(host) and scheme != "https":
            return "text leaves this machine over https only"
        return ""


def parts(url: str) -> tuple[str, int, str]:
    """Host, port and scheme of an address; an address nobody can read has no host."""
    try:
        found = urlsplit(url)
        port = found.port
    except ValueError:
        return "", 0, ""
    if found.scheme not in {"http", "https"} or found.username or found.password:
        return "", 0, ""
    return found.hostname or "", port or (443 if found.scheme == "https" else 80), found.scheme


def policy(egress: Egress, base_url: str, why: str = "") -> Policy:
    """The policy for one configured endpoint."""
    host, port, scheme = parts(base_url)
    return Policy(egress if host else Egress.OFF, host, port, scheme, why)


def loopback(host: str) -> bool:
    """Whether a host is this machine, judged without asking a name server."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def client(allowed: Policy, *, connect_seconds: float, read_seconds: float) -> httpx2.Client:
    """An HTTP client bound to the policy; proxies, cookies of others and redirects off."""
    import httpx2

    class Counted(httpx2.SyncByteStream):
        """Ends an answer that will not end."""

        def __init__(self, stream: httpx2.SyncByteStream) -> None:
            self._stream = stream

        def __iter__(self) -> Iterator[bytes]:
            size = 0
            for piece in self._stream:
                size += len(piece)
                if size > MOST_BYTES:
                    raise EgressRefused("the answer was far too long")
                yield piece

        def close(self) -> None:
            self._stream.close()

    class Guarded(httpx2.HTTPTransport):
        """Refuses before a connection is opened, and an answer before it is read."""

        def handle_request(self, request: httpx2.Request) -> httpx2.Response:
            reason = allowed.refusal(str(request.url))
            if reason:
                raise EgressRefused(reason)
            response = super().handle_request(request)
            reason = unfit(response.status_code, response.headers)
            if reason:
                response.close()
                raise EgressRefused(reason)
            assert isinstance(response.stream, httpx2.SyncByteStream)
            response.stream = Counted(response.stream)
            return response

    timeout = httpx2.Timeout(read_seconds, connect=connect_seconds)
    return httpx2.Client(
        transport=Guarded(retries=0), timeout=timeout, follow_redirects=False, trust_env=False,
        headers={"accept-encoding": "identity"},
    )  # fmt: skip


def unfit(status: int, headers: Mapping[str, str]) -> str:
    """Why an answer is not read: packed answers may unpack without end, and pages are no answers."""
    if headers.get("content-encoding", "identity").lower() not in {"identity", ""}:
        return "endpoint sent a compressed answer, which is not unpacked"
    if 300 <= status < 400:
        return f"endpoint answered {status}: it points elsewhere, which is not followed"
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if status == 200 and kind not in ANSWERS:
        return f"endpoint answered with {kind[:40] or 'something unnamed'}, not with a text"
    return ""
