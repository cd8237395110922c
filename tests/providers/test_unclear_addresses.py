"""Address headers that no strict parser reads: one address in any decoration is clear, several are all possible."""

from __future__ import annotations

from datetime import UTC, datetime
from time import process_time

import pytest

from agent.store.base.values import KeptMail
from agent.store.mail.mail_codec import from_row, to_row
from providers.base import Mail
from providers.mail import addresses, mime

ANN = "ann@x1.example"
HEADERS = {"from": f"From: {ANN}", "to": "To: sam@own.example"}


def mail_with(**lines: str) -> Mail:
    head = "\n".join({**HEADERS, **lines}.values())
    return mime.parse(f"{head}\nSubject: Lamp\nMessage-ID: <a@x>\n\nYes.\n".encode(), key="a")


@pytest.mark.parametrize(
    "value",
    [
        f"{ANN} <{ANN}>", f"Ann@X1.example <{ANN}>", f"'{ANN}' <{ANN}>", f"Ann Lee [ACME] <{ANN}>", f"Lee, Ann <{ANN}>",
        f"=?utf-8?q?Ann?= [ACME] <{ANN}>", '"ann"@x1.example', f"{ANN}.", f"Ann. Lee <{ANN}.>",
    ],
)  # fmt: skip
def test_one_address_in_any_decoration_is_clear(value: str) -> None:
    mail = mail_with(**{"from": f"From: {value}"})
    assert mail.sender is not None
    assert (mail.sender.key, mail.problem, mail.possible_writers) == (ANN, "", ())


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        (f"Ann @ Work <{ANN}>", {ANN}),
        (f"bob@y.example <{ANN}>", {ANN, "bob@y.example"}),
        (f"x{ANN} <{ANN}>", {ANN, f"x{ANN}"}),
        (f"{ANN}.evil <{ANN}>", {ANN, f"{ANN}.evil"}),
        (f"=?utf-8?q?bob=40y.example?= [B] <{ANN}>", {ANN, "bob@y.example"}),
        (f"Bob\uff20y.example [B] <{ANN}>", {ANN, "bob@y.example"}),
        (f"root ({ANN}) [x]", {ANN}),
        (f"'{ANN}'", {ANN}),
        (f"Ann [A] <{ANN}>, Bob [B] <bob@y.example>", {ANN, "bob@y.example"}),
        (f"{ANN}\nFrom: bob@y.example", {ANN, "bob@y.example"}),
        ("foo..bar@docomo.ne.jp", {"foo..bar@docomo.ne.jp"}),
        (".ann@gmail.com", {"ann@gmail.com"}),
    ],
)
def test_what_may_mean_several_keeps_all_of_them(value: str, meant: set[str]) -> None:
    mail = mail_with(**{"from": f"From: {value}"})
    assert mail.sender is None
    assert mail.problem == "Its From header can be read in two ways."
    assert meant <= set(mail.possible_writers) == set(mail.writers)


def test_a_value_that_was_cut_off_is_never_one_address() -> None:
    assert addresses.read((f"{'x' * 10_240} [A] <{ANN}>",)) is None
    assert addresses.read((f"{'x' * 5_000} [A] <{ANN}>",)) is None


def test_whom_it_went_to_is_kept_apart() -> None:
    mail = mail_with(to="To: Bob [B] <bob@y.example>, Cy [C] <cy@y.example>")
    assert (mail.to, mail.possible_writers, mail.writers) == ((), (), (ANN,))
    assert mail.possible_recipients == ("bob@y.example", "cy@y.example")


def test_a_mail_that_is_set_aside_still_names_them() -> None:
    raw = f"From: Ann @ Work <{ANN}>\nTo: bob@y.example\n\nYes.\n".encode()
    mail = mime.quarantined(mime.Where("a"), raw, "It is too much.")
    assert (mail.sender, ANN in mail.writers, mail.possible_recipients) == (None, True, ("bob@y.example",))


def test_they_are_stored() -> None:
    mail = mail_with(**{"from": f"From: Ann @ Work <{ANN}>", "to": "To: Bob [B] <bob@y.example>, c@d.example"})
    at = datetime(2026, 1, 1, tzinfo=UTC)
    again = from_row(KeptMail(**{"id": 1, "heard": 0, **to_row(mail, 1, 1), "received": at}))
    assert again.possible_writers == mail.possible_writers != ()
    assert again.possible_recipients == mail.possible_recipients != ()


@pytest.mark.parametrize(
    "part", ["@", "a", '"', "a@", "(", " .", "<", "a.", '"a"@', " ", "a<a@b.c>", "a@b.c", "=?", "'"]
)
def test_looking_for_them_takes_little(part: str) -> None:
    began = process_time()
    value = part * (10_000 // len(part))
    assert len(addresses.possible([value] * 100)) <= addresses.MOST_POSSIBLE
    addresses.only_one(f"{value}<{ANN}>")
    assert process_time() - began < 2
