"""Letters in Outlook's Drafts folder; never overwrites what a person changed in the meantime and never sends."""

from __future__ import annotations

import email
import email.policy
from email.message import EmailMessage

from providers import foreign
from providers.base import Draft, Letter, NotSent, Refused
from providers.drafts import mark, ordered
from providers.foreign import Json
from providers.http import Invalid, Missing
from providers.outlook import mail as outlook_mail
from providers.outlook.graph import Graph, quoted

TEXT = 'outlook.body-content-type="text"'
SHOWN = "id,isDraft,isRead,subject,from,toRecipients,ccRecipients,bccRecipients,body,internetMessageId,parentFolderId"
BRIEF = "id,isDraft,internetMessageId,receivedDateTime"
PEOPLE = ("toRecipients", "ccRecipients", "bccRecipients")
MINE = f"singleValueExtendedProperties($filter=id eq '{outlook_mail.TOKEN}')"


class OutlookDrafts:
    """The drafts of one mailbox."""

    def __init__(self, graph: Graph, address: str) -> None:
        self._graph = graph
        self._address = address

    def put(self, letter: Letter, replaces: str = "") -> Draft:
        """Create the draft, or replace the one it follows; a crash in between leaves one draft, not two."""
        known = next(
            (foreign.identity(item) for item in by_token(self._graph, letter.token) if item.get("isDraft")), ""
        )
        if known and replaces and known != replaces:
            self.drop(replaces)
        key = known or replaces
        made = self._shown(key) if key else self._create(letter)
        if made is None or not made.get("isDraft", True):
            raise Missing("The draft was sent or deleted in the mailbox.")
        key = foreign.identity(made)
        answer = self._graph.once(
            "PATCH", self._url(key), filled(letter, self._address), match=foreign.text(made, "@odata.etag")
        ).json()  # fmt: skip
        if not as_asked(answer, letter):
            self.drop(key)
            raise Refused("Outlook did not take over the draft as it was written.")
        stored = self.read(key)
        if stored is None:
            raise Missing("The draft left the mailbox while it was being written.")
        return stored

    def read(self, key: str) -> Draft | None:
        """The draft as it is now."""
        item = self._shown(key)
        if item is None or not item.get("isDraft"):
            return None
        return as_draft(item)

    def find_all(self, token: str) -> tuple[Draft, ...]:
        """Every draft that carries this token."""
        found = (self.read(foreign.identity(item)) for item in by_token(self._graph, token) if item.get("isDraft"))
        return tuple(draft for draft in found if draft is not None)

    def drop(self, key: str) -> None:
        """Take it away if it is still there and still a draft: under the same id lies the mail once it was sent."""
        item = self._shown(key)
        if item is None or not item.get("isDraft"):
            return
        try:
            self._graph.once("DELETE", self._url(key), match=foreign.text(item, "@odata.etag"))
        except Missing:
            return

    def _create(self, letter: Letter) -> Json:
        marked = {"singleValueExtendedProperties": [{"id": outlook_mail.TOKEN, "value": letter.token}]}
        named = {**marked, "internetMessageHeaders": [{"name": "x-relance-id", "value": letter.token}]}
        if not letter.reply_key:
            return self._graph.once(
                "POST", self._graph.url("/me/messages"), {**filled(letter, self._address), **named}
            ).json()
        url = self._graph.url(f"/me/messages/{quoted(letter.reply_key)}", select="id,isRead,isDraft")
        before = self._graph.read(url)
        if before.get("isDraft"):
            raise Refused("A draft cannot be answered.")
        reply = self._graph.url(f"/me/messages/{quoted(letter.reply_key)}/createReply")
        try:
            # The marker goes in at once, so that a crash leaves no draft that nobody knows.
            made = self._graph.once("POST", reply, {"message": named}).json()
        except Invalid:
            made = self._graph.once("POST", reply, {}).json()
        if before.get("isRead") is False:
            # Preparing an answer marks the mail as read; that is the person's to do.
            self._graph.once("PATCH", self._url(letter.reply_key), {"isRead": False})
        return made

    def _shown(self, key: str) -> Json | None:
        url = self._graph.url(f"/me/messages/{quoted(key)}", select=SHOWN, expand=MINE)
        try:
            return self._graph.read(url, prefer=TEXT)
        except Missing:
            return None

    def _url(self, key: str) -> str:
        return self._graph.url(f"/me/messages/{quoted(key)}")


def as_draft(item: Json) -> Draft:
    """Graph's answer as a value."""
    token = outlook_mail.properties(item).get(outlook_mail.TOKEN, "")
    text, name = foreign.text(foreign.part(item, "body"), "content"), foreign.text(item, "internetMessageId")
    people = ordered(one for key in PEOPLE for one in addresses(item, key))
    digest = mark(text, foreign.text(item, "subject"), people)
    # Our Message-ID comes with the words; until then it is Outlook's own beginning of an answer.
    return Draft(foreign.identity(item), name, token, digest, text, people, finished=name.startswith(f"<{token}@"))


def by_token(graph: Graph, token: str) -> list[Json]:
    """Everything in the mailbox that carries this token, draft or sent."""
    if not token.isalnum():
        return []
    condition = f"singleValueExtendedProperties/any(ep: ep/id eq '{outlook_mail.TOKEN}' and ep/value eq '{token}')"
    return foreign.parts(graph.read(graph.url("/me/messages", filter=condition, select=BRIEF)), "value")


def filled(letter: Letter, address: str) -> Json:
    """A letter as Graph takes drafts; Outlook writes the bytes itself."""
    message = email.message_from_bytes(letter.raw, policy=email.policy.default)
    if not isinstance(message, EmailMessage):
        raise NotSent("The letter cannot be read.", permanent=True)
    value: dict[str, object] = {
        "subject": str(message["Subject"] or ""),
        "body": {"contentType": "text", "content": message.get_content()},
        "toRecipients": people(message, "To"),
        "ccRecipients": people(message, "Cc"),
        "bccRecipients": [],
        "internetMessageId": letter.message_id,
        "singleValueExtendedProperties": [{"id": outlook_mail.TOKEN, "value": letter.token}],
    }
    if letter.sender.lower() != address.lower():
        value["from"] = {"emailAddress": {"address": letter.sender}}
    return value


def people(message: EmailMessage, name: str) -> list[Json]:
    """The addresses of a header as Graph writes them."""
    return [
        {"emailAddress": {"address": one.addr_spec, **({"name": one.display_name} if one.display_name else {})}}
        for one in getattr(message[name], "addresses", ())
    ]


def as_asked(item: Json, letter: Letter) -> bool:
    """Whether Outlook stored the recipients, the subject and the id it was given."""
    wanted = filled(letter, letter.sender)
    same_people = all(addresses(item, name) == addresses(wanted, name) for name in PEOPLE)
    return (
        same_people
        and foreign.text(item, "subject") == wanted["subject"]
        and item.get("internetMessageId") == letter.message_id
    )


def addresses(item: Json, name: str) -> list[str]:
    """Just the addresses, to compare by."""
    entries = (foreign.part(entry, "emailAddress") for entry in foreign.parts(item, name))
    return sorted(foreign.text(entry, "address").lower() for entry in entries)
