"""Takes a mail apart into its leaves, within limits; never raises and never keeps what an attachment contains."""

from __future__ import annotations

from dataclasses import dataclass

from providers.mail import headers

MOST_PARTS = 100
"""Parts of one mail; what has more is read no further and counts as unread."""
MOST_DEPTH = 20
"""Parts in parts; deeper than mail programs nest them."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """One part that has no parts of its own."""

    kind: str
    """Such as text/plain."""
    charset: str = ""
    encoding: str = ""
    name: str = ""
    disposition: str = ""
    size: int = 0
    body: bytes = b""
    """Still in its transfer encoding; empty when it was not fetched."""
    within: str = ""
    """The kind of the multipart around it."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What taking apart gave."""

    leaves: tuple[Leaf, ...]
    problem: str = ""


def take_apart(fields: list[headers.Field], body: bytes) -> Taken:
    """All leaves of a mail in their order, or the reason why there are too many."""
    found: list[Leaf] = []
    waiting: list[tuple[list[headers.Field], bytes, int, str]] = [(fields, body, 0, "")]
    steps = 0
    while waiting:
        own, data, depth, within = waiting.pop()
        steps += 1
        if steps > MOST_PARTS:
            return Taken(tuple(found), f"It has more than {MOST_PARTS} parts.")
        if depth > MOST_DEPTH:
            return Taken(tuple(found), f"Its parts are nested more than {MOST_DEPTH} deep.")
        kind, parameters = kind_of(own, within)
        boundary = parameters.get("boundary", "").rstrip()
        if kind.startswith("multipart/") and boundary:
            pieces = cut(data, boundary.encode("utf-8", "replace"), MOST_PARTS + 1)
            if pieces:
                inner = [(*parsed(piece), depth + 1, kind) for piece in pieces]
                waiting.extend(reversed(inner))
                continue
            kind = "text/plain"
        found.append(leaf(own, kind, parameters, data, within))
    return Taken(tuple(found))


def parsed(piece: bytes) -> tuple[list[headers.Field], bytes]:
    """The fields and the body of one part."""
    head, body = headers.split(piece)
    return headers.fields(head), body


def kind_of(own: list[headers.Field], within: str) -> tuple[str, dict[str, str]]:
    """The kind of a part and its parameters; the default depends on what is around it."""
    value = first(own, "content-type")
    kind, parameters = headers.content(value)
    if headers.KIND.fullmatch(kind) is None:
        kind = "message/rfc822" if within == "multipart/digest" else "text/plain"
    return kind, parameters


def leaf(own: list[headers.Field], kind: str, parameters: dict[str, str], data: bytes, within: str) -> Leaf:
    """A part as a value."""
    disposition, more = headers.content(first(own, "content-disposition"))
    name = more.get("filename") or parameters.get("name", "")
    encoding = first(own, "content-transfer-encoding").partition(";")[0].strip().lower()
    return Leaf(
        kind, parameters.get("charset", ""), encoding, headers.safe_filename(name) if name else "", disposition,
        len(data), data, within,
    )  # fmt: skip


def first(own: list[headers.Field], name: str) -> str:
    """The first value of a header."""
    for key, value in own:
        if key == name:
            return value
    return ""


def cut(data: bytes, boundary: bytes, most: int) -> list[bytes]:
    """The pieces between boundary lines; the text before the first and after the last is dropped."""
    mark = b"--" + boundary
    found: list[bytes] = []
    begin = -1
    at = data.find(mark)
    while at >= 0 and len(found) < most:
        if at == 0 or data[at - 1 : at] == b"\n":
            line_end = data.find(b"\n", at)
            line = data[at + len(mark) : line_end if line_end >= 0 else len(data)].strip()
            if line in (b"", b"--"):
                if begin >= 0:
                    found.append(_without_line_end(data[begin:at]))
                begin = line_end + 1 if line_end >= 0 and line == b"" else -1
                if begin < 0:
                    return found
        at = data.find(mark, at + len(mark))
    if begin >= 0 and len(found) < most:
        found.append(data[begin:])
    return found


def _without_line_end(piece: bytes) -> bytes:
    return piece[:-2] if piece.endswith(b"\r\n") else piece.removesuffix(b"\n")
