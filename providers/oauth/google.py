"""Signing in to Google with a browser here or elsewhere; never asks for more than the level needs."""

from __future__ import annotations

import webbrowser
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC
from typing import TYPE_CHECKING

import requests

from providers import foreign
from providers.base import ProviderError, Refused, SignInNeeded
from providers.foreign import Json
from providers.http import guarded, host_of, hush
from providers.oauth.loopback import Listener, opened, parameters
from providers.oauth.signin import ENDED, Ended, KeptSignIn, failed

if TYPE_CHECKING:
    from google_auth_oauthlib.flow import Flow

ELSEWHERE = "http://127.0.0.1:8400/"
"""Where a browser on another machine is sent; the page fails to load and its address is what we need."""
LASTS = 3600.0
"""Seconds; what an access token lasts where the answer does not say so."""
WRONG_CLIENT = (
    "Google does not know this client id, or the secret does not belong to it. Check [account.gmail]: both "
    "come from a client of type Desktop app."
)
SAYINGS = {
    "access_denied": "The sign-in was cancelled, or this address is no test user of the Google project yet.",
    "invalid_client": WRONG_CLIENT,
    "unauthorized_client": WRONG_CLIENT,
    "deleted_client": "This client id was deleted in the Google Cloud console. Make a new one and run `relance setup`.",
    "redirect_uri_mismatch": "The client id is of the wrong type: make one of type Desktop app.",
    "admin_policy_enforced": "Your organisation does not allow this app. Ask its administrator to trust the client id.",
    "org_internal": "The Google project is for members of its organisation only.",
    "invalid_grant": "Google did not accept the answer: it came too late or twice. Run `relance setup` again.",
}


@dataclass(frozen=True, slots=True)
class GoogleClient:
    """The person's own client, as made in the Google Cloud console."""

    client_id: str
    client_secret: str
    auth_uri: str = "https://accounts.google.com/o/oauth2/v2/auth"
    token_uri: str = "https://oauth2.googleapis.com/token"  # noqa: S105 (an address)

    def __repr__(self) -> str:
        return f"GoogleClient({self.client_id})"


def sign_in(
    client: GoogleClient, scopes: tuple[str, ...], show: Callable[[str], object], now: float, *,
    browser: Callable[[str], object] = webbrowser.open, hint: str = "",
) -> str:  # fmt: skip
    """In the browser of this machine. Gives the text to keep."""
    with Listener() as listener:
        flow = begin(client, scopes, listener.address)
        url, state = question(flow, hint)
        show(url)
        opened(browser, url)
        return finish(flow, listener.wait(state), scopes, now)


def sign_in_by_paste(
    client: GoogleClient, scopes: tuple[str, ...], show: Callable[[str], object], read: Callable[[], str],
    now: float, *, hint: str = "",
) -> str:  # fmt: skip
    """In a browser anywhere: the person opens the link, then pastes the address the browser ends on."""
    flow = begin(client, scopes, ELSEWHERE)
    url, state = question(flow, hint)
    show(url)
    said = parameters(read())
    if said.get("state") != state:
        raise SignInNeeded("That address does not belong to this sign-in. Copy the whole of it, and try again.")
    return finish(flow, said, scopes, now)


def begin(client: GoogleClient, scopes: tuple[str, ...], back: str) -> Flow:
    """A flow with a secret of its own, so that a stolen answer is of no use."""
    from google_auth_oauthlib.flow import Flow

    hush("requests_oauthlib", "oauthlib", "google.auth", "google_auth_oauthlib")
    config = {
        "client_id": client.client_id, "client_secret": client.client_secret, "auth_uri": client.auth_uri,
        "token_uri": client.token_uri, "redirect_uris": [back],
    }  # fmt: skip
    flow = Flow.from_client_config(
        {"installed": config}, list(scopes), redirect_uri=back, autogenerate_code_verifier=True
    )
    guarded(flow.oauth2session, {host_of(client.token_uri)})
    return flow


