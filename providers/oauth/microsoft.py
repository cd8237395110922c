"""Signing in to Microsoft, in the browser or by a code typed elsewhere; never asks for more than the level needs."""

from __future__ import annotations

import re
import webbrowser
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

import requests

from providers import foreign
from providers.base import ProviderError, Refused, SignInNeeded, Unreachable
from providers.foreign import Json
from providers.http import guarded, host_of, hush
from providers.oauth.loopback import Listener, opened
from providers.oauth.signin import ENDED, Ended, KeptSignIn, failed

if TYPE_CHECKING:
    from msal import PublicClientApplication, SerializableTokenCache

Said = TypeVar("Said")
OFFICIAL = "https://login.microsoftonline.com"
LASTS = 3600.0
"""Seconds; what an access token lasts where the answer does not say so."""
NUMBER = re.compile(r"AADSTS(\d{4,9})")
SAYINGS = {
    "65001": "The consent is missing or has expired. Sign in again and allow it: `relance setup`.",
    "65004": "The sign-in was cancelled on Microsoft's page.",
    "90094": "Your organisation wants an administrator to allow this app first. Show them docs/providers.md.",
    "700016": "Microsoft does not know this client id in that tenant. Check client_id and tenant in [account.outlook].",
    "700038": "Microsoft does not know this client id. Check client_id in [account.outlook].",
    "90002": "Microsoft does not know this tenant. Check tenant in [account.outlook].",
    "7000218": 'The app does not allow public clients: set "Allow public client flows" to Yes in the app registration.',
    "50011": "The app has no redirect to http://localhost: add the platform Mobile and desktop applications.",
    "50020": 'This account is not in that tenant. Use tenant = "common", or sign in with another account.',
    "50076": "Your organisation asks for a second factor. Sign in again: `relance setup`.",
    "53003": "A rule of your organisation blocks this sign-in. Ask its administrator.",
    "70043": "Your organisation wants you to sign in again from time to time: `relance setup`.",
    "70011": "The app registration lacks one of the permissions. Add them as docs/providers.md lists them.",
}
CODES = {
    "access_denied": "The sign-in was cancelled on Microsoft's page.",
    "authorization_declined": "The sign-in was declined on the other device.",
    "expired_token": "The code was not typed in in time. Try again: `relance setup`.",
    "code_expired": "The code was not typed in in time. Try again: `relance setup`.",
    "invalid_client": SAYINGS["700016"],
    "unauthorized_client": SAYINGS["700016"],
}
FINAL = ("invalid_grant", "interaction_required", "consent_required", "login_required")


@dataclass(frozen=True, slots=True)
class MicrosoftClient:
    """The person's own app registration."""

    client_id: str
    tenant: str = "common"
    authority: str = ""
    session: requests.Session | None = None
    """Stands in for the network in tests."""

    @property
    def address(self) -> str:
        return (self.authority or f"{OFFICIAL}/{self.tenant}").rstrip("/")


def sign_in(
    client: MicrosoftClient, scopes: tuple[str, ...], show: Callable[[str], object], now: float, *,
    browser: Callable[[str], object] = webbrowser.open, hint: str = "",
) -> str:  # fmt: skip
    """In the browser of this machine. Gives the text to keep."""
    app, cache = application(client, "")
    # Microsoft accepts any port for this name, and only for this name.
    with Listener("localhost") as listener:
        flow = in_our_words(
            lambda: app.initiate_auth_code_flow(
                list(scopes), listener.address, login_hint=hint or None, response_mode="form_post"
            )
        )
        if "auth_uri" not in flow:
            raise complaint(flow)
        show(flow["auth_uri"])
        opened(browser, flow["auth_uri"])
        said = listener.wait(flow["state"])
        return sign_in_from(
            in_our_words(lambda: app.acquire_token_by_auth_code_flow(flow, said)), cache, scopes, now
        ).dumps()


