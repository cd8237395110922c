"""Says whether a mail in our name is really ours; only our own provider's topmost word counts."""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet

from agent.decide.values import Answer, Certainty, Me, Meaning
from providers.base import Mail, Role

PASS = re.compile(r"(?<![\w-])(?:dmarc|dkim)\s*=\s*pass|(?<![\w-])spf\s*=\s*pass", re.IGNORECASE)
FAIL = re.compile(r"(?<![\w-])(?:dmarc|compauth)\s*=\s*fail", re.IGNORECASE)


def authenticated(mail: Mail, me: Me) -> bool | None:
    """What our provider found about the sender; None when it said nothing we may believe."""
    values = mail.headers.get("authentication-results", ())
    if not values:
        return None
    first = values[0][:4000]
    server = first.split(";", 1)[0].split()[0].lower() if first.split(";", 1)[0].split() else ""
    microsoft = "=" in server
    if me.authserv_ids and not microsoft and server not in {name.lower() for name in me.authserv_ids}:
        return None
    if FAIL.search(first):
        return False
    return bool(PASS.search(first))


def own_mail(mail: Mail, me: Me, own_ids: AbstractSet[str]) -> Answer | None:
    """`own` for our own copy, `unsure` for a mail that only claims to be; None for everybody else's."""
    token = mail.header("x-relance-id")
    known = (mail.message_id and mail.message_id in own_ids) or (token and token in own_ids)
    if (mail.role is Role.SENT or known) and (mail.sender is None or mail.sender.key in me.keys):
        return Answer(Meaning.OWN, mail.sender.email if mail.sender else "", certainty=Certainty.SURE)
    if mail.sender is None or mail.sender.key not in me.keys:
        return None
    verdict = authenticated(mail, me)
    machine = bool(
        mail.header("auto-submitted")
        or mail.header("list-id")
        or any(part.content_type.startswith("text/calendar") for part in mail.parts)
    )
    travelled = bool(
        mail.header("received")
        or mail.header("delivered-to")
        or mail.header("return-path")
        or mail.headers.get("authentication-results")
    )
    if verdict or (verdict is None and (machine or not travelled)):
        return Answer(Meaning.OWN, mail.sender.email, certainty=Certainty.SURE if verdict else Certainty.LIKELY)
    return Answer(Meaning.UNSURE, f"From: {mail.sender.email}, not authenticated", certainty=Certainty.UNSURE)
