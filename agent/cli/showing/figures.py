"""What relance knows of itself and of your writing, as figures and files; changes nothing but the voice profile."""

from __future__ import annotations

import csv
import io
import mailbox
import os
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from agent.cli.output import counted, give, home, json_option, narrate, one_line, out, out_json
from agent.errors import UsageError
from providers.mail.plain import in_cell, in_json, plain

if TYPE_CHECKING:
    from agent.common.home import Home
    from agent.store.work.model_calls import ModelUse
    from voice.learning.memories import Memory

FORMULA = re.compile(r"['=+\-@\uFF1D\uFF0B\uFF0D\uFF20\u2212\uFE63\uFE62\uFE66\uFE6B|%]|[\t\r\n]")
BLANK = "\0" + "".join(filter(str.isspace, map(chr, range(0x3001))))


@click.command()
@json_option
@click.pass_context
def stats(context: click.Context, as_json: bool) -> None:
    """Follow-ups by state, the time between the last look and each letter, and what a model was asked."""
    from agent.cli.showing.read import with_letters
    from agent.store.work import model_calls, outbox

    with home(context) as here, here.store.read() as connection:
        rows = with_letters(connection)
        windows = [micros / 1000 for micros in outbox.windows(connection)]
        asked = model_calls.used(connection)
        currency = (here.config.model.currency if here.config.model else "") if asked else ""
    counts: dict[str, int] = {}
    for row in rows:
        counts[row.state] = counts.get(row.state, 0) + 1
    report = {
        "counts": counts, "letters": len(windows), "window_ms": {"p50": _at(windows, 0.5), "p99": _at(windows, 0.99)},
        "model": [_used(use) for use in asked],
    }  # fmt: skip
    if as_json:
        out_json(report)
        return
    out(
        "Follow-ups: "
        + (", ".join(f"{number} {state}" for state, number in sorted(counts.items())) or "none yet")
        + "."
    )
    if windows:
        letters = counted(len(windows), "letter")
        out(f"Last look to letter: p50 {_at(windows, 0.5)} ms, p99 {_at(windows, 0.99)} ms over {letters}.")
    else:
        out("No letter has left yet.")
    for call in asked:
        out(_asked(call, currency))


def _used(use: ModelUse) -> dict[str, object]:
    """The same for a program."""
    return {
        "host": use.host, "model": use.model, "local": bool(use.local), "calls": use.calls, "answered": use.answered,
        "characters": use.characters, "tokens_in": use.tokens_in, "tokens_out": use.tokens_out,
        "cost": float(use.spent), "redacted": use.redacted,
    }  # fmt: skip


def _asked(use: ModelUse, currency: str) -> str:
    """What one model was given, in a sentence."""
    place = "on this machine" if use.local else "on another machine"
    spent = f", {float(use.spent):.4f} {currency}".rstrip() if use.spent else ""
    return (
        f"Model {one_line(use.model, 60)} at {one_line(use.host, 80)} ({place}): {use.calls} calls, "
        f"{use.answered} answered, {use.characters} characters sent, {use.tokens_in} tokens read, "
        f"{use.tokens_out} written, {use.redacted} secrets taken out{spent}."
    )


def _at(ordered: list[float], share: float) -> float | None:
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 1) if ordered else None


@click.command()
@click.option("--format", "kind", type=click.Choice(["jsonl", "csv", "mbox"]), default="jsonl", show_default=True)
@click.option("--to", "target", type=click.Path(path_type=Path, dir_okay=False), help="A file; mbox needs one.")
@click.pass_context
def export(context: click.Context, kind: str, target: Path | None) -> None:
    """Your data out: follow-ups as JSON lines or CSV, or the letters that left as an mbox."""
    with home(context) as here:
        if kind == "mbox":
            _mbox(here, target)
        else:
            _rows(here, kind, target)


def _rows(here: Home, kind: str, target: Path | None) -> None:
    from agent.cli.showing.read import document, with_letters

    with here.store.read() as connection:
        documents = [{"schema": 1, **document(row)} for row in with_letters(connection)]
    text = _csv(documents) if kind == "csv" else "".join(f"{in_json(item)}\n" for item in documents)
    if target:
        give(target, text.encode())
    else:
        sys.stdout.write(text)
    if not documents:
        narrate("There are no follow-ups yet, so there is nothing to export.")


def _csv(documents: Sequence[Mapping[str, object]]) -> str:
    if not documents:
        return ""
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, documents[0].keys(), quoting=csv.QUOTE_NONNUMERIC)
    writer.writeheader()
    writer.writerows({name: _cell(value) for name, value in item.items()} for item in documents)
    return stream.getvalue()


def _cell(value: object) -> object:
    """A cell no spreadsheet takes for a formula: an apostrophe goes before what would begin one, or before another.

    Taking one apostrophe off the front of a cell that begins with one gives back the value.
    """
    if not isinstance(value, str):
        return value
    safe = in_cell(value)
    return f"'{safe}" if FORMULA.match(safe) or FORMULA.match(safe.lstrip(BLANK)) else safe


def _mbox(here: Home, target: Path | None) -> None:
    from agent.paths import new_file
    from agent.store.shown import views

    if target is None:
        raise UsageError("An mbox needs a file.", hint="Add --to sent.mbox.")
    if os.path.lexists(target):
        raise UsageError(f"{target} exists already.", hint="Choose another name.")
    with here.store.read() as connection:
        letters = views.sent_letters(connection)
    with new_file(target) as fresh:
        box = mailbox.mbox(fresh)
        for raw in letters:
            box.add(raw)
        box.close()
    narrate(f"{len(letters)} letters in {target}.")


