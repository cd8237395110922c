"""Speaks to Gmail: paced, with errors in our words; never repeats a call that could change something.

The bundled discovery document is used as it is, except that an endpoint may be put in the place of Google's.
"""

from __future__ import annotations

import json
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from providers.base import ProviderError, Refused, SignInNeeded, Unreachable
from providers.foreign import Json, an_object
from providers.gmail.calls import GmailCall, Users
from providers.http import Busy, Client, Invalid, Missing, TokenSource, host_of

if TYPE_CHECKING:
    from googleapiclient.errors import HttpError
    from httplib2 import Response

OFFICIAL = "https://gmail.googleapis.com"
UNITS_PER_MINUTE = 15_000
"""Google's quota for one user; `python bench/providers.py` shows how close to it a first reading comes."""
BATCH = 50
"""About where Google starts to hold back; it allows 100."""
MOST_BATCH = 100
"""More than this Google refuses."""
TRIES = 6
"""With doubling pauses half a minute in all; whoever called tries again later anyway."""
PATIENCE = 64.0
"""Seconds; a server that asks for a longer pause is left alone, and other accounts are not kept waiting."""
BUSY = frozenset({"rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded", "backendError"})
NOT_ALLOWED = frozenset({"insufficientPermissions", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"})
API_OFF = frozenset({"accessNotConfigured", "SERVICE_DISABLED"})


@dataclass(frozen=True, slots=True)
class GmailSettings:
    """One Gmail account; times and pauses come from outside so that nothing here waits on its own."""

    address: str
    tokens: TokenSource
    endpoint: str = ""
    aliases: tuple[str, ...] = ()
    """The person's other addresses; the sign-in may belong to any of them."""
    oldest: datetime | None = None
    """Mail before this is left alone; None reads everything."""
    units_per_minute: int = UNITS_PER_MINUTE
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


class Transport:
    """What google-api-python-client wants from httplib2, over the guarded client."""

    def __init__(self, client: Client, *, renew: bool = True, before: Callable[[], None] | None = None) -> None:
        self._client = client
        self._renew = renew
        self._before = before

    def request(
        self, uri: str, method: str = "GET", body: str | bytes | None = None,
        headers: Mapping[str, str] | None = None, **_: object,
    ) -> tuple[Response, bytes]:  # fmt: skip
        """One request and its answer; a status is no error here."""
        from httplib2 import Response

        data = body.encode() if isinstance(body, str) else body
        reply = self._client.request(
            method, uri, headers=headers, body=data, renew=self._renew, before=self._before
        )  # fmt: skip
        return Response({**reply.headers, "status": str(reply.status)}), reply.body

    def close(self) -> None:
        self._client.close()


@dataclass(slots=True)
class Pace:
    """Keeps every minute within the quota; the first mails of a mailbox still come at full speed."""

    most: int
    clock: Callable[[], float]
    sleep: Callable[[float], None]
    used: int = 0
    """Units spent since the beginning."""
    _spent: deque[tuple[float, int]] = field(default_factory=deque)
    _within: int = 0

    def spend(self, units: int) -> None:
        """Wait until that many units fit into the last minute."""
        while self._spent and (wait := self._wait(units)) > 0:
            self.sleep(wait)
        self._spent.append((self.clock(), units))
        self._within += units
        self.used += units

    def _wait(self, units: int) -> float:
        now = self.clock()
        while self._spent and now - self._spent[0][0] >= 60.0:
            self._within -= self._spent.popleft()[1]
        if not self._spent or self._within + units <= self.most:
            return 0.0
        return max(60.0 - (now - self._spent[0][0]), 0.01)


class GmailApi:
    """Calls one mailbox."""

    def __init__(self, settings: GmailSettings) -> None:
        endpoint = (settings.endpoint or OFFICIAL).rstrip("/")
        self.client = Client({host_of(endpoint)}, settings.tokens)
        self.pace = Pace(settings.units_per_minute, settings.clock, settings.sleep)
        self.users = service(endpoint, Transport(self.client))
        self._endpoint = endpoint
        self._sleep = settings.sleep
        self._batch = BATCH

    def read(self, call: GmailCall, units: int) -> Json:
        """A call that changes nothing, repeated while Gmail is busy."""
        pause = 1.0
        for left in reversed(range(TRIES)):
            try:
                return self.once(call, units)
            except Unreachable as problem:
                if not left:
                    raise
                self._rest(pause, problem)
            pause *= 2
        raise AssertionError

    def once(
        self, call: GmailCall, units: int, *, renew: bool = True, before: Callable[[], None] | None = None
    ) -> Json:
        """A single attempt. `before` runs right before the request leaves."""
        from googleapiclient.errors import HttpError

        self.pace.spend(units)
        try:
            answer = call.execute(http=Transport(self.client, renew=renew, before=before), num_retries=0)
        except HttpError as problem:
            raise explain(problem.resp.status, problem.content, problem.resp) from None
        if answer and not isinstance(answer, dict):
            # The client library hands out as text what it could not read.
            raise Unreachable("Gmail's answer was cut off or is no JSON.")
        return an_object(answer or {})

    def read_many(self, calls: Mapping[str, GmailCall], units: int) -> dict[str, Json]:
        """Many reads in few requests; what is missing in the answer is gone from the mailbox."""
        found: dict[str, Json] = {}
        waiting, pause, tries = deque(calls), 1.0, TRIES
        while waiting:
            part = [waiting.popleft() for _ in range(min(self._batch, len(waiting)))]
            busy, problem = self._together({identity: calls[identity] for identity in part}, units, found)
            if not busy:
                self._batch, pause, tries = min(self._batch + 10, MOST_BATCH), 1.0, TRIES
                continue
            self._batch = max(self._batch // 2, 5)
            tries = TRIES if len(busy) < len(part) else tries - 1
            if not tries:
                raise problem or Unreachable("Gmail is too busy at the moment.")
            waiting.extendleft(reversed(busy))
            self._rest(pause, problem)
            pause = min(pause * 2, PATIENCE)
        return found

    def close(self) -> None:
        self.client.close()

    def _together(
        self, calls: Mapping[str, GmailCall], units: int, found: dict[str, Json]
    ) -> tuple[list[str], ProviderError | None]:
        from googleapiclient.errors import HttpError
        from googleapiclient.http import BatchHttpRequest

        answers: dict[str, tuple[object, HttpError | None]] = {}
        batch = BatchHttpRequest(
            callback=lambda name, answer, problem: answers.__setitem__(name, (answer, problem)),
            batch_uri=f"{self._endpoint}/batch/gmail/v1",
        )
        for name, call in calls.items():
            batch.add(call, request_id=name)
        self.pace.spend(units * len(calls))
        try:
            batch.execute(http=Transport(self.client))
        except HttpError as problem:
            return _only_busy(calls, explain(problem.resp.status, problem.content, problem.resp))
        except Unreachable as problem:
            return list(calls), problem
        return sort_out(calls, answers, found)

    def _rest(self, pause: float, problem: ProviderError | None) -> None:
        asked = problem.retry_after if problem is not None else None
        if asked is not None and asked > PATIENCE and problem is not None:
            raise problem
        self._sleep(min(asked or pause, PATIENCE))


def sort_out(
    names: Iterable[str], answers: Mapping[str, tuple[object, HttpError | None]], found: dict[str, Json]
) -> tuple[list[str], ProviderError | None]:
    """Put what came into `found`; hand back what has to be asked again, and why."""
    again: list[str] = []
    worst: ProviderError | None = None
    for name in names:
        answer, problem = answers.get(name, (None, None))
        if isinstance(answer, dict):
            found[name] = answer
            continue
        told = None if problem is None else explain(problem.resp.status, problem.content, problem.resp)
        if isinstance(told, Missing):
            continue
        _only_busy([name], told or Unreachable("Gmail left out a part of its answer."))
        again.append(name)
        worst = told or worst
    return again, worst


def _only_busy(names: Iterable[str], problem: ProviderError) -> tuple[list[str], ProviderError]:
    if not isinstance(problem, Unreachable):
        raise problem
    return list(names), problem


@cache
def discovery() -> str:
    """The document that ships with the client library."""
    import googleapiclient

    folder = Path(googleapiclient.__file__).parent / "discovery_cache" / "documents"
    return (folder / "gmail.v1.json").read_text(encoding="utf-8")


def service(endpoint: str, transport: Transport) -> Users:
    """The API at that endpoint, batches and uploads included."""
    from googleapiclient.discovery import build_from_document

    document = json.loads(discovery())
    document["rootUrl"] = document["mtlsRootUrl"] = document["baseUrl"] = f"{endpoint}/"
    document["batchPath"] = "batch/gmail/v1"
    users: Users = build_from_document(document, http=transport).users()
    return users


def explain(status: int, content: bytes, headers: Mapping[str, str]) -> ProviderError:
    """An error answer in our words; Google's own text is not repeated, it may quote mail."""
    reasons, message = error_reasons(content)
    wait = patience(message, headers)
    if status == 401:
        return SignInNeeded("Google no longer accepts this sign-in. Sign in again: `relance setup`.")
    if status == 404:
        return Missing("Gmail does not have this any more.")
    if status == 429 or (status == 403 and reasons & BUSY):
        return Busy(f"Gmail asks for a pause ({status}).", retry_after=wait)
    if status >= 500 or reasons & BUSY:
        return Unreachable(f"Gmail is too busy at the moment ({status}).", retry_after=wait)
    if status == 400 and "failedPrecondition" in reasons:
        return Unreachable("Gmail is not ready for this mailbox at the moment.", retry_after=wait)
    if status == 403 and reasons & API_OFF:
        return Refused(
            "The Gmail API is not switched on in your Google Cloud project: enable it there, then try again."
        )
    if status == 403 and reasons & NOT_ALLOWED:
        return SignInNeeded("Your Google sign-in does not cover this. Sign in again and allow it: `relance setup`.")
    if status == 400:
        return Invalid("Gmail did not accept the request.")
    return Refused(f"Gmail said no ({status}{', ' + min(reasons) if reasons else ''}).")


def error_reasons(content: bytes) -> tuple[set[str], str]:
    """The reason codes of an error and its text."""
    try:
        error = json.loads(content)["error"]
        items = [*error.get("errors", []), *error.get("details", [])]
        reasons = {str(item["reason"])[:60] for item in items if item.get("reason")}
        return {reason for reason in reasons if reason.isidentifier()}, str(error.get("message", ""))
    except (ValueError, KeyError, TypeError, AttributeError):
        return set(), ""


def patience(message: str, headers: Mapping[str, str]) -> float | None:
    """How long Gmail asks us to wait, from its header or from the moment named in its text."""
    seconds = str(headers.get("retry-after", ""))
    if seconds.isascii() and seconds.isdigit():
        return min(float(seconds), 3600.0)
    moment = message.partition("Retry after ")[2][:24].strip()
    try:
        until = datetime.fromisoformat(moment)
        now = datetime.strptime(str(headers["date"]), "%a, %d %b %Y %H:%M:%S %Z").replace(tzinfo=UTC)
    except (ValueError, KeyError):
        return None
    return min(max((until - now).total_seconds(), 1.0), 3600.0) if until.tzinfo else None
