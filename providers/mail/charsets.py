"""Bytes to text whatever the label says; never raises and never trusts a charset name."""

from __future__ import annotations

import base64
import binascii
import re

KNOWN_WRONG = {
    "unicode-1-1-utf-7": "utf-7", "x-unknown": "utf-8", "unknown-8bit": "utf-8", "unknown": "utf-8", "default": "utf-8",
    "ansi_x3.4-1968": "ascii", "cp-850": "cp850", "ks_c_5601-1987": "cp949", "gb2312": "gb18030", "gbk": "gb18030",
    "iso-8859-1": "cp1252", "latin1": "cp1252", "iso-8859-8-i": "iso-8859-8", "x-sjis": "cp932", "shift_jis": "cp932",
    "windows-874": "cp874", "x-mac-roman": "mac_roman", "macintosh": "mac_roman", "utf8": "utf-8", "us-ascii": "utf-8",
}  # fmt: skip
TEXT_CODEC = re.compile(r"^[a-z0-9][a-z0-9_.:-]{0,39}$")
NOT_TEXT = re.compile(
    r"^(?:base64|bz2|hex|quopri|rot|uu|zip|zlib|idna|punycode|unicode_escape|raw_unicode|undefined|mbcs)"
)
WHOLE = frozenset(("utf-8", "cp1252"))
HALF = re.compile("[\ud800-\udfff]")
OUTSIDE_BASE64 = re.compile(rb"[^A-Za-z0-9+/]+")


def decode(data: bytes, charset: str = "") -> str:
    """The text these bytes most likely stand for."""
    if data.isascii() and not charset.lower().startswith(("utf-7", "utf7", "iso-2022", "unicode-1-1", "hz", "utf-16")):
        return data.decode("ascii")
    name = charset.strip().strip("\"'").lower()
    name = KNOWN_WRONG.get(name, name)
    for codec in dict.fromkeys((name, "utf-8", "cp1252")):
        if not TEXT_CODEC.match(codec) or NOT_TEXT.match(codec):
            continue
        try:
            text = data.decode(codec)
            # UTF-7 can spell half a character, which no file or screen takes.
            return text if codec in WHOLE else HALF.sub("\ufffd", text)
        except (LookupError, ValueError, TypeError):
            continue
    return data.decode("utf-8" if name == "utf-8" else "latin-1", "replace")


def transfer(data: bytes, encoding: str) -> bytes:
    """Undo the transfer encoding; what is broken is kept as far as it goes."""
    match encoding.strip().lower():
        case "quoted-printable":
            return binascii.a2b_qp(data)
        case "base64":
            return from_base64(data)
        case "x-uuencode" | "uuencode" | "x-uue" | "uue":
            return _from_uu(data)
        case _:
            return data


def from_base64(data: bytes) -> bytes:
    """Base64 with holes, line noise or missing padding."""
    clean = OUTSIDE_BASE64.sub(b"", data.partition(b"=\n")[0] if b"=\n\n" in data else data)
    if len(clean) % 4 == 1:
        clean = clean[:-1]
    try:
        return base64.b64decode(clean + b"=" * (-len(clean) % 4))
    except (binascii.Error, ValueError):
        return b""


def _from_uu(data: bytes) -> bytes:
    found = []
    for line in data.splitlines():
        if line.startswith(b"begin ") or line == b"end" or not line:
            continue
        try:
            found.append(binascii.a2b_uu(line))
        except binascii.Error:
            continue
    return b"".join(found)
