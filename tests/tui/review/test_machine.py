"""No verb reaches the door for another row or another text than the one that was displayed when its key was pressed."""

from __future__ import annotations

import random

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.tui.review.world import KEYS, World
from tui.review import events as on

BURSTS = 10_000
ENOUGH = 500
"""Verbs of so many bursts, or the test would prove nothing."""


def _between(world: World) -> None:
    """What may happen between two keys of a burst."""
    chance = world.chance
    if chance.random() < 0.3:
        world.hear()
    if chance.random() < 0.2:
        world.paint()
    if chance.random() < 0.05:
        _news(world)


def _news(world: World) -> None:
    chance, numbers = world.chance, list(world.matters)
    if len(numbers) < 3 or chance.random() < 0.3:
        world.draft_comes()
    elif chance.random() < 0.5:
        world.draft_changes(chance.choice(numbers))
    else:
        world.draft_goes(chance.choice(numbers))
    world.feed(on.LookAgain(), world.frames[-1])


def _rest(world: World) -> None:
    """The person looks at the screen."""
    for _ in range(world.chance.randrange(4)):
        world.hear()
    world.paint()
    if world.chance.random() < 0.5:
        world.answer_dialog()
        world.keep()
    if world.state.streaming:
        world.hear()


def test_ten_thousand_bursts_of_keys_act_on_what_was_displayed() -> None:
    chance = random.Random(7)
    world = World(chance)
    for _ in range(5):
        world.draft_comes()
    world.feed(on.LookAgain(), world.frames[-1])
    for _ in range(BURSTS):
        _rest(world)
        typed = world.now
        for _ in range(chance.randrange(1, 7)):
            world.press(chance.choice(KEYS), typed)
            _between(world)
        del world.frames[:-50]
    assert world.verbs > ENOUGH


class Screen(RuleBasedStateMachine):
    """The same with the steps chosen so that a failure becomes as short as it can be."""

    @initialize(seed=st.integers(0, 9))
    def open(self, seed: int) -> None:
        self.world = World(random.Random(seed))
        for _ in range(3):
            self.world.draft_comes()
        self.world.feed(on.LookAgain(), self.world.frames[-1])

    @rule()
    def paint(self) -> None:
        self.world.paint()

    @rule()
    def hear(self) -> None:
        self.world.hear()

    @rule()
    def news(self) -> None:
        _news(self.world)

    @rule(keys=st.lists(st.sampled_from(KEYS), min_size=1, max_size=5), late=st.floats(0, 2))
    def press(self, keys: list[str], late: float) -> None:
        typed = max(self.world.now - late, 0.0)
        for key in keys:
            self.world.press(key, typed)

    @precondition(lambda self: self.world.dialogs)
    @rule()
    def answer(self) -> None:
        self.world.answer_dialog()

    @precondition(lambda self: self.world.state.editing)
    @rule()
    def keep(self) -> None:
        self.world.keep()

    @rule(words=st.sampled_from(["", "Proposal", "nobody"]))
    def filter(self, words: str) -> None:
        self.world.feed(on.Filtered(words), self.world.frames[-1])

    @invariant()
    def holds_together(self) -> None:
        if not hasattr(self, "world"):
            return
        state = self.world.state
        assert state.cursor in state.numbers or not (state.cursor or state.numbers)
        assert set(state.numbers) <= state.items.keys()
        assert state.marked.keys() <= state.items.keys()
        assert not (state.editing and state.streaming)


TestScreen = Screen.TestCase
TestScreen.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
