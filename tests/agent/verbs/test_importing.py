"""A file of people put under plans: who is refused and why, and that what was begun once is not begun again."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from agent.common.home import Home
from agent.store.work import enrolments
from agent.verbs import importing
from tests.agent.enrolled import enrolled
from tests.agent.office import ANN, BOB, ME, Office
from tests.cli.run import relance
from tests.conftest import Ticking

HEAD = ["address", "plan", "about", "date", "name", "say"]
REPORT = "Your message could not be delivered.\n\n<{person}>: 550 5.1.1 user unknown\n"


@pytest.fixture
def here(private_home: Path, clock: Ticking, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    with enrolled(private_home, clock) as made:
        monkeypatch.setattr(Home, "usual", classmethod(lambda _cls, _file=None: made.home))
        yield made


def written(folder: Path, rows: list[list[str]], name: str = "people.csv") -> str:
    with (folder / name).open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([HEAD, *rows])
    return str(folder / name)


def bounced(here: Office, person: str) -> None:
    name = here.mail(ME, person, "Offers", "Hi,\n\nWhich of the two?\n\nSam", at=here.clock() - timedelta(days=13))
    here.mail(
        "MAILER-DAEMON@mine.example", ME, "Undelivered Mail Returned to Sender", REPORT.format(person=person),
        follows=name, headers={"Auto-Submitted": "auto-replied", "X-Failed-Recipients": person},
    )  # fmt: skip


def opted_out(here: Office, person: str) -> None:
    name = here.mail(ME, person, "News", "Hi,\n\nWhich of the two?\n\nSam", at=here.clock() - timedelta(days=13))
    here.mail(person, ME, "Re: News", "Please stop writing to me. Never contact me again.", follows=name)


def rows_of(ran_out: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in ran_out.splitlines()]


def good(number: int) -> list[str]:
    return [
        f"p{number}@firm{number:04}.example",
        "sales",
        f"Would offer {number} suit you?",
        "",
        f"Person {number}",
        "",
    ]


BAD: list[tuple[str, int, list[list[str]]]] = [
    ("address", 6, [["", "sales", "a", "", "", ""], ["Ann Lee", "sales", "b", "", "", ""], ["x@y", "sales", "c", "", "", ""],
                    ["a@b@c.example", "sales", "d", "", "", ""], ["12", "sales", "e", "", "", ""], ["<m1@x> <m2@x>", "sales", "f", "", "", ""]]),
    ("typo", 6, [[f"ann@{domain}", "sales", f"t {domain}", "", "", ""] for domain in
                 ("gmial.com", "gmail.con", "hotmial.com", "outlok.com", "partnr.example", "othr.example")]),
    ("twice", 4, [["p1@firm0001.example", "sales", "g", "", "", ""], ["P2@FIRM0002.example", "winback", "h", "", "", ""],
                  ["p3+x@firm0003.example", "sales", "i", "", "", ""], ["<p4@firm0004.example>", "sales", "j", "", "", ""]]),
    ("other_plan", 2, [[ANN, "sales", "k", "", "", ""], [BOB, "sales", "l", "", "", ""]]),
    ("bounced", 3, [[f"dead{n}@gone.example", "sales", f"m{n}", "", "", ""] for n in range(3)]),
    ("opted_out", 3, [[f"no{n}@quiet.example", "sales", f"n{n}", "", "", ""] for n in range(3)]),
    ("to_myself", 1, [[ME, "sales", "o", "", "", ""]]),
    ("no_reply", 4, [[f"no-reply@shop{n}.example", "sales", f"p{n}", "", "", ""] for n in range(4)]),
    ("robot", 3, [[f"notifications@hub{n}.example", "sales", f"q{n}", "", "", ""] for n in range(3)]),
    ("list", 4, [[f"dev-list@lists.org{n}.example", "sales", f"r{n}", "", "", ""] for n in range(4)]),
    ("past", 4, [[f"past{n}@firm.example", "sales", f"s{n}", "2026-11-17", "", ""] for n in range(4)]),
    ("date", 3, [[f"day{n}@firm.example", "sales", f"u{n}", word, "", ""] for n, word in enumerate(("soon", "31.12.2026", "2026-02-30"))]),
    ("plan", 2, [[f"none{n}@firm.example", "", f"v{n}", "", "", ""] for n in range(2)]),
    ("wrong", 7, [["w1@firm.example", "sails", "w", "", "", ""], ["w2@firm.example", "renewal", "x", "", "", ""],
                  ["w3@firm.example", "sales", "y" * 2001, "", "", ""], ["w4@firm.example", "sales", "z", "", "", "9=Hello"],
                  ["w5@firm.example", "sales", "aa", "", "", "Hi {nobody}"], ["w6@firm.example", "renewal", "bb", "2026-11-19", "", ""],
                  ["w7@firm.example", "Sales2", "cc", "", "", ""]]),
    ("same_to_many", 4, [["sa@firm.example", "sales", "Would offer 5 suit you?", "", "", ""], ["sb@firm.example", "sales", " would  OFFER 6 suit you ", "", "", ""],
                         ["sc@firm.example", "sales", "dd", "", "", "Would offer 7 suit you?"], ["sd@firm.example", "sales", "", "", "", "2=Would offer 8 suit you"]]),
    ("cells", 2, [["ca@firm.example", "sales", "ee", "", "", "", "more"], ["cb@firm.example", "sales", "ff", "", "", "", "more"]]),
    ("name", 2, [["na@firm.example", "sales", "gg", "", "n" * 101, ""], ["nb@firm.example", "sales", "hh", "", "x@y.example", ""]]),
]  # fmt: skip


@pytest.mark.slow
def test_five_hundred_rows_with_sixty_bad_ones(here: Office, tmp_path: Path) -> None:
    for number in range(3):
        bounced(here, f"dead{number}@gone.example")
        opted_out(here, f"no{number}@quiet.example")
    here.read()
    for person in (ANN, BOB):
        assert here.enroll(person, "winback", about=f"for {person}").ok
    bad = [row for _, _, rows in BAD for row in rows]
    assert len(bad) == 60 == sum(number for _, number, _ in BAD) and len(BAD) >= 12
    file = written(tmp_path, [good(number) for number in range(440)] + bad)
    ran = relance("import", file, "--new", "--yes", "--json")
    assert ran.code == 5, ran.err
    *rows, total = rows_of(ran.out)
    assert total == {"schema": 1, "rows": 500, "enrolled": 440, "already": 0, "refused": 60}
    refused = [row for row in rows if row["done"] == "refused"]
    assert Counter(row["code"] for row in refused) == {code: number for code, number, _ in BAD}
    wanted = {442 + place: row[0] for place, row in enumerate(bad)}
    assert {row["row"]: row["address"] for row in refused} == wanted and all(row["reason"] for row in refused)
    assert "440 to enroll (440 sales), 0 already under their plan, 60 refused" in ran.err
    with here.home.store.read() as connection:
        begun = enrolments.active(connection)
    assert len(begun) == 442 and here.left == []
    assert {row.name for row in begun[2:]} == {f"Person {number}" for number in range(440)}
    assert all(row.ceiling == "copilot" for row in here.rows())
    assert here.events().count("enrolment.made") == 442
    again = relance("import", file, "--new", "--yes", "--json")
    *rows, total = rows_of(again.out)
    assert total == {"schema": 1, "rows": 500, "enrolled": 0, "already": 440, "refused": 60}
    assert here.events().count("enrolment.made") == 442


def test_the_first_mail_says_it_with_the_name_and_waits(here: Office, tmp_path: Path) -> None:
    file = written(tmp_path, [["cleo@new.example", "sales", "Would a shorter contract suit you?", "", "Cleo Ray", ""]])
    assert relance("import", file, "--new", "--yes").out.splitlines() == ["1 enrolled, 0 already, 0 refused."]
    here.runs(days=3, hours=6)
    (row,) = here.rows("cleo@new.example")
    draft = here.draft(row.id)
    assert row.state == "drafted" and here.left == [] and draft is not None
    assert "shorter contract" in draft.body and here.enrolment().name == "Cleo Ray"


def test_a_no_begins_nothing_and_a_dry_run_asks_nothing(here: Office, tmp_path: Path) -> None:
    file = written(tmp_path, [good(1), [ME, "sales", "a", "", "", ""]])
    for words in (("import", file, "--new"), ("import", file, "--new", "--dry-run")):
        ran = relance(*words)
        assert ran.code != 0 and "1 to enroll" in ran.err and here.rows() == []
    assert f"Row 3, {ME}: refused: {ME} is your own address." in relance("import", file, "--new").out


def test_who_is_unknown_needs_the_word_new(here: Office, tmp_path: Path) -> None:
    ran = relance("import", written(tmp_path, [good(1), [ANN, "sales", "a", "", "", ""]]), "--yes")
    assert ran.code == 5 and "say --new" in ran.out and "1 enrolled, 0 already, 1 refused." in ran.out


def test_an_end_in_the_middle_loses_nothing_and_the_rest_follows(
    here: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = written(tmp_path, [good(number) for number in range(6)])
    real, calls = importing.enter, []

    def dies(*words: object) -> object:
        calls.append(1)
        if len(calls) == 4:
            raise OSError(28, "No space left on device")
        return real(*words)  # type: ignore[arg-type]

    monkeypatch.setattr(importing, "enter", dies)
    assert relance("import", file, "--new", "--yes").code != 0 and len(here.rows()) == 3
    monkeypatch.setattr(importing, "enter", real)
    assert "3 enrolled, 3 already, 0 refused." in relance("import", file, "--new", "--yes").out


def test_what_ended_is_not_begun_again_by_the_same_row(here: Office, tmp_path: Path) -> None:
    file = written(tmp_path, [[ANN, "sales", "Would it suit you?", "", "", ""]])
    assert relance("import", file, "--yes").code == 0
    (row,) = here.rows(ANN)
    assert relance("stop", str(row.id)).code == 0
    ran = relance("import", file, "--yes", "--json")
    assert rows_of(ran.out)[0]["done"] == "already" and "you stopped it" in str(rows_of(ran.out)[0]["reason"])
    other = written(tmp_path, [[ANN, "sales", "And what of June?", "", "", ""]])
    assert "1 enrolled" in relance("import", other, "--yes").out


def test_words_said_in_an_earlier_file_are_said_to_one_person(here: Office, tmp_path: Path) -> None:
    text = "2=The new dates are out."
    assert relance("import", written(tmp_path, [[ANN, "sales", "a b", "", "", text]]), "--yes").code == 0
    ran = relance("import", written(tmp_path, [[BOB, "sales", "c d", "", "", text]]), "--yes")
    assert ran.code == 5 and "mailing tool" in ran.out and ANN in ran.out


def test_a_folder_is_all_its_csv_files(here: Office, tmp_path: Path) -> None:
    folder = tmp_path / "lists"
    folder.mkdir()
    written(folder, [good(1)], "a.csv")
    written(folder, [good(2), ["p1@firm0001.example", "sales", "x", "", "", ""]], "b.CSV")
    (folder / "notes.txt").write_text("no table")
    ran = relance("import", str(folder), "--new", "--yes")
    assert "b.CSV row 3, p1@firm0001.example: refused: row 2 of a.csv has that mailbox already." in ran.out
    assert "2 enrolled, 0 already, 1 refused." in ran.out


def test_what_cannot_be_read_says_so(here: Office, tmp_path: Path) -> None:
    (tmp_path / "big.csv").write_bytes(b"address,plan\n" + b"x" * 2_000_001)
    (tmp_path / "odd.csv").write_text("who,plan\nann,sales\n")
    (tmp_path / "head.csv").write_text("address,plan\n")
    (tmp_path / "empty").mkdir()
    for name, words in (("big.csv", "2 MB"), ("odd.csv", "'who'"), ("gone.csv", "no file"), ("empty", "no CSV file")):
        ran = relance("import", str(tmp_path / name), "--yes")
        assert ran.code == 2 and words in ran.err, ran
    ran = relance("import", str(tmp_path / "head.csv"))
    assert ran.code == 0 and "no row below the header" in ran.err


def test_latin_letters_are_kept_and_told(here: Office, tmp_path: Path) -> None:
    (tmp_path / "old.csv").write_bytes(
        "address;plan;name;about\nzoe@new.example;sales;Zoë Müller;Voilà l’offre\n".encode("cp1252")
    )
    ran = relance("import", str(tmp_path / "old.csv"), "--new", "--yes")
    assert (
        ran.code == 0
        and "Latin-1" in ran.err
        and here.enrolment().name == "Zoë Müller"
        and "l’offre" in here.enrolment().about
    )


def test_hostile_cells_reach_no_screen(here: Office, tmp_path: Path) -> None:
    ran = relance("import", written(tmp_path, [["\x1b[2J\u202eevil", "sa\x07les", "x", "", "", ""]]), "--yes")
    assert ran.code == 5 and not {"\x1b", "\u202e", "\x07"} & set(ran.out + ran.err)
