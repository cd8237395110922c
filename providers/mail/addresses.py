"""Address headers to addresses; accepts only what two independent parsers read the same way, or names one address."""

from __future__ import annotations

import email.utils
import re
import unicodedata
from collections.abc import Iterable
from email import _header_value_parser as strict
from email.errors import MessageError
from functools import lru_cache

from providers.base import Address
from providers.mail.headers import MOST_VALUE, words

LOCAL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
DOMAIN = r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?"
SPEC = re.compile(f"{LOCAL}@{DOMAIN}")
PHRASE = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\u00c0-\u024f-]+(?: [A-Za-z0-9!#$%&'*+/=?^_`{|}~\u00c0-\u024f-]+){0,12}"
QUOTED = r'"[A-Za-z0-9 ,.@()!#$%&\'*+/=?^_`{|}~\u00c0-\u024f:;-]{1,200}"'
PLAIN_ONE = re.compile(rf"(?:({PHRASE}|{QUOTED}) <({LOCAL}@{DOMAIN})>|<?({LOCAL}@{DOMAIN})>?)(?:, ?|$)")
BARE = rf'(?:{LOCAL}|"{LOCAL}")@{DOMAIN}\.?'
ONLY_ONE = re.compile(rf"\A(?:(?P<before>[^<>()]{{0,1000}})<(?P<spec>{BARE})>|(?P<bare>{BARE}))\Z")
"""One address in whatever decoration; a comment may hide what is an address to others."""
TOKEN = re.compile(
    r"""(?:"([^"@]{1,64})"|(?<![^\s<>()\[\],;:"@\\])([^\s<>()\[\],;:"@\\]{1,64}))@([^\s<>()\[\],;:"'@\\]{1,255})"""
)
COMMENT = re.compile(r"\([^()]{0,200}\)")
AROUND_SIGNS = re.compile(r"(?<!\s)\s{0,9}([@.])\s{0,9}")
LONGEST = 64 + 1 + 255
"""RFC 5321, 4.5.3.1: 64 octets of a name, the sign, 255 of a domain."""
MOST = 1000
"""Addresses of one field; a mail to more is a mailing and counts as unclear."""
MOST_FIELDS = 50
"""A field that must stand once stands more often only in an attack."""
MOST_POSSIBLE = 100
"""Each of these may be stopped by a mail that is unclear, so there must be an end."""
MOST_CAREFUL = 4096
"""Bytes of one mail that both parsers read: their time grows with the square of them."""
READ_ERRORS = (ValueError, LookupError, AttributeError, TypeError, RecursionError, AssertionError, MessageError)


def read(values: tuple[str, ...]) -> tuple[Address, ...] | None:
    """All addresses of these header values, or None when parsers disagree about any of them."""
    return read_each((values,))[0]


def read_each(groups: Iterable[tuple[str, ...]]) -> list[tuple[Address, ...] | None]:
    """The same for each header of one mail, in this order; what would take too long counts as disagreement."""
    left = MOST_CAREFUL
    found = []
    for values in groups:
        some, left = _read(values, left)
        found.append(some)
    return found


def _read(values: tuple[str, ...], left: int) -> tuple[tuple[Address, ...] | None, int]:
    """The addresses, and how many bytes may still be read carefully."""
    if len(values) > MOST_FIELDS:
        return None, left
    found: list[Address] = []
    for value in map(str.strip, values):
        if not _names_any(value):
            continue
        # One that is cut off would name fewer people than the mail does.
        some: tuple[Address, ...] | None = _easy(value) if len(value) < MOST_VALUE else None
        if some == ():
            left -= len(value.encode("utf-8", "replace"))
            some = _careful(value) if left >= 0 else None
            if some is None and left >= 0 and len(value) < MOST_VALUE:
                some = only_one(value)
        if some is None:
            return None, left
        found.extend(some)
    return (tuple(found), left) if len(found) <= MOST else (None, left)


def _names_any(value: str) -> bool:
    return "@" in value or "=?" in value or '"' in value


@lru_cache(maxsize=4096)
def _easy(value: str) -> tuple[Address, ...]:
    return easy(value)


@lru_cache(maxsize=512)
def _careful(value: str) -> tuple[Address, ...] | None:
    return careful(value)


def easy(value: str) -> tuple[Address, ...]:
    """The everyday shapes, which leave no room for two readings; empty when the value has another."""
    found = []
    at, size = 0, len(value)
    while at < size:
        match = PLAIN_ONE.match(value, at)
        if match is None:
            return ()
        name, spec, bare = match.groups()
        spec = spec or bare
        # A lone bracket on one side would match too, and mean two things.
        if (bare and match[0].count("<") != match[0].count(">")) or not sound(spec):
            return ()
        found.append(_address((name or "").strip('"'), spec))
        at = match.end()
    # An encoded word may hide what the pattern looked at.
    return tuple(found) if not value.endswith(",") else ()


def careful(value: str) -> tuple[Address, ...] | None:
    """Both parsers of the standard library, or nothing."""
    try:
        loose = [(name, spec) for name, spec in email.utils.getaddresses([value]) if spec or name]
        tree, rest = strict.get_address_list(value)
        exact = [box.addr_spec for box in tree.all_mailboxes]
    except READ_ERRORS:
        return None
    if rest or [spec for _, spec in loose] != exact or not all(sound(spec) for spec in exact):
        return () if _nobody(value) else None
    return tuple(_address(name, spec) for name, spec in loose)


def only_one(value: str) -> tuple[Address, ...] | None:
    """The one address a value names, which no decoration makes another; without the name beside it, or nothing."""
    match = ONLY_ONE.fullmatch(value)
    if match is None:
        return None
    spec = (match["spec"] or match["bare"]).replace('"', "").removesuffix(".")
    rest = re.sub(rf"(?<![^\s\"',;]){re.escape(spec)}\.?(?![^\s\"',;])", "", match["before"] or "", flags=re.IGNORECASE)
    if "@" in unicodedata.normalize("NFKC", f"{rest}{words(rest)}") or not sound(spec):
        return None
    return (Address(spec),)


def possible(values: Iterable[str]) -> tuple[str, ...]:
    """Every address an unclear header may mean, in lower case, in any of the forms it may be read in."""
    found: dict[str, None] = {}
    for value in list(values)[:MOST_FIELDS]:
        for form in dict.fromkeys((value, words(value))):
            plain = unicodedata.normalize("NFKC", form)
            for reading in dict.fromkeys((plain, AROUND_SIGNS.sub(r"\1", COMMENT.sub("", plain)))):
                found |= dict.fromkeys(key for match in TOKEN.finditer(reading) for key in _keys(*match.groups()))
    return tuple(found)[:MOST_POSSIBLE]


def _keys(quoted: str | None, bare: str | None, domain: str) -> Iterable[str]:
    local = (quoted or (bare or "").strip("'`*")).strip().lower()
    domain = domain.strip(".'`*>").lower()
    forms = dict.fromkeys((local, re.sub(r"\.{2,}", ".", local).strip(".")))
    return (f"{form}@{domain}" for form in forms if form and domain)


def _nobody(value: str) -> bool:
    """Such as `undisclosed-recipients:;`."""
    return re.fullmatch(r'"?[A-Za-z -]{1,60}"?\s*:\s*;?', value) is not None or value == "<>"


def sound(spec: str) -> bool:
    """Whether this is a plain ASCII address that means one mailbox."""
    domain = spec.rpartition("@")[2]
    return len(spec) <= LONGEST and SPEC.fullmatch(spec) is not None and ".." not in domain and "=?" not in spec


def _address(name: str, spec: str) -> Address:
    return Address(spec, words(name))
