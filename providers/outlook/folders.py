"""The folders of an Outlook mailbox and what they are for; never guesses by a name, which is in any language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from providers.base import Refused, Role
from providers.leafing import leaves
from providers.outlook.graph import Graph, quoted
from providers.outlook.mail import Folder

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
SEARCH = "mailsearchfolder"


def folders(graph: Graph, known: dict[str, str]) -> list[Folder]:
    """All folders mail can lie in, the most telling first; `known` keeps which id is which well-known folder."""
    listed = everything(graph)
    identities = {str(entry["id"]) for entry in listed}
    if not known or not set(known) <= identities | {""}:
        known.clear()
        known.update(well_known(graph))
    kept = [folder for folder in with_paths(listed, known) if known.get(folder.id) not in PASSED_OVER]
    return sorted(kept, key=lambda folder: (ORDER.index(folder.role), folder.path))


def everything(graph: Graph) -> list[Mapping[str, Any]]:
    """Folders and the folders in them."""
    found: list[Mapping[str, Any]] = []
    waiting = ["/me/mailFolders"]
    while waiting:
        for entry in pages(graph, graph.url(waiting.pop(), top=100, select=FIELDS)):
            if SEARCH in str(entry.get("@odata.type", "")).lower():
                continue  # shows mail of other folders, and has no changes of its own
            found.append(entry)
            if entry.get("childFolderCount"):
                waiting.append(f"/me/mailFolders/{quoted(str(entry['id']))}/childFolders")
        if len(found) > MOST_FOLDERS:
            raise Refused(f"The mailbox has more than {MOST_FOLDERS} folders.")
    return found


def pages(graph: Graph, url: str) -> Iterable[Mapping[str, Any]]:
    """All entries of a list."""

    def following(answer: Mapping[str, Any]) -> str:
        return graph.link(answer["@odata.nextLink"]) if answer.get("@odata.nextLink") else ""

    for answer in leaves(graph.read, following, url):
        yield from answer.get("value") or []


def well_known(graph: Graph) -> dict[str, str]:
    """The ids of the folders Outlook itself gives a meaning."""
    names = (*ROLES, *PASSED_OVER)
    found = graph.read_many({name: graph.url(f"/me/mailFolders/{name}", select="id") for name in names})
    return {str(answer["id"]): name for name, answer in found.items()}


def with_paths(listed: Iterable[Mapping[str, Any]], known: Mapping[str, str]) -> list[Folder]:
    """Folders with their whole names; what lies in the bin is rubbish at any depth."""
    by_id = {str(entry["id"]): entry for entry in listed}
    found = []
    for identity, entry in by_id.items():
        line = lineage(identity, by_id)
        path = "/".join(str(by_id[one].get("displayName") or "")[:200] for one in reversed(line))
        roles = [ROLES[known[one]] for one in line if known.get(one) in ROLES]
        role = roles[0] if roles and (line[0] in known or roles[0] is Role.TRASH) else Role.OTHER
        found.append(Folder(identity, path, role, int(entry.get("totalItemCount") or 0)))
    return found


def lineage(identity: str, by_id: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """A folder and those around it, inside first."""
    line: list[str] = []
    while identity in by_id and identity not in line:
        line.append(identity)
        identity = str(by_id[identity].get("parentFolderId") or "")
    return line
