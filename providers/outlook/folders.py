"""The folders of an Outlook mailbox and what they are for; never guesses by a name, which is in any language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from providers import foreign
from providers.base import Refused, Role
from providers.foreign import Json
from providers.outlook.graph import Graph, quoted
from providers.outlook.mail import OutlookFolder
from providers.paging import each_page

ROLES = {
    "inbox": Role.INBOX,
    "sentitems": Role.SENT,
    "archive": Role.ARCHIVE,
    "junkemail": Role.JUNK,
    "deleteditems": Role.TRASH,
    "drafts": Role.DRAFTS,
}
PASSED_OVER = ("outbox", "conversationhistory", "syncissues", "conflicts", "localfailures", "serverfailures")
ORDER = (Role.INBOX, Role.SENT, Role.ARCHIVE, Role.OTHER, Role.JUNK, Role.TRASH, Role.DRAFTS)
FIELDS = "id,displayName,parentFolderId,childFolderCount,totalItemCount"
MOST_FOLDERS = 1000
"""Each is asked for news by itself; a mailbox with more would never be read to its end."""
SEARCH = "mailsearchfolder"


def folders(graph: Graph, known: dict[str, str]) -> list[OutlookFolder]:
    """All folders mail can lie in, the most telling first; `known` keeps which id is which well-known folder."""
    listed = everything(graph)
    identities = {foreign.identity(entry) for entry in listed}
    if not known or not set(known) <= identities | {""}:
        known.clear()
        known.update(well_known(graph))
    kept = [folder for folder in with_paths(listed, known) if known.get(folder.id) not in PASSED_OVER]
    return sorted(kept, key=lambda folder: (ORDER.index(folder.role), folder.path))


def everything(graph: Graph) -> list[Json]:
    """Folders and the folders in them."""
    found: list[Json] = []
    waiting = ["/me/mailFolders"]
    while waiting:
        for entry in pages(graph, graph.url(waiting.pop(), top=100, select=FIELDS)):
            if SEARCH in str(entry.get("@odata.type", "")).lower():
                continue  # shows mail of other folders, and has no changes of its own
            found.append(entry)
            if entry.get("childFolderCount"):
                waiting.append(f"/me/mailFolders/{quoted(foreign.identity(entry))}/childFolders")
        if len(found) > MOST_FOLDERS:
            raise Refused(f"The mailbox has more than {MOST_FOLDERS} folders.")
    return found


def pages(graph: Graph, url: str) -> Iterable[Json]:
    """All entries of a list."""

    def following(answer: Json) -> str:
        return graph.link(link) if (link := foreign.text(answer, "@odata.nextLink")) else ""

    for answer in each_page(graph.read, following, url):
        yield from foreign.parts(answer, "value")


def well_known(graph: Graph) -> dict[str, str]:
    """The ids of the folders Outlook itself gives a meaning."""
    names = (*ROLES, *PASSED_OVER)
    found = graph.read_many({name: graph.url(f"/me/mailFolders/{name}", select="id") for name in names})
    return {foreign.identity(answer): name for name, answer in found.items()}


def with_paths(listed: Iterable[Json], known: Mapping[str, str]) -> list[OutlookFolder]:
    """Folders with their whole names; what lies in the bin is rubbish at any depth."""
    by_id = {foreign.identity(entry): entry for entry in listed}
    found = []
    for identity, entry in by_id.items():
        line = lineage(identity, by_id)
        path = "/".join(foreign.text(by_id[one], "displayName")[:200] for one in reversed(line))
        roles = [ROLES[known[one]] for one in line if known.get(one) in ROLES]
        role = roles[0] if roles and (line[0] in known or roles[0] is Role.TRASH) else Role.OTHER
        found.append(OutlookFolder(identity, path, role, foreign.number(entry, "totalItemCount")))
    return found


def lineage(identity: str, by_id: Mapping[str, Json]) -> list[str]:
    """A folder and those around it, inside first."""
    line: list[str] = []
    while identity in by_id and identity not in line:
        line.append(identity)
        identity = foreign.text(by_id[identity], "parentFolderId")
    return line
