"""Commands that show follow-ups and threads; never one that changes them."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime

import click
from sqlalchemy import Connection

from agent.cli.output import home, json_option, local, one_line, out, out_json, table
from agent.cli.showing.waiting import leaving, of_letter, with_levels
from agent.decide.gate.case import Check, CheckVerdict
from agent.decide.plans.causes import cause_of
from agent.decide.plans.lifecycle import LOUD, WAITING
from agent.decide.threads.threads import Thread
from agent.errors import UsageError
from agent.sequences.wording import Under, began, lines, told
from agent.store.base.values import DraftVersion, Followup, KeptLetter, KeptThread
from agent.store.shown import views
from providers.base import Mail
from providers.mail.plain import plain
from voice.brief import WITHOUT

OVER = frozenset({"answered", "stopped", "skipped", "snoozed"})
"""States in which nothing of a follow-up is about to leave."""


@click.command("list")
@click.option("--state", metavar="STATE", help="Only those in this state, such as drafted or HELD.")
@click.option("--reason", metavar="REASON", help="Only those with this reason, such as due, too_old or answered.")
@click.option("--threads", is_flag=True, help="Every thread with its reason, instead of follow-ups.")
@json_option
@click.pass_context
def list_command(
    context: click.Context, state: str | None, reason: str | None, *, threads: bool, as_json: bool
) -> None:
    """Follow-ups, those due first on top, each with its reason; or all threads, newest first."""
    if threads and state:
        raise UsageError("A thread has no state.", hint="--reason filters threads; --state filters follow-ups.")
    with home(context) as here, here.store.read() as connection:
        if threads:
            from agent.cli.showing.threads import listed

            return listed(connection, reason, as_json=as_json)
        rows = [
            row for row in with_letters(connection, state) if reason in {None, row.followup.reason, row.followup.hold}
        ]
        levels = with_levels(here.config, connection, [row.followup for row in rows])
        rows = [replace(row, followup=followup) for row, followup in zip(rows, levels, strict=True)]
        anything = "" if rows else _counted(with_letters(connection))
    if as_json:
        for row in rows:
            out_json(document(row))
    elif rows:
        table([_cells(row, here.clock()) for row in rows], ("id", "state", "due", "person", "subject", "why"))
    else:
        out(_none(state, reason, anything))
    return None


def _none(state: str | None, reason: str | None, states: str) -> str:
    wanted = [f"in state {state}"] if state else []
    wanted += [f"with the reason {reason}"] if reason else []
    if wanted:
        return f"No follow-ups {' '.join(wanted)}. There are: {states or 'none at all'}."
    return "No follow-ups yet. `relance run --once` reads and judges your mail; `relance list --threads` says why not."


@dataclass(frozen=True, slots=True)
class ListedFollowup:
    """A follow-up beside its letter, where it has one on the way, and the text that waits."""

    followup: Followup
    state: str
    """Where its letter stands takes the place of the follow-up's own state, from the outbox on."""
    writer: str | None = None
    notes: str = ""
    leaves_at: datetime | None = None
    message_id: str | None = None
    trouble: str = ""
    no_copy: str = ""


def _counted(rows: list[ListedFollowup]) -> str:
    """States and how many follow-ups are in each."""
    counts = Counter(row.state for row in rows)
    return ", ".join(f"{number} {state}" for state, number in sorted(counts.items()))


def with_letters(connection: Connection, state: str | None = None) -> list[ListedFollowup]:
    """Follow-ups, each with the state of its letter where it has one on the way."""
    found = views.listed(connection)
    letters = views.letters(connection, [followup.id for followup in found])
    writers = views.writers(connection)
    rows = [_listed(followup, letters.get(followup.id), *writers.get(followup.id, (None, ""))) for followup in found]
    return [row for row in rows if state is None or row.state == state]


def _listed(followup: Followup, letter: KeptLetter | None, writer: str | None, notes: str) -> ListedFollowup:
    if letter is None or followup.state not in {"outbox", "watching", "answered", "stopped"}:
        return ListedFollowup(followup, followup.state, writer, notes)
    state = letter.state if followup.state == "outbox" or letter.state in LOUD else followup.state
    return ListedFollowup(
        followup, state, writer, notes,
        leaves_at=letter.ready_at if letter.state in WAITING else None,
        message_id=letter.carried_id or letter.message_id,
        trouble=letter.words if state in LOUD else "",
        no_copy=letter.words if letter.state == "SENT" and letter.sent_copy == "pending" else "",
    )  # fmt: skip


def document(row: ListedFollowup) -> dict[str, object]:
    """One follow-up the way the contract names its parts."""
    one = row.followup
    return {
        "id": str(one.id), "thread": one.root, "person": one.person, "subject": one.subject,
        "plan": one.plan, "touch": one.touch, "kind": one.kind, "state": row.state, "level": one.level,
        "reason": one.evidence, "code": one.reason, "hold": one.hold or None, "due": local(one.due),
        "leaves_at": local(row.leaves_at), "message_id": row.message_id, "writer": row.writer,
        "without_model": _without(row) or None,
    }  # fmt: skip


