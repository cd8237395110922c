"""Whom a follow-up goes to: the people of the last own mail, never a robot, a list, ourselves or a twin."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.decide.threads.people import look_alike, mixed_script, plain_key, recipients, same_organisation, same_person
from agent.decide.values import Me
from providers.base import Address, Mail, Origin

ME = Me(addresses=("sam@mine.example",), aliases=("s.okafor@gmail.com",))
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


def sent(to: str = "", cc: str = "", bcc: str = "", reply_to: str = "", **headers: str) -> Mail:
    def addresses(text: str) -> tuple[Address, ...]:
        return tuple(Address(item) for item in text.split())

    return Mail(
        key="1", message_id="<1@x>", date=AT, received=AT, sender=Address("sam@mine.example"), to=addresses(to),
        origin=Origin.SENT,
        cc=addresses(cc), bcc=addresses(bcc), reply_to=addresses(reply_to),
        headers={name.replace("_", "-"): (value,) for name, value in headers.items()},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("mail", "refusal"),
    [
        (sent("ann@p.example"), ""),
        (sent("a@p.example b@p.example c@p.example"), ""),
        (sent("a@p.example b@p.example c@p.example d@p.example"), "many"),
        (sent("a@p.example", cc="b@p.example c@p.example d@p.example e@p.example"), ""),
        (sent("info@p.example"), ""),
        (sent("no-reply@p.example"), "no_reply"),
        (sent("ne-pas-repondre@p.example"), "no_reply"),
        (sent("nichtantworten@p.example"), "no_reply"),
        (sent("ann@p.example noreply@p.example"), "no_reply"),
        (sent("dev@lists.p.example"), "list"),
        (sent("team@googlegroups.com"), "list"),
        (sent("ann@p.example", list_id="<dev.p.example>"), "list"),
        (sent("notifications@p.example"), "robot"),
        (sent("sam@mine.example"), "to_myself"),
        (sent("sokafor+todo@gmail.com"), "to_myself"),
        (sent("", bcc="ann@p.example"), "to_myself"),
        (sent(), "no_recipient"),
    ],
)
def test_only_people_are_followed_up(mail: Mail, refusal: str) -> None:
    assert recipients(mail, ME.keys).refusal == refusal


def test_bcc_and_reply_to_and_our_own_addresses_never_become_recipients() -> None:
    found = recipients(
        sent("ann@p.example sam@mine.example", cc="s.okafor@gmail.com bob@p.example ANN@p.example", bcc="eve@x.example", reply_to="trap@x.example"),
        ME.keys,
    )  # fmt: skip
    assert [address.email for address in found.to] == ["ann@p.example"]
    assert [address.email for address in found.cc] == ["bob@p.example"]


@pytest.mark.parametrize(
    ("domain", "twin"),
    [
        ("partner.example", ""),
        ("unrelated.example", ""),
        ("partner.exarnple", "partner.example"),
        ("pаrtner.example", "a mix of alphabets"),
        ("part-ner.example", "partner.example"),
        ("p4rtner.example", ""),
    ],
)
def test_a_domain_that_pretends_to_be_a_known_one_is_named(domain: str, twin: str) -> None:
    assert look_alike(domain, ["partner.example"]) == twin


def test_one_alphabet_is_no_mix() -> None:
    assert not mixed_script("почта.example") and not mixed_script("例え.example") and mixed_script("раypal.com")


def test_one_person_may_have_two_addresses() -> None:
    assert same_person(Address("ann@p.example", "Ann Lee"), Address("a.l@home.example", "Lee, Ann"))
    assert not same_person(Address("ann@p.example", "Ann"), Address("ann@other.example", "Ann"))
    assert same_person(Address("ann+x@p.example"), Address("Ann@P.example"))


def test_colleagues_share_a_domain_that_is_no_free_mail() -> None:
    assert same_organisation("a@p.example", "b@P.example")
    assert same_organisation("a@mail.p.co.uk", "b@p.co.uk") and not same_organisation("a@p.co.uk", "b@q.co.uk")
    assert not same_organisation("a", "b")
    assert not same_organisation("a@gmail.com", "b@gmail.com")


@given(
    st.text(alphabet="abc.+", min_size=1, max_size=12), st.sampled_from(["gmail.com", "googlemail.com", "p.example"])
)
def test_the_form_to_compare_by_is_stable(local: str, domain: str) -> None:
    once = plain_key(f"{local}@{domain}")
    assert plain_key(once) == once and plain_key(f"{local}@{domain}".upper()) == once
