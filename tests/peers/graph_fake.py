"""Graph's mail API over HTTP, checked both ways against Microsoft's schema; never answers what the real one would not."""

from __future__ import annotations

import json
import re
import threading
import time
from collections import deque
from email import message_from_bytes
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

from tests.peers import graph_schema as schema
from tests.peers.fake_server import Answer, FakeServer, Request
from tests.peers.graph_fake_store import Folder, GraphStore, Item, Refusal

READ = frozenset({"Mail.Read", "MailboxSettings.Read", "User.Read"})
FULL = frozenset({"Mail.ReadWrite", "Mail.Send", "MailboxSettings.Read", "User.Read"})
ALWAYS = {"id"}
QUERIES = {"$select", "$top", "$filter", "$orderby", "$expand", "$skiptoken", "$deltatoken"}
PROPERTY = re.compile(r"singleValueExtendedProperties/any\(ep: ep/id eq '([^']+)' and ep/value eq '([^']+)'\)")
BETWEEN = re.compile(r"receivedDateTime ge (\S+) and receivedDateTime le (\S+)")
EQUALS = re.compile(r"(conversationId|internetMessageId) eq '((?:[^']|'')*)'")


class GraphFake(FakeServer):
    def __init__(self, store: GraphStore | None = None, *, latency: float = 0.0, validate: bool = True) -> None:
        super().__init__(latency=latency)
        self.store = store or GraphStore()
        self.tokens = {"good": FULL, "reader": READ}
        self.validate = validate
        self.most = 4
        self.running = 0
        self.peak = 0
        self.too_many = 0
        self.empty_pages = False
        self.replay = False
        self.strip_headers = False
        """createReply that refuses a message with header fields."""
        self.part_faults: deque[int] = deque()
        self.before_patch: Any = None
        self._count = threading.Lock()

    @property
    def graph_url(self) -> str:
        return f"{self.url}/v1.0"

    def begin(self, request: Request) -> Answer | None:
        weight = 4 if request.path.endswith("/$batch") else 1
        with self._count:
            if self.running + weight > self.most:
                self.too_many += 1
                return error(429, "ApplicationThrottled", {"Retry-After": "1"})
            self.running += weight
            self.peak = max(self.peak, self.running)
        return None

    def end(self, request: Request) -> None:
        with self._count:
            self.running -= 4 if request.path.endswith("/$batch") else 1

    def handle(self, request: Request) -> Answer:
        if request.path == "/v1.0/$batch":
            return self._batch(request)
        return self._guarded(request)

    def _guarded(self, request: Request) -> Answer:
        with self.lock:
            try:
                return self._one(request)
            except Refusal as problem:
                return error(problem.status, problem.code)

    def _batch(self, request: Request) -> Answer:
        asked = json.loads(request.body)["requests"]
        if len(asked) > 20 or len({one["id"] for one in asked}) < len(asked):
            return error(400, "BadRequest")
        answers = []
        for one in reversed(asked):
            parts = urlsplit(one["url"])
            headers = {"authorization": request.headers.get("authorization", "")}
            headers |= {name.lower(): value for name, value in one.get("headers", {}).items()}
            if self.part_faults and (status := self.part_faults.popleft()) != 200:
                answer = error(status, "ApplicationThrottled", {"Retry-After": "2"})
            else:
                answer = self._guarded(
                    Request(one["method"], f"/v1.0{unquote(parts.path)}", parse_qs(parts.query), headers)
                )
            answers.append({"id": one["id"], "status": answer.status, "headers": answer.headers, "body": answer.value})
        return Answer(200, {"responses": answers})

    def _one(self, request: Request) -> Answer:
        request.path = unquote(request.path)
        scopes = self.tokens.get(request.token)
        if scopes is None:
            raise Refusal(401, "InvalidAuthenticationToken")
        if unknown := set(request.query) - QUERIES:
            raise Refusal(400, "BadRequest", f"{unknown}")
        path = request.path.removeprefix("/v1.0/me")
        writes = request.method != "GET"
        needed = {"Mail.ReadWrite"} if writes else {"Mail.Read", "Mail.ReadWrite"}
        if path.endswith("/send"):
            needed = {"Mail.Send"}
        if path.startswith(("/messages", "/mailFolders")):
            if not scopes & needed:
                raise Refusal(403, "ErrorAccessDenied")
            if 'IdType="ImmutableId"' not in request.headers.get("prefer", ""):
                raise Refusal(400, "ImmutableIdMissing", "every request has to ask for immutable ids")
        for pattern, method, name in ROUTES:
            match = re.fullmatch(pattern, path)
            if match and method == request.method:
                return getattr(self, name)(request, *match.groups())
        raise Refusal(404, "ResourceNotFound", path)

    def _me(self, request: Request) -> Answer:
        return Answer(
            200,
            {
                "mail": self.store.address,
                "userPrincipalName": self.store.address,
                "proxyAddresses": [f"SMTP:{self.store.address}"],
            },
        )

    def _settings(self, request: Request) -> Answer:
        return self._checked("automaticRepliesSetting", self.store.replies)

    def _folders(self, request: Request, parent: str = "") -> Answer:
        inside = [folder for folder in self.store.folders.values() if folder.parent == parent]
        top, skip = int(first(request, "$top", "10")), int(first(request, "$skiptoken", "0"))
        shown = [self._folder_shown(folder) for folder in inside[skip : skip + top]]
        value: dict[str, Any] = {"value": shown}
        for one in shown:
            self._check("mailFolder", one)
        if skip + top < len(inside):
            value["@odata.nextLink"] = f"{self.url}{quote(request.path)}?$top={top}&$skiptoken={skip + top}"
        return Answer(200, value)

    def _folder(self, request: Request, name: str) -> Answer:
        return self._checked("mailFolder", self._folder_shown(self.store.resolve(name)))

    def _folder_shown(self, folder: Folder) -> dict[str, Any]:
        kind = {"@odata.type": "#microsoft.graph.mailSearchFolder"} if folder.search else {}
        return kind | {
            "id": folder.id, "displayName": folder.name, "parentFolderId": folder.parent or "root",
            "childFolderCount": sum(other.parent == folder.id for other in self.store.folders.values()),
            "totalItemCount": sum(item.folder == folder.id for item in self.store.items.values()) if self.validate else 0,
        }  # fmt: skip

    def _delta(self, request: Request, name: str) -> Answer:
        folder = self.store.resolve(name)
        if folder.search:
            raise Refusal(400, "ErrorInvalidRequest", "a search has no changes")
        page = int((re.search(r"odata\.maxpagesize=(\d+)", request.headers.get("prefer", "")) or [0, "10"])[1])
        if token := first(request, "$skiptoken", "") or first(request, "$deltatoken", ""):
            if set(request.query) - {"$skiptoken", "$deltatoken"}:
                raise Refusal(400, "BadRequest", "options belong into the first call")
            return self._delta_page(folder, *self._opened(folder, token), page)
        if (
            set(request.query) - {"$select", "$orderby", "$top"}
            or first(request, "$orderby", "receivedDateTime desc") != "receivedDateTime desc"
        ):
            raise Refusal(400, "BadRequest", "not possible with delta")
        return self._delta_page(folder, selected(request), 0, self.store.sequence, 0, page)

    def _opened(self, folder: Folder, token: str) -> tuple[list[str], int, int, int]:
        generation, since, until, offset, select = token.split("~", 4)
        if int(generation) != folder.generation:
            raise Refusal(410, "SyncStateNotFound", "The sync state generation is not found")
        return select.split(","), int(since), int(until) or self.store.sequence, int(offset)

    def _delta_page(self, folder: Folder, select: list[str], since: int, until: int, offset: int, page: int) -> Answer:
        if self.empty_pages and offset == 0:
            self.empty_pages = False
            return Answer(200, {"value": [], "@odata.nextLink": self._token(folder, "skip", since, until, 0, select)})
        keys = self._round(folder, since, until)
        values = [self._delta_item(folder, key, since, select) for key in keys[offset : offset + page]]
        if self.replay and values:
            values = [values[-1], *values]
        answer: dict[str, Any] = {"value": values}
        for one in values:
            self._check("message", one)
        if offset + page < len(keys):
            answer["@odata.nextLink"] = self._token(folder, "skip", since, until, offset + page, select)
        else:
            answer["@odata.deltaLink"] = self._token(folder, "delta", until, 0, 0, select)
        return Answer(200, answer)

    def _round(self, folder: Folder, since: int, until: int) -> list[str]:
        if since == 0:
            return [item.id for item in self.store.inside(folder.id) if item.born[folder.id] <= until]
        return list(dict.fromkeys(key for number, key in folder.log if since < number <= until))

    def _delta_item(self, folder: Folder, key: str, since: int, select: list[str]) -> dict[str, Any]:
        item = self.store.items.get(key)
        if item is None or item.folder != folder.id:
            return {"id": key, "@removed": {"reason": "deleted" if item is None else "changed"}}
        if since and item.born[folder.id] <= since:
            return {
                "@odata.type": "#microsoft.graph.message",
                "id": key,
                "isRead": item.value["isRead"],
                "categories": item.value["categories"],
            }
        return self._shown(item, select)

    def _token(self, folder: Folder, kind: str, since: int, until: int, offset: int, select: list[str]) -> str:
        token = quote(f"{folder.generation}~{since}~{until}~{offset}~{','.join(select)}", safe="")
        return f"{self.graph_url}/me/mailFolders/{folder.id}/messages/delta?${kind}token={token}"

    def _list(self, request: Request, folder: str = "") -> Answer:
        top = int(first(request, "$top", "10"))
        found = self.store.inside(self.store.resolve(folder).id) if folder else list(self.store.items.values())
        condition = first(request, "$filter", "")
        if condition:
            if "$orderby" in request.query and not BETWEEN.fullmatch(condition):
                raise Refusal(400, "InefficientFilter")
            found = [item for item in found if self._fits(item, condition)]
        found = sorted(found, key=lambda item: item.value["receivedDateTime"], reverse=True)
        value = {"value": [self._expanded(request, item, self._shown(item, selected(request))) for item in found[:top]]}
        return self._checked("messageCollection", value)

    def _fits(self, item: Item, condition: str) -> bool:
        if match := PROPERTY.fullmatch(condition):
            return item.properties.get(match[1]) == match[2]
        if match := EQUALS.fullmatch(condition):
            return item.value[match[1]] == match[2].replace("''", "'")
        if match := BETWEEN.fullmatch(condition):
            return match[1] <= item.value["receivedDateTime"] <= match[2]
        raise Refusal(400, "InvalidFilter", condition)

    def _item(self, key: str) -> Item:
        if key not in self.store.items:
            raise Refusal(404, "ErrorItemNotFound")
        return self.store.items[key]

    def _get(self, request: Request, key: str) -> Answer:
        item = self._item(key)
        self.store.look(item)
        value = self._expanded(request, item, self._shown(item, selected(request)))
        if 'outlook.body-content-type="text"' in request.headers.get("prefer", "") and value.get("body"):
            value["body"] = {"contentType": "text", "content": re.sub(r"<[^>]+>", "", value["body"]["content"])}
        return self._checked("message", value)

    def _expanded(self, request: Request, item: Item, value: dict[str, Any]) -> dict[str, Any]:
        if expand := first(request, "$expand", ""):
            inside = re.fullmatch(r"singleValueExtendedProperties\(\$filter=(.+)\)", expand)
            if inside is None:
                raise Refusal(400, "BadRequest", expand)
            wanted = re.findall(r"id eq '([^']+)'", inside[1])
            kept = [{"id": name, "value": item.properties[name]} for name in wanted if name in item.properties]
            if kept:
                value["singleValueExtendedProperties"] = kept
        return value

    def _value(self, request: Request, key: str) -> Answer:
        return Answer(200, body=self._item(key).raw, headers={"Content-Type": "text/plain"})

    def _attachments(self, request: Request, key: str) -> Answer:
        parts = [part for part in message_from_bytes(self._item(key).raw).walk() if part.get_filename()]
        return Answer(200, {"value": [
            {"@odata.type": "#microsoft.graph.fileAttachment", "id": str(place), "name": part.get_filename(), "contentType": part.get_content_type(),
             "size": len(part.get_payload(decode=True) or b""), "isInline": False} for place, part in enumerate(parts)
        ]})  # fmt: skip

    def _create(self, request: Request) -> Answer:
        value = self._body(request, "message")
        return Answer(201, self._shown(self.store.draft(value), None))

    def _reply(self, request: Request, key: str) -> Answer:
        value = self._body(request, "action.createReply").get("message") or {}
        if self.strip_headers and "internetMessageHeaders" in value:
            raise Refusal(400, "ErrorInvalidInternetHeader")
        self._item(key)
        return Answer(201, self._shown(self.store.reply_to(key, value), None))

    def _patch(self, request: Request, key: str) -> Answer:
        value, item = self._body(request, "message"), self._item(key)
        if self.before_patch is not None:
            self.before_patch(key)
        if request.headers.get("if-match", item.etag) != item.etag:
            raise Refusal(412, "ErrorIrresolvableConflict")
        self.store.change(item, value)
        return self._checked("message", self._shown(item, None))

    def _delete(self, request: Request, key: str) -> Answer:
        item = self._item(key)
        if request.headers.get("if-match", item.etag) != item.etag:
            raise Refusal(412, "ErrorIrresolvableConflict")
        self.store.erase(key)
        return Answer(204)

    def _send(self, request: Request, key: str) -> Answer:
        if request.body not in (b"", b"{}"):
            raise Refusal(400, "BadRequest", "send takes nothing")
        self.store.send(self._item(key))
        return Answer(202)

    def _body(self, request: Request, kind: str) -> dict[str, Any]:
        value = json.loads(request.body or b"{}")
        if self.validate and (wrong := schema.wrong(kind, value)):
            raise Refusal(400, "RequestBodyRead", wrong)
        return dict(value)

    def _shown(self, item: Item, select: list[str] | None) -> dict[str, Any]:
        value = {"@odata.etag": item.etag, **item.value}
        if select is None:
            return value
        if select and (unknown := [name for name in select if not schema.knows(name)]):
            raise Refusal(400, "BadRequest", f"no property {unknown}")
        shown = {name: value[name] for name in value if name in select or name in ALWAYS or name.startswith("@odata")}
        if "internetMessageHeaders" in select and item.headers and not item.value["isDraft"]:
            shown["internetMessageHeaders"] = item.headers
        if "uniqueBody" in select:
            shown["uniqueBody"] = {"contentType": "html", "content": item.value["body"]["content"].partition("<hr>")[0]}
        return shown

    def _checked(self, name: str, value: dict[str, Any]) -> Answer:
        self._check(name, value)
        return Answer(200, value)

    def _check(self, name: str, value: dict[str, Any]) -> None:
        if self.validate and (wrong := schema.wrong(name, value)):
            raise AssertionError(wrong)


