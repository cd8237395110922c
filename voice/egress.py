"""The only way from a writer to a network: an HTTP client that checks the host before it connects;
never follows a redirect."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    import httpx2


class Egress(StrEnum):
    """How far text may go."""

    OFF = "off"
    LOCAL = "local"
    REMOTE = "remote"


class EgressRefused(Exception):
    """A connection the policy forbids; nothing was sent."""


@dataclass(frozen=True, slots=True)
class Policy:
    """Where a request may go."""

    egress: Egress
    host: str
    port: int
    scheme: str = "https"

    def refusal(self, url: str) -> str:
        """Why a request may not leave; empty when it may."""
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
        if self.egress is Egress.OFF:
            return "egress is off: no text leaves this process"
        if (host, port, parts.scheme) != (self.host, self.port, self.scheme):
            return "the address is not the configured endpoint"
        if self.egress is Egress.LOCAL and not loopback(host):
            return "egress is local: only this machine may be asked"
        if not loopback(host) and parts.scheme != "https":
            return "text leaves this machine over https only"
        return ""


def policy(egress: Egress, base_url: str) -> Policy:
    """The policy for one configured endpoint."""
    parts = urlsplit(base_url)
    return Policy(egress, parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80), parts.scheme)


def loopback(host: str) -> bool:
    """Whether a host is this machine, judged without asking a name server."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def client(allowed: Policy, *, connect_seconds: float, read_seconds: float) -> httpx2.Client:
    """An HTTP client bound to the policy; proxies and redirects off."""
    import httpx2

    class Guarded(httpx2.HTTPTransport):
        """Refuses before a connection is opened."""

        def handle_request(self, request: httpx2.Request) -> httpx2.Response:
            reason = allowed.refusal(str(request.url))
            if reason:
                raise EgressRefused(reason)
            return super().handle_request(request)

    timeout: Any = httpx2.Timeout(read_seconds, connect=connect_seconds)
    return httpx2.Client(transport=Guarded(retries=0), timeout=timeout, follow_redirects=False, trust_env=False)