def question(flow: Flow, hint: str) -> tuple[str, str]:
    """The link to open and the mark its answer must carry."""
    more = {"login_hint": hint} if hint else {}
    url, state = flow.authorization_url(access_type="offline", prompt="consent", **more)
    return str(url), str(state)


def finish(flow: Flow, said: dict[str, str], scopes: tuple[str, ...], now: float) -> str:
    """Trade the answer for tokens."""
    from oauthlib.oauth2 import OAuth2Error

    if "code" not in said:
        raise complaint(said.get("error", ""))
    try:
        token = flow.fetch_token(code=said["code"], include_client_id=True)
    except Warning as granted:
        # The library's way to say that other scopes were granted than asked for.
        token = getattr(granted, "token", {})
    except OAuth2Error as problem:
        raise complaint(str(problem.error)) from None
    except requests.RequestException as problem:
        raise failed(problem) from None
    return sign_in_from(token, scopes, now).dumps()


def sign_in_from(token: Json, scopes: tuple[str, ...], now: float) -> KeptSignIn:
    """Google's answer as what is stored."""
    said = token.get("scope") or list(scopes)
    missing = set(scopes) - set(said.split() if isinstance(said, str) else map(str, foreign.a_list(said)))
    if missing:
        names = ", ".join(sorted(name.strip("/").rpartition("/")[2] for name in missing))
        raise SignInNeeded(f"Permissions were left out on Google's page: {names}. Sign in again and tick all boxes.")
    if not token.get("refresh_token"):
        raise SignInNeeded(
            "Google gave a sign-in for one hour only. Remove relance at myaccount.google.com and try again."
        )
    lasts = foreign.seconds(token, "refresh_token_expires_in")
    return KeptSignIn(
        "google", str(token["refresh_token"]), now, foreign.text(token, "access_token"),
        now + (foreign.seconds(token, "expires_in") or LASTS), now + lasts if lasts else 0.0, tuple(scopes),
    )  # fmt: skip


def renewal(client: GoogleClient) -> Callable[[KeptSignIn, float], KeptSignIn]:
    """How `Tokens` gets a new access token from Google."""

    def renew(old: KeptSignIn, now: float) -> KeptSignIn:
        from google.auth.exceptions import RefreshError, TransportError
        from google.auth.transport.requests import Request
        from google.oauth2.credentials import Credentials

        credentials = Credentials(
            None, refresh_token=old.refresh, token_uri=client.token_uri, client_id=client.client_id,
            client_secret=client.client_secret,
        )  # fmt: skip
        hush("google.auth")
        session = guarded(requests.Session(), {host_of(client.token_uri)})
        try:
            credentials.refresh(Request(session=session))
        except RefreshError as problem:
            raise renewal_refused(problem) from None
        except (TransportError, ProviderError) as problem:
            raise failed(problem) from None
        finally:
            session.close()
        # The library keeps the end of a token as a UTC time without a zone.
        expires = credentials.expiry.replace(tzinfo=UTC).timestamp() if credentials.expiry else now + LASTS
        refresh = str(credentials.refresh_token or old.refresh)
        return replace(old, access=str(credentials.token), refresh=refresh, expires=expires)

    return renew


def renewal_refused(problem: Exception) -> ProviderError:
    """Why Google refused a renewal; most reasons are final."""
    said = problem.args[1] if len(problem.args) > 1 and isinstance(problem.args[1], dict) else {}
    code = str(said.get("error", ""))
    if code == "invalid_grant":
        return Ended(ENDED)
    if code in SAYINGS:
        return SignInNeeded(SAYINGS[code])
    return failed(problem)


def complaint(code: str) -> ProviderError:
    """An error of the sign-in page in a sentence that helps."""
    if code in SAYINGS:
        return SignInNeeded(SAYINGS[code])
    return Refused(f"Google did not sign you in{f' ({code})' if code.replace('_', '').isalnum() else ''}.")
