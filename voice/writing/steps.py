"""Writes one step of a plan: the user's own text for it in their manner, else a wording of its job that states nothing
the user did not say; never guesses what a job in other words means, and says so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, time

from voice.brief import Brief, Drafted, Phrase, StepText, language_of_brief
from voice.jobs import FIELD, NEEDS_DATE, POINTS, SAYS_LAST, WORDS, Job
from voice.languages.ago import day
from voice.languages.detect import language_of, named
from voice.languages.pack import LANGUAGES, pack
from voice.languages.quotes import typed
from voice.languages.text import words
from voice.learning.parts import Greeting, Parts, split
from voice.learning.profile import Profile
from voice.writing import layout
from voice.writing.address import first_name, frame
from voice.writing.candidates import LONGEST_NAMED, in_habit, nearest_first, of_signal
from voice.writing.desk import DraftSentence, WritingDesk, laid_out
from voice.writing.setting import NAME, abstain, first_that_fits

YOURSELF = "write this one yourself: "
"""How a reason begins that says what a plan wanted and nobody here can word."""
SHORT = "short"


def says_itself(step: StepText) -> bool:
    """Whether the user gave the words, of which none is to be changed."""
    return bool(step.texts or step.ask)


def write_step(brief: Brief, step: StepText, profile: Profile) -> Drafted:
    """The letter of this step, or what the user has to write."""
    language = language_of_brief(brief, profile)
    if language not in LANGUAGES:
        return abstain(f"{YOURSELF}I cannot write {named(language)} yet, and the step is to {step.words}")
    if says_itself(step):
        return _own_text(brief, step, profile, language)
    if brief.job not in WORDS or brief.job is Job.OWN:
        return abstain(f'{YOURSELF}the step is "{step.words}", and there is no text for it in the plan')
    if not brief.own:
        return abstain(f"{YOURSELF}a first mail needs your own words, and the step is to {step.words}")
    if brief.job in NEEDS_DATE and step.on is None:
        return abstain(f"{YOURSELF}the step is to {step.words}, and no day was named (`enroll --on`)")
    desk = _toned(laid_out(brief, profile, language), step.tone)
    return first_that_fits(desk, _worded(desk, step), profile, fine=("asks nothing",) if brief.job is Job.LAST else ())


def start(brief: Brief, profile: Profile) -> str:
    """Greeting and sign-off to write between, where nobody here can word the letter; empty where not even that."""
    language = language_of_brief(brief, profile)
    if language not in LANGUAGES:
        return ""
    known = pack(language)
    quiet = split(typed(brief.own[-1].text), known) if brief.own else Parts(Greeting(""), "", "")
    around = frame(brief, profile, language, quiet, known)
    parts = [around.greeting, "", around.signoff]
    return "\n\n".join(parts) + "\n" if around.greeting or around.signoff else ""


def filled(step: StepText, brief: Brief, language: str) -> tuple[str, str]:
    """The user's text for this step in that language, its fields filled, and what it still lacks."""
    text = step.texts.get(language) or step.texts.get("") or ""
    known: Mapping[str, str] = {
        "name": first_name(brief.recipient_name),
        "date": date_words(step, brief, language),
        "about": brief.about.strip().rstrip("."),
    }
    lacking = next((name for name in FIELD.findall(f"{text} {step.ask}") if not known.get(name)), "")
    whole = "\n\n".join(part.strip() for part in (text, step.ask) if part.strip())
    return FIELD.sub(lambda found: known.get(found[1], ""), whole), lacking


def date_words(step: StepText, brief: Brief, language: str) -> str:
    """The day the plan counts back from, as the language says it."""
    if step.on is None or language not in LANGUAGES:
        return ""
    return day(datetime.combine(step.on, time(12), brief.now.tzinfo), pack(language))


def _own_text(brief: Brief, step: StepText, profile: Profile, language: str) -> Drafted:
    text, lacking = filled(step, brief, language)
    if lacking:
        return abstain(f"{YOURSELF}your text for this step names {{{lacking}}}, and nothing is known for it")
    other = language_of(text, fallback=language)
    if brief.own and other != language:
        return abstain(f"{YOURSELF}your text for this step is in {named(other)}, and you write {named(language)} here")
    known = pack(other if other in LANGUAGES else language)
    parts = split(text, known) if "\n" in text else Parts(Greeting(""), text, "")
    around = frame(brief, profile, known.language, parts, known)
    habits = profile.tongue(known.language).habits
    reason = brief.signal.text.strip().rstrip(".") + "." if brief.signal else ""
    paragraphs = [line.replace("{signal}", reason) for line in known.sentences("signal", around.register)[:1] if reason]
    paragraphs += [block.strip("\n") for block in parts.body.split("\n\n") if block.strip()]
    paragraphs[0] = layout.after_greeting(paragraphs[0], around.greeting, known)
    blocks = [layout.paragraph(block, habits) for block in paragraphs]
    body = layout.assemble(around.greeting, around.greeting_gap, blocks, around.signoff, around.signoff_gap)
    if body in brief.seen:
        return abstain("there is no other wording of your own text for this step without a model")
    said = tuple(Phrase(block, "instruction", "the plan") for block in paragraphs)
    allowed = (*paragraphs, *step.facts, *filter(None, [around.greeting, around.signoff]))
    return Drafted(body, NAME, said, () if profile.state == "ready" else (profile.said,), "", allowed)


def _toned(desk: WritingDesk, tone: str) -> WritingDesk:
    """The form of address the plan names, where the thread has none of its own."""
    if tone not in {"formal", "informal"} or desk.frame.register != "neutral":
        return desk
    return replace(desk, frame=replace(desk.frame, register=tone))


def _worded(desk: WritingDesk, step: StepText) -> Iterator[list[DraftSentence]]:
    """The wordings of a job, the nearest to this user first."""
    job, date = desk.brief.job.value, date_words(step, desk.brief, desk.known.language)
    names = 1 <= len(words(desk.thing)) <= LONGEST_NAMED
    # The subject stands above a letter in its thread: people name it in one mail of a hundred.
    kinds = (job, f"{job}_thing") if names else (job,)
    if desk.brief.job in POINTS and names and desk.thing[:1].isalpha():
        kinds = kinds[::-1]
    for kind in kinds:
        lines = desk.known.steps(kind, desk.frame.register)
        made = [[*of_signal(desk), _piece(desk, line, date), *_end(desk, step)] for line in lines]
        yield from sorted(made, key=_length) if step.tone == SHORT else nearest_first(desk, made)


def _end(desk: WritingDesk, step: StepText) -> list[DraftSentence]:
    """That no further letter comes, where the job does not say so itself."""
    lines = desk.known.steps("last_line", desk.frame.register)
    if not (step.last and lines) or desk.brief.job in SAYS_LAST:
        return []
    line = lines[desk.seed % len(lines)]
    return [DraftSentence(in_habit(desk, line), "neutral", "last", (line,), apart=desk.tongue.habits.breaks)]


def _length(pieces: list[DraftSentence]) -> int:
    return sum(len(piece.text) for piece in pieces)


def _piece(desk: WritingDesk, line: str, date: str) -> DraftSentence:
    dated = in_habit(desk, line.replace("{date}", date))
    fixed = tuple(part for part in dated.split("{thing}") if words(part))
    return DraftSentence(
        dated.replace("{thing}", desk.thing), "computed" if date else "neutral", desk.brief.job.value, fixed
    )
