"""The demo mailbox is well-formed at every moment, never lies about time, and covers what it says it covers."""

from __future__ import annotations

import email
import re
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from email.policy import default
from email.utils import getaddresses, parsedate_to_datetime
from functools import cache
from zoneinfo import ZoneInfo

import pytest

from agent.demo import days, script
from agent.demo.mailbox import ADDRESS, ALIASES, DemoMail, DemoThread, arrival, build, conversations
from agent.demo.people import people
from providers.base import Role

pytestmark = pytest.mark.slow

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 11, 18, 10, 30, tzinfo=UTC)
WEEK = [datetime(2026, 11, 16, 8, 5, tzinfo=UTC) + timedelta(days=count) for count in range(7)]
TURNS = [
    datetime(2026, 3, 29, 0, 59, 59, tzinfo=UTC),
    datetime(2026, 3, 30, 6, 0, tzinfo=UTC),
    datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
    datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
    datetime(2026, 12, 31, 22, 59, 59, tzinfo=UTC),
    datetime(2027, 1, 1, 0, 0, tzinfo=UTC),
    datetime(2028, 2, 29, 23, 59, tzinfo=UTC),
]
MOMENTS = [NOW, *WEEK, *TURNS]
DATE = re.compile(rb"^Date: (.+)\r$", re.MULTILINE)
STOCK_PHRASES = re.compile(
    r"circling back|touching base|touch base|checking in|bumping this|hope (?:this|you)[^.]* (?:well|finds)|"
    r"j'espère que vous allez bien|ich hoffe, es geht ihnen gut|espero que est[eé]s bien",
    re.IGNORECASE,
)


@cache
def talks(now: datetime = NOW) -> tuple[DemoThread, ...]:
    return tuple(conversations(now))


@cache
def at(now: datetime) -> tuple[DemoMail, ...]:
    return tuple(mail for talk in talks(now) for mail in talk.mails)


