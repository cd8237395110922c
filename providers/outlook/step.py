"""One page of one Outlook folder's changes, made whole; never takes a mail for gone before having looked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass

from providers import foreign
from providers.base import Mail, Moved, Unreachable
from providers.foreign import Json
from providers.http import Invalid, Missing
from providers.outlook import mail as outlook_mail
from providers.outlook.folders import pages
from providers.outlook.graph import Graph, Lost, quoted
from providers.outlook.mail import Extra, OutlookFolder

PAGE = 100
"""Mails of one step, which is stored whole: a crash costs one page."""
FEW = 10
"""So many are asked for by themselves in one batch; of more the whole stretch of the folder is asked for."""
MOST_IDS = 1000
"""The most Graph hands out."""
MOST_RAW = 1_000_000
"""Bytes; a report or an invitation is shorter, so that a longer one is none."""
Items = dict[str, Json]


@dataclass(frozen=True, slots=True)
class FolderPage:
    """What a page brought, and where the next one is."""

    link: str
    more: bool
    mails: tuple[Mail, ...] = ()
    moved: tuple[Moved, ...] = ()
    gone: tuple[str, ...] = ()
    lost: bool = False
    """Whether Graph had lost our place, so that this page begins the folder anew."""


def step(
    graph: Graph, folders: Mapping[str, OutlookFolder], identity: str, link: str, ahead: Ahead | None = None
) -> FolderPage:
    """Read on in a folder. `ahead` may have fetched the page already, and fetches the next one meanwhile."""
    folder = folders[identity]
    try:
        answer, lost = fetched(graph, identity, link, ahead)
    except Missing:
        vanished(graph, identity)
        return FolderPage("", more=False)
    following = foreign.text(answer, "@odata.nextLink") or foreign.text(answer, "@odata.deltaLink")
    more = "@odata.nextLink" in answer
    if ahead is not None and more:
        ahead.begin(graph, identity, following)
    items, removed = latest(foreign.parts(answer, "value"))
    items = completed(graph, items)
    extras = fill(graph, items)
    mails = tuple(
        outlook_mail.to_mail(item, folders.get(str(item.get("parentFolderId")), folder), extras[key])
        for key, item in items.items()
    )
    moved, gone = whereabouts(graph, folders, removed)
    return FolderPage(following, more, mails, moved, gone, lost)


class Ahead:
    """Fetches the next page of a folder while the one before it is made whole; for one round."""

    def __init__(self, workers: Executor) -> None:
        self._workers = workers
        self._begun: dict[tuple[str, str], Future[Json]] = {}

    def begin(self, graph: Graph, identity: str, link: str) -> None:
        """Ask for a page that will be needed."""
        self._begun[identity, link] = self._workers.submit(page_of, graph, link)

    def taken(self, identity: str, link: str) -> Json | None:
        """The page, if it was asked for. Work begins in its order, so nobody waits for what cannot start."""
        begun = self._begun.pop((identity, link), None)
        return None if begun is None else begun.result()


def page_of(graph: Graph, link: str) -> Json:
    """One page as Graph gives it."""
    return graph.read(graph.link(link), prefer=f"odata.maxpagesize={PAGE}")


def fetched(graph: Graph, identity: str, link: str, ahead: Ahead | None) -> tuple[Json, bool]:
    """The page at a link; where Graph has lost our place, the folder from its newest mail on."""
    if link:
        try:
            return (ahead.taken(identity, link) if ahead else None) or page_of(graph, link), False
        except (Lost, Invalid):
            pass  # what follows is the cure
    return page_of(graph, first_page_url(graph, identity)), bool(link)


def everything(graph: Graph, identity: str) -> frozenset[str]:
    """The id of every mail in a folder."""
    url = graph.url(f"/me/mailFolders/{quoted(identity)}/messages", select="id", top=MOST_IDS)
    return frozenset(foreign.identity(item) for item in pages(graph, url))


def vanished(graph: Graph, identity: str) -> None:
    """Make sure that a folder is really no more: one that cannot be read may hold an answer."""
    try:
        graph.read(graph.url(f"/me/mailFolders/{quoted(identity)}", select="id"))
    except Missing:
        return
    raise Unreachable("A folder cannot be read at the moment.")


def first_page_url(graph: Graph, identity: str) -> str:
    """Where a folder's first round begins, newest mail first."""
    return graph.url(
        f"/me/mailFolders/{quoted(identity)}/messages/delta",
        select=outlook_mail.SELECT,
        orderby="receivedDateTime desc",
    )


