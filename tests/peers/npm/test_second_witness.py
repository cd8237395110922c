"""Our clients against servers that other people wrote; where those differ from the real ones, the reason stands beside."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
import requests

from providers.base import Role
from providers.gmail import mail as gmail_mail
from providers.gmail.api import GmailApi, GmailSettings
from providers.gmail.cursor import GmailCursor
from providers.gmail.mailbox import GmailMailbox
from providers.gmail.sender import GmailSender
from providers.http import Missing
from providers.oauth import microsoft as oauth_microsoft
from providers.oauth.microsoft import MicrosoftClient
from providers.oauth.signin import Tokens, microsoft_scopes
from providers.outlook import mail as outlook_mail
from providers.outlook.drafts import as_asked, filled, quoted
from providers.outlook.graph import Graph, OutlookSettings
from tests.peers.fake_letters import SAM, Committed, letter
from tests.peers.npm import servers

pytestmark = [pytest.mark.slow, pytest.mark.skipif(bool(servers.missing()), reason=servers.missing() or "all there")]
SCOPES = microsoft_scopes("manual")


@pytest.fixture(scope="module")
def emulated() -> Iterator[tuple[str, str]]:
    with servers.emulator() as places:
        yield places


@pytest.fixture
def gmail(emulated: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> GmailSettings:
    """Its batches answer without a usable Content-ID, which Google's own client library needs: one by one then."""

    def one_by_one(self: GmailApi, calls: Mapping[str, Any], units: int) -> dict[str, dict[str, Any]]:
        found = {}
        for name, call in calls.items():
            try:
                found[name] = self.read(call, units)
            except Missing:
                continue
        return found

    monkeypatch.setattr(GmailApi, "read_many", one_by_one)
    return GmailSettings(SAM, lambda rejected="": "x", endpoint=emulated[0])


@pytest.fixture
def graph(emulated: tuple[str, str]) -> Graph:
    return Graph(OutlookSettings(SAM, lambda rejected="": "x", emulated[1]))


def test_gmail_lists_reads_and_follows_the_history(gmail: GmailSettings) -> None:
    """It has no getProfile, where our first sync begins, so the cursor is given."""
    box = GmailMailbox(gmail)
    pages = list(box.changes(GmailCursor(history="1").dumps()))
    mails = {mail.key: mail for page in pages for mail in page.mails}
    assert mails["msg_one"].text.strip() == "Can we talk about the offer?"
    assert (mails["msg_one"].sender and mails["msg_one"].sender.email, mails["msg_one"].role) == (
        "ann@acme.example",
        Role.INBOX,
    )
    assert b"The offer" in box.raw("msg_one")
    assert [mail.key for mail in box.thread("msg_one")] == ["msg_one"]


def test_gmail_has_no_profile_and_no_vacation_there(gmail: GmailSettings) -> None:
    with pytest.raises(Missing):
        next(GmailMailbox(gmail).changes(""))
    with pytest.raises(Missing):
        GmailMailbox(gmail).absence()


def test_gmail_keeps_replaces_reads_and_drops_a_draft(gmail: GmailSettings) -> None:
    """It drops our marker from drafts, where Gmail keeps every header, so the key is given."""
    box = GmailMailbox(gmail)
    first = box.put_draft(letter(intent="draft"))
    again = box.put_draft(letter(intent="draft", body="Shorter."), first.key)
    assert (first.key, first.message_id) == (again.key, again.message_id)
    assert first.digest != again.digest
    assert box.read_draft(first.key) == again
    box.drop_draft(first.key)
    assert box.read_draft(first.key) is None


def test_gmail_sends_a_draft_once(gmail: GmailSettings) -> None:
    """It keeps our Message-ID where Google writes its own."""
    one, commit = letter(intent="send"), Committed()
    receipt = GmailSender(gmail).send(one, commit)
    assert (receipt.message_id, commit.times) == (one.message_id, 1)
    found = GmailMailbox(gmail).find_token(one.token, "")
    assert found is not None
    assert (found.key, found.role) == (receipt.key, Role.SENT)


def test_gmail_answers_fit_the_shapes_we_read(gmail: GmailSettings) -> None:
    api = GmailApi(gmail)
    answer = api.read(api.users.messages().get(userId="me", id="msg_one", format="full"), 5)
    assert gmail_mail.to_mail(answer, {}, {}).subject == "The offer"


def one_item(graph: Graph) -> dict[str, Any]:
    answer = graph.read(graph.url("/me/messages", select=outlook_mail.SELECT, top=50))
    return next(item for item in answer["value"] if item["subject"] == "The offer")


