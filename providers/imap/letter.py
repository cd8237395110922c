"""One FETCH response to a mail, or to the parts still missing; touches no connection, so that the worker can run it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from msgspec import Struct

from providers.base import Mail, Role
from providers.imap import gmail_labels as imap_gmail
from providers.imap.wire import Atom, Chunks, tokens
from providers.mail import headers, mime
from providers.mail.dates import filed
from providers.mail.reports import is_report
from providers.mail.structure import MOST_DEPTH, MOST_PARTS, Leaf, Taken, cut, parsed

FIRST_BYTES = 6144
"""The first part of a mail as far as a person mostly types; what is longer takes a second request."""
MOST_TEXT_BYTES = 64 * 1024
"""Of a text part; nobody types more."""
MOST_PAGE_BYTES = 192 * 1024
"""A page says in many bytes what a text says in few."""
MOST_COMPARED_BYTES = 24 * 1024
"""A page as small as what people type is fetched beside its plain text, for it may say more."""
WHOLE_REPORT = 128 * 1024
"""A small delivery report is read as a whole, for its parts explain each other."""
UNWANTED = (
    "x-received dkim-signature arc-seal arc-message-signature arc-authentication-results autocrypt "
    "x-google-dkim-signature x-gm-message-state x-ms-exchange-antispam-messagedata "
    "x-microsoft-antispam-message-info"
)
"""Heavy and of no use; short, for servers repeat the list in every answer."""


def wanted(role: Role) -> bytes:
    """What to ask for of each mail of a folder; the way a mail took is told where it may not have taken one."""
    unwanted = UNWANTED if role is Role.SENT else f"received {UNWANTED}"
    return (
        f"UID FLAGS INTERNALDATE RFC822.SIZE BODYSTRUCTURE BODY.PEEK[HEADER.FIELDS.NOT ({unwanted})] "
        f"BODY.PEEK[1]<0.{FIRST_BYTES}>"
    ).encode()


class Raw(Struct, frozen=True, array_like=True, tag="raw"):
    """What came over the wire for one mail."""

    where: mime.Where
    """With the key prefix only; the UID completes it."""
    chunks: Chunks
    more: dict[str, bytes] = {}
    """Parts fetched later, by their path; an empty path is the whole mail."""
    tried: bool = False
    since: int = 0
    """Seconds since 1970: of mail that came before, pages beside plain text are left unread."""


class Want(Struct, frozen=True, array_like=True):
    """What must still be fetched to read this mail."""

    uid: int
    paths: tuple[str, ...]
    most: int
    """Bytes of each part that are enough."""
    mail: Mail | None = None
    """As its plain text tells it, where only pages beside that are missing."""
    pages: tuple[Leaf, ...] = ()
    """Those pages, in the order of their paths."""


@dataclass(frozen=True, slots=True)
class Located:
    """A leaf and its place in the mail."""

    path: str
    leaf: Leaf


class Pages(Struct, frozen=True, array_like=True, tag="pages"):
    """The fetched pages of a mail whose plain text is read."""

    where: mime.Where
    text: str
    leaves: tuple[Leaf, ...]


def read(raw: Raw) -> Mail | Want | None:
    """The mail; None for a response that is about no mail of ours."""
    items = fetched(raw.chunks)
    uid = items.get(b"UID")
    if not isinstance(uid, bytes) or not uid.isdigit() or b"BODYSTRUCTURE" not in items:
        return None
    where = located(raw.where, items, uid)
    head = b"".join(octets(value) for name, value in items.items() if name.startswith(b"BODY[HEADER"))
    fields = headers.fields(head)
    if "" in raw.more:
        return mime.read_whole(raw.more[""], where)
    kept = mime.group(fields)
    report = is_report(kept)
    found = [""] if report and not raw.tried and where.size <= WHOLE_REPORT else []
    leaves, problem = walk(items[b"BODYSTRUCTURE"])
    compared = where.role not in mime.OWN_ROLES
    needed = needs(leaves, compared=compared)
    half_read = False
    if compared and raw.since and where.received is not None and where.received.timestamp() < raw.since:
        everything, needed = needed, needs(leaves, compared=False)
        half_read = len(needed) < len(everything)
    filled, missing = fill(leaves, needed, items, raw.more)
    pages = only_beside(leaves, missing) if missing and not (raw.tried or report) else ()
    if found or (missing and not raw.tried and not pages):
        return Want(int(uid), tuple(found or missing), enough(leaves, found or missing))
    problem = problem or mime.limits(b"", head)
    mail = mime.assemble(kept, Taken(tuple(filled), problem), where, half_read=half_read)
    if not pages:
        return mail
    paths = tuple(place.path for place in pages)
    return Want(int(uid), paths, MOST_PAGE_BYTES, mail, tuple(place.leaf for place in pages))


def only_beside(leaves: list[tuple[Located, bytes]], missing: list[str]) -> tuple[Located, ...]:
    """The missing leaves, where each is a page beside plain text that is there; nothing where more is missing."""
    places = tuple(place for place, _ in leaves if place.path in missing)
    shown = [place for place, _ in leaves if mime.is_text(place.leaf) and place.leaf.size]
    plain = any(place.leaf.kind == "text/plain" for place in shown)
    return places if plain and all(place in shown and place.leaf.kind != "text/plain" for place in places) else ()


def enough(leaves: list[tuple[Located, bytes]], paths: list[str]) -> int:
    """How much of each of these parts is worth its bytes; the whole mail is fetched only when it is small."""
    if paths == [""]:
        return WHOLE_REPORT
    pages = any(place.leaf.kind != "text/plain" for place, _ in leaves if place.path in paths)
    return MOST_PAGE_BYTES if pages else MOST_TEXT_BYTES


def fetched(chunks: Chunks) -> dict[bytes, Atom]:
    """The items of a FETCH response by name."""
    answer = tokens(chunks)
    if len(answer) < 4 or answer[2] != b"FETCH" or not isinstance(answer[3], list):
        return {}
    pairs = answer[3]
    return {name: value for name, value in zip(pairs[::2], pairs[1::2], strict=False) if isinstance(name, bytes)}


def located(where: mime.Where, items: dict[bytes, Atom], uid: bytes) -> mime.Where:
    """Where the mail is, with what the server says of it."""
    size = items.get(b"RFC822.SIZE")
    labels, marks = marked(items), flags(items.get(b"FLAGS"))
    hint = items.get(b"X-GM-THRID")
    return mime.Where(
        where.key + uid.decode(),
        internal_date(items.get(b"INTERNALDATE")),
        where.folder,
        where.role if labels is None else imap_gmail.role_of(where.role, labels),
        marks if labels is None else marks | imap_gmail.flags_of(labels),
        () if labels is None else imap_gmail.labels_of(labels),
        hint.decode("ascii", "replace") if isinstance(hint, bytes) else "",
        int(size) if isinstance(size, bytes) and size.isdigit() else 0,
    )


def marked(items: dict[bytes, Atom]) -> tuple[bytes, ...] | None:
    """The labels of a mail where the server has labels."""
    if b"X-GM-LABELS" not in items:
        return None
    return tuple(one for one in items[b"X-GM-LABELS"] or () if isinstance(one, bytes))


def flags(value: Atom) -> frozenset[str]:
    """Flags in lower case without their backslash."""
    return flag_set(tuple(one for one in value or () if isinstance(one, bytes)))


@lru_cache(maxsize=512)
def flag_set(marks: tuple[bytes, ...]) -> frozenset[str]:
    """The few sets of flags that mails share."""
    return frozenset(one.lstrip(b"\\").lower().decode("latin-1") for one in marks)


def internal_date(value: Atom) -> datetime:
    """When the mailbox got it."""
    return (filed(value) if isinstance(value, bytes) else None) or mime.LONG_AGO


def date_of(chunks: Chunks) -> datetime | None:
    """When the mail of a response came, cheaply."""
    before, mark, after = b"".join(chunks[::2]).partition(b'INTERNALDATE "')
    return internal_date(after.partition(b'"')[0]) if mark and before else None


def walk(structure: Atom) -> tuple[list[tuple[Located, bytes]], str]:
    """The leaves of a BODYSTRUCTURE, each with the boundary of the multipart around it."""
    found: list[tuple[Located, bytes]] = []
    waiting: list[tuple[Atom, str, str, bytes]] = [(structure, "", "", b"")]
    steps = 0
    while waiting:
        node, path, within, boundary = waiting.pop()
        steps += 1
        if steps > MOST_PARTS or path.count(".") > MOST_DEPTH:
            return found, f"It has more than {MOST_PARTS} parts, or they are nested too deep."
        if not isinstance(node, list) or not node:
            continue
        if not isinstance(node[0], list):
            found.append((Located(path or "1", leaf(node, within)), boundary))
            continue
        children = [child for child in node if isinstance(child, list)]
        count = next((index for index, child in enumerate(node) if not isinstance(child, list)), len(node))
        kind = "multipart/" + text(node[count] if count < len(node) else b"mixed").lower()
        mark = (
            pairs(node[count + 1] if count + 1 < len(node) else None).get("boundary", "").encode("latin-1", "replace")
        )
        prefix = f"{path}." if path else ""
        inner = [(child, f"{prefix}{number}", kind, mark) for number, child in enumerate(children[:count], 1)]
        waiting.extend(reversed(inner))
    return found, ""


def leaf(node: list[Atom], within: str) -> Leaf:
    """A part of a BODYSTRUCTURE."""
    node = [*node, *([None] * 12)]
    kind = f"{text(node[0])}/{text(node[1])}".lower()
    given = pairs(node[2])
    # The disposition stands behind the MD5, and that behind what only this kind of part has.
    after = {"text": 9, "message": 11 if kind == "message/rfc822" else 8}.get(kind.partition("/")[0], 8)
    disposition = node[after] if after < len(node) else None
    shown = disposition if isinstance(disposition, list) else []
    more = pairs(shown[1]) if len(shown) > 1 else {}
    name = more.get("filename") or given.get("name", "")
    size = text(node[6])
    return Leaf(
        kind, given.get("charset", ""), text(node[5]).lower(), headers.safe_filename(name) if name else "",
        text(shown[0]).lower() if shown else "", int(size) if size.isdigit() else 0, b"", within,
    )  # fmt: skip


def octets(value: Atom) -> bytes:
    """What a server sent as one piece; NIL is nothing, and a list is no answer to what was asked."""
    if isinstance(value, list):
        raise TypeError("a list where text belongs")
    return value or b""


def text(value: Atom) -> str:
    """An atom or string as text."""
    return value.decode("latin-1") if isinstance(value, bytes) else ""


def pairs(value: Atom) -> dict[str, str]:
    """A parameter list as a mapping, with RFC 2231 undone."""
    if not isinstance(value, list) or not value:
        return {}
    simple = {text(name).lower(): text(one) for name, one in zip(value[::2], value[1::2], strict=False)}
    if any("*" in name for name in simple):
        return headers.parameters("".join(f"; {name}={one}" for name, one in simple.items()))
    return simple


def fill(
    leaves: list[tuple[Located, bytes]], needed: list[str], items: dict[bytes, Atom], more: dict[str, bytes]
) -> tuple[list[Leaf], list[str]]:
    """The leaves with the needed content that is there, and the paths of what is missing of it."""
    start = octets(items.get(b"BODY[1]<0>"))
    filled, missing = [], []
    for place, boundary in leaves:
        if place.path not in needed:
            filled.append(place.leaf)
            continue
        body = more.get(place.path)
        if body is None:
            body = early(place, boundary, start)
        if body is None:
            missing.append(place.path)
            body = b""
        filled.append(replace(place.leaf, body=body))
    return filled, missing


def needs(leaves: list[tuple[Located, bytes]], *, compared: bool = True) -> list[str]:
    """The paths of what a reader reads in either form, where they are compared, and of what machines wrote for us."""
    shown = [place for place, _ in leaves if mime.is_text(place.leaf) and place.leaf.size]
    plain = [place.path for place in shown if place.leaf.kind == "text/plain"]
    pages = [place.path for place in shown if place.leaf.kind != "text/plain"]
    if plain and compared:
        plain += [place.path for place in shown if place.path in pages and place.leaf.size <= MOST_COMPARED_BYTES]
    machine = [place.path for place, _ in leaves if place.leaf.kind in mime.MACHINE][:10]
    return [*(plain or pages)[:10], *machine]


def early(place: Located, boundary: bytes, start: bytes) -> bytes | None:
    """The content of a leaf, if the beginning of part 1 already has all of it."""
    if place.path == "1":
        return start if len(start) >= place.leaf.size or len(start) < FIRST_BYTES else None
    if not place.path.startswith("1.") or place.path.count(".") != 1 or not boundary:
        return None
    pieces = cut(start, boundary, 3)
    number = int(place.path[2:]) - 1
    whole = number < len(pieces) - 1 or (number < len(pieces) and len(start) < FIRST_BYTES)
    return parsed(pieces[number])[1] if whole else None
