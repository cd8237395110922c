"""Reads what mail servers report about delivery; a report about somebody else's mail is never believed to be ours."""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from functools import lru_cache

from agent.decide.machines.carriers import answers_nobody, is_no_reply, is_robot, of_packs
from agent.decide.reading.explained import REPORTS, beyond, foreign
from agent.decide.reading.signs import MailWords
from agent.decide.values import Answer, Certainty, Me, Meaning
from providers.base import Mail, Part

ID = re.compile(r"^(?:x-)?message-id:\s*(<[^<>\s]{1,400}>)", re.IGNORECASE | re.MULTILINE)
FROM = re.compile(r"^from:[^\n]{0,300}?([^\s<>\"',;:]{1,64}@[^\s<>\"',;:]{1,255})", re.IGNORECASE | re.MULTILINE)
ACTION = re.compile(r"^action:\s*([a-z]{1,20})", re.IGNORECASE | re.MULTILINE)
STATUS = re.compile(r"^status:\s*([245])\.", re.IGNORECASE | re.MULTILINE)
FINAL = re.compile(
    r"^(?:final|original)-recipient:\s{0,80}(?:[\w-]{1,20}\s{0,80};)?\s{0,80}<?([^\s<>;]{1,320}@[^\s<>;]{1,255})",
    re.IGNORECASE | re.MULTILINE,
)
DAEMON = re.compile(
    r"^(?:mailer-daemon|post_?master|mail\.delivery\.system|mail-daemon|mailer|mdaemon|"
    r"microsoftexchange[0-9a-f]*|mail\.daemon|mailerdaemon)",
    re.IGNORECASE,
)


@lru_cache(maxsize=1)
def _failed_subject() -> re.Pattern[str]:
    return re.compile(
        r"undeliver|delivery (?:status|fail|has fail|report|problem|notif)|returned mail|failure notice|mail delivery|"
        r"could not be delivered|message not delivered|mail system error|rejected|could not send mail|mail failure|"
        rf"smtp server: errors|error sending your mail|^mail$|{of_packs('failed_subjects')}",
        re.IGNORECASE,
    )


@lru_cache(maxsize=1)
def _undelivered() -> re.Pattern[str]:
    """What a report says that comes from an address nobody reads."""
    return re.compile(
        rf"(?:could not|cannot|can't|unable to) be (?:delivered|sent) to|undeliverable|{of_packs('undelivered')}",
        re.IGNORECASE,
    )


@lru_cache(maxsize=1)
def _delayed_subject() -> re.Pattern[str]:
    return re.compile(
        rf"delay|warning: (?:could not|message)|still (?:trying|being)|temporar|{of_packs('delayed_subjects')}",
        re.IGNORECASE,
    )


def _part(mail: Mail, *endings: str) -> Part | None:
    return next((part for part in mail.parts if part.content_type.lower().endswith(endings)), None)


def read_report(mail: Mail, me: Me, own_ids: AbstractSet[str]) -> Answer | None:
    """The verdict on a delivery report, complaint or read receipt; None when the mail is none of these."""
    root = mail.header("content-type").lower()
    if _part(mail, "disposition-notification") or "report-type=disposition-notification" in root.replace('"', ""):
        return Answer(Meaning.RECEIPT, mail.subject[:200], certainty=Certainty.SURE)
    if _part(mail, "feedback-report") or "report-type=feedback-report" in root.replace('"', ""):
        theirs = _about_others(mail, me, own_ids)
        return Answer(Meaning.LIST if theirs else Meaning.OPT_OUT, mail.subject[:200], certainty=Certainty.SURE)
    if mail.subject.startswith("complaint about message from ") and not mail.in_reply_to:
        return Answer(Meaning.OPT_OUT, mail.subject[:200])
    status = _part(mail, "delivery-status")
    if status is None and not _looks_like_failure(mail, root):
        return None
    if _about_others(mail, me, own_ids):
        return Answer(Meaning.LIST, mail.subject[:200], certainty=Certainty.LIKELY)
    return _delivery(mail, status)


