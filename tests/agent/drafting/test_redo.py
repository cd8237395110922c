"""Writing again: other words without a model, known wishes only, every version kept and each can be taken back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import pytest

from agent.common.home import Home
from agent.drafting.draft import choose, redo
from agent.running.desk_setup import desk_for
from agent.store.shown import views
from agent.verbs import actions
from tests.agent.small import model_config, number_of, small_home, the_draft
from tests.cli.run import relance
from tests.conftest import Ticking
from tests.voice.endpoint import Behaviour, serving
from voice.languages.text import words


@pytest.fixture
def home(private_home: Path, clock: Ticking, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    made = small_home(private_home, clock)
    the_draft(made)
    monkeypatch.setattr(Home, "usual", classmethod(lambda _cls, _file=None: made))
    with monkeypatch.context() as patch:
        patch.setattr(Home, "close", lambda _self: None)
        yield made
    made.close()


def bodies(home: Home) -> list[str]:
    with home.store.read() as connection:
        return [str(draft.body) for draft in views.drafts(connection, number_of(home))]


@pytest.mark.slow
def test_writing_again_without_a_model_gives_other_words_until_there_are_none(home: Home) -> None:
    made = desk_for(home)
    while redo(home, made, number_of(home)).ok:
        assert len(bodies(home)) < 30
    said = [set(words(body.casefold())) for body in bodies(home)]
    assert len(said) > 5
    assert all(max(len(one - other), len(other - one)) > 3 for one, other in combinations(said, 2))
    assert "no other wording" in redo(home, made, number_of(home)).words


def test_a_known_wish_is_granted_and_another_one_changes_nothing(home: Home) -> None:
    made, number = desk_for(home), number_of(home)
    assert redo(home, made, number, "bitte kürzer").ok
    old, new = bodies(home)
    assert len(new.split()) < len(old.split())
    told = redo(home, made, number, "mention the weather")
    assert (told.ok, told.code) == (False, "wish")
    assert "shorter, longer, more formal, less formal" in told.words
    assert bodies(home) == [old, new]


def test_a_wish_only_a_model_understands_is_not_dropped_when_it_fails(private_home: Path, clock: Ticking) -> None:
    with serving(Behaviour(status=500)) as url:
        home = small_home(private_home, clock, model_config(url))
        the_draft(home)
        told = redo(home, desk_for(home), number_of(home), "mention the weather")
        assert (told.ok, told.code) == (False, "wish")
        assert "endpoint answered 500" in told.words
        assert len(bodies(home)) == 1
        assert "endpoint answered 500" in redo(home, desk_for(home), number_of(home), "shorter").words
    home.close()


def test_the_wish_and_the_draft_so_far_reach_the_model(private_home: Path, clock: Ticking) -> None:
    good = json.dumps({"body": "Hiya Bo,\n\nAny news on the two offers?\n\nTa,\nNoor"})
    behaviour = Behaviour(good)
    with serving(behaviour) as url:
        home = small_home(private_home, clock, model_config(url))
        the_draft(home)
        behaviour.text = json.dumps({"body": "Hiya Bo,\n\nWhich offer should we take?\n\nTa,\nNoor"})
        assert redo(home, desk_for(home), number_of(home), "mention the choice").ok
    said = behaviour.requests[-1]["messages"][1]["content"]
    assert "The user says: mention the choice" in said
    assert "The draft so far, to be changed as the user says:\nHiya Bo,\n\nAny news" in said
    home.close()


def test_the_same_text_again_is_no_new_version(private_home: Path, clock: Ticking) -> None:
    with serving(Behaviour(json.dumps({"body": "Hiya Bo,\n\nAny news on the two offers?\n\nTa,\nNoor"}))) as url:
        home = small_home(private_home, clock, model_config(url))
        the_draft(home)
        told = redo(home, desk_for(home), number_of(home), "warmer, with a joke")
    assert (told.ok, told.code) == (False, "same")
    assert len(bodies(home)) == 1
    home.close()


def test_an_earlier_version_comes_back_as_the_newest(home: Home) -> None:
    made, number = desk_for(home), number_of(home)
    redo(home, made, number)
    actions.edit(made, number, "Hiya Bo, my own words?\n")
    first = bodies(home)[0]
    assert choose(made, number, 1).words == "Version 1 is the draft again."
    assert bodies(home)[-1] == first
    assert len(bodies(home)) == 4
    assert choose(made, number, 3).ok
    with home.store.read() as connection:
        newest = views.newest_draft(connection, number)
    assert newest is not None
    assert (newest.writer, newest.body) == ("person", "Hiya Bo, my own words?\n")
    assert not choose(made, number, 5).ok
    assert "there are 1, 2, 3, 4, 5" in choose(made, number, 9).words


def test_the_command_line_walks_versions(home: Home) -> None:
    number = str(number_of(home))
    first = bodies(home)[0]
    assert relance("redo", number).code == 0
    assert "Versions: 1 (phrasebook), 2 (phrasebook)." in relance("show", number).out
    assert relance("redo", number, "--version", "1").out == "Version 1 is the draft again.\n"
    told = json.loads(relance("show", number, "--json").out)
    assert [one["version"] for one in told["versions"]] == [1, 2, 3]
    assert told["draft"]["body"] == first
    assert relance("redo", number, "--version", "7").code == 1
    assert relance("redo", number, "--version", "1", "--say", "shorter").code == 2
    assert relance("redo", number, "--say", "mention the weather").code == 1
