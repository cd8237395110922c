"""What the profile knows can be read, with its counts, and holds no whole mail."""

from __future__ import annotations

import json

from tests.voice.someone import BODIES, corpus, profile
from voice.learning.profile import Profile, build
from voice.learning.report import as_json, lines


def test_every_line_of_evidence_carries_its_count() -> None:
    said = "\n".join(lines(profile(many=30)))
    assert "Still learning: 30 of 100 own mails." in said
    assert "Greets: “Hiya {name},” 30×" in said
    assert "Signs off: “Ta, / Noor” 30×" in said
    assert "“Have you had time to look?” (6×, last in <en26@x>)" in said
    assert "ada@example.org: 30 mails" in said


def test_no_whole_mail_is_shown() -> None:
    said = "\n".join(lines(profile()))
    assert not [body for body in BODIES["en"] if body in said]


def test_a_profile_of_nothing_says_so() -> None:
    assert lines(Profile(0, {})) == ["Only 0 own mails: too few to know the voice, so nothing is sent without you."]


def test_the_json_holds_counts_and_no_letters() -> None:
    raw = json.loads(json.dumps(as_json(profile())))
    assert raw["schema"] == 1
    assert raw["state"] == "learning"
    assert raw["tongues"]["en"]["manner"]["greetings"] == {"Hiya {name},": 30}
    assert "grams" not in raw["tongues"]["en"]


def test_what_is_counted_of_received_mail_is_said() -> None:
    beside = build(corpus(), others=["Hello Noor, the roof is done."] * 3)
    assert any("counted in 3 mails you received" in line for line in lines(beside))
    assert not any("you received" in line for line in lines(build(corpus())))
