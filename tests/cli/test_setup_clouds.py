"""Connecting Gmail and Outlook from the command line: signed in, read once, then written; and signed in again later."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from agent.common.home import Home
from agent.config import load
from agent.mailboxes import clouds
from agent.paths import Places
from providers.gmail.api import GmailSettings
from providers.oauth import google as oauth_google
from providers.oauth.google import GoogleClient
from providers.oauth.microsoft import MicrosoftClient
from providers.outlook.graph import OutlookSettings
from tests.cli.run import Ran, relance
from tests.peers.fake_letters import SAM, incoming
from tests.peers.fake_signin import Browser, Redirected, SigninFake
from tests.peers.gmail_fake import GmailFake
from tests.peers.graph_fake import GraphFake


@dataclass
class Cloud:
    signin: SigninFake
    mailbox: GmailFake | GraphFake
    words: tuple[str, ...]

    def setup(self, *more: str) -> Ran:
        return relance("setup", "--non-interactive", *self.words, *more)


@pytest.fixture(params=["gmail", "outlook"])
def cloud(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    gmail = request.param == "gmail"
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    monkeypatch.setenv("GOOGLE_SECRET", "hush")
    with SigninFake(secret="hush" if gmail else "") as signin, GmailFake() if gmail else GraphFake() as mailbox:
        mailbox.tokens = signin.live
        mailbox.store.address = SAM
        mailbox.store.deliver(incoming())
        led_to_the_fakes(monkeypatch, signin, mailbox)
        words = ("--provider", request.param, "--address", SAM, "--client-id", "client")
        words += ("--client-secret-env", "GOOGLE_SECRET") if gmail else ("--headless",)
        yield Cloud(signin, mailbox, words)


def led_to_the_fakes(monkeypatch: pytest.MonkeyPatch, signin: SigninFake, mailbox: GmailFake | GraphFake) -> None:
    def google(home: Home, account: object) -> GoogleClient:
        assert load_secret(home, account) == "hush"
        return GoogleClient(account.gmail.client_id, "hush", f"{signin.url}/authorize", f"{signin.url}/token")  # type: ignore[attr-defined]

    def gmail(home: Home, account: object) -> GmailSettings:
        return GmailSettings(SAM, clouds.tokens_for(home, account), mailbox.url)  # type: ignore[arg-type]

    def outlook(home: Home, account: object) -> OutlookSettings:
        return OutlookSettings(SAM, clouds.tokens_for(home, account), mailbox.graph_url)  # type: ignore[arg-type,union-attr]

    monkeypatch.setattr(clouds, "google_client", google)
    monkeypatch.setattr(
        clouds,
        "microsoft_client",
        lambda account: MicrosoftClient(account.outlook.client_id, session=Redirected(signin)),
    )
    monkeypatch.setattr(clouds, "gmail_settings", gmail)
    monkeypatch.setattr(clouds, "outlook_settings", outlook)
    monkeypatch.setitem(oauth_google.sign_in.__kwdefaults__, "browser", Browser(signin))


def load_secret(home: Home, account: object) -> str:
    from agent.secrets import resolve

    return resolve(account.gmail.client_secret, f"{account.name}.gmail.client_secret", home.vault)  # type: ignore[attr-defined]


def test_a_cloud_account_is_signed_in_read_and_written(cloud: Cloud, where: Places) -> None:
    ran = cloud.setup()
    assert ran.code == 0, ran.err
    written = load(where.config_file).account[0]
    assert (written.provider, written.address) == (cloud.words[1], SAM)
    assert "work: 1 new mails." in ran.err
    assert "hush" not in where.config_file.read_text()
    assert "readable by you alone" in ran.err
    assert where.vault.stat().st_mode & 0o777 == 0o600


def test_the_sign_in_of_somebody_else_is_noticed_before_anything_is_written(cloud: Cloud, where: Places) -> None:
    cloud.mailbox.store.address = "eve@example.org"
    ran = cloud.setup()
    assert ran.code != 0
    assert "belongs to eve@example.org" in ran.err
    assert not where.config_file.exists()
    assert Home.usual().vault.get("work.sign-in") is None


def test_a_wrong_client_id_says_so_and_keeps_nothing(cloud: Cloud, where: Places) -> None:
    cloud.signin.client_id = "other"
    ran = cloud.setup()
    assert ran.code == 3, ran.err
    assert "does not know this client id" in ran.err
    assert not where.config_file.exists()
    assert Home.usual().vault.get("work.sign-in") is None


def test_a_known_account_is_signed_in_again_and_its_entry_stays(cloud: Cloud, where: Places) -> None:
    assert cloud.setup().code == 0
    before = where.config_file.read_text()
    cloud.signin.revoke()
    ended = relance("sync")
    assert ended.code == 3, ended.err
    assert "`relance setup`" in ended.err
    again = relance(
        "setup", "--non-interactive", "--name", "work", *(("--headless",) if "outlook" in cloud.words else ())
    )
    assert again.code == 0, again.err
    assert "Signed in to work again." in again.out
    assert where.config_file.read_text() == before
    assert relance("sync").code == 0


def test_a_sign_in_that_fails_leaves_the_old_one(cloud: Cloud, where: Places) -> None:
    assert cloud.setup().code == 0
    kept = Home.usual().vault.get("work.sign-in")
    cloud.signin.token_error = {"error": "invalid_client", "error_description": "AADSTS700016: gone"}
    again = relance(
        "setup", "--non-interactive", "--name", "work", *(("--headless",) if "outlook" in cloud.words else ())
    )
    assert again.code == 3, again.err
    assert Home.usual().vault.get("work.sign-in") == kept


def test_another_address_under_a_known_name_is_refused_before_anybody_signs_in(cloud: Cloud) -> None:
    assert cloud.setup().code == 0
    asked = len(cloud.signin.requests)
    ran = cloud.setup("--address", "other@example.org")
    assert ran.code == 2
    assert "already" in ran.err
    assert len(cloud.signin.requests) == asked
