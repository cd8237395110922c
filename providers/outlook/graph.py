"""Speaks to Microsoft Graph, four requests at once; never follows a foreign link or repeats a changing call."""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import quote, urlencode, urlsplit

from providers import foreign
from providers.base import ProviderError, Refused, SignInNeeded, Unreachable
from providers.foreign import Json
from providers.http import Busy, Client, Invalid, Missing, Reply, TokenSource, host_of

OFFICIAL = "https://graph.microsoft.com/v1.0"
AT_ONCE = 4
"""More requests at once than this are turned away, for each mailbox."""
BATCH = 20
"""More than this Graph refuses."""
TRIES = 6
"""With doubling pauses half a minute in all; whoever called tries again later anyway."""
PATIENCE = 64.0
"""Seconds; a server that asks for a longer pause is left alone, and other accounts are not kept waiting."""
IMMUTABLE = 'IdType="ImmutableId"'
LOST = frozenset({"syncstatenotfound", "resyncrequired", "syncstateinvalid", "resyncchangesapplydifferences"})
NOT_ALLOWED = frozenset({"erroraccessdenied", "accessdenied", "authorization_requestdenied"})
NO_MAILBOX = frozenset({"mailboxnotenabledforrestapi", "mailboxnotsupportedforrestapi", "errormailboxnotfound"})


class Lost(Refused):
    """Graph has forgotten our place in a folder."""


class Stale(Refused):
    """Someone else changed it in the meantime."""


class NoMailbox(Refused):
    """The account has no mailbox that Graph can reach."""


@dataclass(frozen=True, slots=True)
class OutlookSettings:
    """One Microsoft 365 or Outlook.com account."""

    address: str
    tokens: TokenSource
    graph_url: str = ""
    sleep: Callable[[float], None] = time.sleep
    aliases: tuple[str, ...] = ()
    """The person's other addresses; the sign-in may belong to any of them."""


