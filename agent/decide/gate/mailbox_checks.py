"""Checks about the mailbox, the addresses and the time; each says one sentence, none looks anything up."""

from __future__ import annotations

from datetime import datetime, timedelta

from agent.decide.gate.case import ALLOW, HOLD, REFUSE, Case, Check
from providers.mail.plain import plain

FRESH = timedelta(seconds=15)
"""Promise P7 of docs/safety.md; `make latency` prints how old the look really is when a letter leaves."""
MOST_RECIPIENTS = 3
"""What goes to more people at once is a mailing, and a follow-up is none."""
ENDS = frozenset({"reply", "decline", "opt_out", "later", "delegate", "left", "bounce", "booked"})
"""Answers after which a letter that was written before is wrong."""
TOLD_BY_ROBOT = "A service wrote since of a booking, a signature, a payment or a ticket of theirs."
PUT_OFF = ("later", "away", "delay", "receipt", "list")
"""Answers that only move the day, or say nothing; the first counts most."""
FINAL = {
    "decline": "They said no to this matter.",
    "opt_out": "They asked not to be written to.",
    "left": "They no longer work there.",
    "stopped": "You stopped this.",
}
DOUBTS = {
    "look_alike": "An address only looks like one you know",
    "list": "A mailing list is among the addresses",
    "no_reply": "Nobody reads one of the addresses",
    "robot": "A program is behind one of the addresses",
    "bounced": "A mail could not be delivered to one of the addresses",
}


def answered(case: Case, _now: datetime) -> Check:
    """Nobody answered, and the user did not write by hand."""
    news = case.news
    name = "answered"
    if news.settled:
        return Check(name, REFUSE, news.settled, FINAL.get(news.settled, "The matter is settled."))
    if news.already_there:
        return Check(name, REFUSE, "already_there", "This letter is in the mailbox already.")
    ended = sorted((meaning for meaning in news.answers if meaning in ENDS), key=lambda meaning: meaning in PUT_OFF)
    if ended:
        return Check(name, REFUSE, ended[0], "Mail came that answers or changes the matter.")
    if news.by_hand:
        return Check(name, REFUSE, "by_hand", "You wrote in this thread yourself.")
    if news.answers:
        return Check(name, HOLD, news.answers[0], "New mail came in this thread; it needs your eyes.")
    return Check(name, ALLOW, "unanswered", "Nobody has answered.")


def origin(case: Case, _now: datetime) -> Check:
    """The letter continues a mail that is the user's own, and nobody else speaks in their name."""
    name, envelope = "origin", case.envelope
    if not envelope.origin:
        return Check(name, REFUSE, "not_yours", "Nothing proves that the mail it would continue is yours.")
    if not envelope.continues:
        return Check(name, REFUSE, "other_mail", "It does not continue the mail that was judged.")
    if case.news.claimed:
        return Check(name, HOLD, "claimed", "A mail in your name came that your provider did not vouch for.")
    said = "It begins a thread." if envelope.origin == "first" else "It continues a mail that is yours."
    return Check(name, ALLOW, envelope.origin, said)


def restored(case: Case, _now: datetime) -> Check:
    """The store knows what it sent."""
    name = "restored"
    if case.step.may_have_left:
        return Check(name, HOLD, "restored", "The store was restored or copied since: this may have left already.")
    return Check(name, ALLOW, "own_store", "The store knows what left.")


def elsewhere(case: Case, _now: datetime) -> Check:
    """The answer did not come by another way."""
    name = "elsewhere"
    if case.news.elsewhere:
        return Check(name, HOLD, "maybe_answered", "They wrote to you elsewhere; it may be the answer.")
    if case.news.by_robot:
        return Check(name, HOLD, "told_by_robot", TOLD_BY_ROBOT)
    if case.news.by_plan:
        return Check(name, HOLD, "told_by_plan", case.news.by_plan)
    return Check(name, ALLOW, "silent", "They wrote nothing elsewhere.")


def own_draft(case: Case, _now: datetime) -> Check:
    """The user is not writing the same."""
    name = "own_draft"
    if case.news.own_draft:
        return Check(name, HOLD, "own_draft", "You have begun a draft in this thread.")
    return Check(name, ALLOW, "no_draft", "There is no draft of yours in the thread.")