def latest(values: Iterable[Json]) -> tuple[Items, list[str]]:
    """Items and removed ids; a page may repeat an item, and its last word counts."""
    items: Items = {}
    removed: dict[str, None] = {}
    for value in values:
        key = foreign.text(value, "id")
        items.pop(key, None)
        removed.pop(key, None)
        if "@removed" in value:
            removed[key] = None
        else:
            items[key] = value
    return items, list(removed)


def completed(graph: Graph, items: Items) -> Items:
    """Items of which the delta only told what changed are read whole; one that is gone by now is left out."""
    partial = [key for key, item in items.items() if outlook_mail.is_partial(item)]
    if not partial:
        return items
    urls = {key: graph.url(f"/me/messages/{quoted(key)}", select=outlook_mail.SELECT) for key in partial}
    whole = graph.read_many(urls)
    return {key: whole.get(key, item) for key, item in items.items() if key in whole or key not in partial}


def fill(graph: Graph, items: Mapping[str, Json]) -> dict[str, Extra]:
    """What the items do not say themselves: references of sent mail, names of attachments, bytes of reports."""
    extras = {key: Extra() for key in items}
    bare = [key for key, item in items.items() if outlook_mail.lacks_references(item)]
    for key, answer in kept_back(graph, items, bare).items():
        extras[key].properties = outlook_mail.properties(answer)
    raw = [key for key, item in items.items() if outlook_mail.is_for_machines(item)]
    for key in raw:
        extras[key].raw = bytes_of(graph, key)
    loaded = [key for key, item in items.items() if item.get("hasAttachments") and not extras[key].raw]
    fields = "name,contentType,size,isInline"
    urls = {key: graph.url(f"/me/messages/{quoted(key)}/attachments", select=fields) for key in loaded}
    for key, answer in graph.read_many(urls).items():
        extras[key].attachments = foreign.parts(answer, "value")
    return extras


def kept_back(graph: Graph, items: Mapping[str, Json], bare: Iterable[str]) -> dict[str, Json]:
    """Extended properties of many items: of a whole page in one request where they lie side by side."""
    wanted = list(bare)
    found = side_by_side(graph, [items[key] for key in wanted]) if len(wanted) > FEW else {}
    urls = {
        key: graph.url(f"/me/messages/{quoted(key)}", select="id", expand=outlook_mail.KEPT)
        for key in wanted
        if key not in found
    }
    # Mail of other pages may lie between them too.
    return {key: found[key] for key in wanted if key in found} | graph.read_many(urls)


def side_by_side(graph: Graph, items: Sequence[Json]) -> dict[str, Json]:
    """The properties of all mail in the folder between the oldest and the newest of these."""
    places = {str(item.get("parentFolderId") or "") for item in items}
    times = sorted(str(item.get("receivedDateTime") or "") for item in items)
    if len(places) != 1 or not times[0]:
        return {}
    url = graph.url(
        f"/me/mailFolders/{quoted(places.pop())}/messages",
        filter=f"receivedDateTime ge {times[0]} and receivedDateTime le {times[-1]}",
        orderby="receivedDateTime desc",
        select="id",
        expand=outlook_mail.KEPT,
        top=2 * PAGE,
    )
    try:
        answer = graph.read(url)
    except (Invalid, Missing):
        return {}
    return {foreign.identity(item): item for item in foreign.parts(answer, "value")}


def bytes_of(graph: Graph, key: str) -> bytes:
    """A report as it came; nothing when it has left or is too long to be one."""
    try:
        raw = graph.raw(graph.url(f"/me/messages/{quoted(key)}/$value"))
    except Missing:
        return b""
    return raw if len(raw) <= MOST_RAW else b""


def whereabouts(
    graph: Graph, folders: Mapping[str, OutlookFolder], removed: Iterable[str]
) -> tuple[tuple[Moved, ...], tuple[str, ...]]:
    """A mail that left one folder mostly lies in another; only one that is nowhere is gone."""
    urls = {key: graph.url(f"/me/messages/{quoted(key)}", select=outlook_mail.STATE) for key in removed}
    found = graph.read_many(urls)
    moved = [
        outlook_mail.to_moved(item, folders[foreign.identity(item, "parentFolderId")])
        for item in found.values()
        if str(item.get("parentFolderId")) in folders
    ]
    return tuple(moved), tuple(key for key in urls if key not in found)