def _without(row: ListedFollowup) -> str:
    """Why no model wrote the text, where one was asked for."""
    return next((note for note in _notes(row.notes) if note.startswith(WITHOUT)), "")


def _state(row: ListedFollowup) -> str:
    """Where it stands; a task is something to do, and nothing of it is ever sent."""
    return f"{row.state}, task" if row.followup.kind == "task" else row.state


def _cells(row: ListedFollowup, now: datetime) -> tuple[str, ...]:
    one = row.followup
    due = one.due.astimezone().strftime("%a %d %b %H:%M") if one.due else "-"
    due = leaving(row.leaves_at, now) if row.leaves_at else due
    # Where nothing could be written the reason says what to do.
    unwritten = one.hold if one.reason == "no_draft" else ""
    # And where only a person can settle a letter, what happened to it comes before why it was written.
    said = (row.trouble, unwritten or one.evidence or one.reason, _without(row))
    why = one_line(" ".join(filter(None, said)), 400)
    return str(one.id), _state(row), due, one_line(one.person, 30), one_line(one.subject, 40), why


@click.command()
@click.argument("number", metavar="ID")
@json_option
@click.pass_context
def show(context: click.Context, number: str, as_json: bool) -> None:
    """One follow-up: the thread, the draft, every check and the letter."""
    from agent.cli.doing.verbs import desk
    from agent.verbs.actions import Viewed, view

    with desk(context) as (here, made), here.store.read() as connection:
        followup = views.one(connection, number)
        drafts = views.drafts(connection, followup.id)
        draft = drafts[-1] if drafts else None
        thread = views.whole_thread(connection, followup.thread_id)
        plan = told(connection, followup.thread_id)
        seen = view(connection, made, followup.id)
        letter_row = views.letters(connection, [followup.id]).get(followup.id)
        on_its_way = of_letter(letter_row, followup.id, here.clock())
        [followup] = with_levels(here.config, connection, [followup])
        page = views.web_page(connection, followup.thread_id)
    writer, notes = (draft.writer, draft.notes) if draft else (None, "")
    row = _listed(followup, letter_row, writer, notes)
    checks = seen.decision.checks if isinstance(seen, Viewed) else ()
    if as_json:
        letter = seen.matter.made if isinstance(seen, Viewed) else None
        out_json({
            **document(row), "draft": _draft(draft), "versions": [_version(one) for one in drafts],
            "checks": [
                {"name": check.name, "verdict": check.verdict.value, "reason": check.reason} for check in checks
            ],
            "recipients": list(letter.letter.recipients) if letter else [],
            "enrolment": enrolment_document(plan),
            "letter_sha256": letter.digest if letter else None, "web": page or None,
            "mails": [_mail(mail) for mail in thread.mails] if thread else [],
        })  # fmt: skip
        return
    out(f"{number}  {row.state}  {one_line(followup.subject)}")
    out(f"To {one_line(followup.person)}, plan {followup.plan}, touch {followup.touch}, level {followup.level}.")
    out(one_line(followup.evidence or followup.reason, 400))
    if page:
        out(page)
    for line in lines(plan) if plan else ():
        out(one_line(line, 600))
    _print_thread(thread)
    if draft:
        _print_draft(number, drafts)
    elif row.state in {"asked", "drafted"}:
        out(f"\nThere is no draft. `relance edit {number}` writes one; `relance skip {number}` lets it be.")
    _print_end(row, on_its_way, checks)


def _print_end(row: ListedFollowup, on_its_way: str, checks: tuple[Check, ...]) -> None:
    """What becomes of it: where its letter stands, or what speaks against one now."""
    if on_its_way:
        out(f"\n== On its way\n{on_its_way}")
    elif row.state == "SENT":
        out(f"\n== Sent\nA server took it as {one_line(row.message_id or '')}.")
        if row.no_copy:
            out(f"Your mailbox has no copy of it yet, which is tried again: {one_line(row.no_copy, 200)}")
    elif row.state not in OVER and (against := _against(checks)):
        out("\n== What speaks against sending it now")
        for line in against:
            out(line)


def _mail(mail: Mail) -> dict[str, object]:
    """A mail of the thread, with whose it is."""
    return {
        "message_id": mail.message_id or None, "at": local(mail.at), "from": mail.sender.email if mail.sender else None,
        "folder": mail.folder, "origin": mail.origin.value,
    }  # fmt: skip