ROUTES = (
    ("", "GET", "_me"),
    ("/mailboxSettings/automaticRepliesSetting", "GET", "_settings"),
    ("/mailFolders", "GET", "_folders"),
    ("/mailFolders/([^/]+)/childFolders", "GET", "_folders"),
    ("/mailFolders/([^/]+)/messages/delta", "GET", "_delta"),
    ("/mailFolders/([^/]+)/messages", "GET", "_list"),
    ("/mailFolders/([^/]+)", "GET", "_folder"),
    ("/messages", "GET", "_list"),
    ("/messages", "POST", "_create"),
    ("/messages/([^/]+)", "GET", "_get"),
    ("/messages/([^/]+)", "PATCH", "_patch"),
    ("/messages/([^/]+)", "DELETE", "_delete"),
    (r"/messages/([^/]+)/\$value", "GET", "_value"),
    ("/messages/([^/]+)/attachments", "GET", "_attachments"),
    ("/messages/([^/]+)/createReply", "POST", "_reply"),
    ("/messages/([^/]+)/send", "POST", "_send"),
)


def first(request: Request, name: str, otherwise: str) -> str:
    return request.query.get(name, [otherwise])[0]


def selected(request: Request) -> list[str]:
    if "$select" not in request.query:
        raise Refusal(400, "BadRequest", "this fake wants to know what is needed")
    return first(request, "$select", "").split(",")


def error(status: int, code: str, headers: dict[str, str] | None = None) -> Answer:
    value = {"error": {"code": code, "message": code, "innerError": {"date": time.strftime("%Y-%m-%dT%H:%M:%S")}}}
    return Answer(status, value, headers or {})