def readable(case: Case, _now: datetime) -> Check:
    """Every mail of the thread could be read."""
    name = "readable"
    if case.news.unreadable:
        return Check(name, HOLD, "unreadable", "A mail of this thread could not be read; it may be the answer.")
    return Check(name, ALLOW, "readable", "Every mail of the thread was read.")


def looked(case: Case, _now: datetime) -> Check:
    """All folders of all own accounts were read just now."""
    name = "look"
    if not case.sending:
        return Check(name, ALLOW, "later", "The mailbox is read again just before sending.")
    if case.look.failed:
        return Check(name, HOLD, "look_failed", f"Could not read all of: {', '.join(case.look.failed)}.")
    if case.look.age is None or case.look.age < timedelta(0) or case.look.age > FRESH:
        return Check(name, HOLD, "look_old", "The last look at the mailbox is too old.")
    return Check(name, ALLOW, "fresh", f"The mailbox was read {case.look.age.total_seconds():.1f} s ago.")


def recipients(case: Case, _now: datetime) -> Check:
    """Only people the user wrote to with the mail the letter continues."""
    name, envelope = "recipients", case.envelope
    if not envelope.recipients:
        return Check(name, REFUSE, "nobody", "There is nobody to write to.")
    if len(envelope.recipients) > MOST_RECIPIENTS:
        return Check(name, REFUSE, "too_many", "This would go to more than three people; use a mailing tool.")
    strange = [one for one in envelope.recipients if one.lower() not in envelope.allowed]
    if strange:
        return Check(name, REFUSE, "stranger", "An address is not one you wrote to with the mail it continues.")
    if envelope.doubts:
        code, _, words = envelope.doubts[0].partition(": ")
        return Check(name, HOLD, code, f"{DOUBTS.get(code, 'An address looks wrong')}{words and f': {words}'}.")
    return Check(name, ALLOW, "known", "You wrote to these people with the mail it continues.")


def identity(case: Case, _now: datetime) -> Check:
    """The address the thread was written with."""
    name, envelope = "identity", case.envelope
    if envelope.sender.lower() not in envelope.identities:
        return Check(name, REFUSE, "not_yours", "The sender is not an address of this account.")
    if envelope.sender.lower() != envelope.identity.lower():
        return Check(name, REFUSE, "other_alias", "You wrote this thread with another address.")
    return Check(name, ALLOW, "same", "It leaves from the address you used in this thread.")


def timing(case: Case, now: datetime) -> Check:
    """A good moment for them, and not too late for the text."""
    name, step = "timing", case.step
    if step.stale_at is not None and now >= step.stale_at:
        return Check(name, HOLD, "late", "Its time passed more than a day ago; look again before it leaves.")
    if step.age_days > step.max_age_days and case.alone:
        return Check(name, HOLD, "too_old", f"The thread has been quiet for {step.age_days} days.")
    if case.sending and step.slot is not None and step.slot > now:
        return Check(name, HOLD, "slot", "It waits for a better hour.", again_at=step.slot)
    return Check(name, ALLOW, "good_time", "This is a good moment.")


def budget(case: Case, _now: datetime) -> Check:
    """Caps that no level lifts."""
    name, code = "budget", case.budget.code
    if not code:
        return Check(name, ALLOW, "within", "All caps have room.")
    if case.budget.again_at is None:
        return Check(name, REFUSE, code, "The cap for this thread or account is reached.")
    if not case.sending:
        return Check(name, ALLOW, code, "A cap is reached now; it will wait.")
    return Check(name, HOLD, code, "A cap is reached; it waits for room.", again_at=case.budget.again_at)


def month(case: Case, _now: datetime) -> Check:
    """Nobody gets more letters in 30 days than the user allows, nor does their organisation."""
    name, cap = "month", case.month
    if not cap.code or cap.again_at is None:
        return Check(name, ALLOW, "within", "They get no more letters in 30 days than you allow.")
    got = f"{plain(cap.who)} got {cap.most} letter{'s' if cap.most != 1 else ''} within 30 days"
    reason = f"{got}, which is the most you allow; there is room again on {cap.again_at.astimezone():%a %d %b %Y}."
    return Check(name, HOLD, cap.code, reason, again_at=cap.again_at)
