"""The labelled mails as a test: no dangerous error, and the table never gets worse."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent.decide.reading.answers import read_answer
from agent.decide.values import Meaning
from providers.base import Address, Attachment, Mail, Origin, Part, Role
from tests.judgement.__main__ import OWN, dangerous, read
from tests.judgement.days import named
from tests.judgement.loading import ME, cases, mail_of

ALL = cases()
BASE = mail_of({"b": "Delivery failed."}, "m")
DAEMON = Address("MAILER-DAEMON@mx.partner.example")
ICS = "BEGIN:VCALENDAR\r\nMETHOD:{method}\r\nBEGIN:VEVENT\r\nUID:1\r\nATTENDEE;{extra}PARTSTAT={state}:mailto:ann@partner.example\r\nSUMMARY:Lunch\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"


def test_the_labelled_set_is_as_large_and_as_mixed_as_promised() -> None:
    assert len(ALL) >= 250
    assert len({case.language for case in ALL}) >= 10


def test_no_labelled_mail_is_read_dangerously() -> None:
    assert [case.name for case in ALL if dangerous(case, read(case))] == []


@pytest.mark.parametrize("held_out", [False, True])
def test_each_half_of_the_labelled_mails_is_read_right(held_out: bool) -> None:
    chosen = [case for case in ALL if case.held_out is held_out]
    right = sum(read(case).meaning == case.meaning for case in chosen)
    assert right >= 0.96 * len(chosen)


@pytest.mark.parametrize("before", [0, 30, 110, 215])
def test_a_no_is_heard_wherever_it_stands_in_a_long_answer(before: int) -> None:
    filler = "The rooms on the second floor were painted in March and the lift has a new motor. "
    for said, meaning in (("We have decided not to go ahead.", "decline"), ("Never write to me again.", "opt_out")):
        text = filler * before + said + " " + filler * (230 - before)
        assert read_answer(mail_of({"b": text}, "m"), me=ME).meaning == meaning
    lines = "Yes it is painted.\n" * 600
    assert read_answer(mail_of({"b": f"{lines}We have decided not to go ahead."}, "m"), me=ME).meaning == "decline"


def report(
    action: str, original: str = "<own1@mine.example>", writer: str = "sam@mine.example", status: str = "5.1.1"
) -> Mail:
    parts = (
        Part(
            "message/delivery-status",
            f"Reporting-MTA: dns; mx\n\nFinal-Recipient: rfc822; ann@partner.example\nAction: {action}\nStatus: {status}",
        ),
        Part("text/rfc822-headers", f"Message-ID: {original}\nFrom: Sam <{writer}>\nSubject: Proposal"),
    )
    return replace(BASE, sender=DAEMON, parts=parts, subject="Delivery status", in_reply_to=(), references=())


@pytest.mark.parametrize(
    ("mail", "meaning"),
    [
        (report("failed"), "bounce"),
        (report("failed", status="4.4.1"), "bounce"),
        (report("delayed", status="4.4.1"), "delay"),
        (report("delivered", status="2.0.0"), "receipt"),
        (report("failed", original="<other@else.example>"), "list"),
        (report("failed", original="<other@else.example>", writer="spam@else.example"), "list"),
    ],
)
def test_delivery_reports_are_matched_to_our_own_mails(mail: Mail, meaning: str) -> None:
    assert read_answer(mail, me=ME, own_ids=OWN).meaning == meaning


def test_a_bounce_names_the_failed_recipient() -> None:
    assert read_answer(report("failed"), me=ME, own_ids=OWN).failed == ("ann@partner.example",)


@pytest.mark.parametrize(
    ("method", "state", "extra", "meaning"),
    [
        ("REPLY", "ACCEPTED", "", "booked"),
        ("REPLY", "TENTATIVE", "", "unsure"),
        ("REPLY", "DECLINED", "", "reply"),
        ("REPLY", "ACCEPTED", "CUTYPE=ROOM;", "unsure"),
        ("COUNTER", "NEEDS-ACTION", "", "unsure"),
        ("REQUEST", "NEEDS-ACTION", "", "booked"),
        ("CANCEL", "NEEDS-ACTION", "", "unsure"),
    ],
)
def test_calendar_mails_say_whether_the_matter_is_settled(method: str, state: str, extra: str, meaning: str) -> None:
    part = Part("text/calendar", ICS.format(method=method, state=state, extra=extra))
    assert read_answer(replace(BASE, text="", parts=(part,)), me=ME, own_ids=OWN).meaning == meaning


def test_a_read_receipt_is_no_answer_and_a_complaint_is_an_opt_out() -> None:
    receipt = replace(
        BASE, parts=(Part("message/disposition-notification", "Disposition: automatic-action; displayed"),)
    )
    complaint = replace(BASE, parts=(Part("message/feedback-report", "Feedback-Type: abuse"),))
    assert read_answer(receipt, me=ME, own_ids=OWN).meaning is Meaning.RECEIPT
    assert read_answer(complaint, me=ME, own_ids=OWN).meaning is Meaning.OPT_OUT


def test_a_report_from_an_address_nobody_reads_is_a_report_and_a_refusal_from_there_is_none() -> None:
    mail = replace(BASE, subject="Error sending your mail", sender=Address("no-reply@mx.example"), in_reply_to=())
    failed = replace(mail, text="Could not be delivered to: <ann@partner.example>")
    told = replace(mail, text="Your application was rejected.")
    assert read_answer(failed, me=ME, own_ids=OWN).meaning is Meaning.BOUNCE
    assert read_answer(told, me=ME, own_ids=OWN).meaning is not Meaning.BOUNCE


def test_an_automatic_reply_without_a_return_path_is_one_whatever_else_it_says() -> None:
    text = "Out of the office on Friday. News goes to the desk, thanks."
    auto = replace(BASE, subject="Automatic reply: Hello", text=text, headers={"return-path": ("<>",)})
    assert read_answer(auto, me=ME).meaning is Meaning.AWAY


@pytest.mark.parametrize(
    ("origin", "meaning"),
    [(Origin.SENT, "own"), (Origin.PROVEN, "own"), (Origin.CLAIMED, "unsure"), (Origin.OTHER, "reply")],
)
def test_whose_a_mail_is_was_decided_before_it_is_read(origin: Origin, meaning: str) -> None:
    mine = replace(BASE, sender=Address("sam@mine.example"), text="Hello", role=Role.SENT, origin=origin)
    assert read_answer(mine, me=ME, own_ids=OWN).meaning == meaning


@pytest.mark.parametrize(
    ("kind", "meaning"),
    [
        ("application/pdf", "unsure"), ("message/rfc822", "unsure"), ("application/vnd.ms-excel", "unsure"),
        ("image/png", "receipt"), ("text/vcard", "receipt"), ("application/pkcs7-signature", "receipt"),
    ],
)  # fmt: skip
def test_thanks_beside_something_attached_may_be_the_answer(kind: str, meaning: str) -> None:
    mail = replace(BASE, text="Thanks, received.", attachments=(Attachment("file", kind, 9),))
    assert read_answer(mail, me=ME, own_ids=OWN, in_thread=True).meaning == meaning


def test_days_are_read_as_people_name_them() -> None:
    assert [(one.words, str(one.read.until)) for one in named() if not one.right] == []


@pytest.mark.parametrize(
    ("folder", "least"),
    [
        ("from_the_rulings", 0.96), ("mixed_turns", 0.96), ("many_hands", 0.96), ("other_wordings", 0.96), ("ordinary_wordings", 0.96), ("written_outside", 0.96),
        ("colleagues", 0.96), ("in_passing", 0.9), ("within_a_minute", 0.96), ("trades_and_calendars", 0.96), ("machine_or_person", 0.9), ("days_without_delay", 0.95),
    ],
)  # fmt: skip
@pytest.mark.slow
def test_sets_written_without_looking_at_the_rules_are_read_right(folder: str, least: float) -> None:
    pairs = [(case, read(case)) for case in cases(f"{folder}/mails")]
    assert sum(answer.meaning == case.meaning for case, answer in pairs) >= least * len(pairs)
    assert sum(dangerous(case, answer) for case, answer in pairs) <= len(pairs) // 100


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("I'll let you know if we ever change our minds.", "decline"),
        ("Falls wir es uns anders überlegen, melden wir uns.", "reply"),
        ("Ich melde mich, falls wir es uns anders überlegen.", "decline"),
        ("On vous recontactera si besoin.", "decline"),
        ("Le faremo sapere se cambiamo idea.", "decline"),
        ("Vi vender tilbage hvis vi ombestemmer os.", "decline"),
        ("Odezwiemy się, jeśli zmienimy zdanie.", "decline"),
        ("Мы свяжемся, если передумаем.", "decline"),
        ("When you're back on Monday, give me a ring.", "reply"),
        ("The board meets on Tuesday, could you join and present?", "reply"),
        ("On leave from tomorrow, so quickly: approved.", "reply"),
        ("Ricevuto, ma manca la pagina due.", "reply"),
        ("Recibido, pero falta la página dos.", "reply"),
        ("受け取りましたが、2ページ目がありません。", "reply"),
        ("We are still waiting for your answer to question two.", "reply"),
        ("Wir brauchen die Ware erst im Mai, bitte so einplanen.", "reply"),
        ("Not now, not later.", "decline"),
        ("Ricevuto, grazie.", "receipt"),
        ("We'll be in touch on Friday.", "later"),
        ("Could you ask me again at the start of April?", "later"),
    ],
)
def test_what_only_looks_like_putting_off_or_a_receipt_is_an_answer(text: str, meaning: str) -> None:
    assert read_answer(mail_of({"b": text}, "m"), me=ME).meaning == meaning


LONG = " ".join(["The second column holds the totals of last year and the third those of this year."] * 4)


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("I'll have to think about it.", "later"),
        ("After the holidays.", "later"),
        (f"I'll look at the prices later. {LONG}", "reply"),
        (f"{LONG} I'll send you the rest on Friday.", "later"),
        (f"{LONG} {LONG} I'll send you the rest on Friday.", "reply"),
        ("That feature was put off by the team upstream and will be looked at again some time.", "reply"),
    ],
)
def test_a_deferral_beside_much_else_is_an_answer(text: str, meaning: str) -> None:
    assert read_answer(mail_of({"b": text}, "m"), me=ME).meaning == meaning