def report_words(mail: Mail, said: MailWords) -> str:
    """What a report says that no server or mail program says; those who write for people are taken at every word."""
    if _part(mail, "feedback-report") or _by_server(mail):
        return foreign(said, REPORTS)
    return beyond(said, REPORTS)


def _by_server(mail: Mail) -> bool:
    """Whether nobody writes from there, or it encloses what it reports on and answers nothing."""
    address = mail.sender.email if mail.sender else ""
    answers = bool(mail.in_reply_to or mail.references)
    root = mail.header("content-type").lower()
    encloses = root.startswith("multipart/report") and _part(mail, "rfc822-headers", "rfc822") is not None
    unwritten = mail.sender is None or bool(DAEMON.match(address.partition("@")[0])) or is_robot(address)
    return unwritten or (encloses and not answers)


def _looks_like_failure(mail: Mail, root: str) -> bool:
    if (
        "report-type=delivery-status" in root.replace('"', "")
        or mail.header("x-failed-recipients")
        or (mail.failed and root.startswith("multipart/report"))
    ):
        return True
    if mail.sender and is_no_reply(mail.sender.email) and _failed_subject().search(mail.subject):
        return bool(_undelivered().search(mail.text[:4000]))
    local = mail.sender.email.partition("@")[0] if mail.sender else ""
    from_daemon = (mail.sender is None and not mail.in_reply_to) or bool(DAEMON.match(local)) or answers_nobody(mail)
    return from_daemon and bool(
        _failed_subject().search(mail.subject) or _delayed_subject().search(mail.subject) or mail.failed
    )


def _about_others(mail: Mail, me: Me, own_ids: AbstractSet[str]) -> bool:
    """Whether the report names an original mail that is not ours."""
    enclosed = "\n".join(
        part.text for part in mail.parts if part.content_type.lower().endswith(("rfc822-headers", "rfc822"))
    )
    ids = set(ID.findall(enclosed)) | set(mail.in_reply_to) | set(mail.references)
    original = mail.header("original-message-id") or mail.header("x-microsoft-original-message-id")
    ids |= {original} if original else set()
    if ids & own_ids:
        return False
    writer = FROM.search(enclosed)
    if writer and me.keys and writer[1].lower() not in me.keys:
        return True
    return bool(ids and own_ids)


def _delivery(mail: Mail, status: Part | None) -> Answer:
    text = status.text if status else ""
    actions = [action.lower() for action in ACTION.findall(text)]
    failed = tuple(dict.fromkeys(mail.failed or _failed_in(text) or _listed(mail)))
    evidence = _evidence(mail, text)
    if actions and all(action in {"delivered", "relayed", "expanded"} for action in actions):
        return Answer(Meaning.RECEIPT, evidence, certainty=Certainty.SURE)
    delayed = actions and "failed" not in actions and "delayed" in actions
    if not actions:
        codes = STATUS.findall(text)
        delayed = bool(codes and set(codes) == {"4"}) or bool(
            _delayed_subject().search(mail.subject)
            and not _failed_subject().search(mail.subject.replace("delivery status", "").replace("Delivery Status", ""))
        )
    if delayed:
        return Answer(Meaning.DELAY, evidence, certainty=Certainty.SURE)
    return Answer(
        Meaning.BOUNCE, evidence, certainty=Certainty.SURE if actions or failed else Certainty.LIKELY, failed=failed
    )


def _failed_in(text: str) -> tuple[str, ...]:
    blocks = re.split(r"\n\s*\n", text)
    return tuple(
        match[1]
        for block in blocks
        if "failed" in {action.lower() for action in ACTION.findall(block)} and (match := FINAL.search(block))
    )


def _listed(mail: Mail) -> tuple[str, ...]:
    return tuple(item.strip() for item in mail.header("x-failed-recipients").split(",") if "@" in item)


def _evidence(mail: Mail, text: str) -> str:
    match = re.search(r"^diagnostic-code:[^\n]{1,200}", text, re.IGNORECASE | re.MULTILINE)
    return match[0] if match else mail.subject[:200]
