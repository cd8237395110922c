"""Commands that judge mail without an account; they read files and write nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from agent.act.trial import me_from, read_archive, read_file
from agent.cli.output import json_option, one_line, out, out_json
from agent.decide.values import Answer
from agent.errors import UsageError


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
@click.option("--now", metavar="ISO", help="Judge as if it were then.")
@json_option
def inspect(file: Path, mine: tuple[str, ...], thread: Path | None, now: str | None, as_json: bool) -> None:
    """What an incoming mail means for a follow-up: any .eml file."""
    from agent.decide.answers import read_answer

    moment(now, datetime.now(UTC))
    mail = read_file(file)
    me = me_from(mine)
    known = list(read_archive(thread)) if thread else []
    own = {item.message_id for item in known if item.sender and item.sender.key in me.keys and item.message_id}
    by_id = {item.message_id: item.text for item in known}
    parent = next((by_id[name] for name in (*mail.in_reply_to, *mail.references[::-1]) if name in by_id), "")
    answer = read_answer(mail, me=me, parent_text=parent, own_ids=frozenset(own))
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


def document(answer: Answer) -> dict[str, Any]:
    """The verdict the way the contract names its parts."""
    return {
        "meaning": answer.meaning.value, "until": answer.until.isoformat() if answer.until else None,
        "delegate": answer.delegate, "failed": list(answer.failed), "evidence": answer.evidence,
        "stops": answer.stops, "certainty": answer.certainty.value,
    }  # fmt: skip
