"""An approval knows the mails it saw, and no mail that only shares their name, their date and their words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from agent.decide.gate.levels import Level
from agent.sending import compose, outbox
from agent.sending.compose import earlier_identity
from agent.verbs import actions
from providers.base import Role
from tests.sim.world import Scene, ask, drafted, reply, scene, sync


@pytest.fixture
def here() -> Iterator[Scene]:
    opened = scene(Level.COPILOT)
    ask(opened.world, 1)
    sync(opened.desk)
    yield opened
    opened.close()


def seen(here: Scene) -> None:
    """A receipt lies there when the follow-up is drafted and approved."""
    here.world.put("work", reply(here.world, 1, word="receipt"))
    sync(here.desk)
    here.world.pass_time(minutes=1)
    drafted(here.desk, 1)
    done = actions.approve(here.desk, 1, at_once=True)
    assert done.ok, done


def comes_again(here: Scene, **changes: object) -> None:
    last = here.world.boxes["work"].mails[-1]
    here.world.put("work", replace(last, received=here.world.now, **changes))  # type: ignore[arg-type]


def left(here: Scene) -> tuple[str, str, int]:
    here.world.pass_time(minutes=5)
    (done,) = outbox.pump(here.desk)
    return done.state, done.code, len(here.world.delivered)


def test_what_was_seen_in_another_folder_is_nothing_new(here: Scene) -> None:
    seen(here)
    comes_again(here, role=Role.ARCHIVE, folder="Archive")
    assert left(here) == ("SENT", "accepted", 1)


@pytest.mark.parametrize("changes", [{"subject": "reply! re"}, {"subject": "decline! re", "to": ()}])
def test_a_mail_that_reads_otherwise_is_new_whatever_it_shares(here: Scene, changes: dict[str, object]) -> None:
    seen(here)
    comes_again(here, **changes)
    state, code, delivered = left(here)
    assert (state, delivered) == ("STOPPED", 0)
    assert code == str(changes["subject"]).partition("!")[0]


def test_what_an_earlier_version_approved_beside_mail_of_others_waits_for_a_person(
    here: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as before:
        before.setattr(compose, "identity_of", lambda mail: earlier_identity(mail) if not mail.mine else _own(mail))
        seen(here)
    assert left(here) == ("NEEDS_REVIEW", "unsure", 0)
    assert actions.approve(here.desk, 1, at_once=True).ok
    assert left(here) == ("SENT", "accepted", 1)


def test_what_it_approved_beside_nobody_s_mail_leaves(here: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as before:
        before.setattr(compose, "identity_of", lambda mail: earlier_identity(mail) if not mail.mine else _own(mail))
        drafted(here.desk, 1)
        assert actions.approve(here.desk, 1, at_once=True).ok
    assert left(here) == ("SENT", "accepted", 1)


_own = compose.identity_of