@cache
def parsed(mail: DemoMail) -> EmailMessage:
    message = email.message_from_bytes(mail.raw, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def typed(mail: DemoMail) -> str:
    body = parsed(mail).get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def live() -> list[DemoThread]:
    return [talk for talk in talks() if talk.expect.verdict != "history"]


@pytest.mark.parametrize("now", MOMENTS, ids=str)
def test_no_mail_lies_in_the_future(now: datetime) -> None:
    for mail in at(now):
        assert mail.received <= now, mail.thread
        assert all(parsedate_to_datetime(found.decode()) <= now for found in DATE.findall(mail.raw)), mail.thread


@pytest.mark.parametrize("now", MOMENTS, ids=str)
def test_every_conversation_runs_forward_in_time(now: datetime) -> None:
    for talk in talks(now):
        moments = [mail.received for mail in talk.mails]
        assert moments == sorted(moments), talk.name


@pytest.mark.parametrize("now", MOMENTS, ids=str)
def test_weekend_days_hold_no_mail(now: datetime) -> None:
    assert all(mail.received.astimezone(PARIS).weekday() < days.SATURDAY for mail in at(now))


def test_the_age_in_workdays_does_not_depend_on_the_weekday() -> None:
    def workdays(since: date, until: date) -> int:
        return sum((since + timedelta(days=n)).weekday() < 5 for n in range(1, (until - since).days + 1))

    for now in WEEK:
        assert workdays(days.workday_back(now, 9), now.date()) == 9


def test_the_same_moment_gives_the_same_bytes_and_another_the_same_ids() -> None:
    assert build(NOW) == build(NOW)
    assert {mail.raw for mail in build(NOW)} == {mail.raw for mail in at(NOW)}
    later = build(NOW + timedelta(days=3))
    assert sorted(mail.message_id for mail in later) == sorted(mail.message_id for mail in at(NOW))


def test_every_mail_parses_without_a_defect() -> None:
    for mail in at(NOW):
        for part in parsed(mail).walk():
            assert not part.defects, (mail.thread, part.defects)


def test_a_message_id_is_used_once_apart_from_the_list_echo() -> None:
    counted = Counter(mail.message_id for mail in at(NOW))
    echoes = {mail.message_id for mail in at(NOW) if mail.thread == "list-echo"}
    assert {name for name, count in counted.items() if count > 1} == echoes


def test_references_lead_to_earlier_mails_of_the_mailbox() -> None:
    known = {mail.message_id: mail for mail in at(NOW)}
    for mail in at(NOW):
        for name in str(parsed(mail)["References"] or "").split():
            assert known[name].thread == mail.thread
            assert known[name].received <= mail.received
        assert str(parsed(mail)["Message-ID"]).strip() == mail.message_id


def test_every_address_and_link_ends_in_example() -> None:
    for mail in at(NOW):
        text = mail.raw.decode("utf-8", "replace").replace("=\r\n", "")
        for domain in re.findall(r"[\w.+-]@([\w-]+(?:\.[\w-]+)+)", text):
            assert domain.endswith(".example"), (mail.thread, domain)
        for host in re.findall(r"https?://([\w.-]+)", text):
            assert host.endswith(".example"), (mail.thread, host)


def test_dates_carry_the_offset_of_the_writer() -> None:
    offsets = {person.email: person.clock for person in people().values()}
    for mail in at(NOW):
        message = parsed(mail)
        written = parsedate_to_datetime(str(message["Date"]))
        address = getaddresses([str(message["From"])])[0][1]
        assert written.utcoffset() == written.astimezone(offsets[address]).utcoffset()


def test_incoming_mail_carries_the_verdict_of_the_own_provider_and_own_mail_does_not() -> None:
    for mail in at(NOW):
        stamped = str(parsed(mail)["Authentication-Results"] or "")
        outgoing = mail.role in (Role.SENT, Role.DRAFTS)
        assert stamped.startswith("mx.okafor.example; dkim=") is not outgoing, mail.thread


def test_the_own_addresses_are_the_ones_the_scripts_use() -> None:
    assert {people()["sam"].email, people()["sam.studio"].email} == {ADDRESS, *ALIASES}


@pytest.mark.parametrize("meaning", sorted(script.MEANINGS))
def test_every_meaning_of_an_answer_occurs(meaning: str) -> None:
    assert any(mail.means == meaning for mail in at(NOW))


def test_every_incoming_mail_of_today_says_what_it_means() -> None:
    for talk in live():
        for mail in talk.mails:
            assert mail.means or mail.role in (Role.SENT, Role.DRAFTS), talk.name


@pytest.mark.parametrize("now", MOMENTS, ids=str)
def test_promised_days_have_passed_exactly_where_a_follow_up_is_due(now: datetime) -> None:
    today = now.astimezone(PARIS).date()
    for talk in talks(now):
        for mail in talk.mails:
            if mail.until is None:
                continue
            assert mail.means in ("later", "away")
            assert mail.until > mail.received.date()
            assert (mail.until < today) is (talk.expect.verdict == "quiet"), talk.name


def test_about_forty_threads_or_more_are_live_and_a_dozen_or_more_are_due() -> None:
    verdicts = Counter(talk.expect.verdict for talk in talks())
    assert verdicts["quiet"] >= 12
    assert verdicts["quiet"] + verdicts["not_quiet"] >= 40
    holds = {talk.expect.hold for talk in live()}
    assert holds == script.HOLDS
    reasons = {talk.expect.reason for talk in live() if talk.expect.reason}
    assert len(reasons) >= 20


def test_the_threads_speak_four_languages() -> None:
    spoken = {item.language for item in script.threads() if item.expect.verdict == "quiet"}
    assert spoken == {"en", "fr", "de", "es"}


def test_there_is_enough_earlier_mail_to_learn_a_voice_from() -> None:
    own = [
        mail for talk in talks() if talk.expect.verdict == "history" for mail in talk.mails if mail.role is Role.SENT
    ]
    assert len(own) >= 110
    ages = [(NOW - mail.received).days for mail in own]
    assert min(ages) >= 180
    assert max(ages) <= 735


def test_at_least_twenty_of_them_are_follow_ups_by_hand() -> None:
    languages: Counter[str] = Counter()
    for item in script.threads():
        if item.expect.verdict == "history":
            pairs = zip(item.mails, item.mails[1:], strict=False)
            languages[item.language] += sum(first.own and second.own for first, second in pairs)
    assert languages.total() >= 20
    assert min(languages[name] for name in ("en", "fr", "de")) >= 4


def test_eight_people_have_answered_often_enough_to_know_their_usual_time() -> None:
    answered: Counter[str] = Counter()
    for item in script.threads():
        if item.expect.verdict == "history":
            pairs = zip(item.mails, item.mails[1:], strict=False)
            answered[item.partner] += any(first.own and not second.own for first, second in pairs)
    assert sum(count >= 3 for count in answered.values()) >= 8


def test_sam_never_writes_a_stock_phrase() -> None:
    for mail in at(NOW):
        if mail.role is Role.SENT:
            assert not STOCK_PHRASES.search(typed(mail)), mail.thread


def test_the_quoted_mail_stands_below_some_of_the_sent_ones() -> None:
    quoting = [mail for mail in at(NOW) if mail.role is Role.SENT and "\n> " in typed(mail)]
    assert len(quoting) >= 8


def test_no_placeholder_is_left_unsaid() -> None:
    for mail in at(NOW):
        assert not re.search(r"\{(?:[+-]\d|month)", mail.raw.decode("utf-8", "replace")), mail.thread


@pytest.mark.parametrize(("name", "role"), [("answer", Role.INBOX), ("junk", Role.JUNK), ("bounce", Role.INBOX)])
def test_an_arrival_answers_the_conversation_it_is_told_to(name: str, role: Role) -> None:
    follows = ["<first@okafor.example>", "<second@okafor.example>"]
    mail = arrival(name, NOW, follows, "Maquette du livret")
    assert mail.role is role
    assert mail.received <= NOW
    assert str(parsed(mail)["References"]).split() == follows
    assert "seen" not in mail.flags


def test_an_arrival_in_a_thread_of_its_own_references_nothing() -> None:
    assert parsed(arrival("elsewhere", NOW, ["<first@okafor.example>"]))["References"] is None


def test_every_arrival_parses_at_every_moment() -> None:
    for name, item in script.arrivals().items():
        for now in MOMENTS:
            mail = arrival(name, now, ["<first@okafor.example>"], "Slides")
            assert parsedate_to_datetime(str(parsed(mail)["Date"])) <= now
            assert not any(part.defects for part in parsed(mail).walk())
            assert mail.means == item.means


def test_a_bounce_names_the_recipient_and_the_own_mail() -> None:
    for mail in (mail for mail in at(NOW) if mail.means in ("bounce", "delay")):
        message = parsed(mail)
        assert message.get_content_type() == "multipart/report"
        kinds = [part.get_content_type() for part in message.iter_parts()]
        assert kinds == ["text/plain", "message/delivery-status", "text/rfc822-headers"]
        own = str(message["References"]).split()[-1]
        assert own.encode() in mail.raw.split(b"text/rfc822-headers")[1]


@pytest.mark.parametrize("name", ["accepted-leo", "tentative-paul"])
def test_an_answered_invitation_is_the_one_that_was_sent(name: str) -> None:
    invited, answered = next(talk.mails for talk in talks() if talk.name == name)

    def line(mail: DemoMail, key: str) -> str:
        part = next(part for part in parsed(mail).walk() if part.get_content_type() == "text/calendar")
        return next(found for found in str(part.get_content()).splitlines() if found.startswith(key))

    assert [line(invited, "METHOD"), line(answered, "METHOD")] == ["METHOD:REQUEST", "METHOD:REPLY"]
    for key in ("UID", "DTSTART", "DTEND", "ORGANIZER", "SUMMARY"):
        assert line(invited, key) == line(answered, key)


def test_the_hostile_mail_really_carries_escape_bytes() -> None:
    hostile = next(mail for mail in at(NOW) if mail.thread == "hostile-stranger")
    assert "\x1b]0;owned\x07" in str(parsed(hostile)["Subject"])
    assert "\x1b[2J" in typed(hostile)


@pytest.mark.parametrize(
    "item",
    [
        {"from": "nobody", "workdays_ago": 1, "at": "10:00", "text": "?"},
        {"from": "anna", "workdays_ago": 1, "at": "10:00", "text": "?", "means": "maybe"},
        {"from": "anna", "workdays_ago": 1, "at": "10:00", "text": "?", "kind": "fax"},
    ],
)
def test_a_word_the_script_does_not_know_is_refused(item: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="means nothing"):
        script.mail_script(item)


def test_dates_in_a_text_are_said_in_its_language() -> None:
    tuesday = date(2026, 12, 29)
    text = "{+4 weekday}, {+3 date}, {+8 day}, {month+2}, {-1 weekday}"
    assert days.spoken(text, tuesday, "de") == "Montag, 1. Januar, 8, Februar, Montag"
    assert days.spoken(text, tuesday, "fr") == "lundi, 1 janvier, 8, février, lundi"
    assert days.promised("month+1", tuesday) == date(2027, 1, 4)
