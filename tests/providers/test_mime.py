"""Mails of every shape become values; hostile ones too, within limits."""

from __future__ import annotations

import tarfile
import time
from email import _header_value_parser as strict
from email.utils import getaddresses
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from providers.base import Role
from providers.mail import addresses, dates, headers, mime
from providers.mail.addresses import easy
from providers.mail.html import to_text
from voice.languages import replies

DATA = Path(__file__).parents[2].parent / "shared" / "data"
ARCHIVES = (
    "mikel-mail-emails", "flanker-messages", "sisimai-set-of-emails", "flufl-bounce-data", "talon-fixtures",
    "discourse-reply-trimmer", "crisp-reply-fixtures",
)  # fmt: skip


@given(st.binary(max_size=3000))
@settings(max_examples=150, deadline=None)
def test_no_bytes_make_the_parser_raise(raw: bytes) -> None:
    assert mime.parse(raw, key="k").key == "k"


@given(st.text(max_size=200))
@settings(max_examples=200, deadline=None)
def test_no_control_character_survives_into_a_header_value(text: str) -> None:
    assert not any(ord(letter) < 32 or 127 <= ord(letter) < 160 for letter in headers.words(text))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("=?utf-8?q?caf=C3=A9?=", "café"),
        ("=?utf-8?b?Y2Fmw6k=?=", "café"),
        ("=?utf-8?q?caf=C3?= =?utf-8?q?=A9?=", "café"),
        ("=?x-unknown?q?caf=E9?=", "café"),
        ("=?utf-8?q?=3Ca=40b=3E=22=0D=0AX1_EXPUNGE?=", '<a@b>" X1 EXPUNGE'),
        ("a =?utf-8?q?b?= c", "a b c"),
        ("=?broken", "=?broken"),
    ],
)
def test_encoded_words_are_decoded(value: str, expected: str) -> None:
    assert headers.words(value) == expected


@pytest.mark.parametrize(
    "value",
    [
        "alice@example.org<bob@evil.example>",
        '"',
        "=?utf-8?q?foo=40evil.example=3E?=@good.example",
        "a@b.example, c@d.example <e@f.example",
    ],
)
def test_an_address_that_can_be_read_in_two_ways_is_none(value: str) -> None:
    assert addresses.read((value,)) is None


@pytest.mark.parametrize("value", ["undisclosed-recipients:;", "MAILER-DAEMON (Mail System)", ""])
def test_nobody_is_no_problem(value: str) -> None:
    assert addresses.read((value,)) == ()


@pytest.mark.parametrize("charset", ["utf-7", "unicode-1-1-utf-7", "UTF7"])
def test_half_a_character_is_replaced(charset: str) -> None:
    mail = mime.parse(
        f"Subject: =?{charset}?q?a+2AA-b?=\nContent-Type: text/plain; charset={charset}\n\nx+2AA-y".encode()
    )
    assert mail.text == "x\ufffdy"
    assert mail.subject.encode()


@given(
    st.sampled_from(["utf-7", "utf-16", "cp932", "gb18030", "hz", "iso-2022-jp", "", "base64"]), st.binary(max_size=200)
)
@settings(max_examples=150, deadline=None)
def test_every_text_can_be_written_to_a_file(charset: str, data: bytes) -> None:
    assert mime.parse(b"Content-Type: text/plain; charset=%s\n\n" % charset.encode() + data).text.encode() is not None


DATES = st.builds(
    "{}{:02} {} {:04} {:02}:{:02}:{:02} {}{}{}".format,
    st.sampled_from(["", "Mon, ", "Sun,", "monday, "]), st.integers(0, 33),
    st.sampled_from(["Jan", "Feb", "Dec", "mar", "Mai", "JUL"]), st.integers(0, 2200), st.integers(0, 25),
    st.integers(0, 61), st.integers(0, 61), st.sampled_from(["+", "-", ""]),
    st.sampled_from(["0000", "0100", "0530", "1400", "1401", "9999", "0075", "GMT", "EST", ""]),
    st.sampled_from(["", " (CET)", " (W. Europe)", " x"]),
)  # fmt: skip


