"""How often the fact check speaks up about real follow-ups and about our own drafts; prints counts, never a text.

The follow-ups are pairs of real mails of one author to one person under one subject; what they add is new to the
thread, so a finding is no mistake by itself: the figure says how many such mails a person would be asked to look at.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from agent.decide.facts.check import FactReport, check
from agent.decide.plans.parsing import built_in
from agent.decide.threads.matter import bare_subject
from agent.decide.threads.origin import Door, mails_with_origin
from agent.decide.threads.threads import gather
from agent.demo import mailbox as demo
from agent.drafting.writing import Wish, brief_for, check_facts, learn, write
from agent.judging.many_threads import judge_all
from agent.trying.trial import me_from
from bench.voice_data import DATA, corpus, load
from providers.mail.mime import parse
from voice.jobs import Job
from voice.languages.quotes import typed
from voice.learning.corpus import SentMail
from voice.learning.profile import build
from voice.writing.phrasebook import Phrasebook

SOON, LATE = timedelta(days=1), timedelta(days=30)
MOST_WORDS = 60


def pairs(mails: Iterable[SentMail]) -> Iterator[tuple[list[SentMail], SentMail]]:
    """A short mail, and what the author had written to that person under that subject in the month before."""
    groups: dict[tuple[str, str], list[SentMail]] = {}
    for mail in sorted(mails, key=lambda mail: mail.at):
        subject = bare_subject(mail.subject)
        if not subject:
            continue
        earlier = groups.setdefault((subject, mail.to_name), [])
        near = [one for one in earlier if SOON <= mail.at - one.at <= LATE]
        if near and 3 <= len(typed(mail.text).split()) <= MOST_WORDS:
            yield near, mail
        earlier.append(mail)


def tell(name: str, reports: list[FactReport]) -> None:
    held = [report for report in reports if not report.ok]
    kinds = Counter(finding.kind for report in held for finding in report.unsupported)
    share = 100 * len(held) / max(len(reports), 1)
    print(f"{name}: {len(reports)} texts, {len(held)} with something new ({share:.1f} %): {dict(kinds.most_common())}")


def real() -> None:
    if not DATA.exists():
        print(f"real follow-ups: {DATA.name} is not here")
        return
    reports, same = [], []
    for author in load():
        for near, mail in pairs([*author.drafter, *author.judge]):
            own = [text for one in near for text in (typed(one.text), one.subject)]
            reports.append(check(typed(mail.text), own, [], [mail.subject, mail.to_name]))
            same.append(check(typed(near[-1].text), own, [], [mail.to_name]))
    tell("real follow-ups of the development authors", reports)
    tell("the same mails held against themselves", same)


def ours() -> None:
    now = datetime(2026, 11, 18, 10, tzinfo=UTC)
    me = me_from((demo.ADDRESS, *demo.ALIASES), demo.NAME, demo.ZONE)
    read = [
        parse(mail.raw, key=str(place), received=mail.received, folder=mail.folder, role=mail.role)
        for place, mail in enumerate(demo.build(now))
    ]
    threads = gather(mails_with_origin(read, Door(me.keys)))
    profile = learn(threads)
    quiet = [one for one in judge_all(threads, me, built_in()["nudge"], now) if one.verdict.quiet]
    written = [write(brief_for(one.thread, me, now, Wish(touch=one.verdict.touch)), profile) for one in quiet]
    bodies = [made for made in written if made.body]
    odd = Counter(kind for made in bodies for kind in made.unsupported)
    held = sum(not made.facts_ok for made in bodies)
    print(f"our drafts in the demo: {len(bodies)} texts, {held} with something new: {dict(odd)}")


def drafted() -> None:
    """Phrasebook drafts over the quiet mails of the development authors, every job of a touch."""
    if not DATA.exists():
        print(f"phrasebook drafts: {DATA.name} is not here")
        return
    reports = []
    for author in load():
        profile = build(corpus(author.drafter))
        for item in author.items:
            for job in (Job.ASK_AGAIN, Job.EASY, Job.WAY_OUT, Job.CLOSE):
                asked = replace(item.brief, job=job)
                made = Phrasebook().write(asked, profile)
                if not made.abstained:
                    reports.append(check_facts(made, asked))
    tell("phrasebook drafts of the development authors", reports)
    print(f"  {sum(bool(report.marked) for report in reports)} with something only the other side said")


if __name__ == "__main__":
    ours()
    drafted()
    real()