@click.group(invoke_without_command=True)
@json_option
@click.pass_context
def voice(context: click.Context, as_json: bool) -> None:
    """How you write, as relance learned it from your sent mail. Without a command: show."""
    if context.invoked_subcommand is None:
        context.invoke(show, as_json=as_json)
    elif as_json:
        raise UsageError("--json stands behind the command.", hint=f"relance voice {context.invoked_subcommand} --json")


@voice.command(short_help="The profile, and what your edits taught.")
@json_option
@click.pass_context
def show(context: click.Context, as_json: bool) -> None:
    """The profile, with a count beside every number, and what your edits taught."""
    from agent.drafting.draft import profile_of
    from agent.store.work import memories
    from voice.learning.report import as_json as as_document
    from voice.learning.report import lines

    with home(context) as here:
        profile = profile_of(here)
        with here.store.read() as connection:
            learned = memories.listed(connection)
    if as_json:
        out_json({**as_document(profile), "memories": [_memory(memory) for memory in learned]})
        return
    for line in lines(profile):
        out(one_line(line, 400) if line.strip() else "")
    if learned:
        out("\nLearned from your edits (`relance voice forget ID` removes one):")
    for memory in learned:
        day = memory.at.astimezone().strftime("%Y-%m-%d")
        out(f"  {memory.id}  {day}  {one_line(memory.person, 40)}  {one_line(memory.text)}")


def _memory(memory: Memory) -> dict[str, object]:
    return {
        "id": memory.id, "at": memory.at.isoformat(), "kind": memory.kind, "text": memory.text,
        "person": memory.person, "circle": memory.circle or None, "language": memory.language,
    }  # fmt: skip


@voice.command(short_help="What a model would be asked about a follow-up.")
@click.argument("number", metavar="ID")
@json_option
@click.pass_context
def question(context: click.Context, number: str, as_json: bool) -> None:
    """What a model would be asked about a follow-up, word for word, and where; nothing is asked."""
    from agent.drafting.draft import question as question_of
    from agent.store.shown import views

    with home(context) as here:
        with here.store.read() as connection:
            row = views.one(connection, number)
        endpoint, asked = question_of(here, row.id)
    refused = endpoint.policy.refusal(endpoint.base_url)
    if as_json:
        told = {"told": asked.question.told, "asked": asked.question.asked, "redacted": asked.redacted}
        out_json({"model": endpoint.name, "base_url": endpoint.base_url, "refused": refused or None, **told})
        return
    narrate(
        f"{endpoint.name} at {endpoint.base_url}: " + (f"never asked, {refused}." if refused else "would be asked.")
    )
    out(plain(asked.sent))


@voice.command("forget", short_help="Remove notes your edits taught.")
@click.argument("names", nargs=-1, metavar="ID...")
@click.option("--all", "everything", is_flag=True, help="Every note.")
@click.pass_context
def forget_memory(context: click.Context, names: tuple[str, ...], everything: bool) -> None:
    """Remove notes your edits taught, by the names `relance voice show` gives them."""
    from agent.store.work import memories

    if everything == bool(names):
        raise UsageError("Name the notes to remove, or give --all.", hint="`relance voice show` lists them.")
    with home(context) as here, here.store.write() as change:
        wanted = [memory.id for memory in memories.listed(change.connection)] if everything else list(names)
        missing = [name for name in wanted if not memories.drop(change, name)]
    if len(wanted) > len(missing) or everything:
        out(f"Removed {len(wanted) - len(missing)}.")
    if missing:
        raise UsageError(f"There is no note {one_line(missing[0], 40)}.", hint="`relance voice show` lists them.")


@voice.command()
@json_option
@click.pass_context
def build(context: click.Context, as_json: bool) -> None:
    """Learn it again from everything you sent."""
    from agent.drafting.draft import learn_voice

    with home(context) as here:
        _ = here.config
        narrate("Reading your sent mail ...")
        profile = learn_voice(here)
    if as_json:
        out_json({"mails": profile.mails, "state": profile.state})
    else:
        out(profile.said)


@voice.command(short_help="A blind test: which mail did you write?")
@click.option("--trials", "wanted", type=click.IntRange(3, 50), default=10, show_default=True)
@json_option
@click.pass_context
def check(context: click.Context, wanted: int, as_json: bool) -> None:
    """A blind test: your own mail, a draft and a template; pick the one you wrote."""
    from agent.trying.blind_test import prepare
    from voice.writing.blind_test import result

    with home(context) as here:
        trials = prepare(here, wanted)
    if not trials:
        raise UsageError(
            "There are too few own follow-ups to test with.", hint="`relance voice show` says how many there are."
        )
    picks, tell = [], narrate if as_json else out
    for number, trial in enumerate(trials, 1):
        tell(f"\n{number} of {len(trials)}. Which one did you write?")
        for letter, text in zip("abc", trial.texts, strict=True):
            tell(f"\n[{letter}]\n{text}")
        picks.append("abc".index(click.prompt("", type=click.Choice(["a", "b", "c"]), err=True)))
    found = result(trials, picks)
    if as_json:
        out_json({
            "trials": found.trials, "own": found.own, "draft": found.draft, "template": found.template,
            "low": found.low, "high": found.high,
        })  # fmt: skip
    else:
        out(f"\nYou took your own mail for yours {found.own} times of {found.trials}, the draft {found.draft} times, "
            f"the template {found.template} times.")  # fmt: skip
        out(f"The draft passed for yours in {found.low:.0%} to {found.high:.0%} of such picks (95 %); a half is best.")