def test_outlook_items_fit_the_shapes_we_read(graph: Graph) -> None:
    folder = outlook_mail.OutlookFolder("inbox", "Inbox", Role.INBOX)
    mail = outlook_mail.to_mail(one_item(graph), folder, outlook_mail.Extra())
    assert (mail.subject, mail.text.strip(), mail.sender and mail.sender.email) == (
        "The offer",
        "Can we talk about the offer?",
        "ann@acme.example",
    )


def test_outlook_drafts_an_answer_fills_it_and_sends_it(graph: Graph) -> None:
    """It answers a send with 200 where Graph says 202, and moves the mail at once."""
    item = one_item(graph)
    draft = graph.once("POST", graph.url(f"/me/messages/{quoted(item['id'])}/createReply"), {}).json()
    one = letter(about=item["internetMessageId"], reply_key=item["id"])
    stored = graph.once("PATCH", graph.url(f"/me/messages/{quoted(draft['id'])}"), filled(one, SAM)).json()
    # It ignores a new internetMessageId, where Graph takes it for a draft.
    assert as_asked({**stored, "internetMessageId": one.message_id}, one)
    assert stored["conversationId"] == item["conversationId"]
    assert graph.once("POST", graph.url(f"/me/messages/{quoted(draft['id'])}/send")).status in (200, 202)
    after = graph.read(graph.url(f"/me/messages/{quoted(draft['id'])}", select="id,isDraft"))
    assert after["isDraft"] is False


def test_outlook_has_no_delta_and_no_bytes_there(graph: Graph) -> None:
    with pytest.raises(Missing):
        graph.read(graph.url("/me/mailFolders/inbox/messages/delta", select="id"))
    with pytest.raises(Missing):
        graph.raw(graph.url(f"/me/messages/{quoted(one_item(graph)['id'])}/$value"))


AUTHORITY = "https://signin.example/tenant"


class Certified(requests.Session):
    """Sends what is meant for Microsoft to the sign-in server; the library insists on https and on a path."""

    def __init__(self, issuer: str) -> None:
        super().__init__()
        self.issuer = issuer

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> requests.Response:  # type: ignore[override]
        answer = super().request(
            method, url.replace(f"{AUTHORITY}/v2.0", self.issuer).replace(AUTHORITY, self.issuer), *args, **kwargs
        )
        if url.endswith("openid-configuration"):
            answer._content = answer.text.replace(f"{self.issuer}/", f"{AUTHORITY}/").encode()
        return answer


def person(url: str) -> None:
    """Fills in the forms of the sign-in server until there are none left."""
    browser = requests.Session()
    page = browser.get(url, timeout=10)
    for _ in range(8):
        form = re.search(r'<form[^>]*action="([^"]+)"[^>]*>(.*?)</form>', page.text, re.DOTALL)
        if form is None:
            return
        fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form[2]))
        fields |= {"login": "sam", "password": "x"} if 'name="login"' in form[2] else {}
        page = browser.post(urljoin(page.url, form[1]), data=fields, timeout=10)


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    with servers.sign_in_server() as address:
        yield address


def client(issuer: str) -> MicrosoftClient:
    return MicrosoftClient("client", authority=AUTHORITY, session=Certified(issuer))


def open_later(url: str) -> None:
    threading.Thread(target=person, args=(url,), daemon=True).start()


def opened_at(issuer: str) -> Callable[[str], None]:
    return lambda url: open_later(url.replace(AUTHORITY, issuer))


def test_a_certified_server_accepts_our_device_code_and_our_renewals(issuer: str, tmp_path: Path) -> None:
    def show(text: str) -> None:
        code = text.rpartition(" ")[2].rstrip(".")
        open_later(f"{issuer}/device?user_code={code}")

    kept = {"text": oauth_microsoft.sign_in_by_code(client(issuer), SCOPES, show, time.time())}
    source = Tokens(
        lambda: kept["text"],
        lambda text: kept.update(text=text),
        tmp_path / "lock",
        oauth_microsoft.renewal(client(issuer), SCOPES),
    )
    first = source()
    second = source(rejected=first)
    third = source(rejected=second)
    assert len({first, second, third}) == 3


def test_a_certified_server_accepts_our_proof_of_possession(issuer: str) -> None:
    text = oauth_microsoft.sign_in(client(issuer), SCOPES, lambda url: None, time.time(), browser=opened_at(issuer))
    assert '"kind":"microsoft"' in text
