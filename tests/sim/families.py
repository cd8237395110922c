"""Prints every letter of every built-in plan, for three people in each of four languages, as if nobody answered; writes
to nobody.

python -m tests.sim.families [LANGUAGE ...]      prints them        --into FILE      writes them down as a page
"""

from __future__ import annotations

import argparse
import sys
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from pathlib import Path

from agent.decide.plans.parsing import built_in
from agent.decide.plans.plans import Plan
from agent.decide.plans.triggers import Enrolment, Trigger
from agent.decide.threads.threads import Thread
from agent.decide.values import Me
from agent.drafting.preview import EMPTY, Foreseen, Script, letters
from providers.base import Address, Mail, Origin, Role
from voice.learning.corpus import Corpus, SentMail
from voice.learning.profile import Profile, build

FOLDER = Path(__file__).parent / "families"
LANGUAGES = ("en", "de", "fr", "es")
BEGUN = date(2026, 3, 2)
RUNS_OUT = date(2026, 9, 1)
OWN = "me@example.org"
BO = Address("bo@lund.example", "Bo Lund")
HEAD = """# Every letter of the built-in plans

As they came out of `python -m tests.sim.families --into docs/families.md`: three people in each of four languages, each with six
kinds of mail they wrote before, and nobody answers. The user's own mail, or what they said with `--about`, comes first in each thread.
"""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who writes, and how."""

    name: str
    language: str
    profile: Profile
    greeting: str
    signoff: str

    def mail(self, body: str) -> str:
        """A mail as they set it."""
        return f"{self.greeting.replace('{name}', named(self.greeting))}\n\n{body}\n\n{self.signoff}\n"


def named(greeting: str) -> str:
    """How this greeting calls Bo Lund."""
    return "Lund" if any(title in greeting for title in ("Herr", "Monsieur", "señor", "Mr")) else "Bo"


@dataclass(frozen=True, slots=True)
class Family:
    """One plan as one person would live through it."""

    plan: Plan
    writer: Person
    begins: str
    """The mail or the words it begins with."""
    letters: tuple[Foreseen, ...]


def people(language: str) -> list[Person]:
    """The three who write this language."""
    return [_person(language, entry) for entry in _data(language)["writer"]]


def _data(language: str) -> dict:  # type: ignore[type-arg]
    return tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8"))


def _person(language: str, entry: dict[str, object]) -> Person:
    greeting, signoff, mails = str(entry["greeting"]), str(entry["signoff"]), entry["mails"]
    assert isinstance(mails, list)
    bare = Person(str(entry["name"]), language, build(Corpus()), greeting, signoff)
    corpus = Corpus()
    start = datetime(2025, 3, 3, 9, tzinfo=UTC)
    # What is sent in the same words again and again would count as a template, and not as the person's own.
    pairs = [f"{one} {other}" for one, other in permutations(map(str, mails), 2)]
    corpus.add([
        SentMail(
            f"<{number}@example.org>", start + timedelta(days=9 * number), bare.mail(text),
            to=(BO.key,) if number % 3 == 0 else (f"other{number}@example.net",), to_name=BO.name,
        )
        for number, text in enumerate(pairs)
    ])  # fmt: skip
    return Person(bare.name, language, build(corpus), greeting, signoff)


def family(plan: Plan, writer: Person) -> Family:
    """All letters of one plan."""
    matter = _data(writer.language)["matter"][plan.name]
    about, own = str(matter.get("about", "")), str(matter.get("own", ""))
    anchored = any(touch.before_anchor for touch in plan.touches)
    thread = _thread(matter["subject"], writer.mail(own), writer) if own else Thread(EMPTY, ())
    value = Enrolment(
        plan.name, BO.key, thread.key if own else "", Trigger.ENROLLED, about, "", BEGUN, RUNS_OUT if anchored else None
    )
    me = Me(writer.name, (OWN,))
    script = Script(plan, value, BO, str(matter["subject"]))
    return Family(plan, writer, about or own, tuple(letters(script, thread, me, writer.profile)))


def _thread(subject: str, text: str, writer: Person) -> Thread:
    at = datetime(2026, 3, 2, 8, tzinfo=UTC)
    mail = Mail(
        key="1", message_id="<1@example.org>", date=at, received=at, sender=Address(OWN, writer.name), to=(BO,),
        subject=subject, text=text, role=Role.SENT, origin=Origin.SENT,
    )  # fmt: skip
    return Thread(mail.message_id, (mail,))


def every(languages: Sequence[str] = LANGUAGES) -> Iterator[Family]:
    """Every plan of everybody."""
    writers = [writer for language in languages for writer in people(language)]
    return (family(plan, writer) for plan in built_in().values() for writer in writers)


def page(families: Iterator[Family]) -> str:
    """The letters as a page."""
    lines, plan = [HEAD], ""
    for one in families:
        if one.plan.name != plan:
            plan = one.plan.name
            lines.append(f"\n## {plan}\n\n{one.plan.description}.\n")
        lines.append(f"\n### {one.writer.name} ({one.writer.language})\n\nBegins with: {one.begins}\n")
        for letter in one.letters:
            said = letter.body.strip() or (f"(asked: {letter.asked})" if letter.asked else "(a task)")
            quoted = "\n".join(f"> {line}".rstrip() + "  " for line in said.splitlines())
            lines.append(f"\n{letter.number}. {letter.at:%a %d %b} · {letter.job} · {letter.level}\n\n{quoted}\n")
    return "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m tests.sim.families", description=__doc__)
    asked.add_argument("languages", nargs="*", default=list(LANGUAGES))
    asked.add_argument("--into", type=Path)
    wanted = asked.parse_args()
    made = page(every(wanted.languages))
    if wanted.into:
        wanted.into.write_text(made, encoding="utf-8")
    else:
        print(made)
    return 0


if __name__ == "__main__":
    sys.exit(main())
