"""Gmail and Outlook accounts of the config: their sign-in and what they are opened with; never anything that sends."""

from __future__ import annotations

import sys
from collections.abc import Callable

from agent.clock import system_now
from agent.common.home import Home
from agent.config import Account
from agent.errors import ConfigError, UsageError
from agent.mailboxes import signins
from agent.mailboxes.signins import kind_of, vault_name
from agent.secrets import resolve
from providers.gmail.api import GmailSettings
from providers.oauth import signin as oauth
from providers.oauth.google import GoogleClient
from providers.oauth.microsoft import MicrosoftClient
from providers.oauth.signin import Tokens
from providers.outlook.graph import OutlookSettings

HERE = "Your browser opens this link; where it does not, open it on this machine:"
ELSEWHERE = (
    "Open this link in a browser on any machine. The page it ends on does not load: "
    "copy its whole address and paste it here."
)


def scopes_for(home: Home, account: Account) -> tuple[str, ...]:
    """The least permissions that do."""
    return signins.scopes_for(home.config, account, signins.chosen_levels(home))


def google_client(home: Home, account: Account) -> GoogleClient:
    """The client the person registered with Google."""
    said = account.gmail
    if said is None or not said.client_id:
        raise ConfigError(
            f"The account {account.name!r} has no Google client id.",
            hint="docs/providers.md shows in a few steps how to get one; put it into [account.gmail].",
        )
    secret = (
        resolve(said.client_secret, f"{account.name}.gmail.client_secret", home.vault) if said.client_secret else ""
    )
    if said.authority:
        root = said.authority.rstrip("/")
        return GoogleClient(said.client_id, secret, f"{root}/authorize", f"{root}/token")
    return GoogleClient(said.client_id, secret)


def microsoft_client(account: Account) -> MicrosoftClient:
    """The client the person registered with Microsoft."""
    said = account.outlook
    if said is None or not said.client_id:
        raise ConfigError(
            f"The account {account.name!r} has no Microsoft client id.",
            hint="docs/providers.md shows in a few steps how to get one; put it into [account.outlook].",
        )
    return MicrosoftClient(said.client_id, said.tenant, said.authority or "")


def tokens_for(home: Home, account: Account) -> Tokens:
    """Access tokens; one process renews, the others wait."""
    name = vault_name(account)
    renew = _google_renewal(home, account) if kind_of(account) == "google" else _microsoft_renewal(home, account)
    lock = home.places.state / f"{account.name}.sign-in.lock"
    return Tokens(lambda: home.vault.get(name), lambda text: _keep(home, name, text), lock, renew)


def _keep(home: Home, name: str, text: str) -> None:
    home.vault.put(name, text)


def _google_renewal(home: Home, account: Account) -> Callable[..., oauth.KeptSignIn]:
    from providers.oauth.google import renewal

    return renewal(google_client(home, account))


def _microsoft_renewal(home: Home, account: Account) -> Callable[..., oauth.KeptSignIn]:
    from providers.oauth.microsoft import renewal

    return renewal(microsoft_client(account), scopes_for(home, account))


def gmail_settings(home: Home, account: Account) -> GmailSettings:
    """How Gmail is reached."""
    endpoint = (account.gmail.endpoint if account.gmail else None) or ""
    return GmailSettings(account.address, tokens_for(home, account), endpoint, tuple(account.aliases))


def outlook_settings(home: Home, account: Account) -> OutlookSettings:
    """How Outlook is reached."""
    url = (account.outlook.graph_url if account.outlook else None) or ""
    return OutlookSettings(account.address, tokens_for(home, account), url, aliases=tuple(account.aliases))


def sign_in(home: Home, account: Account, *, headless: bool, show: Callable[[str], object]) -> None:
    """Have the person sign in, and keep what comes of it."""
    scopes, now = scopes_for(home, account), system_now().timestamp()
    if kind_of(account) == "google":
        text = _google(home, account, scopes, now, headless=headless, show=show)
    else:
        text = _microsoft(account, scopes, now, headless=headless, show=show)
    if home.vault.put(vault_name(account), text) == "file":
        show(f"This machine has no keyring: the sign-in is kept in {home.vault.file}, readable by you alone.")


def _google(
    home: Home, account: Account, scopes: tuple[str, ...], now: float, *, headless: bool, show: Callable[[str], object]
) -> str:
    from providers.oauth.google import sign_in as in_browser
    from providers.oauth.google import sign_in_by_paste

    client = google_client(home, account)
    show(ELSEWHERE if headless else HERE)
    if headless:
        return sign_in_by_paste(client, scopes, show, _pasted, now, hint=account.address)
    return in_browser(client, scopes, show, now, hint=account.address)


def _pasted() -> str:
    line = sys.stdin.readline().strip()
    if not line:
        raise UsageError("Nothing was pasted.", hint="Run it again and paste the whole address the browser ends on.")
    return line


def _microsoft(
    account: Account, scopes: tuple[str, ...], now: float, *, headless: bool, show: Callable[[str], object]
) -> str:
    from providers.oauth.microsoft import sign_in as in_browser
    from providers.oauth.microsoft import sign_in_by_code

    client = microsoft_client(account)
    if headless:
        return sign_in_by_code(client, scopes, show, now)
    show(HERE)
    return in_browser(client, scopes, show, now, hint=account.address)
