"""How far relance may go in which scope: the most specific rule wins, a tie is cautious, a ceiling always caps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from agent.address_forms import address_in, domain_in, message_id_in
from agent.decide.gate.spelling import inside, mailbox_of, near_address, same_address, same_domain

if TYPE_CHECKING:
    from agent.config import Config


class Level(StrEnum):
    """How much is done without asking, least first."""

    MANUAL = "manual"
    COPILOT = "copilot"
    AUTOPILOT = "autopilot"

    @property
    def rank(self) -> int:
        return tuple(Level).index(self)


class Kind(StrEnum):
    """What a scope names, least specific first."""

    DEFAULT = "default"
    ACCOUNT = "account"
    LABEL = "label"
    PLAN = "plan"
    DOMAIN = "domain"
    PERSON = "person"
    THREAD = "thread"

    @property
    def rank(self) -> int:
        return tuple(Kind).index(self)


@dataclass(frozen=True, slots=True)
class Scope:
    """A part of the mail."""

    kind: Kind
    value: str = ""

    def __str__(self) -> str:
        return f"{self.kind.value}:{self.value}" if self.value else self.kind.value


@dataclass(frozen=True, slots=True)
class Rule:
    """This scope has this level."""

    scope: Scope
    level: Level


@dataclass(frozen=True, slots=True)
class ScopePlace:
    """Everything that can decide which scopes a follow-up is in."""

    account: str = ""
    labels: tuple[str, ...] = ()
    plan: str = ""
    person: str = ""
    thread: str = ""
    names: tuple[str, ...] = ()
    """What else the thread may have been called: the user's mails in it, and what those answered."""


@dataclass(frozen=True, slots=True)
class Ceiling:
    """A reason never to go further than a level."""

    level: Level
    code: str


@dataclass(frozen=True, slots=True)
class Resolved:
    """The level that holds and why."""

    level: Level
    scope: Scope
    ceiling: Ceiling | None = None


WORDS = tuple(Kind)
DEFAULT = Scope(Kind.DEFAULT)


def parse_scope(text: str) -> Scope | None:
    """`person:ann@x`, `domain:x`, `default`; a bare address is a person, a bare domain a domain; None is no scope."""
    kind, colon, value = text.strip().partition(":")
    if colon and kind.lower() in WORDS and kind.lower() != Kind.DEFAULT:
        return scope_named(Kind(kind.lower()), value)
    bare = text.strip()
    if bare.lower() == Kind.DEFAULT:
        return DEFAULT
    if bare.startswith("<"):
        return scope_named(Kind.THREAD, bare)
    if bare.startswith(("@", "*@")):
        return scope_named(Kind.DOMAIN, bare)
    if "@" in bare:
        return scope_named(Kind.PERSON, bare)
    return scope_named(Kind.DOMAIN, bare) if "." in bare else None


READERS = {Kind.PERSON: address_in, Kind.DOMAIN: domain_in, Kind.THREAD: message_id_in}
"""What a value must be where mail is compared with it; a scope that could cover nothing is none."""


def scope_named(kind: Kind, value: str) -> Scope | None:
    """The scope of a kind that a person named; None where the value can be none of it."""
    found = READERS.get(kind, str.strip)(value)
    return Scope(kind, found) if found else None


def kept_scope(text: str) -> Scope | None:
    """A scope as the store has it; what was written before it was read strictly stays what it was."""
    kind, colon, value = text.strip().partition(":")
    written = Scope(Kind(kind), value) if colon and kind in WORDS[1:] and value else None
    return parse_scope(text) or written


def same_scope(one: Scope, other: Scope) -> bool:
    """Whether two scopes are one, however they are written."""
    if one.kind is not other.kind:
        return False
    if one.kind is Kind.PERSON:
        return same_address(one.value, other.value)
    if one.kind is Kind.DOMAIN:
        return same_domain(one.value, other.value)
    return one == other


