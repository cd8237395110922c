"""Who a follow-up would go to, computed from the user's own last mail alone; never from the text of any mail."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from agent.decide.machines.carriers import is_list, is_no_reply, is_robot, is_role
from providers.base import Address, Mail

MOST_PEOPLE = 3
"""Others in a thread; a letter to more is an announcement, and pressing one of them is seen by all."""
FREE_MAIL = frozenset(
    {
        "gmail.com",
        "googlemail.com",
        "outlook.com",
        "hotmail.com",
        "yahoo.com",
        "icloud.com",
        "gmx.de",
        "gmx.net",
        "web.de",
        "live.com",
        "aol.com",
        "proton.me",
        "protonmail.com",
        "orange.fr",
        "free.fr",
        "libero.it",
        "wp.pl",
        "qq.com",
        "163.com",
        "mail.ru",
        "yandex.ru",
    }
)
REGISTRIES = frozenset(["ac", "co", "com", "edu", "gob", "gouv", "gov", "gv", "ltd", "me", "ne", "net", "or", "org"])
"""Below the domain of a country these belong to nobody."""
LOOKS = str.maketrans(
    {
        "0": "o",
        "1": "l",
        "3": "e",
        "5": "s",
        "i": "l",
        "|": "l",
        "а": "a",
        "е": "e",
        "о": "o",
        "р": "p",
        "с": "c",
        "х": "x",
        "у": "y",
        "і": "l",
        "ӏ": "l",
        "ѕ": "s",
        "ο": "o",
        "α": "a",
        "ν": "v",
        "ρ": "p",
        "ı": "l",
        "ɡ": "g",
    }
)


@dataclass(frozen=True, slots=True)
class Recipients:
    """To whom, and what a person should look at first."""

    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    holds: tuple[str, ...] = ()
    refusal: str = ""


def plain_key(address: str) -> str:
    """One person's address without the plus part, and without dots where the provider ignores them."""
    local, _, domain = address.lower().partition("@")
    local = local.split("+", 1)[0]
    domain = "gmail.com" if domain == "googlemail.com" else domain
    return f"{local.replace('.', '') if domain == 'gmail.com' else local}@{domain}"


def went_to(mail: Mail) -> frozenset[str]:
    """Everybody a mail was addressed to, each by one key."""
    return frozenset(plain_key(address.email) for address in mail.recipients)


def is_me(address: str, own: Iterable[str]) -> bool:
    """Whether an address leads to the user; `own` are their addresses."""
    return plain_key(address) in {plain_key(one) for one in own}


def recipients(mail: Mail, own: Collection[str], known: Iterable[str] = ()) -> Recipients:
    """The people a mail of the user's went to: To, and Cc without ourselves; Bcc never again.

    Nobody but this says whom a letter goes to, and of a mail that is not the user's own it says nobody.
    """
    if not mail.mine:
        return Recipients((), (), refusal="not_mine")
    others = tuple(address for address in _once(mail.to) if not is_me(address.email, own))
    copied = tuple(
        address
        for address in _once(mail.cc)
        if not is_me(address.email, own) and address.key not in {o.key for o in others}
    )
    refusal = _refusal(mail, others)
    domains = {item.rpartition("@")[2].lower() for item in known}
    strange = tuple(found for address in (*others, *copied) if (found := _strange(address, domains)))
    return Recipients(others, copied, strange, refusal)


def doubts(addresses: Iterable[Address], domains: Iterable[str]) -> tuple[str, ...]:
    """What a person should look at before writing there: a code, then words. `domains`: those the user writes to."""
    known = frozenset(domains)
    found = [(_strange(address, known), _nobody(address.email)) for address in addresses]
    return tuple(code for pair in found for code in pair if code)


def _strange(address: Address, domains: Iterable[str]) -> str:
    twin = look_alike(address.domain, domains)
    return f"look_alike: {address.email} beside {twin}" if twin else ""


def _nobody(address: str) -> str:
    if is_list(address):
        return "list"
    if is_no_reply(address):
        return "no_reply"
    return "robot" if is_robot(address) and not is_role(address) else ""


def _once(addresses: tuple[Address, ...]) -> tuple[Address, ...]:
    return tuple({address.key: address for address in reversed(addresses)}.values())[::-1]


def _refusal(mail: Mail, others: tuple[Address, ...]) -> str:
    if not others:
        return "to_myself" if mail.to or mail.bcc else "no_recipient"
    found = {_nobody(address.email) for address in others}
    if mail.header("list-id"):
        return "list"
    for code in ("list", "no_reply", "robot"):
        if code in found:
            return code
    return "many" if len(others) > MOST_PEOPLE else ""


def skeleton(domain: str) -> str:
    """A domain as a hurried eye reads it."""
    try:
        shown = domain.encode("ascii").decode("idna") if "xn--" in domain else domain
    except UnicodeError:
        shown = domain
    folded = unicodedata.normalize("NFKD", shown.casefold())
    bare = "".join(letter for letter in folded if not unicodedata.combining(letter)).translate(LOOKS)
    return bare.replace("rn", "m").replace("vv", "w").replace("cl", "d").replace("-", "")


def mixed_script(domain: str) -> bool:
    """Whether one label mixes alphabets."""
    for label in domain.split("."):
        scripts = {unicodedata.name(letter, "?").split()[0] for letter in label if letter.isalpha()}
        if len(scripts) > 1 and not scripts <= {"CJK", "HIRAGANA", "KATAKANA", "LATIN"}:
            return True
    return False


def look_alike(domain: str, known: Iterable[str]) -> str:
    """The known domain this one pretends to be; empty when it pretends nothing."""
    names = set(known)
    if domain in names:
        return ""
    if mixed_script(domain):
        return "a mix of alphabets"
    mine = skeleton(domain)
    return next((name for name in sorted(names) if skeleton(name) == mine), "")


def same_organisation(one: str, other: str) -> bool:
    """Whether two addresses share a domain that belongs to an organisation, whatever stands below it."""
    first, second = (registered(address.rpartition("@")[2].lower()) for address in (one, other))
    return bool(first) and first == second and first not in FREE_MAIL


def registered(domain: str) -> str:
    """The part of a domain that somebody registered: `partner.co.uk` of `mail.partner.co.uk`."""
    parts = domain.split(".")
    public = len(parts) > 2 and len(parts[-1]) == 2 and parts[-2] in REGISTRIES
    return ".".join(parts[-3:] if public else parts[-2:])


def full_name(address: Address) -> str:
    """A name that tells a person apart, its words in order: two at least, and nobody's shared mailbox."""
    name = " ".join(sorted(address.name.casefold().replace(",", " ").split()))
    return name if " " in name and not is_role(address.email) and not is_robot(address.email) else ""


def same_person(one: Address, other: Address) -> bool:
    """Whether two addresses are likely one human: the same mailbox, or the same full name."""
    if plain_key(one.email) == plain_key(other.email):
        return True
    names = [" ".join(sorted(item.name.casefold().replace(",", " ").split())) for item in (one, other)]
    return names[0] == names[1] and len(names[0].split()) >= 2
