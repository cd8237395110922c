"""The mails machines write: reports, receipts, calendars, reactions; each as its standard says, never nicer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, timedelta
from email import message_from_string
from email.message import EmailMessage
from email.policy import SMTP

from agent.demo.letters import PROVIDER, DemoLetter, boundary, dressed, plain_mail, set_text


def delivery_report(written: DemoLetter, action: str) -> EmailMessage:
    """A report about the mail before, in the form of RFC 3464."""
    parent = written.parent
    assert parent is not None
    status, reason = REPORTS[action]
    message = report(written, "delivery-status")
    fields = (
        f"Reporting-MTA: dns; {PROVIDER}\r\n\r\n"
        f"Final-Recipient: rfc822; {parent.to[0].email}\r\nAction: {action}\r\nStatus: {status}\r\n"
        f"Remote-MTA: dns; mail.{parent.to[0].domain}\r\nDiagnostic-Code: smtp; {reason}\r\n"
    )
    message.attach(machine_part("message/delivery-status", fields))
    headers = dressed(parent).as_string()
    message.attach(machine_part("text/rfc822-headers", headers))
    return message


REPORTS = {
    "failed": ("5.1.1", "550 5.1.1 Recipient address rejected: User unknown"),
    "delayed": ("4.4.1", "451 4.4.1 Connection timed out"),
}


def read_receipt(written: DemoLetter) -> EmailMessage:
    """A mail program tells that the mail before was shown, in the form of RFC 8098."""
    assert written.parent is not None
    message = report(written, "disposition-notification")
    fields = (
        f"Reporting-UA: {written.sender.domain}; Mail\r\nFinal-Recipient: rfc822;{written.sender.email}\r\n"
        f"Original-Message-ID: {written.parent.message_id}\r\n"
        "Disposition: manual-action/MDN-sent-manually; displayed\r\n"
    )
    message.attach(machine_part("message/disposition-notification", fields))
    return message


def report(written: DemoLetter, report_type: str) -> EmailMessage:
    """A multipart/report with its words for people, before the parts for machines."""
    message = dressed(written)
    set_text(message, written.words)
    message.make_mixed(boundary(written))
    message.set_type("multipart/report")
    message.set_param("report-type", report_type)
    return message


def machine_part(content_type: str, text: str) -> EmailMessage:
    """A part read from its own text, because the library builds these types its own way."""
    part = message_from_string(f"Content-Type: {content_type}\r\n\r\n{text}", policy=SMTP)
    assert isinstance(part, EmailMessage)
    return part


def calendar(written: DemoLetter, method: str, answer: str) -> EmailMessage:
    """An invitation or the answer to one, in the form of RFC 6047."""
    organizer, attendee = (written.sender, written.to[0]) if method == "REQUEST" else (written.to[0], written.sender)
    invitation = written.parent or written
    start = (invitation.at + timedelta(days=7)).astimezone(UTC).replace(minute=0, second=0)
    lines = (
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//okafor.example//Calendar//EN", f"METHOD:{method}", "BEGIN:VEVENT",
        f"UID:{invitation.message_id.strip('<>')}", f"DTSTAMP:{written.at.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        f"DTSTART:{start:%Y%m%dT%H%M%SZ}", f"DTEND:{start + timedelta(minutes=45):%Y%m%dT%H%M%SZ}",
        f"SUMMARY:{written.subject.rpartition(': ')[2]}", f"ORGANIZER:mailto:{organizer.email}",
        f"ATTENDEE;PARTSTAT={answer}:mailto:{attendee.email}", "END:VEVENT", "END:VCALENDAR", "",
    )  # fmt: skip
    message = dressed(written)
    set_text(message, written.words)
    message.add_alternative("\r\n".join(lines), subtype="calendar", cte="quoted-printable", params={"method": method})
    message.set_boundary(boundary(written))
    return message


def reaction(written: DemoLetter) -> EmailMessage:
    """An emoji answered from a phone, as text and as the part that mail programs show."""
    message = dressed(written)
    set_text(message, written.words)
    emoji = written.text.strip().split()[0]
    signed = f'{{"emoji": "{emoji}", "version": 1}}\n'
    message.add_alternative(signed, subtype="vnd.google.email-reaction+json", cte="base64")
    message.set_boundary(boundary(written))
    return message


KINDS: dict[str, Callable[[DemoLetter], EmailMessage]] = {
    "mail": plain_mail,
    "bounce": lambda written: delivery_report(written, "failed"),
    "delay": lambda written: delivery_report(written, "delayed"),
    "read_receipt": read_receipt,
    "invitation": lambda written: calendar(written, "REQUEST", "NEEDS-ACTION"),
    "accepted": lambda written: calendar(written, "REPLY", "ACCEPTED"),
    "tentative": lambda written: calendar(written, "REPLY", "TENTATIVE"),
    "reaction": reaction,
}
"""What the `kind` of a scripted mail may say."""

AUTOMATIC = {"Auto-Submitted": "auto-replied", "X-Auto-Response-Suppress": "All", "Precedence": "auto_reply"}
STAMPS: dict[str, dict[str, str]] = {
    "": {},
    "automatic": AUTOMATIC,
    "generated": {"Auto-Submitted": "auto-generated"},
    "report": {"Auto-Submitted": "auto-replied", "Return-Path": "<>"},
    "receipt": {"Return-Path": "<>"},
}
"""Headers a carrier adds, by the short name in a mail's `stamp`."""
