"""A letter that answers a hostile subject carries none of what steers or hides, from their mail to what leaves."""

from __future__ import annotations

import email
import email.policy
import unicodedata
from datetime import timedelta
from pathlib import Path

import pytest

from agent.verbs import actions
from providers.base import Role
from tests.agent.office import ANN, ME, office
from tests.cli.hostile_home import HOSTILE, encoded
from tests.conftest import Ticking

pytestmark = pytest.mark.slow

TEXT = "Hi Ann,\n\nCould you tell me whether the offer {} suits you?\n\nBest,\nSam"


def test_a_hostile_subject_leaves_clean(private_home: Path, clock: Ticking) -> None:
    with office(private_home, clock, level="copilot") as here:
        theirs = here.clock() - timedelta(days=11)
        name = "<theirs@partner.example>"
        head = (
            f"From: {encoded(HOSTILE)} <{ANN}>\nTo: {ME}\nSubject: {encoded(HOSTILE)}\nMessage-ID: {name}\n"
            f"Date: {theirs:%a, %d %b %Y %H:%M:%S} +0000\n\nWhich one?\n"
        )
        here.server.deliver(head.encode(), received=theirs)
        asked = theirs + timedelta(days=1)
        ours = (
            f"From: Sam <{ME}>\nTo: {encoded(HOSTILE)} <{ANN}>\nSubject: {encoded('Re: ' + HOSTILE)}\n"
            f"Message-ID: <ours@mine.example>\nIn-Reply-To: {name}\nReferences: {name}\nMIME-Version: 1.0\n"
            f"Date: {asked:%a, %d %b %Y %H:%M:%S} +0000\nContent-Type: text/plain; charset=utf-8\n\n{TEXT.format(HOSTILE)}\n"
        )
        here.server.deliver(ours.encode(), received=asked, role=Role.SENT)
        here.passes()
        (row,) = here.rows(ANN)
        done = actions.approve(here.desk, row.id, at_once=True)
        assert done.ok, done.words
        here.runs(days=2)
        (letter,) = [letter for _, letter in here.left]
        message = email.message_from_bytes(letter.raw, policy=email.policy.default)
        for words in (str(message["Subject"]), str(message["To"]), message.get_content()):
            assert not [f"U+{ord(sign):04X}" for sign in words if sign not in "\r\n" and _hides(sign)], words
        assert str(message["Subject"]).startswith("Re: abc")


def _hides(sign: str) -> bool:
    return unicodedata.category(sign) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
