"""Makes the blind test from the person's own stored mail; never sends and never keeps a text."""

from __future__ import annotations

import secrets

from agent.common.home import Home
from agent.drafting.draft import own_threads, profile_of
from agent.drafting.writing import sent_mails
from voice.learning.corpus import Corpus
from voice.writing.blind_test import Trial, trials
from voice.writing.phrasebook import Phrasebook


def prepare(home: Home, most: int) -> tuple[Trial, ...]:
    """Own short asks, each beside a draft and a template."""
    corpus = Corpus()
    with home.store.read() as connection:
        corpus.add(sent_mails(own_threads(connection)))
    return trials(corpus.mails(), profile_of(home), Phrasebook().write, secrets.randbits(32), most)
