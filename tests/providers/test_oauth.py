"""Signing in and staying signed in, against a sign-in server that checks every proof."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from providers.base import Refused, SignInNeeded, Unreachable
from providers.oauth import google as oauth_google
from providers.oauth import microsoft as oauth_microsoft
from providers.oauth import signin as oauth
from providers.oauth.google import GoogleClient
from providers.oauth.loopback import Listener, parameters
from providers.oauth.microsoft import MicrosoftClient
from providers.oauth.signin import (
    Ended,
    KeptSignIn,
    Tokens,
    covers,
    google_scopes,
    loads,
    microsoft_scopes,
    token_age_warning,
)
from tests.peers.fake_signin import Browser, Redirected, SigninFake

READ = google_scopes("manual")
NOW = datetime(2026, 11, 18, 10, 0, tzinfo=UTC)


@pytest.fixture
def google(monkeypatch: pytest.MonkeyPatch) -> Iterator[SigninFake]:
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    with SigninFake(secret="hush") as server:
        yield server


@pytest.fixture
def microsoft() -> Iterator[SigninFake]:
    with SigninFake() as server:
        yield server


def desktop(fake: SigninFake, client_id: str = "client", secret: str = "hush") -> GoogleClient:
    return GoogleClient(client_id, secret, f"{fake.url}/authorize", f"{fake.url}/token")


def registered(fake: SigninFake, client_id: str = "client") -> MicrosoftClient:
    return MicrosoftClient(client_id, session=Redirected(fake))


class Place:
    """A keyring of one entry."""

    def __init__(self, text: str | None = None) -> None:
        self.text = text
        self.saved: list[str] = []

    def load(self) -> str | None:
        return self.text

    def save(self, text: str) -> None:
        self.text = text
        self.saved.append(text)


def test_each_level_asks_for_the_least_there_is() -> None:
    mail = "https://www.googleapis.com/auth/gmail."
    assert google_scopes("manual") == (f"{mail}readonly",)
    assert google_scopes("manual", drafts_in_mailbox=True) == (f"{mail}readonly", f"{mail}compose")
    assert google_scopes("copilot") == google_scopes("autopilot") == (f"{mail}readonly", f"{mail}compose")
    assert microsoft_scopes("manual") == ("Mail.Read", "MailboxSettings.Read", "User.Read")
    assert microsoft_scopes("manual", drafts_in_mailbox=True) == ("Mail.ReadWrite", "MailboxSettings.Read", "User.Read")
    assert (
        microsoft_scopes("copilot")
        == microsoft_scopes("autopilot")
        == ("Mail.ReadWrite", "Mail.Send", "MailboxSettings.Read", "User.Read")
    )


def test_signing_in_to_google_in_the_browser_of_this_machine(google: SigninFake) -> None:
    shown: list[str] = []
    browser = Browser(google)
    text = oauth_google.sign_in(desktop(google), READ, shown.append, 1000.0, browser=browser, hint="sam@example.org")
    kept = loads(text)
    assert kept is not None
    assert (kept.granted, kept.expires, kept.scopes, kept.dies) == (1000.0, 4599.0, READ, 0.0)
    asked = parse_qs(urlsplit(shown[0]).query)
    assert asked["redirect_uri"][0].startswith("http://127.0.0.1:")
    assert (asked["access_type"], asked["login_hint"]) == (["offline"], ["sam@example.org"])
    assert covers(text, READ)
    assert not covers(text, google_scopes("copilot"))


def test_signing_in_to_google_with_a_browser_elsewhere(google: SigninFake) -> None:
    shown: list[str] = []

    def read() -> str:
        return requests.get(shown[0], allow_redirects=False, timeout=5).headers["Location"] + "\n"

    assert loads(oauth_google.sign_in_by_paste(desktop(google), READ, shown.append, read, 1.0)) is not None


@pytest.mark.parametrize(
    "pasted", ["", "hello", "http://127.0.0.1:8400/?code=code-1", "http://127.0.0.1:8400/?code=code-1&state=other"]
)
def test_an_address_of_another_sign_in_is_refused(google: SigninFake, pasted: str) -> None:
    with pytest.raises(SignInNeeded, match="does not belong"):
        oauth_google.sign_in_by_paste(desktop(google), READ, lambda url: None, lambda: pasted, 1.0)
    assert google.count("POST") == 0


@pytest.mark.parametrize(("change", "words"), [
    ({"refuse": "access_denied"}, "cancelled"), ({"refuse": "org_internal"}, "organisation only"),
    ({"token_error": {"error": "invalid_grant"}}, "came too late or twice"), ({"token_error": {"error": "invalid_client"}}, "client id"),
    ({"grants": []}, "left out"), ({"grants": ["openid"]}, "gmail.readonly"),
])  # fmt: skip
def test_a_google_sign_in_that_fails_says_what_helps(google: SigninFake, change: dict[str, object], words: str) -> None:
    for name, value in change.items():
        setattr(google, name, value)
    with pytest.raises(SignInNeeded, match=words):
        oauth_google.sign_in(desktop(google), READ, lambda url: None, 1.0, browser=Browser(google))


@pytest.mark.parametrize(("client_id", "secret"), [("wrong", "hush"), ("client", "wrong")])
def test_a_wrong_google_client_is_named(google: SigninFake, client_id: str, secret: str) -> None:
    with pytest.raises(SignInNeeded, match=r"\[account.gmail\]"):
        oauth_google.sign_in(desktop(google, client_id, secret), READ, lambda url: None, 1.0, browser=Browser(google))


def test_a_week_long_google_sign_in_is_recognised_from_the_answer(google: SigninFake) -> None:
    google.lasts = 604799
    kept = loads(oauth_google.sign_in(desktop(google), READ, lambda url: None, 1000.0, browser=Browser(google)))
    assert kept is not None
    assert kept.dies == 605799.0


def test_a_stranger_on_the_port_cannot_end_the_waiting(google: SigninFake) -> None:
    answers: list[int] = []

    def stranger(url: str) -> None:
        back = parse_qs(urlsplit(url).query)["redirect_uri"][0]
        for path in ("", "favicon.ico", "?code=evil", "?code=evil&state=", "?code=evil&state=guess"):
            answers.append(requests.get(back + path, timeout=5).status_code)

    text = oauth_google.sign_in(desktop(google), READ, lambda url: None, 1.0, browser=Browser(google, stranger))
    assert loads(text) is not None
    assert answers == [404] * 5


def test_nobody_coming_back_ends_the_waiting() -> None:
    ticks = iter(range(0, 10_000, 400))
    with Listener(clock=lambda: float(next(ticks))) as listener, pytest.raises(SignInNeeded, match="in time"):
        listener._server.timeout = 0.01
        listener.wait("state")


def test_the_listener_is_on_loopback_only() -> None:
    with Listener("localhost") as listener:
        assert listener._server.server_address[0] == "127.0.0.1"
        assert listener.address.startswith("http://localhost:")


@pytest.mark.parametrize("url", ["", "x", "http://[", "?" + "a=1&" * 19 + "a=1"])
def test_parameters_of_any_text(url: str) -> None:
    try:
        assert isinstance(parameters(url), dict)
    except ValueError:
        pytest.fail("raised")


def test_signing_in_to_microsoft_in_the_browser(microsoft: SigninFake) -> None:
    shown: list[str] = []
    scopes = microsoft_scopes("manual")
    text = oauth_microsoft.sign_in(registered(microsoft), scopes, shown.append, 1000.0, browser=Browser(microsoft))
    kept = loads(text)
    assert kept is not None
    assert (kept.kind, kept.granted, kept.scopes) == ("microsoft", 1000.0, scopes)
    assert parse_qs(urlsplit(shown[0]).query)["redirect_uri"][0].startswith("http://localhost:")
    assert "Mail.Send" not in microsoft.asked_scopes


def test_signing_in_to_microsoft_with_a_code_on_another_device(microsoft: SigninFake) -> None:
    shown: list[str] = []
    text = oauth_microsoft.sign_in_by_code(registered(microsoft), microsoft_scopes("copilot"), shown.append, 1.0)
    assert "ABCD-EFGH" in shown[0]
    assert "https://login.example/device" in shown[0]
    assert covers(text, microsoft_scopes("copilot"))


@pytest.mark.parametrize(("error", "description", "words"), [
    ("expired_token", "", "in time"), ("authorization_declined", "", "declined"), ("invalid_client", "AADSTS7000218: needs secret", "public client flows"),
    ("invalid_grant", "AADSTS50020: not there", "not in that tenant"), ("unauthorized_client", "AADSTS700016: no", "client_id and tenant"),
    ("access_denied", "AADSTS90094: admin", "administrator"), ("invalid_grant", "AADSTS65001: consent", "expired"),
])  # fmt: skip
def test_a_microsoft_sign_in_that_fails_says_what_helps(
    microsoft: SigninFake, error: str, description: str, words: str
) -> None:
    microsoft.token_error = {"error": error, "error_description": description}
    with pytest.raises(SignInNeeded, match=words):
        oauth_microsoft.sign_in_by_code(registered(microsoft), microsoft_scopes("manual"), lambda text: None, 1.0)


def test_an_unknown_microsoft_problem_gives_its_number_and_none_of_its_text(microsoft: SigninFake) -> None:
    microsoft.token_error = {"error": "odd_thing", "error_description": "AADSTS123456: sam@example.org did something"}
    with pytest.raises(Refused, match="AADSTS123456") as caught:
        oauth_microsoft.sign_in_by_code(registered(microsoft), microsoft_scopes("manual"), lambda text: None, 1.0)
    assert "sam@" not in str(caught.value)


def test_a_wrong_microsoft_client_is_named(microsoft: SigninFake) -> None:
    with pytest.raises(SignInNeeded, match="client_id"):
        oauth_microsoft.sign_in_by_code(
            registered(microsoft, "wrong"), microsoft_scopes("manual"), lambda text: None, 1.0
        )


def test_scopes_that_were_not_granted_are_named(microsoft: SigninFake) -> None:
    microsoft.grants = ["Mail.Read", "User.Read"]
    with pytest.raises(SignInNeeded, match=r"MailboxSettings\.Read"):
        oauth_microsoft.sign_in_by_code(registered(microsoft), microsoft_scopes("manual"), lambda text: None, 1.0)


def signed_in(fake: SigninFake) -> Place:
    return Place(oauth_google.sign_in(desktop(fake), READ, lambda url: None, time.time(), browser=Browser(fake)))


def tokens(fake: SigninFake, place: Place, folder: Path, ahead: float = 0.0) -> Tokens:
    return Tokens(
        place.load, place.save, folder / "lock", oauth_google.renewal(desktop(fake)), lambda: time.time() + ahead
    )


def test_a_token_is_used_until_it_ends_and_then_renewed(google: SigninFake, tmp_path: Path) -> None:
    place = signed_in(google)
    assert tokens(google, place, tmp_path)() == loads(place.text).access  # type: ignore[union-attr]
    assert google.refreshes == 0
    source = tokens(google, place, tmp_path, ahead=3500)
    fresh = source()
    assert (google.refreshes, loads(place.text).access) == (1, fresh)  # type: ignore[union-attr]


def test_a_refused_token_is_renewed_before_its_end(google: SigninFake, tmp_path: Path) -> None:
    place = signed_in(google)
    source = tokens(google, place, tmp_path)
    first = source()
    second = source(rejected=first)
    assert first != second == source()
    assert google.refreshes == 1


def test_the_new_refresh_token_is_stored_before_it_is_needed_again(google: SigninFake, tmp_path: Path) -> None:
    place = signed_in(google)
    source = tokens(google, place, tmp_path)
    for _ in range(4):
        source(rejected=source())
    assert google.refreshes == 4
    assert loads(place.text).refresh in google.valid  # type: ignore[union-attr]


def test_many_at_once_renew_once(google: SigninFake, tmp_path: Path) -> None:
    place = signed_in(google)
    stale = loads(place.text).access  # type: ignore[union-attr]
    google.latency = 0.05
    sources = [tokens(google, place, tmp_path) for _ in range(4)]
    found: list[str] = []
    threads = [
        threading.Thread(target=lambda one=one: found.append(one(rejected=stale))) for one in sources for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (google.refreshes, len(set(found)), len(found)) == (1, 1, 12)


def test_a_revoked_sign_in_is_final_and_asked_about_once(google: SigninFake, tmp_path: Path) -> None:
    place = signed_in(google)
    google.valid.clear()
    source = tokens(google, place, tmp_path, ahead=4000)
    for _ in range(3):
        with pytest.raises(Ended, match="revoked"):
            source()
    with pytest.raises(Ended, match="revoked"):
        tokens(google, place, tmp_path)()
    assert google.refreshes == 1


def test_a_sign_in_that_died_after_a_week_names_the_cure(google: SigninFake, tmp_path: Path) -> None:
    place = signed_in(google)
    google.valid.clear()
    with pytest.raises(Ended, match=r"Testing.*Publish"):
        tokens(google, place, tmp_path, ahead=7 * 86400 + 60)()
    place = signed_in(google)
    google.valid.clear()
    with pytest.raises(Ended, match="revoked"):
        tokens(google, place, tmp_path, ahead=60 * 86400)()


@pytest.mark.parametrize("what", ["lose", "status"])
def test_a_sign_in_server_in_trouble_ends_nothing(
    google: SigninFake, tmp_path: Path, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    place = signed_in(google)
    google.fail(what, "POST", times=9, status=503)
    with pytest.raises(Unreachable):
        tokens(google, place, tmp_path, ahead=4000)()
    google.faults.clear()
    assert tokens(google, place, tmp_path, ahead=3500)()


def test_nobody_signed_in_says_so(tmp_path: Path, google: SigninFake) -> None:
    for text in (None, "", "x", "[]", '{"v":2}', '{"v":1}'):
        with pytest.raises(SignInNeeded, match="Nobody"):
            tokens(google, Place(text), tmp_path)()


def test_a_microsoft_sign_in_is_renewed_and_its_end_is_final(microsoft: SigninFake, tmp_path: Path) -> None:
    scopes = microsoft_scopes("copilot")
    place = Place(oauth_microsoft.sign_in_by_code(registered(microsoft), scopes, lambda text: None, time.time()))
    source = Tokens(
        place.load, place.save, tmp_path / "lock", oauth_microsoft.renewal(registered(microsoft), scopes), time.time
    )
    first = source()
    second = source(rejected=first)
    assert second != first
    assert source(rejected=second) not in (first, second)
    microsoft.valid.clear()
    for _ in range(2):
        with pytest.raises(Ended, match="from time to time"):
            source(rejected=loads(place.text).access)  # type: ignore[union-attr]
    assert microsoft.refreshes <= 4


def kept(days: float, *, dies: float = 0.0, kind: str = "google", dead: str = "") -> str:
    granted = (NOW - timedelta(days=days)).timestamp()
    return KeptSignIn(kind, "r", granted, dies=granted + dies * 86400 if dies else 0.0, dead=dead).dumps()  # type: ignore[arg-type]


@pytest.mark.parametrize(("text", "words"), [
    (kept(0), None), (kept(4.9), None), (kept(5.5), "ends in a day"), (kept(6.5), "less than a day"), (kept(8.5), None), (kept(400), None),
    (kept(1, dies=7), None), (kept(5.5, dies=7), "ends in a day"), (kept(5.5, kind="microsoft"), None), (kept(5.5, dead="x"), None), (None, None), ("x", None),
])  # fmt: skip
def test_the_end_of_a_week_is_announced_before_it_comes(text: str | None, words: str | None) -> None:
    warning = token_age_warning(text, NOW)
    assert (warning is None) is (words is None)
    assert words is None or (words in str(warning) and "Publish" in str(warning))


def test_no_secret_shows_in_a_repr() -> None:
    assert "hush" not in repr(GoogleClient("id", "hush"))
    assert "secret-token" not in repr(KeptSignIn("google", "secret-token", 1.0, "secret-token"))


def test_no_log_of_any_library_shows_a_secret(
    google: SigninFake, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(0)
    place = signed_in(google)
    source = tokens(google, place, tmp_path)
    source(rejected=source())
    with SigninFake() as microsoft:
        oauth_microsoft.sign_in_by_code(registered(microsoft), microsoft_scopes("manual"), lambda text: None, 1.0)
        oauth_microsoft.sign_in(
            registered(microsoft), microsoft_scopes("manual"), lambda url: None, 1.0, browser=Browser(microsoft)
        )
    secrets = ("hush", "refresh-", "access-", "code-", "device-")
    # The browser is the test's own, and so is its line.
    lines = [line for line in caplog.text.splitlines() if "GET /?state=" not in line]
    shown = [line for line in lines if any(word in line for word in secrets)]
    assert shown == []


def test_the_lock_file_is_private(tmp_path: Path) -> None:
    with oauth.locked(tmp_path / "new" / "lock"):
        assert (tmp_path / "new" / "lock").stat().st_mode & 0o777 == 0o600


def test_a_browser_in_the_terminal_that_waits_for_the_page_does_not_stand_in_the_way(google: SigninFake) -> None:
    pages: list[requests.Response] = []
    text = oauth_google.sign_in(
        desktop(google), READ, lambda url: None, 1.0, browser=lambda url: pages.append(requests.get(url, timeout=10))
    )
    assert loads(text) is not None