@given(DATES)
@settings(max_examples=400, deadline=None)
def test_the_quick_way_reads_a_date_like_the_patient_one(value: str) -> None:
    quick, patient = dates._usual(value), dates._unusual(value)
    assert quick is None or (quick == patient and quick.utcoffset() == patient.utcoffset())


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Mon, 02 Mar 2026 10:00:00 +0100", "2026-03-02T10:00:00+01:00"),
        ("2 Mar 2026 10:00 EST", "2026-03-02T10:00:00-05:00"),
        ("Mon, 02 Mar 2026 10:00:00 -0000", "2026-03-02T10:00:00+00:00"),
        ("Mon, 02 Mar 26 10:00:00 +0100 (CET)", "2026-03-02T10:00:00+01:00"),
        ("Mon, 02 Mar 2026 10:00:00 +9900", None),
        ("Mon, 02 Mar 1926 10:00:00 +0100", None),
        ("Mon, 02 Mar 0026 10:00:00 +2000", "2026-03-01T14:00:00+00:00"),
        ("nonsense", None),
        ("9" * 5000, None),
    ],
)
def test_dates_are_read_with_their_own_offset(value: str, expected: str | None) -> None:
    found = dates.written(value)
    assert (found.isoformat() if found else None) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [(b" 1-Mar-2026 10:00:00 +0100", "2026-03-01T09:00:00+00:00"), (b"", None), (b"\xff-\x00", None)],
)
def test_the_date_of_filing_is_read(value: bytes, expected: str | None) -> None:
    found = dates.filed(value)
    assert (found.isoformat() if found else None) == expected


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"A: b\r\n c\r\nD:e\r\n", [("a", "b c"), ("d", "e")]),
        (b"garbage here: 10:00\n more\nX: 1\n", [("x", "1")]),
        (b"N : v\n: empty\n\xe9: no\nS:\n", [("n", "v"), ("s", "")]),
        (b"T: caf\xc3\xa0\nU: caf\xe9\n", [("t", "caf\u00e0"), ("u", "caf\u00e9")]),
        (b"L: " + b"x" * 20000, [("l", "x" * (10 * 1024 - 1))]),
        (b"y" * 200 + b": no\n", []),
    ],
)
def test_fields_are_read_line_by_line(head: bytes, expected: list[tuple[str, str]]) -> None:
    assert headers.fields(head) == expected


NAMES = st.sampled_from(["Ann", "Ann Lee", '"Lee, Ann"', '"a@b.c"', "=?utf-8?q?J=C3=B6rg?=", "", "O'Neil"])
SPECS = st.from_regex(r"[a-z0-9._+'-]{1,12}@[a-z0-9.-]{1,12}", fullmatch=True)


@given(st.lists(st.tuples(NAMES, SPECS), min_size=1, max_size=4), st.sampled_from([", ", ","]))
@settings(max_examples=200, deadline=None)
def test_the_quick_way_reads_what_both_parsers_read(people: list[tuple[str, str]], between: str) -> None:
    value = between.join(f"{name} <{spec}>" if name else spec for name, spec in people)
    quick = [one.email for one in easy(value)]
    if quick:
        tree, rest = strict.get_address_list(value)
        assert not rest
        assert quick == [box.addr_spec for box in tree.all_mailboxes] == [spec for _, spec in getaddresses([value])]


def test_deep_nesting_and_many_parts_are_a_problem_and_not_a_crash() -> None:
    deep = b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (n, n) for n in range(3000))
    assert mime.parse(b"From: a@b.example\n" + deep).problem
    many = b'Content-Type: multipart/mixed; boundary="b"\n\n' + b"--b\n\nx\n" * 50_000
    assert "100 parts" in mime.parse(b"From: a@b.example\n" + many).problem


def test_file_names_stay_in_their_folder() -> None:
    assert headers.safe_filename("../../.ssh/authorized_keys") == "authorized_keys"
    assert headers.safe_filename("..\\..\\a\x00.exe") == "a_.exe" or "/" not in headers.safe_filename("..\\a")
    assert headers.safe_filename("..") == "attachment"


def test_hidden_html_is_not_read() -> None:
    page = "<p>seen</p><div style='display: none'>no</div><span hidden>no</span><script>no</script><p>al\u200bso</p>"
    assert to_text(page).split() == ["seen", "also"]


REPORT = b"""From: MAILER-DAEMON@mx.example
To: me@example.org
Content-Type: multipart/report; report-type=delivery-status; boundary="r"

--r

It failed.
--r
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; Gone@b.example
Action: failed

Final-Recipient: rfc822; slow@b.example
Action: delayed
--r
Content-Type: message/rfc822

Message-ID: <sent@example.org>
Subject: hello

secret body
--r--
"""


def test_a_delivery_report_names_the_failed_and_the_mail_it_is_about() -> None:
    mail = mime.parse(REPORT)
    assert mail.failed == ("gone@b.example",)
    returned = next(part.text for part in mail.parts if part.content_type == "text/rfc822-headers")
    assert "<sent@example.org>" in returned
    assert "secret" not in returned


def test_the_words_of_a_report_in_a_persons_mail_fail_nobody() -> None:
    raw = REPORT.replace(b"MAILER-DAEMON@mx.example", b"ann@a.example").replace(b"multipart/report", b"multipart/mixed")
    assert mime.parse(raw).failed == ()


