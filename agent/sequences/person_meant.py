"""Finds whom somebody means to enroll, and says no where nobody should be written to; never guesses a person."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from sqlalchemy import Connection

from agent.address_forms import ADDRESS
from agent.common.home import Home
from agent.common.person import me_of
from agent.decide.machines.carriers import is_list, is_no_reply, is_robot, is_role
from agent.decide.threads.people import is_me, look_alike
from agent.decide.threads.quiet import SENTENCES, Reason
from agent.decide.threads.summary import Summary
from agent.decide.values import Me
from agent.errors import UsageError
from agent.store.base.values import KeptEnrolment, KeptThread
from agent.store.mail import mails, people, verdicts
from agent.store.shown import views
from agent.store.work import enrolments, outbox
from providers.registry import known

MAILING = "For the same words to several people use a mailing tool; relance writes to one person at a time."
FORBIDDEN = frozenset({
    "list", "no_reply", "robot", "many", "to_myself", "no_recipient", "opted_out", "declined", "left", "bounced",
    "empty",
})  # fmt: skip
"""Verdicts on a thread after which no plan may continue it."""
THEIR_WORD = frozenset({"answered", "delegated", "booked", "not_mine", "unsure", "claimed", "joined", "whose_words"})
"""Verdicts that say the last word there is not the user's."""


@dataclass(frozen=True, slots=True)
class Target:
    """A person, and the thread to continue where there is one."""

    account: int
    person: str
    name: str = ""
    subject: str = ""
    thread: int | None = None
    root: str = ""


@dataclass(frozen=True, slots=True)
class No:
    """Why nothing is done, and what helps."""

    code: str
    words: str


def whom(home: Home, connection: Connection, wanted: str, *, new: bool, account: str = "") -> Target | No:
    """A number of `relance list`, a Message-ID, an address or a name."""
    text = wanted.strip()
    row = views.verdict_row(connection, text) if text.isdigit() or text.startswith("<") or "@" in text else None
    if row is not None:
        return _thread(home, connection, row)
    if text.isdigit() or text.startswith("<"):
        raise UsageError(f"There is no thread {text!r}.", hint="`relance list` shows the numbers there are.")
    address = text.lower() if ADDRESS.fullmatch(text) else _by_name(connection, text)
    return at_address(home, connection, address, new=new, account=account)


def _by_name(connection: Connection, text: str) -> str:
    found = people.called(connection, text) if 1 < len(text) <= 100 and "@" not in text else {}
    if len(found) == 1:
        return next(iter(found))
    if found:
        several = ", ".join(sorted(found)[:5])
        raise UsageError(f"{text!r} could be {len(found)} people.", hint=f"Write the address: {several}.")
    raise UsageError(
        f"{text!r} is nobody in your mail.", hint="Write an address, a Message-ID, or a number of `relance list`."
    )


def at_address(
    home: Home, connection: Connection, address: str, *, new: bool, account: str,
    everybody: people.Everybody | None = None,
) -> Target | No:  # fmt: skip
    """Who reads mail there. `everybody`: what is known of all, where many are asked for one after the other."""
    me = me_of(home.config, home.zone)
    refused = not_to(home, connection, me, address)
    if refused is not None:
        return refused
    met = address in everybody.addresses if everybody else new or people.has_mail_with(connection, address)
    if not new and not met:
        return _unknown(connection, address)
    numbers = writing_from(home, connection, account)
    chosen = people.account_for(connection, address, numbers) or numbers[0]
    name = everybody.names.get(address, "") if everybody else people.name_of(connection, address)
    return Target(chosen, address, name)


def _unknown(connection: Connection, address: str) -> No:
    others = people.correspondents(connection)
    close = difflib.get_close_matches(address, others, n=1, cutoff=0.8)
    twin = look_alike(address.rpartition("@")[2], {other.rpartition("@")[2] for other in others})
    meant = f" Did you mean {close[0]}?" if close else f" Its domain looks like {twin}." if twin else ""
    return No("unknown", f"There is no mail with {address} in your mailboxes.{meant} If it is right, say --new.")


def writing_from(home: Home, connection: Connection, wanted: str) -> list[int]:
    """Accounts a mail can leave from."""
    can = {account.name for account in home.config.account if not known(account.provider).read_only}
    if wanted:
        home.config.account_named(wanted)
        can &= {wanted}
    numbers = [row.id for row in mails.account_rows(connection) if row.name in can]
    if not numbers:
        raise UsageError(
            "There is no account to write from.", hint="`relance setup` adds one, `relance sync` reads it."
        )
    return numbers


def not_to(home: Home, connection: Connection, me: Me, address: str) -> No | None:
    """Why nobody should be written to at an address."""
    if is_me(address, me.keys):
        return No("to_myself", f"{address} is your own address.")
    if is_list(address):
        return No("list", f"{address} is a mailing list. {MAILING}")
    if is_no_reply(address):
        return No("no_reply", f"Nobody reads {address}.")
    if is_robot(address) and not is_role(address):
        return No("robot", f"{address} is a program, not a person.")
    if people.opted_out(home.store, connection, [address]):
        return No("opted_out", f"{address} asked not to be written to again.")
    return None


def _thread(home: Home, connection: Connection, row: KeptThread) -> Target | No:
    try:
        summary = verdicts.summary_from_row(row.summary)
    except verdicts.DamagedError:
        return No("not_judged", "That thread has not been judged yet; `relance run --once` does that.")
    refused = not_in(home, connection, row, summary)
    if refused is not None:
        return refused
    return Target(row.account_id, summary.person, summary.name, row.subject, row.id, row.root)


def not_in(home: Home, connection: Connection, row: KeptThread, summary: Summary) -> No | None:
    """Why a thread must not be continued by a plan."""
    name = summary.name or summary.person or "They"
    if summary.blocked in FORBIDDEN or summary.sensitive == "death":
        reason = Reason.GRIEF if summary.sensitive == "death" else Reason(summary.blocked)
        return No(reason.value, SENTENCES[reason].format(person=name, asked="", due="", until=""))
    if summary.blocked in THEIR_WORD:
        return No(
            "their_word", f"The last word there is not yours. Answer first, or enroll {summary.person or 'the person'}."
        )
    if _read_only(home, connection, row.account_id):
        return No("read_only", "That mailbox is an archive; nothing can be sent from it.")
    me = me_of(home.config, home.zone)
    found = (not_to(home, connection, me, person) for person in summary.people)
    refused = next((item for item in found if item is not None), None)
    if refused is None and outbox.live_of_root(connection, row.root) is not None:
        return No("thread_busy", "A letter of this thread is on its way; wait until it left, or undo it.")
    return refused


def _read_only(home: Home, connection: Connection, number: int) -> bool:
    names = {row.id: row.name for row in mails.account_rows(connection)}
    config = [account for account in home.config.account if account.name == names.get(number)]
    return not config or known(config[0].provider).read_only


def on_the_way(connection: Connection, target: Target, but_not: int = 0) -> KeptEnrolment | None:
    """What the person or thread is under already. `but_not`: the enrolment that would end."""
    if target.thread is not None:
        rows = [row for row in enrolments.of_thread(connection, target.thread) if row.state == "active"]
    else:
        rows = [row for row in enrolments.of_mailbox(connection, target.person) if row.first]
    return next((row for row in rows if row.id != but_not), None)