class Slots:
    """Room for so much work at once."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._free = threading.Condition()

    @contextmanager
    def taken(self, share: int) -> Iterator[None]:
        """Wait for room and hold it. A batch is worked on by as many as there are slots."""
        with self._free:
            self._free.wait_for(lambda: self._room >= share)
            self._room -= share
        try:
            yield
        finally:
            with self._free:
                self._room += share
                self._free.notify_all()


class Graph:
    """Calls one mailbox."""

    def __init__(self, settings: OutlookSettings) -> None:
        self.root = (settings.graph_url or OFFICIAL).rstrip("/")
        self._client = Client({host_of(self.root)}, settings.tokens)
        self._slots = Slots(AT_ONCE)
        self._sleep = settings.sleep

    def url(self, path: str, **query: str | int) -> str:
        """An address below our root; `select` stands for `$select`, values are encoded."""
        named = {f"${name}": str(value) for name, value in query.items()}
        return f"{self.root}{path}{'?' + urlencode(named, quote_via=quote) if named else ''}"

    def link(self, url: str) -> str:
        """A link from an answer or a cursor; a token goes nowhere but to our own root."""
        asked, root = urlsplit(url), urlsplit(self.root)
        inside = asked.path.startswith(f"{root.path}/me/") and ".." not in asked.path and "\\" not in url
        if (asked.scheme, asked.netloc) != (root.scheme, root.netloc) or not inside:
            raise Lost("A link does not lead to this mailbox; it is not followed.")
        return url

    def read(self, url: str, prefer: str = "") -> Json:
        """A call that changes nothing, repeated while Graph is busy."""
        return self._patiently(lambda: self.once("GET", url, prefer=prefer)).json()

    def raw(self, url: str) -> bytes:
        """As `read`, for what is no JSON."""
        return self._patiently(lambda: self.once("GET", url)).body

    def once(
        self, method: str, url: str, value: Json | None = None, *, prefer: str = "", match: str = "",
        renew: bool = True, before: Callable[[], None] | None = None,
    ) -> Reply:  # fmt: skip
        """A single attempt; anything but success is an error in our words."""
        headers = {"Prefer": f"{IMMUTABLE}, {prefer}" if prefer else IMMUTABLE, "Accept": "application/json"}
        if match:
            headers["If-Match"] = match
        body = None
        if value is not None:
            headers["Content-Type"] = "application/json"
            body = json.dumps(value).encode()
        with self._slots.taken(1):
            reply = self._client.request(method, url, headers=headers, body=body, renew=renew, before=before)
        if not reply.ok:
            raise explain(reply)
        return reply

    def read_many(self, urls: Mapping[str, str], prefer: str = "") -> dict[str, Json]:
        """Many reads in few requests; what is missing in the answer is gone from the mailbox."""
        found: dict[str, Json] = {}
        waiting, pause, tries = deque(urls), 1.0, TRIES
        while waiting:
            part = [waiting.popleft() for _ in range(min(BATCH, len(waiting)))]
            again, problem = self._together({name: urls[name] for name in part}, prefer, found)
            if not again:
                pause, tries = 1.0, TRIES
                continue
            tries = TRIES if len(again) < len(part) else tries - 1
            if not tries:
                raise problem or Unreachable("Outlook is too busy at the moment.")
            waiting.extendleft(reversed(again))
            self._rest(pause, problem)
            pause = min(pause * 2, PATIENCE)
        return found

    def close(self) -> None:
        self._client.close()

    def _together(
        self, urls: Mapping[str, str], prefer: str, found: dict[str, Json]
    ) -> tuple[list[str], ProviderError | None]:
        headers = {"Prefer": f"{IMMUTABLE}, {prefer}" if prefer else IMMUTABLE}
        names = dict(enumerate(urls))
        asked = [
            {"id": str(number), "method": "GET", "url": urls[name].removeprefix(self.root), "headers": headers}
            for number, name in names.items()
        ]
        body = json.dumps({"requests": asked}).encode()
        with self._slots.taken(AT_ONCE):
            reply = self._client.request(
                "POST", f"{self.root}/$batch", headers={"Content-Type": "application/json"}, body=body
            )  # fmt: skip
        if not reply.ok:
            problem = explain(reply)
            if not isinstance(problem, Unreachable):
                raise problem
            return list(urls), problem
        answers = {str(item.get("id")): item for item in foreign.parts(reply.json(), "responses")}
        return sort_out({name: answers.get(str(number)) for number, name in names.items()}, found)

    def _patiently(self, ask: Callable[[], Reply]) -> Reply:
        pause = 1.0
        for left in reversed(range(TRIES)):
            try:
                reply = ask()
                if reply.headers.get("content-type", "").startswith("application/json"):
                    reply.json()
            except Unreachable as problem:
                if not left:
                    raise
                self._rest(pause, problem)
            else:
                return reply
            pause *= 2
        raise AssertionError

    def _rest(self, pause: float, problem: ProviderError | None) -> None:
        asked = problem.retry_after if problem is not None else None
        if asked is not None and asked > PATIENCE and problem is not None:
            raise problem
        self._sleep(min(asked or pause, PATIENCE))


def quoted(key: str) -> str:
    """A key as one piece of a path."""
    return quote(key, safe="")


def sort_out(answers: Mapping[str, Json | None], found: dict[str, Json]) -> tuple[list[str], ProviderError | None]:
    """Put what came into `found`; hand back what has to be asked again, and why."""
    again: list[str] = []
    worst: ProviderError | None = None
    for name, answer in answers.items():
        problem = part_problem(answer)
        if problem is None and answer is not None:
            found[name] = foreign.part(answer, "body")
        elif isinstance(problem, Unreachable):
            again.append(name)
            worst = problem
        elif problem is not None and not isinstance(problem, Missing):
            raise problem
    return again, worst


def part_problem(answer: Json | None) -> ProviderError | None:
    """What is wrong with one part of a batch; each is throttled on its own."""
    if answer is None:
        return Unreachable("Outlook left out a part of its answer.")
    status, body = foreign.number(answer, "status"), answer.get("body")
    if 200 <= status < 300 and isinstance(body, dict):
        return None
    headers = {str(name).lower(): str(value) for name, value in foreign.part(answer, "headers").items()}
    return explain(Reply(status or 500, json.dumps(body).encode(), headers))


def explain(reply: Reply) -> ProviderError:
    """An error answer in our words; Microsoft's own text is not repeated, it may quote mail."""
    code, wait, status = error_code(reply), reply.retry_after(), reply.status
    folded = code.lower()
    if folded in LOST or status == 410:
        return Lost("Outlook has forgotten how far this folder was read.")
    if folded in NO_MAILBOX:
        return NoMailbox("This account has no mailbox in Microsoft's cloud that relance could read.")
    if status == 401:
        return SignInNeeded("Microsoft no longer accepts this sign-in. Sign in again: `relance setup`.")
    if status == 403 and folded in NOT_ALLOWED:
        return SignInNeeded("Your Microsoft sign-in does not cover this. Sign in again and allow it: `relance setup`.")
    if status == 429:
        return Busy("Outlook asks for a pause (429).", retry_after=wait)
    if status >= 500:
        return Unreachable(f"Outlook is in trouble at the moment ({status}).", retry_after=wait)
    return by_status(status, code)


NOT_YOURS = "Outlook does not let you send as that address. Answer from your own, or have the alias allowed there."


def by_status(status: int, code: str) -> ProviderError:
    """What the remaining refusals mean."""
    match status:
        case 400:
            return Invalid(f"Outlook did not accept the request ({code}).")
        case 404:
            return Missing("Outlook does not have this any more.")
        case 412:
            return Stale("It was changed in Outlook in the meantime.")
        case 403 if code == "ErrorSendAsDenied":
            return Refused(NOT_YOURS)
        case _:
            return Refused(f"Outlook said no ({status}{', ' + code if code else ''}).")


def error_code(reply: Reply) -> str:
    """The code of an error, when it looks like one."""
    try:
        code = str(json.loads(reply.body)["error"]["code"])[:80]
    except (ValueError, KeyError, TypeError):
        return ""
    return code if code.replace("_", "").replace(".", "").isalnum() else ""
