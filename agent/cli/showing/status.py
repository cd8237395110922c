"""`status`: what a person asks most often, answered without loading the store's machinery."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import TypedDict

import click

from agent import config as configuration
from agent.clock import system_now
from agent.config import Config
from agent.decide.gate import keeping_back
from agent.decide.gate.levels import DEFAULT, Kind, Level, Rule, Scope, merged, rules_of
from agent.decide.plans import notices
from agent.lock import is_held
from agent.paths import Places, places
from agent.secrets import Vault, database_key
from agent.store.shown.status_figures import AccountFigures, read_figures
from providers.mail.plain import in_json, plain
from providers.registry import known

BEGUN = {"label": "a label", "bcc": "a word in Bcc", "rule": "a rule with a mail"}
MOST_SCOPES = 4
"""What one line holds; `relance level` lists all of them."""
MOST_LETTERS = 5
"""What a glance takes in; `relance list` has all of them."""


class AccountDocument(TypedDict):
    """A mailbox in the document."""

    name: str
    provider: str
    last_sync: str | None
    last_look: str | None
    health: str
    trouble: str
    sign_in: str | None
    messages: int
    threads: int


class UnsettledDocument(TypedDict):
    """A letter only a person can settle, in the document."""

    id: int
    person: str
    state: str
    words: str


class DaemonDocument(TypedDict):
    """Whether something works on its own, in the document."""

    alive: bool
    pid: int | None


class StatusDocument(TypedDict):
    """The whole document."""

    schema: int
    accounts: list[AccountDocument]
    counts: dict[str, int]
    plans: dict[str, int]
    begun: dict[str, int]
    level: str
    levels: dict[str, str]
    daemon: DaemonDocument
    paused: bool
    pause_file: bool
    pauses: dict[str, str]
    away: str | None
    restored: str | None
    labels: list[str]
    begins: list[str]
    calendar: str | None
    held_back: str | None
    needs_you: list[UnsettledDocument]


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@click.pass_context
def status(context: click.Context, as_json: bool) -> None:
    """Accounts, last look, levels, counts by state, daemon."""
    where = places(context.find_root().obj)
    config = configuration.load(where.config_file)
    report = collect(where, config)
    if as_json:
        click.echo(in_json(report))
    else:
        for line in lines(report):
            click.echo(plain(line))
    if any(state in report["counts"] for state in ("UNCERTAIN", "NEEDS_REVIEW")):
        context.exit(6)


def collect(where: Places, config: Config) -> StatusDocument:
    """The whole document."""
    key = database_key(Vault(where), create=False) if config.storage.encrypt else None
    seen = (
        read_figures(where.database, key)
        if key or not config.storage.encrypt
        else read_figures(where.data / "none", None)
    )
    alive, number = is_held(where.lock)
    settings, now = seen.settings, system_now()
    held = notices.pauses(settings, now)
    usual, others = _levels(config, seen.levels)
    return {
        "schema": 1,
        "accounts": _accounts(config, seen.accounts, _sign_ins(where, config)),
        "counts": seen.counts,
        "plans": seen.plans,
        "begun": seen.begun,
        "level": usual,
        "levels": others,
        "daemon": {"alive": alive and "daemon.heartbeat" in settings, "pid": number if alive else None},
        "paused": where.pause_file.exists() or "default" in held,
        "pause_file": where.pause_file.exists(),
        "pauses": held,
        "away": notices.away(settings, now) or None,
        "restored": settings.get("restored.at"),
        "labels": notices.labels(settings),
        "begins": notices.begins(settings, now),
        "calendar": notices.calendar(settings) or None,
        "held_back": keeping_back.why(
            paused=where.pause_file.exists(), newest=_moment(seen.newest), now=now, free=_free(where)
        ) or None,
        "needs_you": [
            {"id": number, "person": person, "state": state, "words": words}
            for number, person, state, words in seen.needs
        ],
    }  # fmt: skip


def _free(where: Places) -> int:
    """Bytes that are free where the records are, or will be."""
    return shutil.disk_usage(next(place for place in (where.data, *where.data.parents) if place.exists())).free


def _levels(config: Config, chosen: Iterable[tuple[str, str, str]]) -> tuple[str, dict[str, str]]:
    """The usual level and those of other scopes, as the config names them and `relance level` changed them."""
    run_time = [Rule(Scope(Kind(kind), value), Level(level)) for kind, value, level in chosen]
    rules = merged(rules_of(config), run_time)
    usual = next((rule.level for rule in rules if rule.scope == DEFAULT), Level.MANUAL)
    return usual.value, {str(rule.scope): rule.level.value for rule in rules if rule.scope != DEFAULT}


def _sign_ins(where: Places, config: Config) -> dict[str, str]:
    """What to hear about a sign-in before it is too late."""
    signed = [account for account in config.account if account.imap is None or account.imap.oauth]
    if not any((spec := known(account.provider)).asks or spec.foreign for account in signed):
        return {}
    from agent.mailboxes import signins

    return signins.warnings(config, Vault(where).get, system_now())


def _accounts(config: Config, known: Mapping[str, AccountFigures], signs: Mapping[str, str]) -> list[AccountDocument]:
    found: list[AccountDocument] = []
    for account in config.account:
        row = known.get(account.name, AccountFigures())
        found.append(
            {
                "name": account.name, "provider": account.provider, "last_sync": _time(row.last_sync),
                "last_look": _time(row.last_look), "health": row.health,
                "trouble": row.trouble, "sign_in": signs.get(account.name),
                "messages": row.messages, "threads": row.threads,
            }
        )  # fmt: skip
    return found


def _time(micros: int | None) -> str | None:
    found = _moment(micros)
    return found.replace(microsecond=0).astimezone().isoformat() if found else None


def _moment(micros: int | None) -> datetime | None:
    return None if micros is None else datetime.fromtimestamp(micros / 1_000_000, UTC)


def lines(report: StatusDocument) -> list[str]:
    """The report for a human."""
    said = []
    for account in report["accounts"]:
        synced = f"synced {account['last_sync'][:16].replace('T', ' ')}" if account["last_sync"] else "never synced"
        size = f"{account['messages']} mails in {account['threads']} threads"
        said.append(f"{account['name']} ({account['provider']}): {size}, {synced}, {account['health']}")
        said += [f"  {words}" for words in (account["trouble"], account["sign_in"]) if words]
    counts = ", ".join(f"{number} {state}" for state, number in report["counts"].items())
    said.append(f"Follow-ups: {counts or 'none yet'}.")
    said += [_needs(letter) for letter in report["needs_you"][:MOST_LETTERS]]
    if report["plans"]:
        under = ", ".join(f"{number} {plan}" for plan, number in report["plans"].items())
        begun = ", ".join(f"{number} by {BEGUN.get(by, by)}" for by, number in report["begun"].items())
        said.append(f"Under plans: {under}{f' (begun: {begun})' if begun else ''}.")
    said.append(_level_line(report["level"], report["levels"]))
    said += ["PAUSED: nothing leaves while the PAUSE file is there."] if report["pause_file"] else []
    if report["held_back"] not in {None, "paused"}:
        said.append(f"Nothing may leave now: {keeping_back.WORDS[report['held_back']]}.")
    said += notices.pause_lines(report["pauses"])
    said += [f"HELD: {report['away']}. `relance resume absence` sends all the same."] if report["away"] else []
    said += [notices.RESTORED] if report["restored"] else []
    said += [plain(line) for line in (*report["labels"], *report["begins"])]
    said += [f"Calendar: {plain(report['calendar'])}."] if report["calendar"] else []
    daemon = report["daemon"]
    said.append(f"Daemon: alive (process {daemon['pid']})." if daemon["alive"] else "Daemon: not running.")
    if not report["accounts"]:
        said.append("No account yet: run `relance setup`, or `relance demo` to look around.")
    return [line.rstrip() for line in said]


def _needs(letter: UnsettledDocument) -> str:
    """A letter only a person can settle, and how."""
    why = " ".join(plain(letter["words"]).split())[:200] or "it waits for your word"
    return (
        f"  {letter['id']} {letter['state']}, {plain(letter['person'])}: {why} (`relance settle {letter['id']} --help`)"
    )


def _level_line(usual: str, others: dict[str, str]) -> str:
    shown = [f"{level} for {plain(scope)}" for scope, level in others.items()][:MOST_SCOPES]
    more = len(others) - len(shown)
    rest = [f"{more} more, see `relance level`"] if more else []
    return f"Level: {'; '.join([usual, *shown, *rest])}."