def covers(scope: Scope, place: ScopePlace) -> bool:
    """Whether a follow-up lies in a scope."""
    match scope.kind:
        case Kind.DEFAULT:
            return True
        case Kind.ACCOUNT:
            return scope.value == place.account
        case Kind.LABEL:
            return scope.value.lower() in {label.lower() for label in place.labels}
        case Kind.PLAN:
            return scope.value == place.plan
        case Kind.DOMAIN:
            return inside(place.person.rpartition("@")[2], scope.value)
        case Kind.PERSON:
            return same_address(place.person, scope.value)
        case Kind.THREAD:
            return bool(scope.value) and scope.value in (place.thread, *place.names)


def concerns(scope: Scope, place: ScopePlace) -> bool:
    """Whether a scope may lower or pause a follow-up: one that covers it, or names its mailbox in another spelling."""
    if covers(scope, place):
        return True
    if scope.kind is Kind.PERSON:
        return near_address(place.person, scope.value)
    if scope.kind is Kind.THREAD:
        # An address in brackets looks like a Message-ID.
        return near_address(address_in(scope.value), place.person)
    if scope.kind is Kind.DOMAIN and place.person:
        return inside(_domain_of_mailbox(place.person), _domain_of_mailbox(f"@{scope.value}"))
    return False


def _domain_of_mailbox(address: str) -> str:
    return mailbox_of(address).rpartition("@")[2]


def resolve(rules: Iterable[Rule], place: ScopePlace, ceilings: Sequence[Ceiling] = ()) -> Resolved:
    """The level of a follow-up. Without any rule: manual. A rule that only concerns it lowers and never raises."""
    level, scope = Level.MANUAL, DEFAULT
    best = -1
    near = list[Rule]()
    for rule in rules:
        if not covers(rule.scope, place):
            near += [rule] if concerns(rule.scope, place) else []
            continue
        rank = rule.scope.kind.rank
        if rank > best or (rank == best and rule.level.rank < level.rank):
            best, level, scope = rank, rule.level, rule.scope
    for rule in near:
        if rule.scope.kind.rank >= best and rule.level.rank < level.rank:
            level, scope = rule.level, rule.scope
    lowest = min(ceilings, key=lambda ceiling: ceiling.level.rank, default=None)
    if lowest is not None and lowest.level.rank < level.rank:
        return Resolved(lowest.level, scope, lowest)
    return Resolved(level, scope)


def rules_of(config: Config) -> tuple[Rule, ...]:
    """The levels the config names."""
    found = [Rule(DEFAULT, Level(config.gate.level))]
    for scope in config.gate.scope:
        for kind in WORDS[1:]:
            value = getattr(scope, kind.value)
            if value is not None:
                found.append(Rule(Scope(kind, value), Level(scope.level)))
    return tuple(found)


def merged(config: Sequence[Rule], chosen: Sequence[Rule]) -> tuple[Rule, ...]:
    """What was chosen at run time replaces what the config says about the same scope."""
    left = (rule for rule in config if not any(same_scope(rule.scope, other.scope) for other in chosen))
    return (*left, *chosen)


def lower(one: Level, other: Level) -> Level:
    """The more careful of two."""
    return min(one, other, key=lambda level: level.rank)


def is_raise(before: Level, after: Level) -> bool:
    """Whether more would be done without asking."""
    return after.rank > before.rank


def one_down(level: Level) -> Level:
    """The next more careful level."""
    return tuple(Level)[max(level.rank - 1, 0)]


def level_before_change(rules: Sequence[Rule], scope: Scope) -> Level:
    """The level a scope has now; where more general rules could meet in it, the most careful of them."""
    own = [rule.level for rule in rules if same_scope(rule.scope, scope)]
    if own:
        return min(own, key=lambda level: level.rank)
    place = ScopePlace(person=scope.value) if scope.kind is Kind.PERSON else ScopePlace()
    wider = [rule.level for rule in rules if rule.scope.kind.rank < scope.kind.rank or concerns(rule.scope, place)]
    return min(wider, key=lambda level: level.rank, default=Level.MANUAL)
