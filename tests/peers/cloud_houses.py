"""The houses of Gmail and Outlook, on their fakes; never a real account."""

from __future__ import annotations

import time
from typing import Any

from providers.oauth import signin as oauth
from providers.oauth.signin import KeptSignIn
from providers.outlook.mail import TOKEN
from tests.peers.gmail_fake import GmailFake
from tests.peers.graph_fake import GraphFake
from tests.peers.houses import ALIAS, ME, NUMBERS, House, begun, body, resaved


class CloudHouse(House):
    kind: str
    scopes: tuple[str, ...]

    def lose_the_answer(self) -> None:
        self.fake.fail("lose_answer", r"/send(\?|$)")

    def signed_in(self) -> None:
        kept = KeptSignIn(self.kind, "refresh", time.time(), "good", time.time() + 10**6, 0.0, self.scopes)  # type: ignore[arg-type]
        self.home.vault.put("work.sign-in", kept.dumps())

    def close(self) -> None:
        super().close()
        self.fake.__exit__(None, None, None)

    fake: Any


class GmailHouse(CloudHouse):
    kind, scopes = "google", oauth.GOOGLE_WRITE

    def __init__(self, **how: str) -> None:
        self.fake = GmailFake().__enter__()
        self.fake.store.address = ME
        self.fake.store.aliases[ALIAS] = "accepted"
        self._placed = 0
        super().__init__(**how)

    def account(self) -> str:
        return f"""
"gmail"
[account.gmail]
client_id = "client"
client_secret = {{ env = "HOUSE_PASSWORD" }}
endpoint = "{self.fake.url}"
""".lstrip()

    def put(self, folder: str, mail: bytes) -> None:
        labels = {"inbox": ("INBOX",), "sent": ("SENT",), "junk": ("SPAM",)}.get(folder)
        self.fake.store.deliver(mail, labels=labels or (self.fake.store.label(folder),))
        self._placed += folder == "sent"

    def begin_a_reply(self, number: int = 1) -> None:
        self.fake.store.create_draft(begun(number), "")

    def _lying(self) -> list[tuple[str, Any]]:
        store = self.fake.store
        return [(key, store.mails[mail]) for key, mail in store.drafts.items()]

    def drafts(self) -> list[str]:
        return [body(mail.raw) for _, mail in self._lying()]

    def edit(self, words: str, cc: str = "") -> None:
        ((key, mail),) = self._lying()
        self.fake.store.update_draft(key, resaved(mail.raw, words, cc), mail.thread)

    def discard(self) -> None:
        ((key, _),) = self._lying()
        self.fake.store.delete_draft(key)

    def send_by_hand(self) -> None:
        ((key, mail),) = self._lying()
        self.fake.store.update_draft(key, resaved(mail.raw, ""), mail.thread)
        self.fake.store.send_draft(key)
        self._placed += 1

    def left(self) -> int:
        return sum("SENT" in mail.labels for mail in self.fake.store.mails.values()) - self._placed


class OutlookHouse(CloudHouse):
    kind, scopes = "microsoft", oauth.MICROSOFT_SEND

    def __init__(self, **how: str) -> None:
        self.fake = GraphFake().__enter__()
        self.fake.store.address = ME
        self.fake.store.send_as |= {ME, ALIAS}
        self._placed = 0
        super().__init__(**how)

    def account(self) -> str:
        return f"""
"outlook"
[account.outlook]
client_id = "client"
graph_url = "{self.fake.graph_url}"
""".lstrip()

    def put(self, folder: str, mail: bytes) -> None:
        store = self.fake.store
        known = {"inbox": "inbox", "sent": "sentitems", "junk": "junkemail"}.get(folder)
        store.deliver(mail, known or store.folder(folder))
        self._placed += folder == "sent"

    def begin_a_reply(self, number: int = 1) -> None:
        items = self.fake.store.items.items()
        (about,) = [key for key, item in items if item.value["internetMessageId"] == f"<ask{number}@y.example>"]
        self.fake.store.reply_to(about, {})

    def drafts(self) -> list[str]:
        return [item.value["body"]["content"].strip() for item in self.fake.store.drafts()]

    def edit(self, words: str, cc: str = "") -> None:
        (item,) = self.fake.store.drafts()
        change: dict[str, Any] = {"body": {"contentType": "text", "content": words}} if words else {}
        change |= {"ccRecipients": [{"emailAddress": {"address": cc}}]} if cc else {}
        self.fake.store.change(item, change)

    def discard(self) -> None:
        (item,) = self.fake.store.drafts()
        self.fake.store.erase(item.id)

    def send_by_hand(self) -> None:
        (item,) = self.fake.store.drafts()
        item.properties.pop(TOKEN, None)
        item.headers = []
        self.fake.store.change(item, {"internetMessageId": f"<phone-{next(NUMBERS)}@outlook.example>"})
        self.fake.store.send(item)
        self._placed += 1

    def left(self) -> int:
        return len(self.fake.store.sent()) - self._placed
