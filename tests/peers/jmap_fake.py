"""As much of a JMAP server (RFC 8620, RFC 8621) as reading a mailbox needs, and strict about it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.peers.fake_server import Answer, FakeServer, Request

USING = {"urn:ietf:params:jmap:core", "urn:ietf:params:jmap:mail"}
BOXES = {"f1": "inbox", "f2": "sent", "f3": None}
START = datetime(2026, 3, 5, 9, tzinfo=UTC)


class Wrong(Exception):
    """A method error of the protocol."""


@dataclass
class Held:
    raw: bytes
    box: str
    born: int
    changed: int
    seen: bool = False
    gone: int = 0


class JmapFake(FakeServer):
    """`forgets` up to a state: changes since then cannot be told any more."""

    def __init__(self) -> None:
        super().__init__()
        self.held: dict[str, Held] = {}
        self.state = 1
        self.forgets = 0
        self.most = 3
        """A page is never longer, whatever is asked for."""

    def deliver(self, raw: bytes, box: str = "f1") -> str:
        self.state += 1
        key = f"M{len(self.held) + 1}"
        self.held[key] = Held(raw, box, self.state, self.state)
        return key

    def move(self, key: str, box: str) -> None:
        self.state += 1
        self.held[key].box, self.held[key].seen, self.held[key].changed = box, True, self.state

    def remove(self, key: str) -> None:
        self.state += 1
        self.held[key].gone = self.held[key].changed = self.state

    def handle(self, request: Request) -> Answer:
        if request.token != "good":
            return Answer(401)
        if request.path == "/session":
            urls = {
                "apiUrl": f"{self.url}/api",
                "downloadUrl": f"{self.url}/blob/{{accountId}}/{{blobId}}/{{name}}?t={{type}}",
            }
            return Answer(value={**urls, "primaryAccounts": {"urn:ietf:params:jmap:mail": "A1"}})
        if request.path.startswith("/blob/A1/B"):
            return Answer(body=self.held["M" + request.path.split("/")[3][1:]].raw)
        asked = json.loads(request.body)
        assert request.path == "/api"
        assert set(asked["using"]) == USING
        (name, arguments, tag), *more = asked["methodCalls"]
        assert not more
        assert arguments.pop("accountId") == "A1"
        try:
            answer = [name, {"accountId": "A1", **getattr(self, name.replace("/", "_"))(**arguments)}, tag]
        except Wrong as wrong:
            answer = ["error", {"type": str(wrong)}, tag]
        return Answer(value={"methodResponses": [answer], "sessionState": "s"})

    def Mailbox_get(self, *, ids: None) -> dict[str, Any]:
        return {"list": [{"id": key, "role": role} for key, role in BOXES.items()]}

    def Email_get(self, *, ids: list[str], properties: list[str] | None = None) -> dict[str, Any]:
        there = {key: self.held[key] for key in ids if key in self.held and not self.held[key].gone}
        rows = [
            {
                "id": key, "blobId": f"B{key[1:]}", "mailboxIds": {one.box: True},
                "keywords": {"$seen": True} if one.seen else {},
                "receivedAt": (START + timedelta(minutes=one.born)).isoformat().replace("+00:00", "Z"),
            }
            for key, one in there.items()
        ]  # fmt: skip
        kept = set(properties or ()) | {"id"}
        assert kept <= {"id", "blobId", "receivedAt", "mailboxIds", "keywords"}
        return {
            "state": f"s{self.state}", "notFound": sorted(set(ids) - set(there)),
            "list": [{name: value for name, value in row.items() if name in kept} for row in rows],
        }  # fmt: skip

    def Email_query(
        self, *, sort: list[dict[str, Any]], limit: int, calculateTotal: bool, position: int = 0, anchor: str = "",
        anchorOffset: int = 0,
    ) -> dict[str, Any]:  # fmt: skip
        assert sort == [{"property": "receivedAt", "isAscending": False}]
        ids = sorted((key for key in self.held if not self.held[key].gone), key=lambda key: -self.held[key].born)
        if anchor and anchor not in ids:
            raise Wrong("anchorNotFound")
        start = ids.index(anchor) + anchorOffset if anchor else position
        return {"ids": ids[start : start + min(limit, self.most)], "position": start, "total": len(ids)}

    def Email_changes(self, *, sinceState: str, maxChanges: int) -> dict[str, Any]:
        since = int(sinceState.removeprefix("s"))
        if since < self.forgets:
            raise Wrong("cannotCalculateChanges")
        touched = sorted((one.changed, key) for key, one in self.held.items() if one.changed > since)
        part = touched[: min(maxChanges, self.most)]
        named: dict[str, list[str]] = {"created": [], "updated": [], "destroyed": []}
        for _, key in part:
            one = self.held[key]
            if one.gone and one.born > since:
                continue
            named["destroyed" if one.gone else "created" if one.born > since else "updated"].append(key)
        more = len(part) < len(touched)
        return {**named, "newState": f"s{part[-1][0] if more else self.state}", "hasMoreChanges": more}
