"""Gmail's API over HTTP, checked both ways against the discovery document; never answers what the real one would not."""

from __future__ import annotations

import base64
import json
import re
import time
from collections import deque
from email import message_from_bytes
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.peers import google_schema as schema
from tests.peers.fake_server import Answer, FakeServer, Request
from tests.peers.gmail_fake_parts import attachment, pack, payload
from tests.peers.gmail_fake_store import SYSTEM, GmailStore, Refusal, Stored, matches

FULL = frozenset({"gmail.readonly", "gmail.compose"})
UNITS = {
    "messages.get": 5, "messages.list": 5, "history.list": 2, "labels.list": 1, "getProfile": 1, "threads.get": 10,
    "drafts.create": 10, "drafts.update": 15, "drafts.get": 5, "drafts.list": 5, "drafts.delete": 10, "drafts.send": 100,
    "messages.attachments.get": 5, "settings.sendAs.list": 1, "settings.getVacation": 1,
}  # fmt: skip


class GmailFake(FakeServer):
    def __init__(
        self, store: GmailStore | None = None, *, latency: float = 0.0, quota: int = 10**9, minute: float = 60.0,
        validate: bool = True,
    ) -> None:  # fmt: skip
        super().__init__(latency=latency)
        self.store = store or GmailStore()
        self.tokens: dict[str, frozenset[str]] = {"good": FULL, "reader": frozenset({"gmail.readonly"})}
        self.quota, self.minute, self.validate = quota, minute, validate
        self.units = 0
        self.calls: list[str] = []
        self.part_faults: deque[tuple[int, str]] = deque()
        """Status and reason for the next parts of batches; (200, "") lets one pass."""
        self.batches: list[int] = []
        """How many parts each batch had."""
        self.bare_pages = False
        """History pages that have a next page but no history."""
        self.before_get: Any = None
        self._window: deque[tuple[float, int]] = deque()

    def handle(self, request: Request) -> Answer:
        if request.method == "POST" and request.path == "/batch/gmail/v1":
            return self._batch(request)
        return self._guarded(request)

    def _guarded(self, request: Request) -> Answer:
        with self.lock:
            try:
                return self._one(request)
            except Refusal as problem:
                return error(problem.status, problem.reason, str(problem))

    def _one(self, request: Request) -> Answer:
        found = schema.route(request.method, request.path)
        if found is None:
            raise Refusal(404, "notFound", f"no such method: {request.method} {request.path}")
        method, places = found
        self.calls.append(method.name)
        self._allow(request.token, method)
        self._spend(method.name)
        wrong = schema.wrong_query(method, request.query)
        body = json.loads(request.body) if method.request and request.body else {}
        if not wrong and method.request:
            wrong = schema.wrong_body(method.request, body)
        if wrong:
            raise Refusal(400, "badRequest", wrong)
        query = {name: values[0] for name, values in request.query.items()}
        name = method.name.replace(".", "_")
        if not hasattr(self, f"_{name}"):
            raise Refusal(501, "notImplemented", method.name)
        value = getattr(self, f"_{name}")(places, query, body, request)
        if self.validate and method.response and (wrong := schema.wrong_body(method.response, value)):
            raise AssertionError(wrong)
        return Answer(200 if method.response else 204, masked(value, query.get("fields", "")))

    def _allow(self, token: str, method: schema.Method) -> None:
        if token not in self.tokens:
            raise Refusal(401, "authError", "Invalid Credentials")
        if not self.tokens[token] & method.scopes:
            raise Refusal(403, "insufficientPermissions", "Request had insufficient authentication scopes.")

    def _spend(self, name: str) -> None:
        now, units = time.monotonic(), UNITS.get(name, 5)
        while self._window and now - self._window[0][0] >= self.minute:
            self._window.popleft()
        if sum(spent for _, spent in self._window) + units > self.quota:
            raise Refusal(403, "rateLimitExceeded", "Quota exceeded for quota metric 'Queries'")
        self._window.append((now, units))
        self.units += units

    def _batch(self, request: Request) -> Answer:
        parts = message_from_bytes(f"Content-Type: {request.headers['content-type']}\r\n\r\n".encode() + request.body)
        out = []
        payloads: list[Any] = parts.get_payload()
        self.batches.append(len(payloads))
        if len(payloads) > 100:
            return error(400, "badRequest", "more than 100 parts")
        for part in payloads:
            answer = self._part(part.get_payload(decode=True), request)
            body = json.dumps(answer.value) if answer.value is not None else ""
            identity = part["Content-ID"].replace("<", "<response-", 1)
            out.append(
                f"--batch_x\r\nContent-Type: application/http\r\nContent-ID: {identity}\r\n\r\nHTTP/1.1 {answer.status} Status\r\nContent-Type: application/json; charset=UTF-8\r\nContent-Length: {len(body.encode())}\r\n\r\n{body}\r\n"
            )
        return Answer(
            200,
            headers={"Content-Type": "multipart/mixed; boundary=batch_x"},
            body="".join([*out, "--batch_x--\r\n"]).encode(),
        )

    def _part(self, raw: bytes, outer: Request) -> Answer:
        line, _, rest = raw.partition(b"\n")
        method, target, _ = line.decode().split(" ", 2)
        parts = urlsplit(target)
        if self.part_faults and (fault := self.part_faults.popleft())[0] != 200:
            return error(*fault, fault[1])
        body = rest.replace(b"\r\n", b"\n").partition(b"\n\n")[2]
        return self._guarded(Request(method, parts.path, parse_qs(parts.query), outer.headers, body))

    def _mail(self, identity: str) -> Stored:
        if identity not in self.store.mails:
            raise Refusal(404, "notFound", "Requested entity was not found.")
        return self.store.mails[identity]

    def _getProfile(self, *_: Any) -> Any:
        return {
            "emailAddress": self.store.address,
            "messagesTotal": len(self.store.mails),
            "threadsTotal": 0,
            "historyId": str(self.store.history),
        }

    def _labels_list(self, *_: Any) -> Any:
        own = [{"id": key, "name": name, "type": "user"} for key, name in self.store.label_names.items()]
        return {"labels": [{"id": name, "name": name, "type": "system"} for name in SYSTEM] + own}

    def _messages_list(self, _: Any, query: dict[str, str], __: Any, request: Request) -> Any:
        most = int(query.get("maxResults", "100"))
        if most > 500:
            raise Refusal(400, "badRequest", "maxResults")
        labels, now = set(request.query.get("labelIds", [])), time.time()
        hidden = set() if query.get("includeSpamTrash") == "true" or labels & {"SPAM", "TRASH"} else {"SPAM", "TRASH"}
        kept = [
            mail for mail in self.store.newest_first()
            if labels <= mail.labels and not mail.labels & hidden and matches(self.store, mail, query.get("q", ""), now)
        ]  # fmt: skip
        begin = self._place(kept, query.get("pageToken", ""))
        page, rest = kept[begin : begin + most], kept[begin + most :]
        answer: dict[str, Any] = {"resultSizeEstimate": len(kept)}
        if page:
            answer["messages"] = [{"id": mail.id, "threadId": mail.thread} for mail in page]
        if rest:
            answer["nextPageToken"] = base64.urlsafe_b64encode(f"{page[-1].at}:{page[-1].id}".encode()).decode()
        return answer

    def _place(self, kept: list[Stored], token: str) -> int:
        if not token:
            return 0
        try:
            at, _, identity = base64.urlsafe_b64decode(token).decode().partition(":")
            last = (-int(at), identity)
        except ValueError:
            raise Refusal(400, "invalidArgument", "Invalid pageToken") from None
        return next((place for place, mail in enumerate(kept) if (-mail.at, mail.id) > last), len(kept))

    def _messages_get(self, places: dict[str, str], query: dict[str, str], _: Any, request: Request) -> Any:
        if self.before_get is not None:
            self.before_get(places["id"])
        return self._shown(self._mail(places["id"]), query.get("format", "full"), request.query.get("metadataHeaders"))

    def _shown(self, mail: Stored, how: str, wanted: list[str] | None = None) -> dict[str, Any]:
        answer: dict[str, Any] = {
            "id": mail.id, "threadId": mail.thread, "labelIds": sorted(mail.labels), "snippet": "", "sizeEstimate": len(mail.raw),
            "historyId": str(mail.history), "internalDate": str(mail.at),
        }  # fmt: skip
        if how == "raw":
            answer["raw"] = pack(mail.raw)
        elif how != "minimal":
            answer["payload"] = payload(mail.raw, how, wanted)
        return answer

    def _messages_attachments_get(self, places: dict[str, str], *_: Any) -> Any:
        data = attachment(self._mail(places["messageId"]).raw, places["id"])
        if data is None:
            raise Refusal(404, "notFound", "no such attachment")
        return {"size": len(data), "data": pack(data)}

    def _threads_get(self, places: dict[str, str], query: dict[str, str], _: Any, request: Request) -> Any:
        mails = sorted(
            (mail for mail in self.store.mails.values() if mail.thread == places["id"]), key=lambda mail: mail.at
        )
        if not mails:
            raise Refusal(404, "notFound", "Requested entity was not found.")
        shown = [self._shown(mail, query.get("format", "full"), request.query.get("metadataHeaders")) for mail in mails]
        return {"id": places["id"], "historyId": str(self.store.history), "messages": shown}

    def _history_list(self, _: Any, query: dict[str, str], __: Any, ___: Any) -> Any:
        start = int(query["startHistoryId"])
        if start <= self.store.forgotten or start > self.store.history:
            raise Refusal(404, "notFound", "Requested entity was not found.")
        label = query.get("labelId")
        log = [entry for entry in self.store.log if entry[0] > start and (label is None or label in entry[5])]
        token = query.get("pageToken", "")
        if token and not re.fullmatch(r"h\d+", token):
            raise Refusal(400, "invalidArgument", "Invalid pageToken")
        begin, most = int(token[1:] or 0), int(query.get("maxResults", "100"))
        answer: dict[str, Any] = {"historyId": str(self.store.history)}
        if self.bare_pages and not token:
            return {**answer, "nextPageToken": "h0"}
        records = [self._record(*entry) for entry in log[begin : begin + most]]
        if records:
            answer["history"] = records
        if begin + most < len(log):
            answer["nextPageToken"] = f"h{begin + most}"
        return answer

    def _record(
        self, number: int, kind: str, mail: str, thread: str, touched: tuple[str, ...], after: tuple[str, ...]
    ) -> Any:
        shown = {"id": mail, "threadId": thread, "labelIds": list(after)}
        entry = {"message": shown, "labelIds": list(touched)} if kind.startswith("labels") else {"message": shown}
        return {"id": str(number), "messages": [{"id": mail, "threadId": thread}], kind: [entry]}

    def _drafts_list(self, _: Any, query: dict[str, str], *__: Any) -> Any:
        shown = [
            {"id": key, "message": {"id": mail, "threadId": self.store.mails[mail].thread}}
            for key, mail in list(self.store.drafts.items())[: int(query.get("maxResults", "100"))]
        ]
        return {"drafts": shown, "resultSizeEstimate": len(shown)} if shown else {"resultSizeEstimate": 0}

    def _drafts_get(self, places: dict[str, str], query: dict[str, str], *_: Any) -> Any:
        mail = self.store._draft(places["id"])
        return {"id": places["id"], "message": self._shown(mail, query.get("format", "full"))}

    def _drafts_create(self, _: Any, __: Any, body: Any, ___: Any) -> Any:
        return self._draft_shown(self.store.create_draft(*_content(body)))

    def _drafts_update(self, places: dict[str, str], _: Any, body: Any, __: Any) -> Any:
        self.store.update_draft(places["id"], *_content(body))
        return self._draft_shown(places["id"])

    def _drafts_delete(self, places: dict[str, str], *_: Any) -> Any:
        self.store.delete_draft(places["id"])

    def _drafts_send(self, _: Any, __: Any, body: Any, ___: Any) -> Any:
        mail = self.store.send_draft(str(body.get("id", "")))
        return {"id": mail.id, "threadId": mail.thread, "labelIds": sorted(mail.labels)}

    def _draft_shown(self, key: str) -> Any:
        mail = self.store.mails[self.store.drafts[key]]
        return {"id": key, "message": {"id": mail.id, "threadId": mail.thread, "labelIds": ["DRAFT"]}}

    def _settings_sendAs_list(self, *_: Any) -> Any:
        own = {"sendAsEmail": self.store.address, "isPrimary": True, "isDefault": True}
        return {
            "sendAs": [
                own,
                *({"sendAsEmail": key, "verificationStatus": value} for key, value in self.store.aliases.items()),
            ]
        }

    def _settings_getVacation(self, *_: Any) -> Any:
        return self.store.vacation


def _content(body: Any) -> tuple[bytes, str]:
    message = body.get("message") or {}
    if not message.get("raw"):
        raise Refusal(400, "invalidArgument", "'raw' RFC822 payload message string is required")
    return base64.urlsafe_b64decode(message["raw"]), message.get("threadId", "")


def masked(value: Any, fields: str) -> Any:
    if not fields or not isinstance(value, dict):
        return value
    kept: dict[str, Any] = {}
    for field in fields.split(","):
        name, _, inner = field.partition("/")
        if name in value:
            kept[name] = [{inner: item[inner]} for item in value[name]] if inner else value[name]
    return kept


def error(status: int, reason: str, message: str) -> Answer:
    value = {
        "error": {
            "code": status,
            "message": message,
            "errors": [{"message": message, "domain": "global", "reason": reason}],
        }
    }
    return Answer(status, value)
