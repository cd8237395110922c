"""An Outlook mailbox as pages of changes; reads with a read-only sign-in and never sends."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

from providers import foreign
from providers.base import Absence, Capabilities, Census, Draft, Found, Letter, Mail, Page, Refused, Role, Sweep
from providers.foreign import Json
from providers.http import Invalid, Missing
from providers.outlook import mail as outlook_mail
from providers.outlook.cursor import FolderPlace, OutlookCursor, loads
from providers.outlook.drafts import OutlookDrafts, by_token
from providers.outlook.folders import folders, pages
from providers.outlook.graph import AT_ONCE, Graph, OutlookSettings, quoted
from providers.outlook.mail import OutlookFolder
from providers.outlook.step import Ahead, FolderPage, everything, fill, step

NOTHING = "-"
"""A prefix no key has."""


class OutlookMailbox:
    """One mailbox over Microsoft Graph."""

    def __init__(self, settings: OutlookSettings) -> None:
        self._settings = settings
        self._graph = Graph(settings)
        self._drafts = OutlookDrafts(self._graph, settings.address)

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(watch=False, drafts=True, labels=True, server_files_sent=True, spends_drafts=True)

    def changes(self, cursor: str) -> Iterator[Page]:
        """Pages since the cursor from every folder, four folders at a time."""
        at = loads(cursor)
        if at is None:
            at = OutlookCursor()
            self._own_account()
        found = {folder.id: folder for folder in folders(self._graph, at.known)}
        swept = vanished_folders(at, found)
        for identity in set(at.places) - set(found):
            del at.places[identity]
        with ThreadPoolExecutor(AT_ONCE) as workers:
            yield from self._rounds(at, found, workers)
        yield Page(at.dumps(), swept=swept, done=at.done, total=at.done)

    def raw(self, key: str) -> bytes:
        """The whole mail as Outlook holds it."""
        return self._graph.raw(self._graph.url(f"/me/messages/{quoted(key)}/$value"))

    def unique(self, key: str) -> str:
        """What the writer added to the thread, by Outlook's own judgement."""
        url = self._graph.url(f"/me/messages/{quoted(key)}", select="uniqueBody")
        answer = self._graph.read(url, prefer='outlook.body-content-type="text"')
        return foreign.text(foreign.part(answer, "uniqueBody"), "content")

    def thread(self, key: str) -> tuple[Mail, ...]:
        """Mails that may belong to the thread of this one, from all folders; only their references decide."""
        try:
            one = self._graph.read(self._graph.url(f"/me/messages/{quoted(key)}", select="id,conversationId"))
        except Missing:
            return ()
        conversation = foreign.text(one, "conversationId").replace("'", "''")
        # An order would make Graph refuse this filter.
        url = self._graph.url(
            "/me/messages", filter=f"conversationId eq '{conversation}'", select=outlook_mail.SELECT, top=50
        )  # fmt: skip
        items = {foreign.identity(item): item for item in pages(self._graph, url)}
        by_id = {folder.id: folder for folder in folders(self._graph, {})}
        elsewhere = OutlookFolder("", "", Role.OTHER)
        extras = fill(self._graph, items)
        return tuple(
            outlook_mail.to_mail(item, by_id.get(str(item.get("parentFolderId")), elsewhere), extras[key])
            for key, item in items.items()
        )

    def find_token(self, token: str, since: str) -> Found | None:  # noqa: ARG002
        """Our own letter by its marker or Message-ID; while it is still a draft it does not count."""
        for item in (*by_token(self._graph, token), *self._lately_sent(token.strip("<>").partition("@")[0])):
            if not item.get("isDraft"):
                received = outlook_mail.moment(item.get("receivedDateTime"))
                return Found(foreign.identity(item), foreign.text(item, "internetMessageId"), Role.SENT, received)
        return None

    def absence(self) -> Absence | None:
        """The automatic replies the person has switched on, if any."""
        setting = self._graph.read(self._graph.url("/me/mailboxSettings/automaticRepliesSetting"))
        status = setting.get("status")
        if status not in ("alwaysEnabled", "scheduled"):
            return None
        if status == "alwaysEnabled":
            return Absence()
        begins, ends = (foreign.part(setting, name) for name in ("scheduledStartDateTime", "scheduledEndDateTime"))
        return Absence(zoned(begins), zoned(ends))

    def put_draft(self, letter: Letter, replaces: str = "") -> Draft:
        """Lay a letter into Drafts, in its thread, once however often this is called."""
        return self._drafts.put(letter, replaces)

    def read_draft(self, key: str) -> Draft | None:
        """The draft as it is now; None when it was sent or deleted."""
        return self._drafts.read(key)

    def find_drafts(self, token: str) -> tuple[Draft, ...]:
        """Drafts that carry our marker."""
        return self._drafts.find_all(token)

    def drop_draft(self, key: str) -> None:
        """Take a draft away; it may be gone already."""
        self._drafts.drop(key)

    def close(self) -> None:
        self._graph.close()

    def _rounds(
        self, at: OutlookCursor, found: dict[str, OutlookFolder], workers: ThreadPoolExecutor
    ) -> Iterator[Page]:
        """The next page of a folder is fetched while the one before it is stored."""
        total = sum(folder.count for folder in found.values())
        waiting, ahead = deque(found), Ahead(workers)
        running: dict[Future[FolderPage], str] = {}
        try:
            while waiting or running:
                while waiting and len(running) < AT_ONCE:
                    identity = waiting.popleft()
                    link = at.places[identity].link if identity in at.places else ""
                    running[workers.submit(step, self._graph, found, identity, link, ahead)] = identity
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    identity = running.pop(future)
                    page = self._taken(at, found[identity], future.result())
                    counted = self._counted(at, found[identity], page)
                    if page.more:
                        running[workers.submit(step, self._graph, found, identity, page.link, ahead)] = identity
                    if page.mails or page.moved or page.gone or page.more or counted:
                        yield Page(
                            at.dumps(), page.mails, page.moved, page.gone, counted=counted, done=at.done,
                            total=max(total, at.done),
                        )  # fmt: skip
        finally:
            for future in running:
                future.cancel()

    def _taken(self, at: OutlookCursor, folder: OutlookFolder, page: FolderPage) -> FolderPage:
        whole = folder.id in at.places and at.places[folder.id].whole
        counting = page.lost or (folder.id in at.places and at.places[folder.id].counting)
        at.places[folder.id] = FolderPlace(page.link, folder.path, folder.role.value, whole or not page.more, counting)
        at.done += 0 if whole else len(page.mails)
        return page

    def _counted(self, at: OutlookCursor, folder: OutlookFolder, page: FolderPage) -> tuple[Census, ...]:
        """At the end of a round that began anew: what the folder holds now."""
        place = at.places[folder.id]
        if page.more or not place.counting or not page.link:
            return ()
        place.counting = False
        found = everything(self._graph, folder.id)
        # An answer that leaves out half of what Outlook itself counts is no reason to call anything deleted.
        return (Census(found, folder.path),) if 2 * len(found) >= folder.count else ()

    def _own_account(self) -> None:
        try:
            own = self._graph.read(self._graph.url("/me", select="mail,userPrincipalName,proxyAddresses"))
        except Invalid:
            # Private accounts have no list of addresses.
            own = self._graph.read(self._graph.url("/me", select="mail,userPrincipalName"))
        listed = [address.partition(":")[2] for address in foreign.texts(own, "proxyAddresses")]
        known = {str(one).lower() for one in (own.get("mail"), own.get("userPrincipalName"), *listed) if one}
        if known.isdisjoint(one.lower() for one in (self._settings.address, *self._settings.aliases)):
            mine = min(known, default="nobody")
            raise Refused(f"This sign-in belongs to {mine}, the account to {self._settings.address}.")

    def _lately_sent(self, token: str) -> Iterator[Json]:
        url = self._graph.url(
            "/me/mailFolders/sentitems/messages", select="id,isDraft,internetMessageId,receivedDateTime", top=50,
            orderby="receivedDateTime desc",
        )  # fmt: skip
        for item in foreign.parts(self._graph.read(url), "value"):
            if foreign.text(item, "internetMessageId").strip("<>").partition("@")[0] == token:
                yield item


def vanished_folders(at: OutlookCursor, found: Mapping[str, OutlookFolder]) -> tuple[Sweep, ...]:
    """Folders that are no more, with everything in them."""
    paths = {folder.path for folder in found.values()}
    lost = {place.path for key, place in at.places.items() if key not in found}
    return tuple(Sweep(path, NOTHING) for path in sorted(lost - paths))


def zoned(value: Json) -> datetime | None:
    """A time with its zone beside it; Windows names that the system does not know count as UTC."""
    if not value:
        return None
    try:
        found = datetime.fromisoformat(str(value.get("dateTime"))[:26].rstrip("Z"))
    except ValueError:
        return None
    try:
        zone: tzinfo = ZoneInfo(foreign.text(value, "timeZone") or "UTC")
    except (ValueError, OSError, KeyError):
        zone = UTC
    return found.replace(tzinfo=zone).astimezone(UTC)
