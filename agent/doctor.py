"""Looks at this installation and says one line per check; changes nothing and shows no mail."""

from __future__ import annotations

import shutil
import stat
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Literal

from agent.common.home import Home
from agent.decide.gate import keeping_back
from agent.decide.plans.lifecycle import LOUD
from agent.decide.plans.notices import CALENDAR
from agent.errors import RelanceError
from agent.mailboxes.own_calendar import KEPT
from agent.store.base import settings
from agent.store.mail.origins import KnownServer
from providers.registry import known

OURS = ("agent", "providers", "voice", "tui")
ENOUGH_BYTES = 200_000_000
"""With less, the next sync or copy may find no room; a larger database must fit twice, for its copy."""
MOST = 5
"""Letters that are named one by one."""
NO_KEYRING = "keyring.backends.fail"


@dataclass(frozen=True, slots=True)
class DoctorLine:
    """One line."""

    name: str
    state: Literal["ok", "warn", "fail"]
    words: str
    hint: str = ""


def examine(home: Home) -> Iterator[DoctorLine]:
    """Every check, each guarded so that one failure does not hide the rest."""
    missing = ""
    for look in (
        _python,
        _names,
        _config,
        _places,
        _disk,
        _secrets,
        _store,
        _audit,
        _accounts,
        _packages,
        _own_mail,
        _letters,
        _sign_ins,
        _drafts,
        _model,
        _calendar,
        _copies,
    ):
        try:
            yield from look(home)
        except RelanceError as problem:
            # Without a config most of them end with the same sentence, and once is enough.
            if problem.message == missing:
                continue
            missing = problem.message if look is _config else missing
            yield DoctorLine(look.__name__.strip("_"), "fail", problem.message, problem.hint)


def _python(home: Home) -> Iterator[DoctorLine]:  # noqa: ARG001
    known = sys.version_info[:2] in {(3, 11), (3, 12), (3, 13)}
    yield DoctorLine("python", "ok" if known else "warn", f"Python {sys.version.split()[0]}")


def _names(home: Home) -> Iterator[DoctorLine]:  # noqa: ARG001
    owners = metadata.packages_distributions()
    for name in OURS:
        others = sorted({owner for owner in owners.get(name, []) if owner != "relance"})
        if others:
            yield DoctorLine(
                "names", "fail", f"Another package, {', '.join(others)}, also installs {name!r}.",
                "Install relance on its own: `uv tool install relance` or `pipx install relance`.",
            )  # fmt: skip
            return
    yield DoctorLine("names", "ok", "No other package owns one of relance's import names.")


def _config(home: Home) -> Iterator[DoctorLine]:
    config = home.config
    accounts = "1 account" if len(config.account) == 1 else f"{len(config.account)} accounts"
    yield DoctorLine("config", "ok", f"{home.places.config_file}: {accounts}, level {config.gate.level}")
    for entry in config.account:
        for server in (entry.imap, entry.smtp):
            if server is not None and server.security == "none":
                yield DoctorLine("config", "warn", f"{entry.name} talks to {server.host} without TLS (loopback only).")


def _places(home: Home) -> Iterator[DoctorLine]:
    for folder in (home.places.data, home.places.state):
        if folder.exists() and stat.S_IMODE(folder.stat().st_mode) & 0o077:
            yield DoctorLine("places", "warn", f"{folder} can be read by others.", f"chmod 700 {folder}")
    loose = [file for file in _private_files(home) if stat.S_IMODE(file.stat().st_mode) & 0o077]
    for file in loose:
        yield DoctorLine("places", "warn", f"{file} can be read by others.", f"chmod 600 {file}")
    if not loose:
        yield DoctorLine("places", "ok", f"data {home.places.data}, state {home.places.state}")


def _private_files(home: Home) -> list[Path]:
    return [file for file in (home.places.database, home.places.vault, home.places.anchor) if file.exists()]


