"""The user's own calendar is read for whom they meet and when they are away; whatever it says, it only does less."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.decide.dates.own_calendar import away_now_or_next, read_own_calendar
from agent.decide.plans.meetings import KnownMeetings, hashed, held_by_meeting, known_meetings
from agent.decide.threads.quiet import Reason, Verdict
from agent.decide.threads.summary import Summary

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)
PARIS = ZoneInfo("Europe/Paris")
OWN = ("sam@mine.example",)
ANN = "ATTENDEE:mailto:ann@partner.example\n"


def calendar(*events: str) -> str:
    inside = "".join(f"BEGIN:VEVENT\nUID:{number}\n{text}END:VEVENT\n" for number, text in enumerate(events))
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//test\n{inside}END:VCALENDAR\n"


def days(*events: str) -> list[str]:
    found = read_own_calendar(calendar(*events), OWN, NOW, PARIS)
    return [f"{one.starts.astimezone(PARIS):%m-%d %H:%M}" for one in found.meetings]


AT = "DTSTART:20270303T090000Z\nDTEND:20270303T100000Z\n"
WEEKLY = "DTSTART;TZID=Europe/Paris:20270222T100000\nDURATION:PT1H\n"


@pytest.mark.parametrize(
    ("event", "found"),
    [
        (f"{AT}{ANN}", ["03-03 10:00"]),
        (f"{AT}ORGANIZER:MAILTO:Ann@Partner.example\n", ["03-03 10:00"]),
        (f"DTSTART:20270303T090000\n{ANN}", ["03-03 09:00"]),
        (f"DTSTART;VALUE=DATE:20270303\n{ANN}", ["03-03 00:00"]),
        (f"{WEEKLY}RRULE:FREQ=WEEKLY;UNTIL=20270308T235959Z\n{ANN}", ["02-22 10:00", "03-01 10:00", "03-08 10:00"]),
        (f"{WEEKLY}RRULE:FREQ=WEEKLY;COUNT=2\n{ANN}", ["02-22 10:00", "03-01 10:00"]),
        (f"{WEEKLY}RRULE:FREQ=DAILY;COUNT=3\nEXDATE;TZID=Europe/Paris:20270223T100000\n{ANN}", ["02-22 10:00", "02-24 10:00"]),
        (f"{WEEKLY}RRULE:FREQ=WEEKLY;COUNT=2\nRDATE;TZID=Europe/Paris:20270304T100000\n{ANN}", ["02-22 10:00", "03-01 10:00", "03-04 10:00"]),
        (f"DTSTART;TZID=Europe/Paris:20270326T100000\nRRULE:FREQ=DAILY;COUNT=4\n{ANN}", ["03-26 10:00", "03-27 10:00", "03-28 10:00", "03-29 10:00"]),
        (f"{AT}STATUS:CANCELLED\n{ANN}", []),
        (f"{AT}{ANN}ATTENDEE;PARTSTAT=DECLINED:mailto:sam@mine.example\n", []),
        (f"{AT}ATTENDEE;PARTSTAT=DECLINED:mailto:ann@partner.example\n", []),
        (f"{AT}ATTENDEE:mailto:sam+x@mine.example\n", []),
        (f"{AT}" + "".join(f"ATTENDEE:mailto:a{n}@x.example\n" for n in range(21)), []),
        (f"{AT}SUMMARY:ann@partner.example\nDESCRIPTION:ATTENDEE:mailto:ann@partner.example\n", []),
        (f"DTSTART:20200303T090000Z\n{ANN}", []), (f"DTSTART:20290303T090000Z\n{ANN}", []),
    ],
)  # fmt: skip
def test_meetings_are_found_with_whom_and_when(event: str, found: list[str]) -> None:
    assert days(event) == found


def test_a_single_time_that_was_moved_counts_where_it_is_now() -> None:
    rule = f"{WEEKLY}RRULE:FREQ=WEEKLY;COUNT=3\n{ANN}"
    text = calendar(rule, f"RECURRENCE-ID;TZID=Europe/Paris:20270301T100000\nDTSTART:20270302T120000Z\n{ANN}").replace(
        "UID:1", "UID:0"
    )
    found = read_own_calendar(text, OWN, NOW, PARIS).meetings
    assert [f"{one.starts:%m-%d}" for one in found] == ["02-22", "03-02", "03-08"]


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY", "FREQ=MINUTELY", "FREQ=HOURLY", "FREQ=DAILY;BYHOUR=1,2,3", "FREQ=MONTHLY;BYSETPOS=1;BYDAY=MO",
        "FREQ=YEARLY;COUNT=9;BYMONTH=2;BYMONTHDAY=30", "FREQ=DAILY;COUNT=999999", "FREQ=nonsense", "",
        "FREQ=DAILY;INTERVAL=0", "FREQ=DAILY;INTERVAL=7;BYDAY=TU", "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=31", "FREQ=MONTHLY;BYDAY=5FR", "FREQ=DAILY;UNTIL=never",
    ],
)  # fmt: skip
def test_what_repeats_in_another_way_is_counted_and_passed_over(rule: str) -> None:
    found = read_own_calendar(calendar(f"{WEEKLY}RRULE:{rule}\n{ANN}", f"{AT}{ANN}"), OWN, NOW, PARIS)
    assert found.unread == 1 and len(found.meetings) == 1


def test_impossible_and_ancient_rules_end() -> None:
    events = [f"DTSTART:20080101T090000Z\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30\n{ANN}"] * 20
    assert days(*events) == []
    old = read_own_calendar(calendar(f"DTSTART:00010101T000000Z\nRRULE:FREQ=DAILY\n{ANN}"), OWN, NOW, PARIS)
    assert old.unread == 1 and not old.meetings


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "<html>sign in</html>",
        "BEGIN:VCALENDAR\n",
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\n",
        "\x00\x01",
        "BEGIN:VEVENT\nEND:VEVENT\n",
    ],
)
def test_what_is_no_whole_calendar_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError):
        read_own_calendar(text, OWN, NOW, PARIS)


OOF = "X-MICROSOFT-CDO-BUSYSTATUS:OOF\n"
WHOLE = "DTSTART;VALUE=DATE:20270301\nDTEND;VALUE=DATE:20270304\n"


@pytest.mark.parametrize(
    ("event", "away"),
    [
        (f"{WHOLE}{OOF}", ["03-01", "03-04"]), (f"{WHOLE}TRANSP:OPAQUE\n", ["03-01", "03-04"]),
        (f"DTSTART:20270301T080000Z\nDTEND:20270303T080000Z\n{OOF}", ["03-01", "03-03"]),
        (f"{WHOLE}TRANSP:TRANSPARENT\n", []), (WHOLE, []), (f"{WHOLE}X-MICROSOFT-CDO-BUSYSTATUS:BUSY\nTRANSP:OPAQUE\n", []),
        (f"{WHOLE}TRANSP:OPAQUE\n{ANN}", []), (f"DTSTART:20270301T080000Z\nDTEND:20270301T090000Z\n{OOF}", []),
        ("DTSTART:20270301T080000Z\nDTEND:20270303T080000Z\nTRANSP:OPAQUE\n", []), (f"{WHOLE}{OOF}STATUS:CANCELLED\n", []),
    ],
)  # fmt: skip
def test_whole_days_out_of_office_are_an_absence(event: str, away: list[str]) -> None:
    found = read_own_calendar(calendar(event), OWN, NOW, PARIS).away
    assert [f"{at.astimezone(PARIS):%m-%d}" for span in found for at in span] == away


def test_absences_without_a_gap_are_one() -> None:
    day = timedelta(days=1)
    assert away_now_or_next([(NOW + day, NOW + 2 * day), (NOW, NOW + day), (NOW - 9 * day, NOW - day)], NOW) == (
        NOW,
        NOW + 2 * day,
    )
    assert away_now_or_next([(NOW - 2 * day, NOW)], NOW) is None


ASKED = Summary(
    "<t>",
    person="ann@partner.example",
    people=("ann@partner.example",),
    last_own="2027-02-20T10:00:00+00:00",
    asks=True,
)
DUE = Verdict(True, Reason.DUE, due=date(2027, 3, 1))


def met(*at: datetime, who: str = "ann@partner.example") -> KnownMeetings:
    return KnownMeetings("s", {hashed("s", who): tuple(one.isoformat() for one in at)})


@pytest.mark.parametrize(
    ("known", "held"),
    [
        (met(NOW - timedelta(days=3)), True), (met(NOW + timedelta(days=1)), True), (met(NOW - timedelta(days=30)), False),
        (met(NOW + timedelta(days=9)), False), (met(NOW, who="bob@partner.example"), False), (met(), False),
        (met(NOW, who="Ann+work@Partner.example"), True), (KnownMeetings(), False),
    ],
)  # fmt: skip
def test_whom_you_met_since_or_meet_soon_is_not_chased(known: KnownMeetings, held: bool) -> None:
    found = held_by_meeting(DUE, ASKED, known, NOW, "Europe/Paris")
    assert (found.quiet, found.hold) == ((False, "meeting") if held else (True, None))
    if held:
        assert found.sentence(ASKED, NOW.date()).startswith("You meet ann@partner.example on ")


MOMENTS = st.datetimes(datetime(2026, 12, 1), datetime(2027, 6, 1), timezones=st.just(UTC))
VERDICTS = st.builds(
    Verdict, st.booleans(), st.sampled_from(list(Reason)), hold=st.sampled_from([None, "unsure", "sensitive"])
)


@given(VERDICTS, st.lists(MOMENTS, max_size=4), MOMENTS)
@settings(max_examples=300, deadline=None)
def test_a_calendar_can_only_make_it_do_less(verdict: Verdict, at: list[datetime], now: datetime) -> None:
    found = held_by_meeting(verdict, ASKED, met(*at), now, "UTC")
    assert found.quiet <= verdict.quiet
    assert found == verdict or (verdict.quiet and not found.quiet and found.hold == "meeting")
    assert (
        replace(found, quiet=verdict.quiet, reason=verdict.reason, evidence=verdict.evidence, hold=verdict.hold)
        == verdict
    )


@given(st.text(max_size=400))
@settings(max_examples=200, deadline=None)
def test_no_text_crashes_the_reader(text: str) -> None:
    for whole in (text, calendar(text + "\n"), calendar(f"{AT}RRULE:{text}\n{ANN}")):
        with contextlib.suppress(ValueError):
            read_own_calendar(whole, OWN, NOW, PARIS)


@pytest.mark.parametrize(
    "kept",
    ["", "{", "[]", '{"salt": 1}', '{"salt": "x", "meetings": {"a": ["never"]}}', '{"salt": "x", "meetings": []}'],
)
def test_what_was_kept_and_is_damaged_holds_nothing_and_breaks_nothing(kept: str) -> None:
    assert known_meetings(kept).between(["ann@partner.example"], NOW - timedelta(days=9), NOW) is None
