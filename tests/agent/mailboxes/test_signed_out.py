"""The sign-in ends at the worst moment: nothing leaves, nothing is lost, and one sentence says what to do."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from agent.mailboxes import clouds
from agent.mailboxes.sync import sync_account
from agent.verbs import actions
from providers.base import SignInNeeded
from providers.oauth import signin as oauth
from providers.oauth.google import WRONG_CLIENT, GoogleClient
from providers.oauth.microsoft import SAYINGS, MicrosoftClient, sign_in_by_code
from providers.oauth.signin import KeptSignIn
from providers.outlook.graph import NOT_YOURS
from tests.peers.cloud_houses import GmailHouse, OutlookHouse
from tests.peers.fake_signin import Redirected, SigninFake
from tests.peers.houses import ALIAS, House, person, raw
from tests.peers.neighbourhood import Build, build, dovecot

__all__ = ["build", "dovecot"]
pytestmark = pytest.mark.slow
BOTH = pytest.mark.parametrize("build", ["gmail", "outlook"], indirect=True)
GOOGLE_SAYS_NO = "Google no longer accepts this sign-in. Sign in again: `relance setup`."
MICROSOFT_SAYS_NO = "Microsoft no longer accepts this sign-in. Sign in again: `relance setup`."


@pytest.fixture
def signin(monkeypatch: pytest.MonkeyPatch) -> Iterator[SigninFake]:
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    with SigninFake() as server:
        root = server.url
        google = GoogleClient("client", "", f"{root}/authorize", f"{root}/token")
        microsoft = MicrosoftClient("client", session=Redirected(server))
        monkeypatch.setattr(clouds, "google_client", lambda *_: google)
        monkeypatch.setattr(clouds, "microsoft_client", lambda *_: microsoft)
        yield server


def words(house: House, made: int) -> str:
    with house.home.store.read() as connection:
        query = "SELECT words FROM outbox WHERE followup_id = ? ORDER BY id DESC LIMIT 1"
        return str(connection.exec_driver_sql(query, (made,)).scalar_one())


def sign_in_again(house: House) -> None:
    assert isinstance(house, GmailHouse | OutlookHouse)
    house.signed_in()
    house.die()


def run_out(house: House, signin: SigninFake) -> None:
    """The access token is too old to be used, so that a new one has to be asked for."""
    assert isinstance(house, GmailHouse | OutlookHouse)
    refresh = "old"
    if isinstance(house, OutlookHouse):
        client = MicrosoftClient("client", session=Redirected(signin))
        made = oauth.loads(sign_in_by_code(client, house.scopes, lambda _: None, time.time()))
        assert made is not None
        refresh = made.refresh
    stored = KeptSignIn(house.kind, refresh, time.time() - 86400, "", 0.0, 0.0, house.scopes)  # type: ignore[arg-type]
    house.home.vault.put("work.sign-in", stored.dumps())
    # A process that still has the old token would go on with it.
    house.leave()
    signed_in, house.signed_in = house.signed_in, lambda: None  # type: ignore[method-assign]
    house.open()
    house.signed_in = signed_in  # type: ignore[method-assign]


@pytest.mark.parametrize(("build", "error", "sentence"), [
    ("gmail", {"error": "invalid_grant"}, oauth.ENDED),
    ("gmail", {"error": "invalid_client"}, WRONG_CLIENT),
    ("gmail", {"error": "unauthorized_client"}, WRONG_CLIENT),
    ("outlook", {"error": "invalid_grant", "error_description": "AADSTS65001: consent"}, SAYINGS["65001"]),
    ("outlook", {"error": "invalid_grant", "error_description": "AADSTS70043: age"}, SAYINGS["70043"]),
    ("outlook", {"error": "unauthorized_client", "error_description": "AADSTS700016: none"}, SAYINGS["700016"]),
], indirect=["build"])  # fmt: skip
def test_a_sign_in_that_cannot_be_renewed_keeps_the_letter_and_says_why(
    build: Build, signin: SigninFake, error: dict[str, str], sentence: str
) -> None:
    house = build(drafts="local")
    house.asked()
    made = house.queued()
    run_out(house, signin)
    signin.token_error = error
    with_account(house, error, sentence)
    house.pump()
    assert (house.stage(made), house.left()) == ("DEFERRED", 0)
    assert words(house, made) == sentence
    sign_in_again(house)
    house.forward(minutes=2)
    house.pump()
    assert (house.stage(made), house.left()) == ("SENT", 1)


def with_account(house: House, error: dict[str, str], sentence: str) -> None:
    """A sync says the same, and the account shows it."""
    with pytest.raises(SignInNeeded) as problem:
        sync_account(house.home, house.home.config.account_named("work"))
    assert str(problem.value) == sentence, error
    with house.home.store.read() as connection:
        row = connection.exec_driver_sql("SELECT health, trouble FROM account WHERE name = 'work'").one()
    assert tuple(row) == ("auth", sentence)


@BOTH
def test_taken_back_between_the_look_and_the_send_it_did_not_leave(build: Build, signin: SigninFake) -> None:
    house = build(drafts="local")
    house.asked()
    made = house.queued()
    assert isinstance(house, GmailHouse | OutlookHouse)
    house.fake.fail(
        "status", r"/send(\?|$)", status=401, value={"error": {"code": 401, "message": "Invalid Credentials"}}
    )
    house.pump()
    assert (house.stage(made), house.left()) == ("DEFERRED", 0)
    assert words(house, made) == (GOOGLE_SAYS_NO if isinstance(house, GmailHouse) else MICROSOFT_SAYS_NO)
    house.forward(minutes=10)
    house.pump()
    assert (house.stage(made), house.left()) == ("SENT", 1)


@BOTH
def test_a_read_only_sign_in_keeps_the_letter_until_it_may_send(build: Build, signin: SigninFake) -> None:
    house = build(drafts="local")
    house.asked()
    made = house.queued()
    stored = KeptSignIn(house.kind, "r", time.time(), "reader", time.time() + 10**6, 0.0, ())  # type: ignore[attr-defined]
    house.home.vault.put("work.sign-in", stored.dumps())
    house.pump()
    assert (house.stage(made), house.left()) == ("DEFERRED", 0)
    assert "Sign in again and allow it: `relance setup`." in words(house, made)
    sign_in_again(house)
    house.forward(minutes=2)
    house.pump()
    assert (house.stage(made), house.left()) == ("SENT", 1)


@pytest.mark.parametrize(("build", "sentence"), [
    ("gmail", f"Gmail has not verified {ALIAS}: it would send as someone else."),
    ("outlook", NOT_YOURS),
], indirect=["build"])  # fmt: skip
def test_an_alias_nobody_verified_is_refused_and_can_be_tried_again(build: Build, sentence: str) -> None:
    house = build(drafts="local")
    assert isinstance(house, GmailHouse | OutlookHouse)
    if isinstance(house, GmailHouse):
        house.fake.store.aliases[ALIAS] = "pending"
    else:
        house.fake.store.send_as.discard(ALIAS)
    from datetime import timedelta

    from agent.clock import system_now

    house.put("sent", raw("<ask1@y.example>", ALIAS, person(1), at=system_now() - timedelta(days=10)))
    house.sync()
    made = house.queued()
    house.pump()
    assert (house.stage(made), house.left()) == ("FAILED", 0)
    assert words(house, made) == sentence
    if isinstance(house, GmailHouse):
        house.fake.store.aliases[ALIAS] = "accepted"
    else:
        house.fake.store.send_as.add(ALIAS)
    assert actions.approve(house.desk, made, at_once=True).ok
    house.pump()
    assert (house.stage(made), house.left()) == ("SENT", 1)


@BOTH
def test_a_sign_in_that_was_damaged_where_it_is_kept_asks_for_a_new_one(build: Build, signin: SigninFake) -> None:
    house = build(drafts="local")
    house.asked()
    assert isinstance(house, GmailHouse | OutlookHouse)
    for stored in ("", "{", "\x00", KeptSignIn(house.kind, "{", 0.0, "", 0.0, 0.0, house.scopes).dumps()):  # type: ignore[arg-type]
        house.home.vault.put("work.sign-in", stored)
        with pytest.raises(SignInNeeded, match="`relance setup`"):
            sync_account(house.home, house.home.config.account_named("work"))
