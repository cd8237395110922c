"""Which mails begin a plan, and for whom: nobody who is not proven, and never one of two."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from agent.decide.plans.beginnings import begins, digest_of
from agent.decide.plans.parsing import parse_plan
from agent.decide.plans.plans import BeginRule
from agent.decide.threads.origin import Door, sender_proven
from providers.base import Address, Mail, Role

NOW = datetime(2027, 2, 3, 10, tzinfo=UTC)
OWN = frozenset({"sam@mine.example", "sam@gmail.com"})
SHOP = "orders@shop.example"
TOUCHES = [{"after": "1 week", "job": "ask"}]


def receipt(text: str = "Receipt for ann@partner.example. Thank you!", **more: object) -> Mail:
    mail = Mail(
        "k", "<r1@shop.example>", NOW, NOW, Address(SHOP, "Shop"), to=(Address("sam@mine.example"),),
        subject="Your receipt 12", text=text,
    )  # fmt: skip
    return replace(mail, **more)  # type: ignore[arg-type]


def rule(**more: str) -> BeginRule:
    (found,) = parse_plan(
        "care", {"touches": TOUCHES, "begin_when": [{"sender": SHOP, "person": "body"} | more]}
    ).begin_when
    return found


CASES: tuple[tuple[str, Mail, BeginRule, str], ...] = (
    ("the one in the body", receipt(), rule(), "ann@partner.example"),
    ("words", receipt(), rule(subject="RECEIPT", body="thank  you"), "ann@partner.example"),
    ("other subject", receipt(), rule(subject="refund"), ""),
    ("other body", receipt(), rule(body="refund"), ""),
    ("written twice", receipt("ann@partner.example <Ann@Partner.example> mailto:ann@partner.example"), rule(), "ann@partner.example"),
    ("two people", receipt("ann@partner.example, bob@other.example"), rule(), ""),
    ("nobody", receipt("Thank you!"), rule(), ""),
    ("ours and theirs alone", receipt("sam@mine.example orders@shop.example help@mail.shop.example"), rule(), ""),
    ("beside ours, theirs, lists and robots", receipt("ann@partner.example sam@mine.example sam+x@mine.example help@shop.example no-reply@pay.example team@partner.example"), rule(), "ann@partner.example"),
    ("half an address", receipt("ann@partner.example bob@"), rule(), ""),
    ("foreign letters", receipt("ann@partner.example böb@other.example"), rule(), ""),
    ("hidden among other signs", receipt("ann@partner.exampleＡ"), rule(), ""),
    ("too long to be sure", receipt("ann@partner.example " + "x " * 10_001), rule(), ""),
    ("the sender", receipt(), rule(person="sender"), SHOP),
    ("cc", receipt(cc=(Address("ann@partner.example"),)), rule(person="cc"), "ann@partner.example"),
    ("cc of two", receipt(cc=(Address("a@partner.example"), Address("b@partner.example"))), rule(person="cc"), ""),
    ("to", receipt(to=(Address("ann@partner.example"), Address("sam@mine.example"))), rule(person="to"), "ann@partner.example"),
    ("unclear recipients", receipt(cc=(Address("ann@partner.example"),), possible_recipients=("b@x.example",)), rule(person="cc"), ""),
    ("everybody of a domain", receipt(), rule(sender="@shop.example"), "ann@partner.example"),
    ("a domain below it", receipt(), rule(sender="@example.org"), ""),
    ("a domain that ends so", receipt(sender=Address("orders@evilshop.example")), rule(sender="@shop.example"), ""),
    ("a name at the own domain", receipt(sender=Address("shop@mine.example")), rule(sender="shop@"), "ann@partner.example"),
    ("that name elsewhere", receipt(sender=Address("shop@evil.example")), rule(sender="shop@"), ""),
    ("that name at a free mail of the user's", receipt(sender=Address("shop@gmail.com")), rule(sender="shop@"), ""),
    ("a name that looks like an address", receipt(sender=Address("x@evil.example", SHOP)), rule(), ""),
    ("no sender", receipt(sender=None, possible_writers=(SHOP,)), rule(), ""),
    ("junk", receipt(role=Role.JUNK), rule(), ""),
    ("unread", receipt(problem="cut"), rule(), ""),
    ("half read", receipt(half_read=True), rule(), ""),
)  # fmt: skip


@pytest.mark.parametrize(("mail", "wanted", "person"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_mail_begins_a_plan_for_one_person_or_says_why_not(mail: Mail, wanted: BeginRule, person: str) -> None:
    found = begins(wanted, mail, OWN, proven=True)
    assert found.person == person and bool(found.why) is not bool(person)
    # Whatever it says, without proof it begins nothing.
    assert begins(wanted, mail, OWN, proven=False).person == ""


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        ({"person": "body"}, "needs the sender"), ({"sender": "shop", "person": "body"}, "needs the sender"),
        ({"sender": "@gmail.com", "person": "body"}, "needs the sender"), ({"sender": "@", "person": "body"}, "needs the sender"),
        ({"sender": "@com", "person": "body"}, "needs the sender"), ({"sender": SHOP}, "sender, body, to, cc"),
        ({"sender": SHOP, "person": "bcc"}, "sender, body, to, cc"), ({"sender": SHOP, "person": "cc", "label": "x"}, "knows"),
        ({"sender": 1, "person": "cc"}, "must be a list"), ("x", "must be a list"),
    ],
)  # fmt: skip
def test_a_wrong_rule_is_refused_with_a_sentence(entry: object, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        parse_plan("care", {"touches": TOUCHES, "begin_when": [entry]})


DOOR = Door(OWN, "mx.mine.example")
SIGNED, STRAIGHT = "dkim=pass header.d=shop.example", "spf=pass smtp.mailfrom=bounce@mail.shop.example"


@pytest.mark.parametrize(
    ("said", "proven"),
    [
        (f"mx.mine.example; {SIGNED}; {STRAIGHT}; dmarc=pass", True),
        (f"mx.mine.example; {SIGNED}; spf=pass smtp.mailfrom=shop.example", True),
        (f"mx.mine.example; {SIGNED}", False),
        (f"mx.mine.example; {STRAIGHT}", False),
        (f"mx.mine.example; {SIGNED}; {STRAIGHT}; dmarc=fail", False),
        (f"mx.evil.example; {SIGNED}; {STRAIGHT}", False),
        (f"mx.mine.example; {SIGNED}; spf=pass smtp.mailfrom=eve@evil.example", False),
        (f"mx.mine.example; dkim=pass header.d=evil.example; {STRAIGHT}", False),
        (f"mx.mine.example; dkim=fail header.d=shop.example; {STRAIGHT}", False),
        (f"mx.mine.example; dkim=pass header.d=example; {STRAIGHT}", False),
        ("nonsense =", False), ("", False),
    ],
)  # fmt: skip
def test_the_own_provider_has_to_vouch_for_the_sender(said: str, proven: bool) -> None:
    mail = receipt(headers={"authentication-results": (said,)} if said else {})
    assert sender_proven(mail, DOOR) is proven
    assert not sender_proven(mail, Door(OWN))


def test_only_the_topmost_finding_counts() -> None:
    good = f"mx.mine.example; {SIGNED}; {STRAIGHT}"
    mail = receipt(headers={"authentication-results": ("mx.mine.example; spf=fail", good)})
    assert not sender_proven(mail, DOOR)


def test_one_mail_is_one_whatever_it_is_called() -> None:
    mail = receipt()
    again = replace(
        mail, key="k9", message_id="<other@evil.example>", folder="Archive", received=NOW.replace(year=2028)
    )
    assert digest_of(again) == digest_of(mail) != digest_of(receipt("Receipt for bob@other.example."))
