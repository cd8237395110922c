"""A sign-in server in the ways of Google and of Microsoft; never accepts a code twice or without its proof."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from typing import Any
from urllib.parse import parse_qs, urlencode

import requests

from tests.peers.fake_server import Answer, FakeServer, Request

MICROSOFT = "https://login.microsoftonline.com"


class SigninFake(FakeServer):
    def __init__(self, *, client_id: str = "client", secret: str = "") -> None:
        super().__init__()
        self.client_id, self.secret = client_id, secret
        self.refuse = ""
        """The error of the sign-in page."""
        self.token_error: dict[str, str] = {}
        self.grants: list[str] | None = None
        """Scopes that are granted instead of those asked for."""
        self.lasts = 0
        self.rotate = True
        self.device_polls = 1
        self.refreshes = 0
        self.asked_scopes: list[str] = []
        self.valid: set[str] = set()
        self.live: dict[str, frozenset[str]] = {}
        """What each access token allows; a mailbox that takes them as its own tokens follows every revocation."""
        self._codes: dict[str, dict[str, str]] = {}
        self._number = 0

    def handle(self, request: Request) -> Answer:
        with self.lock:
            body = {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
            query = {name: values[0] for name, values in request.query.items()}
            if request.path.endswith("openid-configuration"):
                return self._configuration()
            if request.path.endswith("authorize"):
                return self._authorize(query)
            if request.path.endswith("devicecode"):
                return self._device(body)
            if request.path.endswith("token"):
                return self._token(body)
            return Answer(404)

    def _configuration(self) -> Answer:
        root = f"{MICROSOFT}/common"
        return Answer(200, {
            "issuer": f"{root}/v2.0", "authorization_endpoint": f"{root}/oauth2/v2.0/authorize",
            "token_endpoint": f"{root}/oauth2/v2.0/token", "device_authorization_endpoint": f"{root}/oauth2/v2.0/devicecode",
        })  # fmt: skip

    def _authorize(self, query: dict[str, str]) -> Answer:
        assert query["code_challenge_method"] == "S256"
        assert query["response_type"] == "code"
        back = {"state": query["state"]}
        if self.refuse:
            back["error"] = self.refuse
        else:
            back["code"] = self._new("code")
            self._codes[back["code"]] = query
        self.asked_scopes = query["scope"].split()
        if query.get("response_mode") == "form_post":
            return Answer(200, {"action": query["redirect_uri"], "fields": back})
        return Answer(302, None, {"Location": f"{query['redirect_uri']}?{urlencode(back)}"})

    def _device(self, body: dict[str, str]) -> Answer:
        if body["client_id"] != self.client_id:
            return problem("unauthorized_client", "AADSTS700016: Application not found")
        code = self._new("device")
        self._codes[code] = {"scope": body["scope"]}
        return Answer(
            200,
            {
                "device_code": code,
                "user_code": "ABCD-EFGH",
                "verification_uri": "https://login.example/device",
                "expires_in": 900,
                "interval": 0,
                "message": "go",
            },
        )

    def _token(self, body: dict[str, str]) -> Answer:
        if self.token_error:
            return problem(**self.token_error)
        if body.get("client_id") != self.client_id or (self.secret and body.get("client_secret") != self.secret):
            return problem("invalid_client", "AADSTS700016: not found", 401)
        match body["grant_type"]:
            case "authorization_code":
                asked = self._codes.pop(body["code"], None)
                proof = (
                    base64.urlsafe_b64encode(hashlib.sha256(body.get("code_verifier", "").encode()).digest())
                    .decode()
                    .rstrip("=")
                )
                if asked is None or proof != asked["code_challenge"] or body["redirect_uri"] != asked["redirect_uri"]:
                    return problem("invalid_grant")
                return self._granted(asked)
            case "refresh_token":
                self.refreshes += 1
                if body["refresh_token"] not in self.valid:
                    return problem("invalid_grant", "AADSTS70043: expired")
                if self.rotate:
                    self.valid.discard(body["refresh_token"])
                return self._granted({"scope": body.get("scope", " ".join(self.asked_scopes))})
            case _:
                if self.device_polls > 0:
                    self.device_polls -= 1
                    return problem("authorization_pending")
                return self._granted(self._codes[body["device_code"]])

    def _granted(self, asked: dict[str, str]) -> Answer:
        self.asked_scopes = asked["scope"].split()
        refresh, access = self._new("refresh"), self._new("access")
        self.valid.add(refresh)
        granted = self.grants if self.grants is not None else self.asked_scopes
        self.live[access] = frozenset(name.rpartition("/")[2] for name in granted)
        value: dict[str, Any] = {
            "access_token": access, "refresh_token": refresh, "expires_in": 3599, "token_type": "Bearer",
            "scope": " ".join(granted),
        }  # fmt: skip
        if self.lasts:
            value["refresh_token_expires_in"] = self.lasts
        if not self.secret:
            claims = {
                "aud": self.client_id,
                "iss": f"{MICROSOFT}/common/v2.0",
                "exp": time.time() + 999,
                "iat": time.time(),
                "sub": "s",
                "oid": "o",
                "tid": "t",
                "preferred_username": "sam@example.org",
            }
            claims |= {"nonce": asked["nonce"]} if "nonce" in asked else {}
            value["id_token"] = f"{pack({'alg': 'none'})}.{pack(claims)}."
            value["client_info"] = pack({"uid": "u", "utid": "t"})
        return Answer(200, value)

    def revoke(self) -> None:
        """The person took the permission back: nothing that was given works any more."""
        self.valid.clear()
        self.live.clear()

    def _new(self, kind: str) -> str:
        self._number += 1
        return f"{kind}-{self._number}"


def pack(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def problem(error: str, error_description: str = "", status: int = 400) -> Answer:
    return Answer(status, {"error": error, "error_description": error_description})


class Redirected(requests.Session):
    """Sends what is meant for Microsoft to the fake; the library insists on https."""

    def __init__(self, fake: FakeServer) -> None:
        super().__init__()
        self._fake = fake

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> requests.Response:  # type: ignore[override]
        return super().request(method, url.replace(MICROSOFT, self._fake.url), *args, **kwargs)


class Browser:
    """Opens a link as a person would, in its own time."""

    def __init__(self, fake: FakeServer, before: Any = None) -> None:
        self._fake, self._before = fake, before
        self.pages: list[requests.Response] = []

    def __call__(self, url: str) -> None:
        threading.Thread(target=self._go, args=(url,), daemon=True).start()

    def _go(self, url: str) -> None:
        if self._before is not None:
            self._before(url)
        page = requests.get(url.replace(MICROSOFT, self._fake.url), timeout=10)
        if page.headers["Content-Type"].startswith("application/json"):
            form = page.json()
            page = requests.post(form["action"], data=form["fields"], timeout=10)
        self.pages.append(page)
