"""A model in the course of a day: asked again, cancelled, stopped in the middle, and what is shown and kept of it."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Callable
from contextlib import closing
from decimal import Decimal

import pytest

from agent.cli.doing.working import daemon_for
from agent.common.home import Home
from agent.drafting.draft import draft_due, keep, redo
from agent.drafting.writing import WrittenDraft
from agent.errors import StoreError
from agent.models.asking import endpoint_for, ledger_for, midnight
from agent.running.desk_setup import desk_for
from agent.store.shown import views
from agent.store.upkeep import trim
from agent.store.work import model_calls
from tests.agent.small import answer, calls_of, model_config, notes_of, number_of, the_draft
from tests.cli.run import relance
from tests.conftest import Ticking
from tests.voice.endpoint import Behaviour, serving
from voice.model.ledger import Entry, OverBudget

pytestmark = pytest.mark.slow


def test_redo_streams_and_a_cancel_leaves_the_old_draft(home_with: Callable[..., Home]) -> None:
    other = "Hiya Bo,\n\nWhich of the two offers should we take?\n\nTa,\nNoor"
    behaviour = Behaviour(answer(), slow=0.05)
    with serving(behaviour) as url:
        home = home_with(model_config(url))
        before = the_draft(home)
        behaviour.text = answer(other)
        heard: list[str] = []
        done = redo(
            home, desk_for(home), number_of(home), "shorter", hear=heard.append, cancelled=lambda: len(heard) > 2
        )
        assert (done.ok, done.code) == (False, "cancelled")
        with home.store.read() as connection:
            after = views.newest_draft(connection, number_of(home))
            outcome = calls_of(connection, number_of(home))[-1]["outcome"]
        assert after is not None
        assert after.id == before.id
        assert outcome == "cancelled"
        heard.clear()
        assert redo(home, desk_for(home), number_of(home), "shorter", hear=heard.append).ok
    assert heard == sorted(heard, key=len)
    assert heard[-1] == other
    assert [said["temperature"] for said in behaviour.requests] == [0.0, 0.7, 0.7]


def test_a_cancel_does_not_wait_for_a_silent_model(home_with: Callable[..., Home]) -> None:
    with serving(Behaviour(answer(), drip=30.0)) as url:
        home = home_with(model_config(url))
        done = redo(home, desk_for(home), number_of(home), cancelled=iter_then_true(3))
    assert done.code == "cancelled"


def iter_then_true(times: int) -> Callable[[], bool]:
    left = [times]

    def said() -> bool:
        left[0] -= 1
        return left[0] < 0

    return said


def test_a_round_that_is_stopped_leaves_the_rest_for_the_next(home_with: Callable[..., Home]) -> None:
    home = home_with()
    assert draft_due(home, cancelled=lambda: True).written == 0
    assert draft_due(home).written == 1


def test_a_round_stopped_in_the_middle_of_an_answer_keeps_nothing(home_with: Callable[..., Home]) -> None:
    with serving(Behaviour(answer(), drip=30.0)) as url:
        home = home_with(model_config(url))
        assert draft_due(home, cancelled=iter_then_true(4)).written == 0
    with home.store.read() as connection:
        assert views.one(connection, str(number_of(home))).state == "quiet"
        assert views.newest_draft(connection, number_of(home)) is None


def test_the_question_is_shown_word_for_word_and_not_asked(
    home_with: Callable[..., Home], monkeypatch: pytest.MonkeyPatch
) -> None:
    behaviour = Behaviour(answer())
    with serving(behaviour) as url:
        home = home_with(model_config(url), theirs="Pay to DE89 3704 0044 0532 0130 00, Noor.")
        monkeypatch.setattr(Home, "usual", classmethod(lambda _cls, _file=None: home))
        monkeypatch.setattr(Home, "close", lambda _self: None)
        told = json.loads(relance("voice", "question", str(number_of(home)), "--json").out)
        assert behaviour.requests == []
        the_draft(home)
    fence = re.compile(r"\b[0-9a-f]{16}\b")
    sent = [said["content"] for said in behaviour.requests[0]["messages"]]
    assert [fence.sub("F", told["told"]), fence.sub("F", told["asked"])] == [fence.sub("F", text) for text in sent]
    assert (told["refused"], told["redacted"]) == (None, 1)
    assert "DE89" not in told["asked"]
    assert "Which of the two should we take?" in relance("voice", "question", str(number_of(home))).out


def test_where_neither_could_write_both_reasons_are_shown(
    home_with: Callable[..., Home], monkeypatch: pytest.MonkeyPatch
) -> None:
    home = home_with()
    notes = ("Written without the model: endpoint did not answer.",)
    made = WrittenDraft("", "", "phrasebook", None, True, (), (), notes, "there is nothing to ask")
    with home.store.write() as change:
        keep(change, number_of(home), made)
    monkeypatch.setattr(Home, "usual", classmethod(lambda _cls, _file=None: home))
    monkeypatch.setattr(Home, "close", lambda _self: None)
    assert "there is nothing to ask. Written without the model: endpoint did not answer." in relance("list").out


def test_without_a_model_there_is_no_question(home_with: Callable[..., Home], monkeypatch: pytest.MonkeyPatch) -> None:
    home = home_with()
    monkeypatch.setattr(Home, "usual", classmethod(lambda _cls, _file=None: home))
    monkeypatch.setattr(Home, "close", lambda _self: None)
    ran = relance("voice", "question", str(number_of(home)))
    assert (ran.code, "No model is asked" in ran.err) == (1, True)


def test_news_does_not_wait_for_a_slow_model(home_with: Callable[..., Home]) -> None:
    behaviour = Behaviour(answer(), drip=0.05)
    with serving(behaviour) as url:
        home = home_with(model_config(url, timeout='"60s"'))
        daemon = daemon_for(home)
        number = number_of(home)
        behaviour.on_request = lambda: daemon.heard("home")
        daemon.turn()
        with home.store.read() as connection:
            assert calls_of(connection, number)[-1]["outcome"] == "cancelled"
            assert views.newest_draft(connection, number) is None
        behaviour.become(Behaviour(answer()))
        daemon.turn()
    with home.store.read() as connection:
        newest = views.newest_draft(connection, number)
    assert newest is not None
    assert newest.writer == "model"


def test_without_a_model_nothing_is_asked(home_with: Callable[..., Home]) -> None:
    home = home_with()
    assert endpoint_for(home) is None
    assert the_draft(home).writer == "phrasebook"
    with closing(home), home.store.read() as connection:
        assert model_calls.used(connection) == []


def test_old_calls_go_with_old_texts(home_with: Callable[..., Home], clock: Ticking) -> None:
    with serving(Behaviour(answer())) as url:
        home = home_with(model_config(url))
        the_draft(home)
    trim(home.store, 365)
    with home.store.read() as connection:
        assert len(model_calls.used(connection)) == 1
    clock.forward(days=400)
    trim(home.store, 365)
    with home.store.read() as connection:
        assert model_calls.used(connection) == []


def test_a_call_whose_end_is_unknown_counts_with_all_it_may_cost(home_with: Callable[..., Home]) -> None:
    prices = {"spend_per_day": '"0.01 EUR"', "price_in": "10", "price_out": "10"}
    home = home_with(model_config("http://127.0.0.1:9/v1", **prices))
    entry = Entry(home.clock(), "127.0.0.1", "m", "", 300, "", 100, 400, Decimal("0.006"), 0)
    ledger_for(home).begin(entry)
    with pytest.raises(OverBudget, match="spend cap"):
        ledger_for(home).begin(entry)
    with home.store.read() as connection:
        assert model_calls.spent(connection, midnight(home)) == Decimal("0.006")


def test_a_ledger_that_cannot_be_written_means_no_call(
    home_with: Callable[..., Home], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> int:
        raise StoreError("The disk is full.")

    behaviour = Behaviour(answer())
    with serving(behaviour) as url:
        home = home_with(model_config(url))
        monkeypatch.setattr(model_calls, "begin", broken)
        draft = the_draft(home)
    assert behaviour.requests == []
    assert "the ledger cannot be written" in notes_of(draft)[0]


@pytest.mark.parametrize("egress", ["local", "off"])
def test_text_that_must_stay_here_opens_no_connection(
    home_with: Callable[..., Home], egress: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[object] = []

    def guard(_self: object, address: object) -> None:
        seen.append(address)
        raise OSError("guarded")

    home = home_with(model_config("https://api.example.org/v1", egress=f'"{egress}"'))
    monkeypatch.setattr(socket.socket, "connect", guard)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *words, **_: seen.append(words))
    draft = the_draft(home)
    assert seen == []
    assert f"egress is {egress}" in notes_of(draft)[0]