def _disk(home: Home) -> Iterator[DoctorLine]:
    folder = next(place for place in (home.places.data, *home.places.data.parents) if place.exists())
    free = shutil.disk_usage(folder).free
    size = home.places.database.stat().st_size if home.places.database.exists() else 0
    short = free < max(ENOUGH_BYTES, 2 * size)
    stuck = f"; {keeping_back.WORDS['disk']}" if free < keeping_back.ROOM else ""
    yield DoctorLine(
        "disk", "warn" if short else "ok", f"{free // 1_000_000} MB free{stuck}", "Make room." if short else ""
    )


def _secrets(home: Home) -> Iterator[DoctorLine]:
    import keyring

    backend = type(keyring.get_keyring()).__module__
    if home.vault.holds_files() or backend == NO_KEYRING:
        yield DoctorLine(
            "secrets", "warn", f"Keys lie in {home.vault.file}, readable by you alone: no keyring is in use.",
            "A desktop keyring is safer; where there is none, let `command` in the config ask a password manager.",
        )  # fmt: skip
    else:
        yield DoctorLine("secrets", "ok", f"keyring {backend}")


def _store(home: Home) -> Iterator[DoctorLine]:
    if not home.places.database.exists():
        yield DoctorLine("store", "warn", "No database yet.", "`relance sync` makes it.")
        return
    with home.store.read() as connection:
        ask: Callable[[str], object] = lambda words: connection.exec_driver_sql(words).scalar()  # noqa: E731
        engine, journal, full = ask("SELECT sqlite_version()"), ask("PRAGMA journal_mode"), ask("PRAGMA synchronous")
        whole = ask("PRAGMA quick_check(1)")
    state: Literal["ok", "fail"] = "ok" if whole == "ok" and full == 2 else "fail"
    kept = "encrypted" if home.config.storage.encrypt else "not encrypted"
    yield DoctorLine("store", state, f"SQLite {engine}, {journal}, synchronous {full}, {kept}, check {whole}")


def _audit(home: Home) -> Iterator[DoctorLine]:
    if not home.places.database.exists():
        return
    verdict = home.store.verify()
    if verdict.broken_at is not None:
        yield DoctorLine("audit", "fail", f"BROKEN at {verdict.broken_at}: {verdict.problem}", "`relance audit verify`")
    else:
        yield DoctorLine("audit", "ok", f"{verdict.rows} rows, anchored up to {verdict.anchored_seq}")


def _accounts(home: Home) -> Iterator[DoctorLine]:
    from agent.store.mail.mails import account_rows

    if not home.places.database.exists():
        return
    with home.store.read() as connection:
        rows = account_rows(connection)
    for row in rows:
        good = row.health == "ok"
        yield DoctorLine(
            f"account {row.name}", "ok" if good else "fail", row.trouble or "last look went well",
            "" if good else f"`relance sync --account {row.name}` tries again.",
        )  # fmt: skip


def _packages(home: Home) -> Iterator[DoctorLine]:
    """Whose the providers are that do not come with relance, and what they may do."""
    from agent.mailboxes import foreign

    for account in home.config.account:
        if not known(account.provider).foreign:
            continue
        name = f"provider {account.provider}"
        try:
            yield DoctorLine(name, "ok", f"{account.name}: {foreign.described(account)}")
            yield from (DoctorLine(name, "warn", f"{account.name}: {words}") for words in foreign.wrong(home, account))
        except RelanceError as problem:
            yield DoctorLine(name, "fail", problem.message, problem.hint)


def _own_mail(home: Home) -> Iterator[DoctorLine]:
    """How each account tells what the user wrote from what only says so."""
    from agent.store.mail import origins
    from agent.store.mail.mails import account_rows, counts

    if not home.places.database.exists():
        return
    with home.store.read() as connection:
        servers, held = origins.known_servers(connection), counts(connection)
        rows = [(row, origins.counted(connection, row.id)) for row in account_rows(connection)]
    for row, found in rows:
        if not held.get(row.id, (0, 0))[0]:
            continue
        name, kept = f"own mail {row.name}", servers.get(row.name, origins.KnownServer())
        if not found.get("sent"):
            yield DoctorLine(
                name, "warn", "No mail of yours was found in a Sent folder, so nothing there is followed up.",
                "Let your mail program keep what it sends in a folder that the server marks as Sent.",
            )  # fmt: skip
        yield DoctorLine(name, "ok", _vouching(kept, found))


