"""Commands that show follow-ups and threads; never one that changes them."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import click

from agent.cli.output import home, json_option, one_line, out, out_json, table
from agent.store import views
from providers.plain import plain


@click.command("list")
@click.option("--state", metavar="STATE", help="Only those in this state, such as drafted or HELD.")
@json_option
@click.pass_context
def list_command(context: click.Context, state: str | None, as_json: bool) -> None:
    """Follow-ups, those due first on top, each with its reason."""
    with home(context) as here, here.store.read() as connection:
        rows = views.listed(connection, state)
    if as_json:
        for row in rows:
            out_json(document(row))
    elif rows:
        table([_cells(row) for row in rows], ("id", "state", "due", "person", "subject", "why"))
    else:
        out("No follow-ups" + (f" in state {state}." if state else " yet. `relance sync` reads your mail first."))


def document(row: dict[str, Any]) -> dict[str, Any]:
    """One follow-up the way the contract names its parts."""
    return {
        "id": str(row["id"]), "thread": row["root"], "person": row["person"], "subject": row["subject"],
        "plan": row["plan"], "touch": row["touch"], "state": row["state"], "level": row["level"],
        "reason": row["evidence"], "code": row["reason"], "hold": row["hold"] or None, "due": local(row["due"]),
        "leaves_at": local(row.get("leaves_at")), "message_id": row.get("message_id"),
    }  # fmt: skip


def local(moment: datetime | None) -> str | None:
    """A stored time with the reader's own offset."""
    return moment.astimezone().isoformat() if moment else None


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    due = row["due"].astimezone().strftime("%a %d %b %H:%M") if row["due"] else "-"
    why = one_line(row["evidence"] or row["reason"], 80)
    return str(row["id"]), row["state"], due, one_line(row["person"], 30), one_line(row["subject"], 40), why


@click.command()
@click.argument("number", metavar="ID")
@json_option
@click.pass_context
def show(context: click.Context, number: str, as_json: bool) -> None:
    """One follow-up: the thread, the draft, every check and the letter."""
    with home(context) as here, here.store.read() as connection:
        row = views.one(connection, number)
        draft = views.newest_draft(connection, row["id"])
        thread = views.whole_thread(connection, row["thread_id"])
    if as_json:
        out_json({**document(row), "draft": _draft(draft), "checks": [], "recipients": [], "letter_sha256": None})
        return
    out(f"{number}  {row['state']}  {one_line(row['subject'])}")
    out(f"To {one_line(row['person'])}, plan {row['plan']}, touch {row['touch']}, level {row['level']}.")
    out(one_line(row["evidence"] or row["reason"], 400))
    for mail in thread.mails if thread else ():
        writer = mail.sender.email if mail.sender else "(unreadable address)"
        out(f"\n-- {one_line(writer)}, {mail.at:%a %d %b %Y %H:%M}")
        out(plain(mail.text[:20_000]).strip())
    if draft:
        out(f"\n== Draft {draft['version']} ({draft['writer']})\n{plain(draft['body'])}")


def _draft(row: dict[str, Any] | None) -> dict[str, Any] | None:
    if row is None:
        return None
    voice = json.loads(row["voice"] or "{}")
    facts = json.loads(row["facts"] or "{}")
    return {
        "subject": row["subject"], "body": row["body"], "writer": row["writer"], "voice": voice.get("score"),
        "facts_ok": facts.get("ok"), "unsupported": facts.get("unsupported", []),
    }  # fmt: skip
