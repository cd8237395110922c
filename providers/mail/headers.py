"""Header bytes to names and values, within limits; never raises and lets no control character into a value."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import unquote_to_bytes

from providers.mail.charsets import decode, from_base64, transfer

MOST_BYTES = 256 * 1024
"""More than twice of what Postfix keeps of a header (header_size_limit)."""
MOST_LINES = 1000
"""Fields of one mail; every hop adds a few, and loops are broken long before."""
MOST_VALUE = 10 * 1024
"""Of one field; a list of references is the longest that is used."""
MOST_IDS = 1000
"""Names in one field."""
TOO_LONG = "Its header is too long."

END_OF_HEAD = re.compile(rb"\r?\n\r?\n")
NAME = re.compile("([!-9;-~]{1,100})[ \\t]{0,100}")
FOLD = re.compile("\n(?=[ \\t])")
CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]+")
WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?\s]{0,4000}|[^?\r\n]{0,400})\?=")
BETWEEN_WORDS = re.compile(r"(\?=)[ \t\r\n]{1,100}(?==\?[^?\s]{1,60}\?[bBqQ]\?)")
MESSAGE_ID = re.compile(r"<[^<>\s\x00-\x1f\x7f-\x9f]{1,990}>")
PARAMETER = re.compile(
    r';\s*([!#$%&*+.^_`|~0-9A-Za-z-]{1,60})\s*=\s*(?:"((?:[^"\\]|\\.){0,2000})"?|([^;"\s]{0,2000}))', re.DOTALL
)
CONTINUED = re.compile(r"^([^*]+)\*(?:(\d{1,3})(\*)?)?$")
KIND = re.compile(r"^\s*([a-z0-9!#$&^_.+-]{1,60})/([a-z0-9!#$&^_.+-]{1,120})", re.IGNORECASE)

Field = tuple[str, str]


def split(raw: bytes) -> tuple[bytes, bytes]:
    """The head and the body of a mail or part."""
    if raw[:1] == b"\n" or raw[:2] == b"\r\n":
        return b"", raw.lstrip(b"\r\n") if raw[:2] != b"\r\n" else raw[2:]
    end = END_OF_HEAD.search(raw)
    return (raw[: end.start()], raw[end.end() :]) if end else (raw, b"")


def fields(head: bytes) -> list[Field]:
    """Names in lower case with unfolded, undecoded values, in their order; lines that are no field are passed over."""
    # Each byte is one letter here, and only values with other letters than ASCII are read again.
    text = head[:MOST_BYTES].decode("latin-1").replace("\r\n", "\n")
    if "\n " in text or "\n\t" in text:
        text = FOLD.sub("", text)
    foreign = not text.isascii()
    found: list[Field] = []
    for line in text.split("\n"):
        before, colon, value = line.partition(":")
        name = field_name(before) if colon and len(before) <= 120 else ""
        if not name:
            continue
        if foreign and not value.isascii():
            value = decode(value[:MOST_VALUE].strip(" \t\r").encode("latin-1"), "utf-8")
        found.append((name, value[:MOST_VALUE].strip()))
        if len(found) >= MOST_LINES:
            break
    return found


def listed(pairs: Iterable[tuple[str, str]]) -> tuple[list[Field], str]:
    """Fields a provider tells one by one, within the same limits, and the reason where they go beyond them."""
    found: list[Field] = []
    size = 0
    for name, value in pairs:
        size += len(name) + len(value)
        if size > MOST_BYTES or len(found) >= MOST_LINES:
            return found, TOO_LONG
        found.append((name.lower(), clean(value[:MOST_VALUE])))
    return found, ""


@lru_cache(maxsize=2048)
def field_name(before: str) -> str:
    """What stands before a colon, in lower case; empty when it cannot be a name."""
    match = NAME.fullmatch(before)
    return match[1].lower() if match else ""


def clean(value: str) -> str:
    """One line without control characters."""
    return value if value.isprintable() else CONTROL.sub(" ", value).strip()


def words(value: str) -> str:
    """A value with its encoded words decoded."""
    if "=?" not in value:
        return clean(value)
    joined = BETWEEN_WORDS.sub(r"\1", value)
    return clean(re.sub(r"[\ud800-\udfff]", "\ufffd", _merge(joined)))


def _merge(value: str) -> str:
    """Neighbouring words of one charset are decoded together: writers cut letters in the middle."""
    out: list[str] = []
    held, charset, at = b"", "", 0
    for match in WORD.finditer(value):
        label, how, data = match.groups()
        label = label.partition("*")[0].lower()
        if held and (match.start() != at or label != charset):
            out.append(decode(held, charset))
            held = b""
        out.append(value[at : match.start()])
        held += _word(how, data)
        charset, at = label, match.end()
    if held:
        out.append(decode(held, charset))
    out.append(value[at:])
    return "".join(out)


def _word(how: str, data: str) -> bytes:
    plain = data.encode("utf-8", "replace")
    if how in "bB":
        return from_base64(plain)
    return transfer(plain.replace(b"_", b"=20").replace(b"\n", b""), "quoted-printable")


def ids(value: str) -> tuple[str, ...]:
    """The Message-IDs in a value, each once, in order; everything around them is ignored."""
    if "<" not in value:
        return ()
    return tuple(dict.fromkeys(MESSAGE_ID.findall(value)[:MOST_IDS]))


def content(value: str) -> tuple[str, dict[str, str]]:
    """A Content-Type or Content-Disposition as its first word and its parameters."""
    first = value.partition(";")[0].strip().lower()
    return first, parameters(value) if ";" in value else {}


def parameters(value: str) -> dict[str, str]:
    """The parameters of a structured header, continued and encoded ones put together."""
    simple: dict[str, str] = {}
    pieces: dict[str, list[tuple[int, bool, str]]] = {}
    for name, quoted, bare in PARAMETER.findall(value[:MOST_VALUE])[:200]:
        text = re.sub(r"\\(.)", r"\1", quoted) if "\\" in quoted else quoted or bare
        continued = CONTINUED.match(name.lower())
        if continued is None:
            simple.setdefault(name.lower(), text)
            continue
        number = int(continued[2] or 0)
        pieces.setdefault(continued[1], []).append((number, bool(continued[3]) or continued[2] is None, text))
    for name, parts in pieces.items():
        simple[name] = _continued(parts)
    return simple


def _continued(parts: list[tuple[int, bool, str]]) -> str:
    charset, data = "", b""
    for position, (_, encoded, text) in enumerate(sorted(parts)):
        if encoded and position == 0 and text.count("'") >= 2:
            charset, _, text = text.split("'", 2)
        data += unquote_to_bytes(text) if encoded else text.encode("utf-8", "replace")
    return clean(decode(data, charset))


def safe_filename(name: str) -> str:
    """A name that can only be a file in the folder it is put in."""
    base = words(name).replace("\\", "/").rpartition("/")[2]
    base = re.sub(r'[<>:"|?*\x00-\x1f\u202a-\u202e\u2066-\u2069]', "_", base).strip(". ")
    return base[-120:] or "attachment"
