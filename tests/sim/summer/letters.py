"""What each letter of the summer must be: its step's job and no other, alone on its feet, new in its words, in its language."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent.decide.plans.parsing import built_in
from tests.sim.families import Person
from tests.sim.summer.cast import Somebody, greeted
from tests.sim.summer.play import Life, letters_of
from voice.jobs import OF_SILENCE, SAYS_LAST, Job, job_of
from voice.languages import packs
from voice.languages.detect import language_of
from voice.languages.pack import pack
from voice.languages.text import found_marks

FEWEST = 4
"""Words of a sentence that may not be said twice to one person; shorter ones are greetings and the like."""
MOST_GREETED = 6
"""Words of a line that only greets."""
SAME_ENDS = 3
"""The last words of a wording, by which it is known however its beginning was joined to something."""
PLACEHOLDER = re.compile(r"[{}\[\]|]|^>", re.MULTILINE)


def words_of(text: str) -> list[str]:
    """As they are compared."""
    return re.findall(r"\w+", text.lower())


def said(text: str, writer: Person, who: Somebody) -> str:
    """A letter without greeting and sign-off."""
    foot = greeted(writer, who, "\0").partition("\0")[2].strip()
    flat = "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").strip().splitlines())
    head, _, rest = flat.partition("\n\n")
    hailed = any(name in head for name in who.name.split()) and len(head.split()) <= MOST_GREETED
    return rest.removesuffix(foot).strip() if hailed and flat.endswith(foot) else flat


def sentences(text: str) -> set[str]:
    """Every sentence that is long enough to be noticed twice."""
    found = (" ".join(words_of(piece)) for piece in re.split(r"[.!?\n]+", text))
    return {one for one in found if len(one.split()) >= FEWEST}


def holds(body: str, line: str) -> bool:
    """Whether one of the wordings stands in a text; what it leaves open may be filled with anything."""
    known = [" ".join(words_of(piece)[-SAME_ENDS:]) for piece in re.split(r"\{\w*\}", line)]
    flat = " ".join(words_of(body))
    return any(known) and all(one in flat for one in known if one)


def wrong(life: Life, writer: Person) -> Iterator[str]:
    """What is wrong with the letters of somebody to whom nothing happened."""
    plan = built_in()[life.who.family]
    jobs = [(number, job_of(touch.job)) for number, touch in enumerate(plan.touches, 1) if touch.kind == "mail"]
    if len(life.letters) != letters_of(life.who.family):
        yield f"{len(life.letters)} letters of {len(jobs)}: {life.held[-1:]} {life.state}"
    yield from (f"held: {words}" for words in dict.fromkeys(life.held))
    yield from (
        f"asked without its job: {words}" for words in life.asked if not any(t.job in words for t in plan.touches)
    )
    earlier: set[str] = set() if life.begun_first else sentences(life.who.body)
    for (_, letter), (number, job) in zip(life.letters, jobs, strict=False):
        body = said(letter.text, writer, life.who)
        last = number == len(plan.touches)
        yield from (f"letter {number}: {words}" for words in _one(life.who, letter.text, body, job, last=last))
        again = sentences(body) & earlier
        # A question that went quiet is asked again, and a matter told, in the words of the user's own mail.
        if again and job not in OF_SILENCE | {Job.FIRST}:
            yield f"letter {number} says again: {sorted(again)}"
        earlier |= sentences(body)


def _one(who: Somebody, text: str, body: str, job: Job, *, last: bool) -> Iterator[str]:
    language = who.language
    if body == text.strip() or not body:
        yield f"greeting and sign-off are not the user's: {text[:60]!r}"
    if PLACEHOLDER.search(body):
        yield f"something is left open or quoted: {body!r}"
    if language_of(body) != language:
        yield f"in {language_of(body)}: {body!r}"
    if job is Job.FIRST and who.family in {"sales", "recruiting"}:
        if not sentences(who.body) & sentences(body):
            yield f"does not say what it is about: {body!r}"
    elif job not in OF_SILENCE and not _does(language, job, body):
        yield f"does not do {job.value}: {body!r}"
    plain = _before_last_line(language, body)
    if job not in OF_SILENCE | {Job.FIRST} and found_marks(plain, packs.listed(language, "steps", "asked_marks")):
        yield f"speaks of a question: {body!r}"
    if last and job not in SAYS_LAST and not _does(language, "last_line", body):
        yield f"does not say that it is the last: {body!r}"


def _before_last_line(language: str, body: str) -> str:
    """That no answer is needed may be said of any letter."""
    lines = [
        line for register in ("neutral", "formal", "informal") for line in pack(language).steps("last_line", register)
    ]
    starts = [body.find(" ".join(line.split()[:SAME_ENDS])) for line in lines]
    return body[: min([start for start in starts if start >= 0], default=len(body))]


def _does(language: str, job: str, body: str) -> bool:
    known = pack(language)
    lines = {line for register in ("neutral", "formal", "informal") for line in known.steps(str(job), register)}
    return any(holds(body, line) for line in lines)


def shown(life: Life, writer: Person) -> Iterator[str]:
    """The letters in order, with their days."""
    yield f"\n{life.who.family}, {writer.name} to {life.who.name} ({life.who.language})\n  begins with: {life.who.body}"
    for at, letter in life.letters:
        yield f"  {at:%a %d %b}  {letter.subject}"
        yield from (f"      {line}".rstrip() for line in letter.text.replace("\r\n", "\n").strip().splitlines())
