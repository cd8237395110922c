"""Whose a mail is: every way a mail in the user's name can lie in a mailbox, and every way it can be forged."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.decide.threads.origin import (
    LEAST_DAYS,
    LEAST_DOMAINS,
    LEAST_MAILS,
    MOST_VOTES,
    NAMELESS,
    Door,
    Vote,
    mails_with_origin,
    origin_of,
    results,
    server_of,
    server_shown,
    vouched,
)
from providers.base import Address, Mail, Origin, Role
from providers.local.archive import delivered
from providers.mail.delivery import MARKS, TRACES, submitted
from providers.mail.mime import parse

AT = datetime(2026, 3, 10, 10, tzinfo=UTC)
ME, SERVER = "sam@mine.example", "mx.mine.example"
OWN = frozenset({ME, "s@other.example"})
DOOR = Door(OWN, SERVER)
SPF, DKIM = f"spf=pass smtp.mailfrom={ME}", "dkim=pass header.d=mine.example"
PASS = f"{SERVER}; {DKIM}; {SPF}; dmarc=pass header.from=mine.example"
DATE = "Tue, 10 Mar 2026 10:00:00 +0000"
CAME = f"from evil.example (evil.example [6.6.6.6]) by {SERVER} (Postfix) with ESMTPS id 1 for <{ME}>; {DATE}"
TOOK = f"from [192.168.1.2] (home.example [192.0.2.7]) (Authenticated sender: sam) by {SERVER} (Postfix) with ESMTPSA id 1; {DATE}"


def mail(sender: str | None = ME, role: Role = Role.INBOX, flags: str = "", **headers: str) -> Mail:
    named = {name.replace("_", "-"): (value,) for name, value in headers.items()}
    return Mail(
        key="1", message_id="<1@x>", date=AT, received=AT, sender=Address(sender) if sender else None, role=role,
        headers=named, flags=frozenset(flags.split()),
    )  # fmt: skip


SENT, PROVEN, CLAIMED, OTHER = Origin
CASES = [
    ("the copy a mail program files in Sent", mail(role=Role.SENT), DOOR, SENT),
    ("an alias of the user's in Sent", mail("S@Other.example", Role.SENT), DOOR, SENT),
    ("somebody else's mail moved to Sent", mail("ann@x.example", Role.SENT), DOOR, OTHER),
    ("mail delivered into Sent by an address with a plus", mail(role=Role.SENT, delivered_to=ME), DOOR, CLAIMED),
    ("mail a rule moved into Sent", mail(role=Role.SENT, return_path="<eve@evil.example>"), DOOR, CLAIMED),
    ("mail a rule moved into Sent, found to be false", mail(
        role=Role.SENT, authentication_results=f"{SERVER}; spf=fail smtp.mailfrom=e@evil.example; dmarc=fail header.from=mine.example"),
     DOOR, CLAIMED),
    ("the same, found by a server nobody knows", mail(role=Role.SENT, authentication_results="mx.hop.example; none"), DOOR, CLAIMED),
    ("mail to oneself a rule moved into Sent, vouched for", mail(role=Role.SENT, authentication_results=PASS), DOOR, PROVEN),
    ("mail in Sent that another server handed over", mail(role=Role.SENT, received=CAME), DOOR, CLAIMED),
    ("the same where nobody knows the own server", mail(role=Role.SENT, received=CAME), Door(OWN), CLAIMED),
    ("the same without saying to whom", mail(role=Role.SENT, received=CAME.replace(f" for <{ME}>", "")), DOOR, CLAIMED),
    ("the same put there by a delivery agent", mail(role=Role.SENT, received=f"from {SERVER} by {SERVER} with LMTP id 1; {DATE}"), DOOR, CLAIMED),
    ("mail of a program on the server itself", mail(role=Role.SENT, received=f"by {SERVER} (Postfix, from userid 33) id 1; {DATE}"), DOOR, CLAIMED),
    ("the copy a server files of what it took by ESMTPA", mail(role=Role.SENT, received=TOOK), DOOR, SENT),
    ("the same from Exim, to one person", mail(
        role=Role.SENT, received="from pc.home ([192.0.2.7] helo=[192.168.1.2]) by mail.mine.example with esmtpsa (TLS1.3) tls "
        f"TLS_AES_256_GCM_SHA384 (Exim 4.97) (envelope-from <{ME}>) id 1a-00-b for ann@x.example; {DATE}"), DOOR, SENT),
    ("the copy of a webmail that writes down who asked", mail(
        role=Role.SENT, received=f"from [192.0.2.7] ([192.0.2.7]) by web.mine.example (Horde Framework) with HTTPS; {DATE}"), DOOR, SENT),
    ("what a user of the same server sent to here", mail(role=Role.SENT, received=TOOK.replace("; ", f" for <{ME}>; ")), DOOR, CLAIMED),
    ("the same by an address with a plus",
     mail(role=Role.SENT, received=TOOK.replace("; ", " for <Sam+Sent@mine.example>; ")), DOOR, CLAIMED),
    ("a name that is to pass for a clause", mail(
        role=Role.SENT, received=f"from x by y with ESMTPSA (evil [6.6.6.6]) by {SERVER} with ESMTP id 1; {DATE}"), DOOR, CLAIMED),
    ("a name that is to pass for a comment", mail(
        role=Role.SENT, received=f"from ( by {SERVER} with ESMTPSA; by {SERVER} with ESMTP id 1; {DATE}"), DOOR, CLAIMED),
    ("two clauses of one name", mail(
        role=Role.SENT, received=f"from x by {SERVER} with ESMTP id 1 with ESMTPSA; {DATE}"), DOOR, CLAIMED),
    ("a submission that travelled on", replace(mail(role=Role.SENT), headers={"received": (TOOK, TOOK)}), DOOR, CLAIMED),
    ("Gmail's own mark on what it took by ESMTPA", mail(
        role=Role.SENT, flags="sent", return_path=f"<{ME}>", received=TOOK), Door(OWN, labelled=True), SENT),
    ("a phone that files what it sends in INBOX", mail(), DOOR, CLAIMED),
    ("a copy filed beside the thread, outside of Sent", mail(role=Role.OTHER), DOOR, CLAIMED),
    ("a blind copy to oneself that the own server vouches for", mail(authentication_results=PASS), DOOR, PROVEN),
    ("the same where nobody knows the own server", mail(authentication_results=PASS), Door(OWN), CLAIMED),
    ("the same in Junk, and vouched for", mail(role=Role.JUNK, authentication_results=PASS), DOOR, PROVEN),
    ("the echo of a list that rewrote nothing", mail(list_id="<l.x>", authentication_results=f"{SERVER}; {DKIM}"), DOOR,
     CLAIMED),
    ("the same sent on by somebody who got it", mail(
        authentication_results=f"{SERVER}; {DKIM}; spf=pass smtp.mailfrom=eve@evil.example; dmarc=pass header.from=mine.example"),
     DOOR, CLAIMED),
    ("the same from an address of the user's other account", mail(
        authentication_results=f"{SERVER}; {DKIM}; spf=pass smtp.mailfrom=s@other.example"), DOOR, PROVEN),
    ("the same without a signature", mail(authentication_results=f"{SERVER}; {SPF}; dmarc=pass header.from=mine.example"),
     DOOR, CLAIMED),
    ("the echo of a list that broke the signature",
     mail(list_id="<l.x>", authentication_results=f"{SERVER}; dkim=fail header.d=mine.example; dmarc=fail"), DOOR, CLAIMED),
    ("a forged line in INBOX", mail(delivered_to=ME), DOOR, CLAIMED),
    ("a forged line in Junk that failed",
     mail(role=Role.JUNK, authentication_results=f"{SERVER}; dmarc=fail header.from=mine.example"), DOOR, CLAIMED),
    ("another server's word", mail(authentication_results=PASS.replace(SERVER, "mx.evil.example")), DOOR, CLAIMED),
    ("a pass of somebody else's domain",
     mail(authentication_results=f"{SERVER}; dkim=pass header.d=evil.example; spf=pass smtp.mailfrom=eve@evil.example"),
     DOOR, CLAIMED),
    ("an automatic reply that only claims", mail(auto_submitted="auto-replied"), DOOR, CLAIMED),
    ("a header that calls it a letter of ours", mail(x_relance_id="token"), DOOR, CLAIMED),
    ("two writers, or none", mail(None, Role.SENT), DOOR, OTHER),
    ("a look-alike of the own address", mail("sam@rnine.example", Role.INBOX), DOOR, OTHER),
    ("the own address with a plus", mail("sam+x@mine.example", Role.SENT), DOOR, OTHER),
    ("Gmail's own mark", mail(role=Role.ARCHIVE, flags="sent", delivered_to=ME), Door(OWN, SERVER, labelled=True), SENT),
    ("Gmail's mark on what was thrown away", mail(role=Role.TRASH, flags="sent"), Door(OWN, labelled=True), SENT),
    ("such a word where no provider gives it", mail(flags="sent", delivered_to=ME), DOOR, CLAIMED),
    ("Outlook's sent items", mail(role=Role.SENT), Door(OWN, NAMELESS), SENT),
    ("mail a rule of Outlook's moved there", mail(role=Role.SENT, return_path="<e@x>"), Door(OWN, NAMELESS), CLAIMED),
    ("what Exchange found", mail(
        authentication_results="spf=pass (sender IP is 1.2.3.4) smtp.mailfrom=mine.example; dkim=pass (signature was "
        "verified) header.d=mine.example;dmarc=pass action=none header.from=mine.example;compauth=pass reason=100"),
     Door(OWN, NAMELESS), CLAIMED),
    ("what Exchange found of an address", mail(
        authentication_results=f"spf=pass (sender IP is 1.2.3.4) smtp.mailfrom={ME}; dkim=pass (signature was "
        "verified) header.d=mine.example;dmarc=pass action=none header.from=mine.example;compauth=pass reason=100"),
     Door(OWN, NAMELESS), PROVEN),
    ("the same found by nobody in particular, elsewhere", mail(
        authentication_results="dmarc=pass action=none header.from=mine.example"), DOOR, CLAIMED),
    ("what Exchange doubts", mail(
        authentication_results="dmarc=pass action=none header.from=mine.example;compauth=fail reason=001"),
     Door(OWN, NAMELESS), CLAIMED),
]  # fmt: skip


CASES += [(f"in Sent with {name}", mail(role=Role.SENT, **{name: "x"}), DOOR, CLAIMED) for name in MARKS]


@pytest.mark.parametrize(("found", "door", "origin"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_every_mail_has_one_origin(found: Mail, door: Door, origin: Origin) -> None:
    assert origin_of(found, door) is origin
    assert next(mails_with_origin([found], door)).origin is origin


def test_a_letter_of_ours_is_sent_wherever_it_lies() -> None:
    assert origin_of(mail(delivered_to=ME), DOOR, letter=True) is SENT
    assert origin_of(mail("ann@x.example"), DOOR, letter=True) is OTHER


@pytest.mark.parametrize(
    ("text", "passes"),
    [
        (PASS, True),
        (f"{SERVER} 1; {DKIM} header.s=k; {SPF} (p=reject)", True),
        (f"{SERVER}; dkim=pass header.i=@mine.example; {SPF}", True),
        (f"{SERVER}; dkim=pass header.d=mine.example header.i=@evil.example; {SPF}", False),
        (f"{SERVER}; dkim=pass header.d=evil.example; {DKIM}; {SPF}", True),
        (f"{SERVER}; dmarc=pass header.from=mine.example", False),
        (f"{SERVER}; {DKIM}", False),
        (f"{SERVER}; {SPF}", False),
        (f"{SERVER}; {DKIM}; {SPF}; dmarc=fail header.from=mine.example", False),
        (f"{SERVER}; {DKIM}; spf=pass smtp.mailfrom=colleague@mine.example", False),
        (f"{SERVER}; {DKIM}; spf=pass smtp.mailfrom=mine.example", False),
        (f"{SERVER}; {DKIM}; spf=pass smtp.helo=mine.example", False),
        (f"{SERVER}; {DKIM}; spf=softfail smtp.mailfrom={ME}", False),
        (f"{SERVER}; dkim=fail header.d=mine.example; {SPF}", False),
        (f"{SERVER}; dmarc=pass", False),
        (f"{SERVER}; dmarc=pass header.from=evil.example", False),
        (f"{PASS}; dmarc=fail header.from=mine.example", False),
        (f"{SERVER}; dmarc=none header.from=mine.example", False),
        (f"{SERVER}; {SPF}; dkim=pass header.d=example", False),
        (f"{SERVER}; {SPF}; dkim=pass header.d=evil-mine.example", False),
        (f"{SERVER}; none", False),
        (PASS.replace(SERVER, f"{SERVER}.evil.example"), False),
        # What a sender can write into a value must not turn into a finding.
        (f'{SERVER}; spf=fail smtp.mailfrom="x; dkim=pass header.d=mine.example; spf=pass smtp.mailfrom=sam@mine.example"', False),
        (f"{SERVER}; spf=fail (x; {DKIM}; {SPF}) smtp.mailfrom=e@evil.example", False),
        (f"{SERVER}; spf=fail (\\); {DKIM}; {SPF}) smtp.mailfrom=e@evil.example", False),
        (f'{SERVER}; dkim=fail header.i="\\"; dkim=pass header.d=mine.example; spf=pass smtp.mailfrom=sam@mine.example"', False),
        (f"{SERVER}; {DKIM}; spf=fail smtp.mailfrom=x {SPF}", False),
        (f"{SERVER}; spf=fail (open; {DKIM}; {SPF}", False),
        (f"{SERVER}) ; {DKIM}; {SPF}", False),
        (f"{PASS}; ???", False),
        (f"{SERVER}; {DKIM}; {SPF.replace('pass', 'passing')}", False),
        (f"{SERVER};" + " " * 5000 + f"{DKIM}; {SPF}", False),
        ("", False),
    ],
)  # fmt: skip
def test_only_a_finding_about_the_own_domain_vouches(text: str, passes: bool) -> None:
    assert vouched(mail(authentication_results=text), DOOR) is passes


def test_only_the_topmost_findings_count() -> None:
    below = Mail(
        key="1", message_id="<1@x>", date=AT, received=AT, sender=Address(ME),
        headers={"authentication-results": ("mx.hop.example; none", PASS)},
    )  # fmt: skip
    assert not vouched(below, DOOR)
    assert server_of(below.headers["authentication-results"]) == "mx.hop.example"


@pytest.mark.parametrize("role", Role)
def test_the_way_a_mail_took_is_kept_where_it_may_have_taken_none(role: Role) -> None:
    raw = f"Received: {TOOK}\r\nReceived: {CAME}\r\nReceived: {CAME}\r\nFrom: {ME}\r\n\r\nHello".encode()
    assert parse(raw, role=role).headers.get("received", ()) == ((TOOK, CAME) if role is Role.SENT else ())


@pytest.mark.parametrize("name", TRACES)
def test_an_archive_knows_every_mark_of_delivery(name: str) -> None:
    assert delivered(f"Subject: a\n{name.title()}: x\n\nHello".encode())
    assert not delivered(f"Subject: a\n\n{name.title()}: x".encode())


@given(st.text(alphabet='by wthforesmpa;()"<>@.+', max_size=120))
def test_a_line_of_the_way_is_read_or_means_delivery(hop: str) -> None:
    assert isinstance(submitted(hop, OWN), bool)


@given(st.text(alphabet=st.characters(exclude_characters="();\r\n"), max_size=60))
def test_no_name_of_who_connected_makes_a_submission(name: str) -> None:
    assert not submitted(f"from {name} by {SERVER} with ESMTPS id 1; {DATE}", OWN)


@given(st.text(alphabet='abc.;=()"\\ \t', max_size=200))
def test_whatever_a_header_says_it_is_read_or_left(text: str) -> None:
    found = results(text)
    assert found is None or found.server


@given(st.text(max_size=80).filter(lambda text: '"' not in text and "\\" not in text))
def test_no_quoted_value_becomes_a_finding(value: str) -> None:
    assert not vouched(mail(authentication_results=f'{SERVER}; {DKIM}; spf=fail smtp.mailfrom="{value}"'), DOOR)


def votes(count: int, domains: int, server: str = SERVER, *, days: int = LEAST_DAYS, ago: int = 0) -> list[Vote]:
    return [
        Vote(f"d{number % domains}.example", server, AT - timedelta(days=ago + number % days))
        for number in range(count)
    ]


@pytest.mark.parametrize(
    ("seen", "server"),
    [
        (votes(LEAST_MAILS, LEAST_DOMAINS), SERVER),
        (votes(LEAST_MAILS - 1, LEAST_DOMAINS), ""),
        (votes(LEAST_MAILS * 9, LEAST_DOMAINS - 1), ""),
        (votes(LEAST_MAILS * 9, LEAST_DOMAINS, days=LEAST_DAYS - 1), ""),
        ([], ""),
        (votes(50, 10, ""), ""),
        # Where the server writes nothing, any flood of forged headers is given away by one genuine mail of these weeks.
        ([*votes(5_000, 50, "mx.evil.example"), *votes(1, 1, "", ago=80)], ""),
        (votes(MOST_VOTES, 50, "mx.evil.example"), ""),
        ([*votes(60, 10), *votes(1, 1, "mx.evil.example")], ""),
        # What an earlier server wrote is too old to count.
        ([*votes(60, 10), *votes(50, 10, "mx.old.example", ago=100)], SERVER),
        (votes(40, 8, NAMELESS), NAMELESS),
    ],
)
def test_the_own_server_is_learned_from_mail_without_exception(seen: list[Vote], server: str) -> None:
    assert server_shown(seen).server == server