PLAIN = "Thanks, received.\r\n\r\nOn Mon, 2 Mar 2026 at 10:00, Sam <sam@y.example> wrote:\r\n> Which offer is it?\r\n"
QUOTE = "<div>On Mon, 2 Mar 2026 at 10:00, Sam &lt;sam@y.example&gt; wrote:<blockquote>Which offer is it?</blockquote></div>"


def both(plain: str, page: str, kind: str = "alternative") -> bytes:
    return (
        f"From: ann@a.example\r\nContent-Type: multipart/{kind}; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n"
        f"{plain}\r\n--b\r\nContent-Type: text/html\r\n\r\n{page}\r\n--b--\r\n"
    ).encode()


@pytest.mark.parametrize("kind", ["alternative", "mixed", "related"])
def test_what_only_the_html_says_is_read_above_the_plain_text(kind: str) -> None:
    page = f"<p>Thanks, received.</p><p>Yes, we take the <b>second</b> offer.</p>{QUOTE}"
    assert mime.parse(both(PLAIN, page, kind)).text.startswith("Yes, we take the second offer.\n\nThanks, received.")


@pytest.mark.parametrize(
    "page",
    [
        f"<style>p {{ color: red }}</style><p>Thanks,<br>&nbsp;<i>received</i>.</p>{QUOTE}",
        f"<p>Thanks, received.</p><div style='display:none'>A preview of the mail</div>{QUOTE}",
        "<p>Thanks, received.</p><img alt='logo' src='cid:1'>",
        "",
    ],
)
def test_layout_is_no_difference_between_the_parts(page: str) -> None:
    assert mime.parse(both(PLAIN, page)).text == PLAIN.replace("\r\n", "\n")


def test_links_written_out_are_no_difference_between_the_parts() -> None:
    plain = "See our offer <https://a.example/offer> today,\r\nplease."
    page = "<p>See <a href='https://a.example/offer'>our offer</a> today, please.</p>"
    assert mime.parse(both(plain, page)).text.strip() == plain.replace("\r\n", "\n")


def test_what_the_user_wrote_is_read_in_its_plain_form() -> None:
    assert mime.parse(both(PLAIN, "<p>Other words.</p>"), role=Role.SENT).text == PLAIN.replace("\r\n", "\n")


@pytest.mark.parametrize(
    "page", ["<p>" * 30_000, "<!--" * 20_000, "<style>" * 20_000, "<table>" * 12_000, "&lt;" * 60_000]
)
def test_the_parts_are_compared_in_bounded_work(page: str) -> None:
    began = time.process_time()
    mime.parse(both(PLAIN, page))
    assert time.process_time() - began < 5


KILLERS = (
    "On " * 20000, "On Mon,\n" * 8000, "On Mon, Jan 1 2020, x wrote\n" * 3000, "\n" * 60000, "<a@" * 1300 + "\n",
    ("<a@" * 1300 + "\n") * 15, "a\n" * 1400, (" " * 3900 + "x\n") * 16,
)  # fmt: skip


@pytest.mark.parametrize("text", KILLERS)
def test_reply_text_is_found_in_bounded_work(text: str) -> None:
    began = time.process_time()
    replies.new_text(text, text)
    # The shapes below took minutes; a machine under load still ends a bounded one in seconds.
    assert time.process_time() - began < 5


def test_only_what_was_typed_is_new() -> None:
    text = "Yes, Friday works.\n\nOn Mon, 2 Mar 2026 at 10:00, Ann <ann@a.example> wrote:\n> Does Friday work?\n"
    assert replies.new_text(text, "Does Friday work?").strip() == "Yes, Friday works."
    assert replies.new_text("> all\n> quoted\nrest").strip() == "rest"
    assert replies.split_signature("Hello\n\n-- \nAnn\nCompany") == ("Hello", "Ann\nCompany")


@pytest.mark.corpus
@pytest.mark.parametrize("name", ARCHIVES)
def test_every_mail_of_the_corpora_is_read(name: str) -> None:
    file = DATA / f"{name}.tar.xz"
    if not file.exists():
        pytest.skip("the shared corpora are not beside the repository")
    count, slowest = 0, 0.0
    with tarfile.open(file) as archive:
        for member in archive:
            content = archive.extractfile(member) if member.isfile() else None
            if content is None:
                continue
            began = time.process_time()
            mime.parse(content.read(), key=member.name)
            slowest = max(slowest, time.process_time() - began)
            count += 1
    print(f"{name}: {count} mails, slowest {1000 * slowest:.0f} ms")
    assert count > 10
    assert slowest < 1