def _print_thread(thread: Thread | None) -> None:
    for mail in thread.mails if thread else ():
        writer = mail.sender.email if mail.sender else "(unreadable address)"
        writer += " (in your name, and nobody vouches for it)" if mail.claimed else ""
        out(f"\n-- {one_line(writer)}, {mail.at.astimezone():%a %d %b %Y %H:%M}")
        out(plain(mail.text[:20_000]).strip())


def _print_draft(number: str, drafts: list[DraftVersion]) -> None:
    draft = drafts[-1]
    out(f"\n== Draft {draft.version} ({draft.writer})\n{plain(draft.body).rstrip()}")
    for note in _notes(draft.notes):
        out(f"note  {one_line(note)}")
    if len(drafts) > 1:
        kept = ", ".join(f"{one.version} ({one.writer})" for one in drafts)
        out(f"\nVersions: {kept}. `relance redo {number} --version N` takes one back.")


def _against(checks: tuple[Check, ...]) -> list[str]:
    """What speaks against it."""
    spoken = [check for check in checks if check.verdict is not CheckVerdict.ALLOW]
    return [f"{check.verdict.value}  {check.name}: {one_line(check.reason)}" for check in spoken]


def enrolment_document(found: Under | None) -> dict[str, object] | None:
    """The plan a thread is or was under, with times as the reader has them."""
    if found is None:
        return None
    row, touch = found.row, found.touch
    cause = cause_of(row.cause)
    return {
        "plan": row.plan, "state": row.state, "trigger": row.trigger, "since": local(row.made),
        "began": began(row), "cause": {"by": cause.by, "word": cause.word, "mail": cause.mail},
        "about": row.about, "reason": row.reason, "changed": local(row.changed),
        "touch": touch.touch if touch else None, "due": local(touch.due) if touch else None,
        "stands": touch.state if touch else None,
        "signals": [
            {"text": item.words, "evidence": item.evidence, "at": local(item.at), "touch": item.touch}
            for item in found.signals
        ],
    }  # fmt: skip


def _draft(row: DraftVersion | None) -> dict[str, object] | None:
    if row is None:
        return None
    voice = float(row.voice) if row.voice else None
    facts = json.loads(row.facts or "{}")
    return {
        "subject": row.subject, "body": row.body, "writer": row.writer, "voice": voice,
        "facts_ok": facts.get("ok"), "unsupported": facts.get("unsupported", []), "notes": _notes(row.notes),
        "version": row.version,
    }  # fmt: skip


def _version(row: DraftVersion) -> dict[str, object]:
    """One earlier text."""
    return {
        "version": row.version, "writer": row.writer, "made": local(row.made), "body": row.body,
        "notes": _notes(row.notes),
    }  # fmt: skip


def _notes(notes: str) -> list[str]:
    """What the writer said about a text, such as why no model wrote it."""
    try:
        found = json.loads(notes or "[]")
    except ValueError:
        return [notes]
    return [str(note) for note in found] if isinstance(found, list) else []


@click.command()
@click.argument("wanted", metavar="THREAD_OR_ID")
@json_option
@click.pass_context
def why(context: click.Context, wanted: str, as_json: bool) -> None:
    """Why a thread was or was not touched: the number of a follow-up, or the Message-ID of any mail in it."""
    with home(context) as here, here.store.read() as connection:
        row = views.verdict_row(connection, wanted)
        if row is None:
            raise UsageError(
                f"There is no thread {wanted!r}.",
                hint="Give a number of `relance list`, or a Message-ID such as <id@host>.",
            )
        plan = told(connection, row.id)
        said, summary = why_lines(row, plan), json.loads(row.summary or "{}")
    if as_json:
        out_json({
            "thread": row.root, "subject": row.subject, "person": row.person, "quiet": bool(row.quiet),
            "hold": row.hold or None, "reason": row.reason, "sentence": row.sentence,
            "evidence": summary.get("evidence") or summary.get("answer_evidence") or "", "due": local(row.due),
            "enrolment": enrolment_document(plan),
        })  # fmt: skip
        return
    for line in said:
        out(line)


def why_lines(row: KeptThread, plan: Under | None) -> list[str]:
    """What a person is told of a thread: the plan it is under, the verdict, and the words it rests on."""
    summary = json.loads(row.summary or "{}")
    said = [f"{one_line(row.subject or '(no subject)')} — {one_line(row.person or 'nobody')}"]
    said += [one_line(line, 600) for line in (lines(plan) if plan else ())]
    said.append(one_line(row.sentence or "It has not been judged yet; `relance run --once` does that.", 400))
    for label, key in (
        ("You asked", "evidence"),
        ("They wrote", "answer_evidence"),
        ("Delicate", "sensitive_evidence"),
    ):
        if summary.get(key):
            said.append(f"  {label}: “{one_line(summary[key], 300)}”")
    if row.due:
        said.append(f"  Next touch not before {row.due.astimezone():%a %d %b %Y}.")
    return said
