"""A short summer, and planted bugs each of which it must notice; `make families` has all of it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest

from agent.sending import outbox, since_approval
from agent.sending.last_look import Looked
from agent.sequences import labels, signs, since
from agent.store.work import enrolments
from agent.verbs import hooks
from tests.sim.summer.boxes import Wired, houses
from tests.sim.summer.cast import BEGIN, somebody, writers
from tests.sim.summer.endings import BETWEEN, ENDINGS, HOLD
from tests.sim.summer.letters import wrong
from tests.sim.summer.play import Life, Play, broken, letters_of
from tests.sim.summer.shares import Share, Told, live
from voice.languages import packs

pytestmark = pytest.mark.slow
LAST = BEGIN.date() + timedelta(days=40)
BY_NAME = {ending.name: ending for ending in ENDINGS}
FEW = ("calendly, ends", "answer", "rule: body", "hook: paid", "by hand, from a phone")


def lived(names: tuple[str, ...], moment: str = "", kind: str = "memory", family: str = "winback") -> list[str]:
    """What is wrong in a house where these things happen, each to somebody, and nothing to one more."""
    lives = [Life(somebody(0, family, "en"))]
    for number, name in enumerate(names, 1):
        ending = BY_NAME[name]
        when = moment if moment in ending.moments else ending.moments[number % len(ending.moments)]
        lives.append(Life(somebody(number, family, "en"), ending, number % letters_of(family), when))
    plans = tuple(dict.fromkeys(f"{family}-{life.ending.plan}" for life in lives if life.ending and life.ending.plan))
    with houses(kind) as made, patch.object(Play, "alone", 1.0):
        house = made(writers("en")[1], plans)
        try:
            play = Play(house, lives, 1)
            play.run(LAST)
            return broken(lives, now=house.home.clock())
        finally:
            house.close()


@pytest.mark.parametrize("part", range(3))
def test_no_letter_leaves_after_an_ending(part: int) -> None:
    assert lived(tuple(BY_NAME)[part::9]) == []


@pytest.mark.parametrize("kind", ["gmail", "graph"])
def test_no_letter_leaves_after_an_ending_in_the_cloud(kind: str) -> None:
    assert lived(FEW, kind=kind) == []


@pytest.mark.peer
@pytest.mark.skipif(shutil.which("dovecot") is None, reason="no Dovecot here")
def test_no_letter_leaves_after_an_ending_in_dovecot() -> None:
    assert lived(FEW, kind="dovecot") == []


def test_every_letter_is_what_it_should_be() -> None:
    lives = tuple(
        Life(somebody(number, family, "de")) for number, family in enumerate(("onboarding", "intro", "nudge"))
    )
    told = Told()
    with houses("memory") as made:
        live(made, Share(writers("de")[1], lives, 1, LAST), told)
    assert told.broken == []
    assert told.letters == sum(letters_of(life.who.family) for life in lives)


# Planted bugs

Plant = Callable[[ExitStack], object]


def off(target: object, name: str, value: Any) -> Plant:
    return lambda stack: stack.enter_context(patch.object(target, name, value))


def both(*plants: Plant) -> Plant:
    return lambda stack: [plant(stack) for plant in plants]


PLANTED = {
    "robots are not looked at": (
        both(off(signs, "_by_robots", lambda *_: []), off(since_approval, "told_since", lambda *_: False)),
        "stripe, ends", BETWEEN,
    ),
    "the last look is skipped": (
        off(outbox, "look", lambda desk, _seat: Looked(desk.store.clock(), desk.seconds(), (), "")), "answer", HOLD,
    ),
    "a label that goes is ignored": (off(enrolments, "labelled", lambda *_: []), "label taken away", BETWEEN),
    "rules of a plan are not looked at": (
        both(off(signs, "_by_rule", lambda *_: []), off(labels, "named_label", lambda *_: ""), off(since, "named_label", lambda *_: "")),
        "rule: body", BETWEEN,
    ),
    "the last look knows no rules": (off(since, "by_plan", lambda *_: []), "rule: subject", HOLD),
    "other programs are not heeded": (off(hooks.enrolments, "end", lambda *_, **__: True), "hook: paid", BETWEEN),
}  # fmt: skip


@pytest.mark.parametrize("bug", PLANTED)
def test_a_planted_bug_is_noticed(bug: str) -> None:
    plant, ending, moment = PLANTED[bug]
    with ExitStack() as stack:
        plant(stack)
        found = lived((ending,), moment)
    assert any(words for words in found if ending in words)


DOCTORED: dict[str, tuple[Callable[[list[str]], list[str]], str]] = {
    "a letter says the same again": (lambda texts: [texts[0], texts[0], *texts[2:]], "says again"),
    "a letter pretends that something was asked": (
        lambda texts: [texts[0].replace("?", f" {packs.listed('en', 'steps', 'asked_marks')[0]}?", 1), *texts[1:]],
        "speaks of a question",
    ),
    "the last letter does not say so": (lambda texts: [*texts[:-1], texts[0]], "last"),
    "a letter does another one's job": (lambda texts: [texts[1], texts[0], *texts[2:]], "does not do"),
    "a letter is missing": (lambda texts: texts[:-1], "letters of"),
    "a letter is left open": (lambda texts: [texts[0].replace("?", " {name}?", 1), *texts[1:]], "left open"),
}  # fmt: skip


@pytest.fixture(scope="module")
def onboarded() -> Life:
    """Somebody who got every letter of a plan."""
    life = Life(somebody(0, "onboarding", "en"))
    with houses("memory") as made:
        live(made, Share(writers("en")[1], (life,), 1, LAST), told := Told())
    assert told.broken == []
    return life


@pytest.mark.parametrize("bug", DOCTORED)
def test_a_wrong_letter_is_noticed(onboarded: Life, bug: str) -> None:
    doctor, words = DOCTORED[bug]
    texts = doctor([letter.text for _, letter in onboarded.letters])
    letters = [
        (at, Wired(letter.to, letter.subject, text))
        for (at, letter), text in zip(onboarded.letters, texts, strict=False)
    ]
    found = list(wrong(replace(onboarded, letters=letters), writers("en")[1]))
    assert any(words in one for one in found), found
