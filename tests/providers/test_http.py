"""The one HTTP client goes nowhere it was not told to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from providers import http
from providers.base import NotSent, Refused, Unreachable
from providers.http import Client, Commit, Elsewhere, NeverLeft, Reply, allowed, guarded
from tests.peers.fake_server import Answer, FakeServer, Request


class Echo(FakeServer):
    seen: Request

    def handle(self, request: Request) -> Answer:
        self.seen = request
        return Answer(200, {"path": request.path})


@pytest.fixture
def echo() -> Iterator[Echo]:
    with Echo() as server:
        yield server


HOSTS = {"127.0.0.1", "graph.microsoft.com"}


@pytest.mark.parametrize("url", [
    "https://evil.example/", "http://graph.microsoft.com/", "ftp://graph.microsoft.com/", "https://graph.microsoft.com.evil.example/", "https:///x", "",
    "https://user:pw@graph.microsoft.com/", "https://graph.microsoft.com@evil.example/", "//graph.microsoft.com/", "http://127.0.0.2/", "file:///etc/passwd",
])  # fmt: skip
def test_only_listed_hosts_are_reached_and_only_encrypted(url: str) -> None:
    with pytest.raises(Refused):
        allowed(url, HOSTS)


@pytest.mark.parametrize(
    "url", ["https://graph.microsoft.com/x", "https://GRAPH.microsoft.com/x", "http://127.0.0.1:9/x"]
)
def test_listed_hosts_are_reached(url: str) -> None:
    allowed(url, HOSTS)


def test_a_library_on_a_guarded_session_is_stopped_as_well(echo: Echo) -> None:
    session = guarded(requests.Session(), {"login.example"})
    with pytest.raises(Refused):
        session.get(echo.url, timeout=5)
    assert echo.requests == []


def test_a_password_lying_in_netrc_is_never_sent(echo: Echo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login sam password hunter2\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    Client({"127.0.0.1"}, lambda rejected="": "token").request("GET", f"{echo.url}/x")
    assert echo.seen.headers["authorization"] == "Bearer token"
    Client({"127.0.0.1"}).request("GET", f"{echo.url}/x")
    assert "authorization" not in echo.seen.headers


def test_a_redirect_is_reported_and_not_followed(echo: Echo) -> None:
    echo.fail("redirect", value=f"{echo.url}/other")
    with pytest.raises(Elsewhere):
        Client({"127.0.0.1"}).request("GET", f"{echo.url}/x")
    assert len(echo.requests) == 1


def test_a_lost_answer_is_not_asked_for_again(echo: Echo) -> None:
    client = Client({"127.0.0.1"})
    client.request("GET", f"{echo.url}/warm")
    echo.fail("lose_answer", "POST")
    with pytest.raises(Unreachable) as caught:
        client.request("POST", f"{echo.url}/send", body=b"x")
    assert not isinstance(caught.value, NeverLeft)
    assert echo.count("POST") == 1


def test_a_server_that_is_not_there_saw_nothing() -> None:
    with pytest.raises(NeverLeft):
        Client({"127.0.0.1"}).request("POST", "http://127.0.0.1:9/x", body=b"x")


@pytest.mark.parametrize(("renew", "asked"), [(True, 2), (False, 1)])
def test_a_refused_token_is_renewed_once_at_most(echo: Echo, renew: bool, asked: int) -> None:
    echo.fail("status", times=9, status=401)
    rejected: list[str] = []

    def tokens(rejected_now: str = "", **more: str) -> str:
        rejected.append(more.get("rejected", rejected_now))
        return f"token{len(rejected)}"

    assert Client({"127.0.0.1"}, tokens).request("GET", f"{echo.url}/x", renew=renew).status == 401
    assert (len(echo.requests), len(rejected)) == (asked, asked)


def test_an_endless_answer_is_cut(echo: Echo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "MOST_BYTES", 5)
    with pytest.raises(Refused, match="larger"):
        Client({"127.0.0.1"}).request("GET", f"{echo.url}/x")


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("17", 17.0),
        ("", None),
        ("-3", None),
        ("99999999", 3600.0),
        ("Wed, 21 Oct 2026 07:28:00 GMT", None),
        ("١", None),
    ],
)
def test_the_pause_a_server_asks_for(value: str, seconds: float | None) -> None:
    assert Reply(429, headers={"retry-after": value}).retry_after() == seconds


@pytest.mark.parametrize("body", [b"x", b"[1]", b'"x"', b'{"a":'])
def test_an_answer_of_another_shape_is_trouble(body: bytes) -> None:
    with pytest.raises(Unreachable):
        Reply(200, body).json()


def test_a_failure_before_the_commit_means_not_sent_and_after_it_nothing_yet() -> None:
    gate = Commit(lambda: None)
    with pytest.raises(NotSent) as caught:
        gate.check(Unreachable("x", retry_after=3.0))
    assert (caught.value.permanent, caught.value.retry_after) == (False, 3.0)
    gate()
    gate.check(Unreachable("x"))
