"""Scores readers on the sealed answers, by meaning and by language; it shows no sealed answer.

python -m tools.reader.score [--part calibrate] [--read-by FILE.jsonl]

FILE has one JSON object a line, {"key": "en/a-01:3", "means": "later"}, of any other program. `--list PART` prints what
it has to read: {"key", "language", "asked", "subject", "carrier", "date", "text"}, one a line.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, time, timedelta
from math import sqrt
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from agent.decide.reading.answers import read_answer
from agent.decide.values import Me
from providers.base import Address, Mail, Role
from tools.reader.labelled import CALIBRATE, MEANINGS, SEALED, TRAIN, Labelled, every

ME = Me(name="Sam Okafor", addresses=("sam@mine.example",), zone="Europe/Paris")
OWN = "<own1@mine.example>"
WRITTEN = datetime(2026, 3, 10, 10, 30, tzinfo=UTC)
STAMPS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "automatic": {"auto-submitted": ("auto-replied",)},
    "ticket": {"auto-submitted": ("auto-generated",), "precedence": ("bulk",), "x-jira-fingerprint": ("1",)},
    "group": {"list-id": ("<team.partner.example>",), "precedence": ("list",)},
}
"""What the carriers of these answers stamp on them."""
SPOKEN = frozenset({"reply", "decline", "opt_out", "delegate", "left", "booked"})
"""After these nothing more may go out."""
GOES_ON = frozenset({"later", "away", "receipt", "list", "delay"})
"""What lets the follow-up go on, at once or in time."""
KEYWORDS = (
    ("opt_out", ("unsubscribe", "stop writing", "do not contact")),
    ("decline", ("not interested", "no thank", "decline")),
    ("left", ("no longer work", "left the company")),
    ("away", ("out of office", "on leave", "on vacation")),
    ("later", ("get back to you", "next week")),
    ("receipt", ("ticket", "received your")),
)
"""What a list of keywords does, for comparison: the fewest words that open programs of this kind look for."""
Z = 1.96
"""For intervals of 95 %."""


def mail_of(one: Labelled) -> Mail:
    """The answer as it came, in a thread of ours."""
    at = datetime.combine(one.written, time(10, 30), UTC) if one.written else WRITTEN
    return Mail(
        key=one.key,
        message_id=f"<{one.key.replace('/', '.').replace(':', '.')}@partner.example>",
        date=at,
        received=at + timedelta(minutes=1),
        sender=Address("ann@partner.example", "Ann Lee"),
        to=(Address("sam@mine.example", "Sam Okafor"),),
        subject=one.subject or "Re: Proposal",
        in_reply_to=(OWN,),
        references=(OWN,),
        headers=dict(STAMPS.get(one.carrier, {})),
        text=one.text,
        role=Role.INBOX,
    )


def by_program(one: Labelled) -> str:
    """What relance reads."""
    return read_answer(mail_of(one), me=ME, parent_text=one.asked, own_ids=frozenset({OWN})).meaning.value


def by_keywords(one: Labelled) -> str:
    """What the fewest words give."""
    plain = one.text.lower()
    return next((means for means, words in KEYWORDS if any(word in plain for word in words)), "reply")


def interval(right: int, of: int) -> str:
    """A share with its interval of 95 % (Wilson)."""
    if not of:
        return "none"
    share = right / of
    middle = (share + Z * Z / (2 * of)) / (1 + Z * Z / of)
    wide = Z * sqrt(share * (1 - share) / of + Z * Z / (4 * of * of)) / (1 + Z * Z / of)
    return f"{share:.3f} ({middle - wide:.3f} to {middle + wide:.3f}) of {of}"


def dangerous(one: Labelled, read: str) -> bool:
    """Somebody answered, and the follow-up would go on."""
    return one.means in SPOKEN and read in GOES_ON


def table(name: str, answers: Iterable[Labelled], reader: Callable[[Labelled], str]) -> Iterable[str]:
    """What one reader scored, in counts by meaning and language only."""
    read = [(one, reader(one)) for one in answers]
    traps = [(one, found) for one, found in read if one.trap]
    yield f"{name}: right {_share(read)}; traps {_share(traps)}"
    yield (
        f"  dangerous {sum(dangerous(one, found) for one, found in read)},"
        f" opt-outs that were none {sum(found == 'opt_out' != one.means for one, found in read)},"
        f" asked {sum(found == 'unsure' != one.means for one, found in read)}"
    )
    for means in MEANINGS:
        chosen = [(one, found) for one, found in read if one.means == means]
        wrong = Counter(found for one, found in chosen if found != one.means).most_common(3)
        yield f"  {means:9} {_share(chosen)}; else {', '.join(f'{what} {many}' for what, many in wrong) or 'nothing'}"
    for language in sorted({one.language for one, _ in read}):
        yield f"  {language:9} {_share([(one, found) for one, found in read if one.language == language])}"


def _share(read: list[tuple[Labelled, str]]) -> str:
    return interval(sum(found == one.means for one, found in read), len(read))


def from_file(path: Path) -> Callable[[Labelled], str]:
    """The reading of another program."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    told = {str(row["key"]): str(row["means"]) for row in rows}
    return lambda one: told.get(one.key, "unsure")


def as_line(one: Labelled) -> str:
    """What another program gets to read."""
    return json.dumps(
        {
            "key": one.key, "language": one.language, "asked": one.asked, "subject": one.subject,
            "carrier": one.carrier, "date": str(one.written or ""), "text": one.text,
        },
        ensure_ascii=False,
    )  # fmt: skip


def main() -> int:
    """Prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--part", choices=(TRAIN, CALIBRATE, SEALED), default=SEALED)
    parser.add_argument("--read-by", type=Path, help="what another program read")
    parser.add_argument("--list", choices=(TRAIN, CALIBRATE, SEALED), help="print what is to be read")
    given = parser.parse_args()
    answers = every()
    if given.list:
        sys.stdout.writelines(f"{as_line(one)}\n" for one in answers if one.part == given.list)
        return 0
    chosen = [one for one in answers if one.part == given.part]
    readers = {"relance": by_program, "keywords": by_keywords}
    if given.read_by:
        readers[given.read_by.name] = from_file(given.read_by)
    sys.stdout.write(f"{given.part}: {len(chosen)} of {len(answers)} labelled answers\n")
    for name, reader in readers.items():
        sys.stdout.writelines(f"{line}\n" for line in table(name, chosen, reader))
    return 0


if __name__ == "__main__":
    sys.exit(main())
