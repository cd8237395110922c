"""Judges a mailbox file or one mail without config, account or store; reads only, and only a model of
the config ever gets a text."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from pathlib import Path

from agent.common.home import Home
from agent.decide.gate.levels import ScopePlace
from agent.decide.plans.parsing import built_in
from agent.decide.plans.plans import Plan
from agent.decide.threads.origin import MARKED_SENT, Door, Vote, mails_with_origin, server_of, server_shown
from agent.decide.threads.threads import Thread, gather, moment
from agent.decide.values import Me
from agent.drafting.writing import Wish, WrittenDraft, brief_for, learn, own_words, sent_mails, write
from agent.errors import UsageError
from agent.judging.many_threads import Judged, Progress, judge_all
from agent.models.asking import Writers
from agent.trying.second_process import Helper
from providers.base import Mail, Refused
from providers.local.archive import ArchiveMailbox, delivered, renumbered
from providers.mail.mime import LONG_AGO, parse
from voice.brief import StepText, Writer
from voice.learning.corpus import Corpus, OwnMail
from voice.learning.profile import Profile

MOST_BYTES = 64 * 1024 * 1024
"""More than twice the largest mail that is read (MOST_RAW of `providers/mail/mime.py`)."""
WriterFor = Callable[[ScopePlace, Thread], Writer]


def read_file(file: Path, now: datetime) -> Mail:
    """One mail from an .eml file; one that says nowhere when it came, came now."""
    if not file.is_file():
        raise UsageError(
            f"There is no file {file}.", hint="Save a mail as .eml from your mail program and name it here."
        )
    if file.stat().st_size > MOST_BYTES:
        raise UsageError(f"{file} is larger than any mail.", hint="Name a single mail, not a mailbox.")
    raw = file.read_bytes()
    if not raw.strip():
        raise UsageError(f"{file} is empty.", hint="Save the mail again.")
    mail = parse(raw, key=file.name, flags=frozenset() if delivered(raw) else frozenset({MARKED_SENT}))
    return replace(mail, received=now) if mail.date is None and mail.received == LONG_AGO else mail


def read_archive(path: Path, progress: Progress | None = None) -> Iterator[Mail]:
    """Every mail of an mbox file or a Maildir."""
    for page in _archive(path).changes(""):
        if progress is not None:
            progress(page.done, page.total)
        yield from page.mails


def threads_of(path: Path, me: Me, progress: Progress | None = None, helper: Helper | None = None) -> list[Thread]:
    """All threads of an archive, each mail with its origin."""
    if helper is None:
        return gather(with_origins(list(read_archive(path, progress)), me))
    mailbox = _archive(path)
    mails = renumbered(helper.read(mailbox, path, mailbox.spots(), progress or _unseen))
    return gather(with_origins(list(mails), me))


def with_origins(mails: Sequence[Mail], me: Me) -> list[Mail]:
    """Whose each mail of an archive is; who vouches for it is learned from the archive itself."""
    at = Door(me.keys, labelled=True)
    known = list(mails_with_origin(mails, at))
    if not any(mail.claimed for mail in known):
        return known
    people = {address.key for mail in known if mail.mine for address in mail.to} - me.keys
    here = {address.rpartition("@")[2] for address in me.keys}
    theirs = [mail for mail in known if mail.sender and mail.sender.key in people and mail.sender.domain not in here]
    found = server_shown([
        Vote(mail.sender.domain, server_of(mail.headers.get("authentication-results", ())), mail.received)
        for mail in theirs if mail.sender
    ])  # fmt: skip
    return list(mails_with_origin(known, replace(at, authserv_id=found.server)))


def _archive(path: Path) -> ArchiveMailbox:
    try:
        return ArchiveMailbox(path)
    except Refused as problem:
        raise UsageError(str(problem)) from None


def _unseen(done: int, total: int) -> None:
    """Nobody watches."""
    del done, total


def me_from(addresses: Iterable[str], name: str = "", zone: str = "UTC") -> Me:
    """The person whose mailbox it is."""
    kept = tuple(address.strip() for address in addresses if address.strip())
    wrong = [address for address in kept if "@" not in address]
    if wrong:
        raise UsageError(f"{wrong[0]!r} is no address.", hint="Write --me in full, such as --me sam@example.org.")
    return Me(name=name, addresses=kept, zone=zone)


@dataclass(frozen=True, slots=True)
class TrialWishes:
    """What a trial is asked for."""

    now: datetime
    drafts: bool = False
    draft_for: str = ""
    touch: int = 1
    plan: Plan = built_in()["nudge"]
    max_age_days: int = 60
    writer: WriterFor | None = None
    """Chooses the writer of a matter; none is the phrasebook."""
    helper: Helper | None = None
    """Takes half of the work of a large mailbox."""


@dataclass(frozen=True, slots=True)
class Tried:
    """One thread of a trial."""

    judged: Judged
    draft: WrittenDraft | None


def run(threads: Sequence[Thread], me: Me, wanted: TrialWishes, progress: Progress | None = None) -> Iterator[Tried]:
    """Judge every thread, and draft where asked."""
    judged = judge_all(
        threads, me, wanted.plan, wanted.now, max_age_days=wanted.max_age_days, progress=progress, helper=wanted.helper
    )
    if wanted.draft_for:
        judged = [found for found in judged if _holds(found.thread, wanted.draft_for)]
        if not judged:
            raise UsageError(
                f"There is no own mail {wanted.draft_for} in this mailbox.",
                hint="Give the Message-ID of a mail sent from one of the --me addresses.",
            )
    profile = learn(_learnable(threads, wanted)) if wanted.drafts or wanted.draft_for else None
    for found in judged:
        wish = wanted.draft_for or (wanted.drafts and found.verdict.quiet)
        yield Tried(found, _draft(found, me, wanted, profile) if wish and profile is not None else None)


def writer_of(home: Home, threads: Sequence[Thread], now: datetime) -> WriterFor | None:
    """The config's model with examples from the mailbox that is tried; None where the phrasebook writes."""
    if not home.places.config_file.exists() or home.config.model is None:
        return None

    @cache
    def examples() -> list[OwnMail]:
        corpus = Corpus()
        corpus.add(mail for mail in sent_mails(threads) if mail.at <= now)
        return corpus.mails()

    return Writers(home, examples)