def _vouching(kept: KnownServer, found: Mapping[str, int]) -> str:
    ways = {"config": "named in the config", "provider": "as this provider does", "learned": "learned"}
    evidence = f" from {kept.mails} mails of {kept.domains} organisations" if kept.how == "learned" else ""
    server = (
        f"{kept.server} vouches ({ways.get(kept.how, '')}{evidence})" if kept.server else "no server is known to vouch"
    )
    counted = ", ".join(f"{found[one]} {one}" for one in ("sent", "proven", "claimed") if found.get(one))
    return f"{server}; {counted or 'none yet'}"


def _letters(home: Home) -> Iterator[DoctorLine]:
    """Those only a person can settle, and a clock that keeps all of them."""
    from agent.store.base import audit
    from agent.store.work import outbox

    if not home.places.database.exists():
        return
    with home.store.read() as connection:
        rows = outbox.rows(connection, outbox.OUTBOX.c.state.in_([stage.value for stage in LOUD]))
        newest = audit.read(connection, most=1, newest=True)
    for row in rows[:MOST]:
        words = f"{row.state}: {row.words or 'it waits for your word'}"
        yield DoctorLine(f"letter {row.followup_id}", "warn", words, f"`relance settle {row.followup_id} --help`")
    if newest and newest[0].at > home.clock():
        yield DoctorLine(
            "clock", "warn", f"{keeping_back.WORDS['clock']}; nothing leaves until then", "Set the clock right."
        )


def _model(home: Home) -> Iterator[DoctorLine]:
    from agent.models.check import check

    for found in check(home):
        yield DoctorLine("model", found.state, found.words, found.hint)


def _sign_ins(home: Home) -> Iterator[DoctorLine]:
    from agent.mailboxes import signins

    chosen = signins.chosen_levels(home)
    for note in signins.notes(home.config, home.vault.get, home.clock(), chosen):
        yield DoctorLine(f"sign-in {note.account}", note.state, note.words, note.hint)


def _drafts(home: Home) -> Iterator[DoctorLine]:
    from agent.store.mail import laid_drafts

    if home.config.followups.drafts != "mailbox" or not home.places.database.exists():
        return
    with home.store.read() as connection:
        lay, without = len(laid_drafts.everything(connection)), laid_drafts.without_folder(connection)
    for name in without:
        yield DoctorLine(
            "drafts", "warn", f"{name} has no Drafts folder that can be told from the others: its drafts stay here.",
            "Mark one as Drafts in your mail program, or set drafts to local.",
        )  # fmt: skip
    if not without:
        yield DoctorLine("drafts", "ok", f"{lay} drafts lie in your mailboxes.")


def _calendar(home: Home) -> Iterator[DoctorLine]:
    if not home.config.calendar.ics:
        return
    with home.store.read() as connection:
        trouble, kept = settings.get(connection, CALENDAR), settings.get(connection, KEPT)
    usual = "Your calendar is read." if kept else "Your calendar is read with the next pass."
    yield DoctorLine(
        "calendar", "warn" if trouble else "ok", f"{trouble[:1].upper()}{trouble[1:]}." if trouble else usual,
        "Look at [calendar] ics in the config." if trouble else "",
    )  # fmt: skip


def _copies(home: Home) -> Iterator[DoctorLine]:
    copies = sorted(home.places.backups.glob("*.db")) if home.places.backups.exists() else []
    newest = f"newest {copies[-1].name}" if copies else "none yet"
    yield DoctorLine(
        "copies", "ok", f"{len(copies)} in {home.places.backups}, {newest}", "" if copies else "`relance backup`"
    )
