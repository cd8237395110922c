"""What a folder is for, from the server's marks or, where exactly one fits, its name; never a guess between two.

Only the mark makes a folder a view of all mail: one that is merely called so holds mail of its own, and is read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from providers.base import Role

SPECIAL_USE = {
    b"\\sent": Role.SENT, b"\\drafts": Role.DRAFTS, b"\\archive": Role.ARCHIVE, b"\\all": Role.ALL,
    b"\\junk": Role.JUNK, b"\\trash": Role.TRASH,
}  # fmt: skip
NAMES = {
    Role.SENT: """sent|sent items|sent messages|sent mail|sent-mail|gesendet|gesendete elemente|gesendete objekte
        |gesendete nachrichten|envoyés|messages envoyés|éléments envoyés|objets envoyés|courrier envoyé|enviados
        |elementos enviados|mensajes enviados|correo enviado|itens enviados|mensagens enviadas|inviata|posta inviata
        |inviati|elementi inviati|verzonden|verzonden items|verzonden berichten|skickat|skickade objekt|skickade
        |sendt|sendte elementer|sendt post|wysłane|elementy wysłane|odeslané|odeslaná pošta|отправленные|送信済み
        |送信済みメール|送信済みアイテム|已发送|已发送邮件|寄件備份|보낸편지함|보낸 편지함
        |lähetetyt|gönderilmiş öğeler|elküldött elemek""",
    Role.DRAFTS: """drafts|draft|entwürfe|entwurf|brouillons|borradores|rascunhos|bozze|concepten|utkast|kladder
        |szkice|wersje robocze|koncepty|черновики|下書き|草稿|草稿箱|임시보관함|luonnokset|taslaklar""",
    Role.TRASH: """trash|deleted items|deleted messages|deleted|bin|papierkorb|gelöschte elemente|gelöschte objekte
        |corbeille|éléments supprimés|papelera|elementos eliminados|lixeira|itens excluídos|cestino|posta eliminata
        |prullenbak|verwijderde items|papperskorg|borttagna objekt|slettede elementer|papirkurv|kosz
        |elementy usunięte|koš|удаленные|корзина|ゴミ箱|削除済みアイテム|已删除|已删除邮件|휴지통|roskakori""",
    Role.JUNK: """junk|spam|junk e-mail|junk email|bulk mail|spamverdacht|junk-e-mail|courrier indésirable|indésirables
        |correo no deseado|lixo eletrônico|posta indesiderata|ongewenste e-mail|ongewenst|skräppost|søppelpost
        |wiadomości-śmieci|nevyžádaná pošta|спам|нежелательная почта|迷惑メール|垃圾邮件|스팸메일함""",
    Role.ARCHIVE: """archive|archives|archiv|archivo|arquivo|archivio|archief|arkiv|archiwum|архив
        |アーカイブ|归档|보관함""",
}
BY_NAME = {name.strip(): role for role, names in NAMES.items() for name in names.split("|")}


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of a server; `wire` is its name exactly as LIST gave it."""

    wire: bytes
    name: str
    role: Role

    @property
    def ident(self) -> str:
        """Short and safe in any key."""
        return sha256(self.wire).hexdigest()[:12]


def role_of_name(name: str) -> Role | None:
    """The role a folder name suggests in some language."""
    lower = name.lower().strip()
    if lower == "inbox":
        return Role.INBOX
    for tail in (lower, lower.rpartition("/")[2], lower.rpartition(".")[2]):
        if tail in BY_NAME:
            return BY_NAME[tail]
    return None


def with_roles(listed: Sequence[tuple[frozenset[bytes], bytes, str]]) -> list[Folder]:
    """Selectable folders of a LIST (flags in lower case, wire name, readable name) with their roles."""
    usable = [one for one in listed if not one[0] & {b"\\noselect", b"\\nonexistent"}]
    marked = {SPECIAL_USE[flag] for flags, _, _ in usable for flag in flags if flag in SPECIAL_USE}
    named: dict[Role, int] = {}
    for flags, _, name in usable:
        role = role_of_name(name)
        if role and not flags & set(SPECIAL_USE):
            named[role] = named.get(role, 0) + 1
    return [Folder(wire, name, _role(flags, name, marked, named)) for flags, wire, name in usable]


def _role(flags: frozenset[bytes], name: str, marked: set[Role], named: dict[Role, int]) -> Role:
    if name.upper() == "INBOX":
        return Role.INBOX
    for flag in sorted(flags):
        if flag in SPECIAL_USE:
            return SPECIAL_USE[flag]
    role = role_of_name(name)
    if role is None or role is Role.INBOX or role in marked or named.get(role, 0) != 1:
        return Role.OTHER
    return role


def worth_reading(folders: Sequence[Folder], *, gmail: bool) -> list[Folder]:
    """Every folder an answer can land in; where one holds all mail, its labels are left out."""
    everything = [one for one in folders if one.role is Role.ALL]
    if gmail and everything:
        return [one for one in folders if one.role in (Role.ALL, Role.JUNK, Role.TRASH)]
    # Elsewhere an "all mail" folder is a view that holds everything a second time.
    return [one for one in folders if one.role is not Role.ALL]