def _holds(thread: Thread, name: str) -> bool:
    return any(mail.message_id == name and mail.mine for mail in thread.mails)


def _learnable(threads: Sequence[Thread], wanted: TrialWishes) -> Sequence[Thread]:
    """Nothing written after the moment of the trial teaches the voice."""
    kept = [tuple(mail for mail in thread.mails if moment(mail) <= wanted.now) for thread in threads]
    return [Thread(thread.key, mails) for thread, mails in zip(threads, kept, strict=True)]


def _draft(found: Judged, me: Me, wanted: TrialWishes, profile: Profile) -> WrittenDraft:
    touch = wanted.touch if wanted.draft_for else found.verdict.touch
    jobs = [entry.job for entry in wanted.plan.touches]
    before = tuple(mail.text for mail in _asked_again(found, me))
    wish = Wish(touch=touch, step=StepText(jobs[min(touch, len(jobs)) - 1]), touches=before, fence=secrets.token_hex(8))
    place = ScopePlace(plan=wanted.plan.name, person=found.summary.person, thread=found.thread.key)
    writer = wanted.writer(place, found.thread) if wanted.writer else None
    return write(brief_for(found.thread, me, wanted.now, wish, wanted.draft_for), profile, writer)


def _asked_again(found: Judged, me: Me) -> list[Mail]:
    """Own mails of the thread that already were touches."""
    own = own_words(found.thread, me, found.summary.person)
    return own[len(own) - found.summary.touches :] if found.summary.touches else []
