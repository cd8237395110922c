"""Whatever another program or a file says, it is answered with a sentence; nothing leaves and nobody is begun by it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from agent.common.home import Home
from agent.decide.plans.listed_people import decoded, people_in
from agent.verbs.hooks import FIELDS, heed
from agent.verbs.importing import look
from tests.agent.enrolled import ABOUT, enrolled
from tests.agent.office import ANN, BOB, Office
from tests.conftest import Ticking

ODD = (
    "", " ", "\ud800", "\udfff text", "\x00", "\u202etxet", "a" * 9000, "💥" * 300, "=HYPERLINK(1)", "{name}", "{nme}", "%s",
    "sales", "nudge", "../../etc", ANN, ANN.upper(), BOB, f"Ann <{ANN}>", f"{ANN},{BOB}", f"{ANN}\n{BOB}", "ann@partner.example.",
    "ann@pаrtner.example", "@", "a@b", "2026-13-45", "9999-12-31", "-1", "1=", "2=\ud800", "0=x", "99=x", "https://x.example/\ud800",
)  # fmt: skip
RUNS = 400


@pytest.fixture
def here(private_home: Path, clock: Ticking, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    with enrolled(private_home, clock) as made:
        monkeypatch.setattr(Home, "usual", classmethod(lambda _cls, _file=None: made.home))
        yield made


def begun(here: Office) -> int:
    with here.home.store.read() as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM enrolment").scalar_one())


def test_every_line_is_answered_in_words(here: Office) -> None:
    here.enroll(ANN, about=ABOUT)
    pick, before, seen = Random(5), begun(here), set[str]()
    for _ in range(RUNS):
        event = pick.choice([*["signal"] * 12, *FIELDS, "", "begin", "\ud800"])
        said = {key: pick.choice(ODD) for key in pick.sample(["plan", "words", "evidence", "to"], pick.randrange(3))}
        said["person"] = pick.choice([ANN, pick.choice(ODD)])
        line = json.dumps({"event": event, **said}).encode()
        done = heed(here.home, line if pick.random() < 0.9 else line[: pick.randrange(len(line))])
        assert done.words and "Traceback" not in done.words, line
        seen.add(done.code)
        json.dumps(done.document(), ensure_ascii=False).encode()
    assert begun(here) == before and here.left == []
    assert len(seen) > 3, seen


def test_every_row_is_looked_at_in_words(here: Office) -> None:
    pick = Random(6)
    seen: set[str] = set()
    for number in range(RUNS // 20):
        cells = ODD if number % 4 == 0 else [odd for odd in ODD if "\x00" not in odd]
        rows = [[pick.choice(cells) for _ in range(6)] for _ in range(20)]
        text = "address,plan,about,date,name,say\n" + "\n".join(
            ",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows
        )
        raw = text.encode("utf-8", "surrogatepass")
        try:
            found = people_in(decoded(raw)[0])
        except ValueError as problem:
            assert str(problem)
            continue
        for one in look(here.home, found, new=True):
            assert one.code == "good" or one.words, one
            one.words.encode()
            seen.add(one.code)
    assert len(seen) > 3, seen
    assert begun(here) == 0
