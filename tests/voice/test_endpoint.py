"""What is asked of which model, what of an answer is believed, and that no other module opens a way out."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.voice.endpoint import Behaviour, serving
from voice.brief import Brief
from voice.model.answer import partial, read, without_thoughts
from voice.model.egress import Egress, EgressRefused, parts, policy, strictest, unfit
from voice.model.endpoint import Cancelled, Endpoint, Failed, Heard, Question, ask, models
from voice.model.families import NOTES, USUAL, note_for
from voice.model.ledger import Cap, Entry, OverBudget, Pocket, Price

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
GOOD = json.dumps({"body": "Any news of it?"})


def asked_of(name: str, **more: Any) -> dict[str, Any]:
    behaviour = Behaviour(GOOD, **more)
    with serving(behaviour) as url:
        assert ask(Endpoint(url, name), Question("TOLD", "ASKED"), Heard()) == GOOD
    return behaviour.requests[-1]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("qwen3:8b", {"max_tokens": 1500, "temperature": 0.0, "last": "ASKED\n/no_think", "messages": 2}),
        ("qwen2.5:7b", {"max_tokens": 400, "temperature": 0.0, "last": "ASKED", "messages": 2}),
        ("o3-mini", {"max_completion_tokens": 4000, "last": "ASKED", "messages": 2, "reasoning_effort": "low"}),
        ("openai/gpt-5", {"max_completion_tokens": 4000, "last": "ASKED", "messages": 2, "reasoning_effort": "low"}),
        ("gemma3:4b", {"max_tokens": 400, "temperature": 0.0, "last": "TOLD\n\nASKED", "messages": 1}),
        ("llama2", {"max_tokens": 400, "temperature": 0.0, "last": "ASKED", "messages": 2, "shape": None}),
        ("foo3", {"max_tokens": 400, "temperature": 0.0, "last": "ASKED", "messages": 2}),
    ],
)
def test_each_family_is_asked_as_it_needs(name: str, expected: dict[str, Any]) -> None:
    said = asked_of(name)
    shape = said.get("response_format", {}).get("type")
    assert shape == expected.pop("shape", "json_schema")
    assert said["messages"][-1]["content"] == expected.pop("last")
    assert len(said["messages"]) == expected.pop("messages")
    wanted = {"max_tokens", "max_completion_tokens", "temperature", "reasoning_effort"}
    assert {key: said[key] for key in wanted & said.keys()} == expected


def test_a_server_that_knows_nothing_new_is_asked_plainly() -> None:
    said = asked_of("m", refuses=("json_schema", "json_object"))
    assert set(said) == {"model", "messages", "max_tokens", "temperature", "stream"}


def test_no_row_of_the_notes_hides_another() -> None:
    for note in NOTES:
        assert all(note_for(name) is note for name in note.names)
    assert note_for("mistral-small") is USUAL


@pytest.mark.parametrize(
    ("status", "headers", "reason"),
    [
        (200, {"content-type": "text/event-stream; charset=utf-8"}, ""),
        (200, {"content-type": "application/json"}, ""),
        (200, {"content-type": "text/html"}, "text/html"),
        (200, {}, "unnamed"),
        (200, {"content-type": "text/event-stream", "content-encoding": "br"}, "compressed"),
        (500, {"content-type": "text/html"}, ""),
        (500, {"content-encoding": "gzip"}, "compressed"),
        (302, {"location": "http://x"}, "points elsewhere"),
    ],
)
def test_an_answer_is_judged_before_it_is_read(status: int, headers: dict[str, str], reason: str) -> None:
    found = unfit(status, headers)
    assert (reason in found) if reason else not found


@pytest.mark.parametrize(
    "url", ["ftp://x/v1", "http://u:p@x/v1", "http://x:99999/v1", "x", "", "http://[::1/v1", "file:///etc/x"]
)
def test_an_address_nobody_can_read_is_never_asked(url: str) -> None:
    assert parts(url) == ("", 0, "")
    assert policy(Egress.REMOTE, url).refusal(url)


def test_the_strictest_rule_holds() -> None:
    assert strictest(Egress.REMOTE, Egress.LOCAL) is Egress.LOCAL
    assert strictest(Egress.OFF, Egress.REMOTE) is Egress.OFF


def test_no_proxy_and_no_packing_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    behaviour = Behaviour(GOOD)
    with serving(behaviour) as url:
        ask(Endpoint(url, "m"), Question("a", "b"), Heard())
    assert behaviour.headers[0]["accept-encoding"] == "identity"


def test_a_huge_answer_ends_early() -> None:
    with (
        serving(Behaviour(GOOD, bytes_between=b": " + b"x" * 1_000_000 + b"\n")) as url,
        pytest.raises(Failed, match="far too long"),
    ):
        ask(Endpoint(url, "m"), Question("a", "b"), Heard())


def test_what_came_before_a_break_is_known_for_the_ledger() -> None:
    heard = Heard()
    with serving(Behaviour(GOOD, cut=True)) as url, pytest.raises(Failed):
        ask(Endpoint(url, "m"), Question("a", "b"), heard)
    assert GOOD.startswith(heard.text)
    assert heard.text


def test_nothing_is_asked_once_cancelled_or_refused() -> None:
    behaviour = Behaviour(GOOD)
    with serving(behaviour) as url:
        with pytest.raises(Cancelled):
            ask(Endpoint(url, "m"), Question("a", "b"), Heard(), cancelled=lambda: True)
        with pytest.raises(EgressRefused):
            ask(Endpoint(url, "m", egress=Egress.OFF), Question("a", "b"), Heard())
        with pytest.raises(Failed, match="egress is off"):
            models(Endpoint(url, "m", egress=Egress.OFF))
    assert behaviour.requests == behaviour.headers == []


def entry(cost: Decimal) -> Entry:
    return Entry(datetime(2026, 3, 5, tzinfo=UTC), "127.0.0.1", "m", "", 10, "", 4, 4, cost, 0)


def test_the_pocket_counts_what_was_spent() -> None:
    pocket = Pocket(Cap(Decimal("0.02"), Price(Decimal(1), Decimal(1))))
    number = pocket.begin(entry(Decimal("0.015")))
    with pytest.raises(OverBudget, match="cap"):
        pocket.begin(entry(Decimal("0.006")))
    pocket.end(number, entry(Decimal("0.001")))
    pocket.begin(entry(Decimal("0.006")))
    with pytest.raises(OverBudget, match="price_in"):
        Pocket(Cap(Decimal(1))).begin(entry(Decimal(0)))


@settings(deadline=None)
@given(st.text(max_size=300), st.integers(0, 400))
def test_a_part_of_an_answer_is_a_part_of_the_whole(body: str, cut: int) -> None:
    whole = json.dumps({"body": body})
    shown = partial(whole[:cut])
    assert partial(whole).startswith(shown) or not shown
    assert not any("\ud800" <= sign <= "\udfff" for sign in shown)


@settings(deadline=None)
@given(st.text(alphabet='{}"\\/<>think body:n\n\u200b', max_size=200))
def test_no_text_breaks_reading(raw: str) -> None:
    brief = Brief(now=None, own=(), fence="f3")  # type: ignore[arg-type]
    assert isinstance(read(raw, brief, "en").refused, str)
    assert isinstance(partial(raw), str)


def test_thoughts_are_left_out_even_where_they_do_not_end() -> None:
    assert without_thoughts("<think>a</think>b<thinking>c</thinking>d") == "bd"
    assert without_thoughts("a<think>b") == "a"
    assert without_thoughts("<think>" * 5000 + "x") == ""


LINES = (
    b"data: [DONE]\n\n", b"data: {}\n\n", b"data: null\n\n", b"data: []\n\n", b"data: 7\n\n", b'data: "x"\n\n', b"event: error\ndata: {}\n\n",
    b'data: {"choices": null}\n\n', b'data: {"choices": [null]}\n\n', b'data: {"choices": [{}]}\n\n', b'data: {"choices": {"a": 1}}\n\n',
    b'data: {"choices": [{"delta": {"content": 7}}]}\n\n', b'data: {"choices": [{"delta": {"content": ["x"]}}]}\n\n',
    b'data: {"choices": [{"delta": {"content": "x"}, "finish_reason": "stop"}]}\n\n', b'data: {"error": {"message": "no"}}\n\n',
    b'data: {"choices": [{"delta": "x", "finish_reason": 7}], "usage": {"prompt_tokens": "many"}}\n\n', b"\xff\xfe\n\n", b"\x00" * 9,
    b'data: {"choices": [], "usage": {"prompt_tokens": -5, "completion_tokens": 1e99}}\n\n', b"data: " + b"[" * 5000 + b"\n\n", b"<html>",
)  # fmt: skip


@pytest.fixture(scope="module")
def anything() -> Iterator[tuple[str, Behaviour]]:
    behaviour = Behaviour()
    with serving(behaviour) as url:
        yield url, behaviour


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(LINES) | st.binary(max_size=60), min_size=1, max_size=5))
def test_whatever_a_server_streams_ends_as_a_text_or_a_reason(
    anything: tuple[str, Behaviour], lines: list[bytes]
) -> None:
    url, behaviour = anything
    behaviour.raw = b"".join(lines) or b"x"
    heard = Heard()
    try:
        assert isinstance(ask(Endpoint(url, "m", retries=0), Question("a", "b"), heard), str)
    except Failed as reason:
        assert str(reason) in {
            "the answer broke off",
            "endpoint did not answer",
            "the answer was cut off at its longest",
        }
    assert 0 <= heard.tokens_read < 10_000_000


def importers(name: str) -> set[str]:
    found = set()
    for folder in ("agent", "providers", "tui", "voice"):
        for file in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
                if any(one.split(".")[0] == name for one in names):
                    found.add(str(file.relative_to(ROOT)))
    return found


def test_one_module_speaks_to_models_and_one_builds_its_client() -> None:
    assert importers("openai") == {"voice/model/endpoint.py"}
    assert importers("httpx2") == {"voice/model/egress.py", "voice/model/endpoint.py"}
    assert importers("httpx") == set()
    source = (ROOT / "voice" / "model" / "endpoint.py").read_text(encoding="utf-8")
    assert "httpx2.Client(" not in source
    assert source.count("openai.OpenAI(") == 1
    assert "http_client=self._http" in source
