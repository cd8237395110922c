"""Says when two domains or two addresses are the same, and when they are near: other spellings of one mailbox."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from agent.decide.threads.people import plain_key


def shown_domain(domain: str) -> str:
    """A domain as people write it."""
    try:
        return domain.encode("ascii").decode("idna")
    except UnicodeError:
        return domain


@lru_cache(maxsize=4096)
def plain_domain(domain: str) -> str:
    """The one form of a domain: no letter case, no alphabet and no closing dot makes it another.

    No letter stands for others here: a domain with a sharp s belongs to somebody else than the one with two.
    """
    folded = unicodedata.normalize("NFKC", domain.strip()).lower().removesuffix(".")
    return ".".join(map(_wire_label, folded.split(".")))


def _wire_label(label: str) -> str:
    return label if label.isascii() else f"xn--{label.encode('punycode').decode('ascii')}"


@lru_cache(maxsize=4096)
def plain_address(address: str) -> str:
    """The one form of an address."""
    local, sign, domain = address.strip().rpartition("@")
    return f"{unicodedata.normalize('NFC', local.lower())}{sign}{plain_domain(domain)}"


def spellings(address: str) -> tuple[str, ...]:
    """The same address as mail may bear it; the first is the one that is given."""
    local, sign, domain = address.strip().lower().rpartition("@")
    wire = plain_domain(domain)
    return tuple(dict.fromkeys(f"{local}{sign}{form}" for form in (domain, wire, shown_domain(wire))))


def same_domain(one: str, other: str) -> bool:
    """Whether two domains are one, however they are written."""
    return bool(one) and plain_domain(one) == plain_domain(other)


def inside(domain: str, scope: str) -> bool:
    """Whether a domain is another one or lies under it."""
    one, other = plain_domain(domain), plain_domain(scope)
    return bool(one and other) and (one == other or one.endswith(f".{other}"))


def same_address(one: str, other: str) -> bool:
    """Whether two addresses are one, however they are written."""
    return bool(one) and plain_address(one) == plain_address(other)


@lru_cache(maxsize=4096)
def mailbox_of(address: str) -> str:
    """The form that all spellings of a mailbox share; what it says may hold for them, never allow anything."""
    return plain_key(plain_address(address))


def near_address(one: str, other: str) -> bool:
    """Whether two addresses lead to one mailbox, as far as one can tell from outside."""
    return bool(one) and mailbox_of(one) == mailbox_of(other)
