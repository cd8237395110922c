"""Says whether a mail begins a plan, and for whom, as the rules of the plan have it; it believes no sender who is not
proven, never chooses between two people and begins nothing itself."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256

from agent.address_forms import ADDRESS, DOMAIN
from agent.decide.machines.carriers import is_list, is_no_reply, is_robot, is_role
from agent.decide.plans.plans import BeginRule
from agent.decide.threads.people import FREE_MAIL, is_me, plain_key, same_organisation
from providers.base import Mail, Role

KEYS = ("sender", "subject", "body", "person")
PLACES = ("sender", "body", "to", "cc")
UNHEARD = frozenset({Role.JUNK, Role.TRASH, Role.DRAFTS})
MOST_READ = 20_000
"""Characters; in a longer mail a second address may stand behind what is read."""
MOST_RULES = 20
"""For one plan; every mail that comes is held against each."""
FOUND = re.compile(r"[^\s<>()\[\]{},;:\"'|]{1,320}")
STRICT = re.compile(r"[A-Za-z0-9._%+=~#$&*/?^`!-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z][A-Za-z0-9-]{0,62}")
EXAMPLE = '[{ sender = "shop@example.org", subject = "receipt", person = "body" }]'


@dataclass(frozen=True, slots=True)
class Begins:
    """For whom a mail begins a plan, or why it does not."""

    person: str = ""
    why: str = ""
    near: bool = False
    """Its sender and its words are those of the rule, so that a person may wonder why nothing began."""


def begin_rules(name: str, rules: object) -> tuple[BeginRule, ...]:
    """The entries of `begin_when`; a ValueError says what is wrong with one."""
    entries = [rules] if isinstance(rules, Mapping) else rules
    if not isinstance(entries, list) or len(entries) > MOST_RULES:
        raise ValueError(f'plan "{name}": begin_when must be a list of up to {MOST_RULES}, such as {EXAMPLE}')
    return tuple(_rule(name, entry) for entry in entries)


def _rule(name: str, entry: object) -> BeginRule:
    if not isinstance(entry, Mapping) or not all(isinstance(value, str) for value in entry.values()):
        raise ValueError(f'plan "{name}": begin_when must be a list such as {EXAMPLE}')
    strange = next((str(key) for key in entry if key not in KEYS), "")
    if strange:
        raise ValueError(f'plan "{name}": begin_when knows {", ".join(KEYS)}, not "{strange}"')
    said = {str(key): str(value).strip() for key, value in entry.items()}
    sender, person = said.get("sender", "").lower(), said.get("person", "")
    if not _names_sender(sender):
        raise ValueError(
            f'plan "{name}": begin_when needs the sender: an address, "@domain" for everybody at a domain that is no '
            f'free mail, or "name@" for that name at your own domain, not "{sender}"'
        )
    if person not in PLACES:
        raise ValueError(f'plan "{name}": begin_when says with person where they stand: {", ".join(PLACES)}')
    return BeginRule(sender, person, said.get("subject", ""), said.get("body", ""))


def _names_sender(text: str) -> bool:
    if ADDRESS.fullmatch(text):
        return True
    local, sign, domain = text.partition("@")
    if not sign or (local and domain):
        return False
    return bool(DOMAIN.fullmatch(domain)) and "." in domain and domain not in FREE_MAIL if domain else bool(local)


def begins(rule: BeginRule, mail: Mail, own: Collection[str], *, proven: bool) -> Begins:
    """What one rule makes of one mail. `proven`: the user's own provider vouches for its sender."""
    sender = mail.sender.key if mail.sender else ""
    if not _from_named(rule.sender, sender, own):
        return Begins(why=f"it does not come from {rule.sender}{_where(rule.sender, own)}")
    for what, wanted, text in (("subject", rule.subject, mail.subject), ("body", rule.body, mail.text[:MOST_READ])):
        if _flat(wanted) not in _flat(text):
            return Begins(why=f'its {what} does not say "{wanted}"')
    if mail.role in UNHEARD:
        return Begins(why=f"it lies in {mail.role.value}")
    if mail.problem or mail.half_read or len(mail.text) > MOST_READ:
        return Begins(why="it cannot be read whole", near=True)
    if not proven:
        return Begins(why="your provider does not say that it comes from the sender it names", near=True)
    return _for_whom(rule, mail, own)


def _from_named(wanted: str, sender: str, own: Collection[str]) -> bool:
    local, _, domain = wanted.partition("@")
    if local and domain:
        return sender == wanted
    name, _, place = sender.rpartition("@")
    return place == domain if domain else name == local and place in own_domains(own)


def own_domains(own: Iterable[str]) -> frozenset[str]:
    """Domains of the user's own that no stranger can have an address at."""
    return frozenset(address.rpartition("@")[2].lower() for address in own) - FREE_MAIL


def _where(wanted: str, own: Collection[str]) -> str:
    return f" at {' or '.join(sorted(own_domains(own))) or 'a domain of your own'}" if wanted.endswith("@") else ""


def _for_whom(rule: BeginRule, mail: Mail, own: Collection[str]) -> Begins:
    """The one person there; two are none."""
    sender = mail.sender.key if mail.sender else ""
    if rule.person == "sender":
        found = [sender]
    elif rule.person == "body":
        found = list(_addresses(mail.text))
    else:
        found = [address.key for address in (mail.to if rule.person == "to" else mail.cc)]
    if "" in found or (rule.person in {"to", "cc"} and mail.possible_recipients):
        return Begins(why=f"an address in its {rule.person} cannot be read for certain", near=True)
    kept = [one for one in found if rule.person == "sender" or not _not_them(one, sender, own)]
    people = list({plain_key(one): one for one in reversed(kept)}.values())
    if len(people) == 1:
        return Begins(people[0], near=True)
    many = f"{len(people)} people, and only a person can choose" if people else "nobody a plan could be for"
    return Begins(why=f"its {rule.person} names {many}", near=True)


def _addresses(text: str) -> Iterator[str]:
    """Every address in a text in lower case; an empty one for what may be one and cannot be read."""
    for token in FOUND.findall(text):
        bare = token.strip(".,!?*_").lower()
        if "@" not in bare:
            continue
        yield bare if STRICT.fullmatch(bare) else ""


def _not_them(address: str, sender: str, own: Collection[str]) -> bool:
    """The user, the sender with all of their organisation, lists and programs."""
    nobody = is_list(address) or is_no_reply(address) or (is_robot(address) and not is_role(address))
    return nobody or is_me(address, own) or address == sender or same_organisation(address, sender)


def _flat(text: str) -> str:
    return " ".join(text.casefold().split())


def digest_of(mail: Mail) -> str:
    """The same for a mail and whatever repeats it under another Message-ID or in another folder."""
    sender = mail.sender.key if mail.sender else ""
    said = (sender, mail.date.isoformat() if mail.date else "", _flat(mail.subject), _flat(mail.text))
    return sha256(repr(said).encode()).hexdigest()[:32]
