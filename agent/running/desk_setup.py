"""Sets the desk of the outbox up from the config, with connections that are opened late and kept; never uses them."""

from __future__ import annotations

import hashlib
import os
import platform
import random
from collections.abc import Callable
from dataclasses import replace

from agent.bounds import TooMuchError, within_bounds
from agent.clock import awake_and_asleep
from agent.common.desk import Desk, Judgement, Seat
from agent.common.home import Home
from agent.common.person import me_of
from agent.config import Account, Config, Smtp
from agent.decide.gate.case import Content
from agent.decide.gate.levels import rules_of
from agent.decide.threads.threads import Thread
from agent.decide.values import Meaning
from agent.drafting import drafts_folder
from agent.drafting.checking import judgement
from agent.drafting.draft import mails_learned
from agent.drafting.memories import taught
from agent.errors import ConfigError
from agent.mailboxes import foreign
from agent.mailboxes.accounts import settings_of
from agent.mailboxes.boxes import Boxes, boxes_of
from agent.mailboxes.signins import lacking
from agent.mailboxes.sync import register
from agent.secrets import resolve
from agent.sending import outbox
from agent.sending.hours import slot_for
from agent.sequences.plans import all_plans
from agent.sequences.since import plan_since
from agent.store.base.values import DraftVersion, Followup
from agent.store.work.budgets import Limits
from providers.base import Mail, Sender
from providers.registry import BY_SMTP, known
from providers.smtp import sender as smtp


def desk_for(home: Home, *, boxes: Boxes | None = None, judge: Judgement | None = None) -> Desk:
    """Everything as the config says."""
    config = home.config
    seats = tuple(_seat(home, account) for account in config.account if not known(account.provider).read_only)
    kept = boxes or boxes_of(home)
    made = Desk(
        store=home.store,
        seats=seats,
        mailbox=kept,
        sender=lambda name: sender_for(home, config.account_named(name)),
        pause_file=home.places.pause_file,
        seconds=awake_and_asleep,
        owner=f"{host_of(home)}:{os.getpid()}",
        rules=rules_of(config),
        limits=limits_of(config),
        hold_approved=config.gate.hold_approved,
        hold_autopilot=config.gate.hold_autopilot,
        judgement=judge or _judges(home),
        zone=home.zone,
        spread=random.SystemRandom().random,
        max_age_days=config.followups.max_age_days,
        say_automatic=config.letter.auto_submitted,
        quote_last=config.letter.quote,
        drafts_in_mailbox=config.followups.drafts == "mailbox",
        lacking=lambda level: lacking(config, home.vault.get, level),
    )
    made.heed = lambda row: drafts_folder.heed(made, row)
    made.taught = lambda followup, draft, thread: taught(home.store, followup, draft, thread, made.own)
    return made


def _judges(home: Home) -> Judgement:
    """Everything that judges a letter, from what is known of the person and the mailbox."""
    known = all_plans(home.config)
    made = judgement(
        me_of(home.config, home.zone),
        learned=lambda: mails_learned(home),
        touches=lambda name: len(known[name].touches) if name in known else 1,
    )
    me = me_of(home.config, home.zone)
    return replace(within_limits(made), slot=slot_for(home), plan_since=plan_since(me, known))


def within_limits(made: Judgement) -> Judgement:
    """The same judges; a mail that is too much for them is one that nobody is sure about."""

    def meaning(mail: Mail, thread: Thread, own: frozenset[str]) -> str:
        try:
            with within_bounds():
                return made.meaning(mail, thread, own)
        except TooMuchError:
            return Meaning.UNSURE.value

    def content(thread: Thread, draft: DraftVersion, followup: Followup) -> Content:
        try:
            with within_bounds():
                return made.content(thread, draft, followup)
        except TooMuchError as problem:
            return Content(length=len(draft.body), unsupported=(problem.message,))

    return replace(made, meaning=meaning, content=content)


def host_of(home: Home) -> str:
    """This machine and this home, as a word that says nothing about either."""
    words = f"{platform.node()} {home.places.state.resolve()}"
    return hashlib.sha256(words.encode()).hexdigest()[:12]


def _seat(home: Home, account: Account) -> Seat:
    own = frozenset(address.lower() for address in (account.address, *account.aliases))
    files = account.smtp.files_sent_copy if account.smtp else "auto"
    return Seat(account.name, register(home, account), account.address, own, home.config.me.name, files)


def limits_of(config: Config) -> Limits:
    """The caps the config names."""
    from datetime import timedelta

    gate = config.gate
    person = timedelta(hours=gate.per_person_hours)
    caps = config.budgets
    return Limits(
        gate.per_day, gate.per_hour, person, per_thread=gate.per_thread,
        per_person_month=caps.per_person_month, per_organisation_month=caps.per_organisation_month,
    )  # fmt: skip


def sender_for(home: Home, account: Account) -> Sender:
    """What can send for an account; asked for only when a letter is about to leave."""
    spec = known(account.provider)
    if spec.foreign:
        spec = foreign.leave(account)
    if spec.sender not in {"", BY_SMTP}:
        return outbox.cloud_sender(account.provider, settings_of(home, account))
    server = account.smtp
    if not spec.sender or server is None:
        raise ConfigError(
            f"The account {account.name!r} has no way to send.", hint="Add a table [account.smtp] to the config."
        )
    secret, token = _smtp_secret(home, account, server)
    return outbox.smtp_sender(
        smtp.Server(
            host=server.host, port=server.port, security=server.security, user=server.user or account.address,
            secret=secret, token=token,
        )
    )  # fmt: skip


def _smtp_secret(home: Home, account: Account, server: Smtp) -> tuple[Callable[[], str] | None, bool]:
    """A password of its own comes first; else what lets into the mailbox lets into the way out."""
    if server.password is None and account.imap is not None and account.imap.oauth is not None:
        from agent.mailboxes.clouds import tokens_for

        return tokens_for(home, account), True
    if server.password is None and server.security == "none":
        return None, False
    return (lambda: resolve(server.password, f"{account.name}.smtp.password", home.vault)), False
