"""A morning of Sam Okafor's, frozen: the same for the screens under test and for the pictures."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from tui.door.values import (
    Chain,
    CheckLine,
    Happened,
    Item,
    Leaving,
    SaidMail,
    ShownMatter,
    Status,
    Version,
    VoiceOf,
    VoiceSheet,
    WatchedThread,
)
from tui.text import NOTHING, Foreign

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 11, 18, 8, 20, tzinfo=UTC)
F = Foreign


def ago(days: float, hours: float = 0) -> datetime:
    return NOW - timedelta(days=days, hours=hours)


STATUS = Status(
    level="copilot",
    daemon=True,
    synced_at=NOW - timedelta(seconds=64),
    next_look=NOW + timedelta(minutes=4),
    watched=14,
    next_slot=NOW + timedelta(days=1, minutes=50),
)

ITEMS = (
    Item(11, F("Anna Weiss"), F("anna@weiss.example"), F("Proposal for Q3"), 6, 2, 3, "", "copilot"),
    Item(12, F("Tom Okonjo"), F("tom@harbour.example"), F("Contract redlines"), 9, 1, 3, "", "copilot"),
    Item(13, F("Lena Fischer"), F("lena@fischer.example"), F("Intro to the finance team"), 4, 1, 2, "sensitive", "manual"),
    Item(14, F("Rania Patel"), F("r.patel@northlight.example"), F("Invoice 2291"), 12, 3, 3, "", "copilot"),
)  # fmt: skip

PASSING = (
    CheckLine("answered", "allow", F("Nobody answered in this thread or from another address.")),
    CheckLine("recipients", "allow", F("The one person you wrote to last: nobody added.")),
    CheckLine("identity", "allow", F("Sent as sam@okafor.example, the address of this thread.")),
    CheckLine("facts", "allow", F("Every date and name stands in your own mails.")),
    CheckLine("voice", "allow", F("Sounds like you: 0.92, learned from 412 mails.")),
    CheckLine("sensitive", "allow", F("Nothing delicate found.")),
    CheckLine("repeat", "allow", F("Shares no wording with the touch before.")),
    CheckLine("timing", "allow", F("Wed 09:10 is inside their working hours.")),
    CheckLine("budget", "allow", F("2 of 20 today.")),
)
VOICE = VoiceOf(
    0.92,
    (("greeting", 1.0), ("length", 0.88), ("words", 0.91), ("sign-off", 1.0)),
    (
        F("Hi Anna, did you get a chance to look at the draft?"),
        F("Hi Joe, any news on the dates from Monday?"),
    ),
)


def _matter(item: Item, why: str, evidence: str, mails: tuple[SaidMail, ...], *bodies: str) -> ShownMatter:
    versions = tuple(Version(number, F(body)) for number, body in enumerate(bodies, 1))
    return ShownMatter(
        item, F(why), F(evidence), mails, (item.address,), F("sam@okafor.example"), versions, f"digest-{item.number}",
        PASSING, VOICE, item.level, NOW + timedelta(minutes=50), "https://mail.okafor.example/thread",
    )  # fmt: skip


ANNA = _matter(
    ITEMS[0],
    "You asked “can you confirm by Friday?” on Thu 12 Nov. Quiet for 6 days; she usually answers in 1.5. "
    "Follow-up 2 of 3.",
    "can you confirm by Friday?",
    (
        SaidMail(ago(8), F("Anna Weiss"), F("Hi Sam,\n\nlovely, please send it over. We decide before the summer.\n\nAnna")),
        SaidMail(ago(6), F("You"), F("Hi Anna,\n\nattached is the Q3 proposal. Can you confirm by Friday?\n\nBest,\nSam"),
             own=True, attachments=(F("proposal-q3.pdf"),)),
        SaidMail(ago(2), F("You"), F("Hi Anna,\n\ndid the proposal reach you?\n\nBest,\nSam"), own=True, label="follow-up 1"),
    ),
    "Hi Anna,\n\nany thoughts on the proposal?\n\nBest,\nSam",
    "Hi Anna,\n\ncoming back to the Q3 proposal from the 12th. Does the split into two rounds work for you?\n\nBest,\nSam",
)  # fmt: skip
TOM = _matter(
    ITEMS[1],
    "He promised the redlines “by the end of the week” on Fri 6 Nov. That week is over. Follow-up 1 of 3.",
    "by the end of the week",
    (
        SaidMail(ago(12), F("You"), F("Hi Tom,\n\nhere's the contract. Anything you want changed?\n\nSam"), own=True),
        SaidMail(ago(9), F("Tom Okonjo"), F("Thanks Sam, you'll have our redlines by the end of the week.\n\nTom")),
    ),
    "Hi Tom,\n\nhow are the redlines coming along? I'd like to sign this month.\n\nSam",
)  # fmt: skip
LENA = replace(
    _matter(
        ITEMS[2],
        "You offered an introduction on Sat 14 Nov and asked for two dates. Follow-up 1 of 2.",
        "which two mornings suit you?",
        (SaidMail(ago(4), F("You"), F("Hi Lena,\n\nso sorry to hear about your father. No hurry at all; when you're back, "
                                   "which two mornings suit you for the finance team?\n\nSam"), own=True),),
        "Hi Lena,\n\nwhenever it suits you: which two mornings are good for the finance team?\n\nSam",
    ),
    checks=(
        *PASSING[:5],
        CheckLine("sensitive", "hold", F("A death is mentioned: only you can decide whether to write.")),
        *PASSING[6:],
    ),
    voice=replace(VOICE, score=0.81),
    delicate=F("so sorry to hear about your father."),
)  # fmt: skip
RANIA = _matter(
    ITEMS[3],
    "Invoice 2291 was due on Fri 6 Nov and nobody wrote since your last mail. Follow-up 3 of 3, the last one.",
    "could you let me know when it will be paid?",
    (SaidMail(ago(12), F("You"), F("Hello Rania,\n\ncould you let me know when it will be paid?\n\nSam"), own=True),),
    "Hello Rania,\n\nshould I send invoice 2291 to somebody else? I won't ask again after this.\n\nSam",
)
MATTERS = {matter.item.number: matter for matter in (ANNA, TOM, LENA, RANIA)}

OUTBOX = (
    Leaving(21, F("Marta Silva"), F("marta@silva.example"), F("Venue for the spring talk"), "NEEDS_REVIEW", None, None,
            F("The server was silent after the letter was handed over, and Sent does not show it."), False, 1),
    Leaving(22, F("Joe Brandt"), F("joe@brandt.example"), F("Panel symbols"), "UNCERTAIN", None, None,
            F("Looking for it in Sent; nothing is sent again."), False, 1),
    Leaving(23, F("Ines Carvalho"), F("ines@carvalho.example"), F("Workshop dates"), "HELD", NOW + timedelta(seconds=24),
            None, F("You approved it."), True),
    Leaving(24, F("Paul Meyer"), F("paul@meyer.example"), F("Access to the archive"), "HELD",
            NOW + timedelta(days=1, minutes=50), None, F("Waits for their morning."), True),
    Leaving(25, F("Grace Liu"), F("grace@liu.example"), F("Budget for the reprint"), "DEFERRED",
            NOW + timedelta(minutes=12), None, F("The server asked to come back later."), True, 1),
    Leaving(26, F("Omar Haddad"), F("omar@haddad.example"), F("Photos of the gallery"), "SENT", None, ago(0, 0.4),
            F("Accepted by the server."), False, 1),
    Leaving(27, F("Nora Lind"), F("nora@lind.example"), F("Signage"), "STOPPED", None, None,
            F("She answered while it waited."), False),
)  # fmt: skip

WATCHED = (
    WatchedThread(1, F("Anna Weiss"), F("Proposal for Q3"), "quiet", F("You asked and 6 days passed."), "drafted", NOW),
    WatchedThread(2, F("Eva Novak"), F("Translation of the guide"), "waiting", F("Her wait is over on Friday."), "watching",
            NOW + timedelta(days=2)),
    WatchedThread(3, F("Kofi Mensah"), F("Keynote"), "away", F("Away until Mon 23 Nov; “I am back on Monday”."), "watching",
            NOW + timedelta(days=6)),
    WatchedThread(4, F("Marie Dupont"), F("Relecture du catalogue"), "answered", F("She answered on Tuesday."), "answered", None),
    WatchedThread(5, F("Bill at Northlight"), F("Your receipt"), "robot", F("A robot wrote this; robots are left alone."), "", None),
    WatchedThread(6, F("Yuki Tanaka 田中"), F("ロゴの確認 (logo check)"), "fyi", F("You asked nothing."), "", None),
    WatchedThread(7, F("Dr. Feld"), F("Scan results"), "sensitive", F("Delicate: relance never writes here by itself."), "asked", None),
    WatchedThread(8, F("Sofia Ricci"), F("Thanks!"), "closing", F("You said thank you; nothing is open."), "", None),
)  # fmt: skip

EVENTS = (
    Happened(1284, ago(0, 0.02), "user", "outbox.approved", "outbox:23", "", "HELD", "approved", F("ines@carvalho.example"), NOTHING, "9f2c41d8" * 8),
    Happened(1283, ago(0, 0.4), "daemon", "outbox.sent", "outbox:26", "SUBMITTING", "SENT", "accepted", F("omar@haddad.example"), NOTHING, "17aa04be" * 8),
    Happened(1282, ago(0, 0.4), "daemon", "outbox.submitting", "outbox:26", "CLAIMED", "SUBMITTING", "due", NOTHING, NOTHING, "c01dbeef" * 8),
    Happened(1281, ago(0, 1.1), "policy", "draft.written", "followup:11", "", "", "phrasebook", F("anna@weiss.example"), NOTHING, "5e5e0101" * 8),
    Happened(1280, ago(0, 1.1), "policy", "followup.planned", "followup:11", "", "quiet", "quiet", F("anna@weiss.example"), NOTHING, "77aa1bc9" * 8),
    Happened(1279, ago(0, 2), "daemon", "outbox.stopped", "outbox:27", "HELD", "STOPPED", "answered", F("nora@lind.example"), NOTHING, "0b0b7e11" * 8),
    Happened(1278, ago(1, 3), "user", "level.set", "scope:default", "manual", "copilot", "", NOTHING, F("default"), "ab12cd34" * 8),
)  # fmt: skip
CHAIN = Chain(1284, None, 1284, F("Every row is in its place."))

SHEET = VoiceSheet(
    "ready",
    412,
    (("mails learned from", "412"), ("words in a mail", "38"), ("words in a sentence", "11"), ("questions a mail", "0.9")),
    (
        ("Greetings", ((F("Hi {name},"), 301), (F("Hello {name},"), 64), (F("Hallo Herr {name},"), 22))),
        ("Sign-offs", ((F("Best,\nSam"), 288), (F("Sam"), 71))),
        ("Your own nudges", ((F("any news on …?"), 14), (F("did … reach you?"), 9), (F("does … work for you?"), 7))),
        ("Words you never write", ((F("circling back"), 0), (F("touching base"), 0), (F("gentle reminder"), 0))),
    ),
    (F("Hi Joe, any news on the dates from Monday?"), F("Hi Anna, did you get a chance to look at the draft?")),
)  # fmt: skip
