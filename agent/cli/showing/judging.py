"""Commands that judge mail without an account; they read files and write nothing."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, Unpack

import click

from agent.cli.output import home, json_option, narrate, one_line, out, out_json
from agent.cli.setting_up.mailboxes import Bar
from agent.errors import UsageError
from providers.mail.plain import plain

if TYPE_CHECKING:
    from agent.decide.values import Answer
    from agent.drafting.writing import WrittenDraft
    from agent.trying.trial import Tried


def moment(text: str | None, usual: datetime) -> datetime:
    """A time a person wrote: a day, or a day and a time; without an offset it is local."""
    if text is None:
        return usual
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(
            f"{text!r} is no time.", hint="Write it like 2026-11-20 or 2026-11-20T09:30:00+01:00."
        ) from None
    return found if found.tzinfo else found.astimezone()


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--me", "mine", multiple=True, metavar="ADDRESS", help="Your own address; may be given several times.")
@click.option("--thread", type=click.Path(path_type=Path), metavar="MBOX", help="The thread it belongs to.")
@click.option("--now", metavar="ISO", help="When a mail without a date came.")
@json_option
def inspect(file: Path, mine: tuple[str, ...], thread: Path | None, now: str | None, as_json: bool) -> None:
    """What an incoming mail means for a follow-up: any .eml file."""
    from agent.bounds import within_bounds
    from agent.decide.reading.answers import read_answer
    from agent.trying.trial import me_from, read_archive, read_file, with_origins

    me = me_from(mine)
    (mail,) = with_origins([read_file(file, moment(now, datetime.now(UTC)))], me)
    known = with_origins(list(read_archive(thread)), me) if thread else []
    own = {item.message_id for item in known if item.mine and item.message_id}
    by_id = {item.message_id: item.text for item in known}
    parent = next((by_id[name] for name in (*mail.in_reply_to, *mail.references[::-1]) if name in by_id), "")
    with within_bounds():
        answer = read_answer(mail, me=me, parent_text=parent, own_ids=frozenset(own))
    if mail.sender is None:
        narrate("It has no readable From line, so it may be no mail at all.")
    if as_json:
        out_json(document(answer))
        return
    out(f"{answer.meaning} ({answer.certainty}): {EFFECTS[answer.meaning.value]}")
    if answer.evidence:
        out(f"Because: “{one_line(answer.evidence, 300)}”")
    if answer.until:
        out(f"Until {answer.until.isoformat()}.")
    if answer.delegate:
        out(f"Now with {one_line(answer.delegate)}.")
    if answer.failed:
        out("Not delivered to: " + ", ".join(one_line(address) for address in answer.failed))


class Options(TypedDict):
    """What `try` can be told."""

    now: str | None
    drafts: bool
    draft_for: str
    touch: int
    no_model: bool


@click.command("try")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--me", "mine", multiple=True, required=True, metavar="ADDRESS", help="Your own address; repeatable.")
@click.option("--now", metavar="ISO", help="Judge as if it were then; default: now.")
@click.option("--drafts", is_flag=True, help="Also write the follow-ups that are due.")
@click.option("--draft-for", metavar="MESSAGE_ID", default="", help="Only this own mail, drafted whatever the verdict.")
@click.option(
    "--touch", type=click.IntRange(1, 12), default=1, show_default=True, help="Which touch --draft-for writes."
)
@click.option("--no-model", is_flag=True, help="Leave the config's model out.")
@json_option
@click.pass_context
def try_command(
    context: click.Context, /, path: Path, mine: tuple[str, ...], as_json: bool, **said: Unpack[Options]
) -> None:
    """What relance would do with an mbox file or a Maildir. It only reads: nothing is kept, no mail is sent.

    Where the config names a model, it writes the drafts, as far as egress allows; with --no-model nothing leaves
    this machine.
    """
    from agent.trying import trial
    from agent.trying.second_process import Helper

    me = trial.me_from(mine)
    wanted = trial.TrialWishes(
        moment(said["now"], datetime.now(UTC)), drafts=said["drafts"], draft_for=said["draft_for"], touch=said["touch"]
    )
    bar, helper = Bar(path.name), Helper()
    wanted = replace(wanted, helper=helper)
    try:
        threads = trial.threads_of(path, me, bar.show, helper)
        with home(context) as here:
            if (wanted.drafts or wanted.draft_for) and not said["no_model"]:
                wanted = replace(wanted, writer=trial.writer_of(here, threads, wanted.now))
                if wanted.writer is not None and here.config.model is not None:
                    model = here.config.model
                    narrate(f"{model.name} at {model.base_url} writes the drafts; --no-model leaves it out.")
            tried = list(trial.run(threads, me, wanted, bar.show))
    finally:
        bar.close()
        helper.close()
    if as_json:
        for found in tried:
            out_json(verdict_document(found, wanted.now.date()))
    else:
        say_verdicts(tried, wanted.now.date())
    if tried and not any(mail.mine for item in tried for mail in item.judged.thread.mails):
        narrate(f"No mail in it was sent by {', '.join(map(one_line, mine))}: is that the address you write from?")


def verdict_document(found: Tried, today: date) -> dict[str, object]:
    """One thread the way the contract names its parts."""
    judged, verdict = found.judged, found.judged.verdict
    return {
        "thread": judged.thread.key, "subject": judged.summary.subject, "person": judged.summary.person,
        "quiet": verdict.quiet, "hold": verdict.hold, "reason": verdict.reason.value, "evidence": verdict.evidence,
        "due": judged.due.isoformat() if judged.due else None, "touch": verdict.touch,
        "why": verdict.sentence(judged.summary, today), "draft": draft_document(found.draft),
    }  # fmt: skip


def draft_document(draft: WrittenDraft | None) -> dict[str, object] | None:
    """A draft, or null where none was asked for; an abstained one has no body and says why."""
    if draft is None:
        return None
    return {
        "subject": draft.subject, "body": draft.body, "writer": draft.writer, "voice": draft.voice,
        "facts_ok": draft.facts_ok, "unsupported": list(draft.unsupported), "marked": list(draft.marked),
        "notes": list(draft.notes), "abstained": draft.abstained or None,
    }  # fmt: skip


def say_verdicts(tried: list[Tried], today: date) -> None:
    """Due ones first, then those that need a person, then the rest counted by reason."""
    due = [found for found in tried if found.judged.verdict.quiet]
    held = [found for found in tried if found.judged.verdict.hold and not found.judged.verdict.quiet]
    for title, rows in (("Due now", due), ("Yours to decide", held)):
        out(f"{title}: {len(rows)}")
        for found in rows:
            summary, verdict = found.judged.summary, found.judged.verdict
            out(f"  {one_line(summary.person, 40)}  {one_line(summary.subject, 60)}")
            out(f"    {one_line(verdict.sentence(summary, today), 200)}")
            if found.draft is not None:
                text = found.draft.body or f"(no draft: {found.draft.abstained})"
                out("\n".join(f"      | {line}" for line in plain(text).split("\n")))
                for note in found.draft.notes:
                    out(f"      {one_line(note)}")
    rest = Counter(found.judged.verdict.reason.value for found in tried if found not in due and found not in held)
    out(f"Left alone: {sum(rest.values())}")
    for reason, number in rest.most_common():
        out(f"  {number:6d}  {reason}")
    if not tried:
        out("The mailbox holds no mail.")


EFFECTS = {
    "reply": "a person answered; the follow-up stops",
    "decline": "a no; the follow-up stops and this matter is never chased again",
    "opt_out": "a request not to be written to; this person is never followed up again",
    "later": "an answer is promised; the clock moves to that day",
    "delegate": "somebody else takes over; the follow-up stops and a new thread is proposed",
    "away": "out of office; the clock waits for the return",
    "left": "the person has left; the follow-up stops and you are told",
    "bounce": "it did not arrive; the follow-up stops and you are told",
    "delay": "delivery is delayed; wait",
    "receipt": "a machine or a bare thanks says it arrived; the clock runs on",
    "booked": "settled by a booking, a signature or a payment; the follow-up stops",
    "list": "not written to you alone; no answer",
    "own": "your own mail; no answer",
    "unsure": "not clear; a person must look before anything goes out",
}


def document(answer: Answer) -> dict[str, object]:
    """The verdict the way the contract names its parts."""
    return {
        "meaning": answer.meaning.value, "until": answer.until.isoformat() if answer.until else None,
        "delegate": answer.delegate, "failed": list(answer.failed), "evidence": answer.evidence,
        "stops": answer.stops, "certainty": answer.certainty.value,
    }  # fmt: skip