def sign_in_by_code(
    client: MicrosoftClient, scopes: tuple[str, ...], show: Callable[[str], object], now: float, *,
    stopped: Callable[[], bool] = lambda: False,
) -> str:  # fmt: skip
    """On any other device: the person types a short code there. Gives the text to keep."""
    app, cache = application(client, "")
    flow = in_our_words(lambda: app.initiate_device_flow(list(scopes)))
    if "user_code" not in flow:
        raise complaint(flow)
    show(f"Open {flow['verification_uri']} on any device and type the code {flow['user_code']}.")
    answer = in_our_words(lambda: app.acquire_token_by_device_flow(flow, exit_condition=lambda _: stopped()))
    return sign_in_from(answer, cache, scopes, now).dumps()


def renewal(client: MicrosoftClient, scopes: tuple[str, ...]) -> Callable[[KeptSignIn, float], KeptSignIn]:
    """How `Tokens` gets a new access token from Microsoft."""

    def renew(old: KeptSignIn, now: float) -> KeptSignIn:
        app, cache = application(client, old.refresh)
        accounts = app.get_accounts()
        if not accounts:
            raise Ended(ENDED)
        # What a level below needs is covered by what was granted for the one above.
        wanted = list(old.scopes or scopes)
        answer = in_our_words(lambda: app.acquire_token_silent_with_error(wanted, accounts[0], force_refresh=True))
        if not answer or "access_token" not in answer:
            raise renewal_refused(answer or {"error": "invalid_grant"})
        return replace(sign_in_from(answer, cache, old.scopes, now), granted=old.granted)

    return renew


def application(client: MicrosoftClient, serialized: str) -> tuple[PublicClientApplication, SerializableTokenCache]:
    """msal on our guarded session, and its cache."""
    import msal

    hush("msal")
    cache = msal.SerializableTokenCache()
    if serialized:
        try:
            cache.deserialize(serialized)
        except ValueError:
            # What was kept is damaged: only a new sign-in helps.
            raise Ended(ENDED) from None
    session = client.session or guarded(requests.Session(), {host_of(client.address)})
    # Discovery would ask Microsoft about an authority that the person named in the config.
    app = in_our_words(
        lambda: msal.PublicClientApplication(
            client.client_id,
            authority=client.address,
            token_cache=cache,
            http_client=session,
            instance_discovery=False,
        )
    )
    return app, cache


def in_our_words(ask: Callable[[], Said]) -> Said:
    """msal lets the errors of the network through, and means a wrong tenant by a ValueError."""
    from msal.exceptions import MsalError

    try:
        return ask()
    except MsalError:
        raise Unreachable("The sign-in server is in trouble at the moment.") from None
    except (requests.RequestException, ProviderError) as problem:
        raise failed(problem) from None
    except ValueError as problem:
        raise complaint({"error_description": str(problem)}) from None


def sign_in_from(answer: Json, cache: SerializableTokenCache, scopes: tuple[str, ...], now: float) -> KeptSignIn:
    """Microsoft's answer as what is stored."""
    if "access_token" not in answer:
        raise complaint(answer)
    granted = {name.rpartition("/")[2].lower() for name in (foreign.text(answer, "scope") or " ".join(scopes)).split()}
    missing = [name for name in scopes if name.rpartition("/")[2].lower() not in granted]
    if missing:
        raise SignInNeeded(f"Microsoft did not grant {', '.join(missing)}. Sign in again and allow it.")
    return KeptSignIn(
        "microsoft", str(cache.serialize()), now, str(answer["access_token"]),
        now + (foreign.seconds(answer, "expires_in") or LASTS), 0.0, tuple(scopes),
    )  # fmt: skip


def renewal_refused(answer: Json) -> ProviderError:
    """Why Microsoft refused a renewal."""
    number = first_number(answer)
    if str(answer.get("error")) in FINAL:
        return Ended(SAYINGS.get(number, ENDED))
    return complaint(answer)


def complaint(answer: Json) -> ProviderError:
    """An error in a sentence that helps; Microsoft's own is pages long and full of ids."""
    number, code = first_number(answer), foreign.text(answer, "error")
    saying = SAYINGS.get(number) or CODES.get(code)
    if saying:
        return SignInNeeded(saying)
    name = f"AADSTS{number}" if number else code if code.replace("_", "").isalnum() else ""
    return Refused(f"Microsoft did not sign you in{f' ({name})' if name else ''}.")


def first_number(answer: Json) -> str:
    """Microsoft's number for what went wrong."""
    match = NUMBER.search(foreign.text(answer, "error_description")[:2000])
    return match[1] if match else ""
