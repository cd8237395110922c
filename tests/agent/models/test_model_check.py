"""Doctor and `config check` say whether the model can be asked, what leaves the machine, and what to do next."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.agent.small import CONFIG, model_config
from tests.cli.run import relance
from tests.voice.endpoint import Behaviour, serving

pytestmark = pytest.mark.slow


def configured(folder: Path, model: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.toml").write_text(CONFIG + model)


def doctored() -> dict[str, str]:
    rows = [json.loads(line) for line in relance("doctor", "--json").out.splitlines()]
    return next(row for row in rows if row["name"] == "model")


def test_no_model_is_fine(private_home: Path) -> None:
    configured(private_home, "")
    assert doctored()["state"] == "ok"
    assert "phrasebook writes" in doctored()["words"]


ASKED: list[tuple[str, Behaviour, dict[str, str], str, list[str]]] = [
    ("it answers", Behaviour(), {}, "ok", ["m at 127.0.0.1 answers", "stays on this machine"]),
    ("it is capped", Behaviour(), {"spend_per_day": '"0.50 EUR"', "price_in": "1", "price_out": "2"}, "ok", ["stays on"]),
    ("another name", Behaviour(models=("a", "b")), {}, "warn", ["does not offer 'm'", "a, b"]),
    ("no key", Behaviour(status=401), {}, "warn", ["401", "api_key"]),
    ("no such path", Behaviour(status=404), {}, "warn", ["404"]),
    ("off", Behaviour(), {"egress": '"off"'}, "ok", ["egress is off"]),
    ("a key that is nowhere", Behaviour(), {"api_key": '{ env = "NOBODY_SET_THIS" }'}, "fail", ["NOBODY_SET_THIS"]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "behaviour", "more", "state", "words"), ASKED, ids=[row[0] for row in ASKED])
def test_the_endpoint_is_asked_for_its_models(
    private_home: Path, name: str, behaviour: Behaviour, more: dict[str, str], state: str, words: list[str]
) -> None:
    with serving(behaviour) as url:
        configured(private_home, model_config(url, **more))
        found = doctored()
    assert found["state"] == state
    assert all(word in found["words"] for word in words), found
    assert behaviour.requests == [], "no text goes there"
    assert len(behaviour.headers) == (name not in {"off", "a key that is nowhere"})
    assert bool(found["hint"]) == (state != "ok")


def test_an_endpoint_that_is_not_there_has_a_next_step(private_home: Path) -> None:
    configured(private_home, model_config("http://127.0.0.1:9/v1"))
    found = doctored()
    assert (found["state"], "did not answer" in found["words"]) == ("warn", True)
    assert "phrasebook writes" in found["hint"]


@pytest.mark.parametrize(
    ("url", "more", "words"),
    [
        ("https://api.example.org/v1", {}, "egress is local"),
        ("http://api.example.org/v1", {"egress": '"remote"'}, "https only"),
    ],
)
def test_an_endpoint_that_is_never_asked_is_named_by_both(
    private_home: Path, url: str, more: dict[str, str], words: str
) -> None:
    configured(private_home, model_config(url, **more))
    assert words in doctored()["words"]
    ran = relance("config", "check")
    assert ran.code == 0
    assert words in ran.err
    assert words in json.loads(relance("config", "check", "--json").out)["warnings"][0]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('base_url = "127.0.0.1:11434"', "model.base_url"),
        ('base_url = "https://key@api.example.org/v1"', "without a password"),
        ('base_url = "http://x/v1"\nurl = "y"', "unknown key 'model.url'"),
        ('base_url = "http://x/v1"\napi_key = "sk-1"', "plain text is refused"),
        ('base_url = "http://x/v1"\negress = "everywhere"', "model.egress"),
        ('base_url = "http://x/v1"\nspend_per_day = "1 USD"', "price_in"),
        ('base_url = "http://x/v1"\nspend_per_day = "1 USD"\nprice_in = 0\nprice_out = 0', "nothing would ever count"),
        ('base_url = "http://x/v1"\nspend_per_day = "cheap"', "model.spend_per_day"),
        ('base_url = "http://x/v1"\ntimeout = "2h"', "between 1s and 30m"),
        ('base_url = "http://x/v1"\n[[model.scope]]\nperson = "a@b.c"\ndomain = "b.c"\negress = "off"', "exactly one"),
        ('base_url = "http://x/v1"\n[[model.scope]]\nperson = "a@b.c"', "egress"),
    ],
)
def test_a_wrong_key_is_named(private_home: Path, line: str, words: str) -> None:
    configured(private_home, f'\n[model]\nname = "m"\n{line}\n')
    ran = relance("config", "check")
    assert ran.code == 2
    assert words in ran.err
    assert "sk-1" not in ran.err


def test_a_key_for_the_keyring_is_kept_and_used(private_home: Path) -> None:
    behaviour = Behaviour()
    with serving(behaviour) as url:
        configured(private_home, model_config(url, api_key="{ keyring = true }"))
        assert "relance config secret model.api_key" in doctored()["hint"]
        ran = relance("config", "secret", "model.api_key", stdin="sk-canary-4711\n")
        assert (ran.code, ran.out) == (0, "model.api_key is kept in the file.\n")
        assert doctored()["state"] == "ok"
        assert behaviour.headers[-1]["authorization"] == "Bearer sk-canary-4711"
        assert relance("config", "secret", "model.api_key", "--remove").code == 0
        assert doctored()["state"] == "fail"
    assert relance("config", "secret", "model.key", stdin="x\n").code == 2
    assert "It asks for: model.api_key" in relance("config", "secret", "model.key", stdin="x\n").err
    assert relance("config", "secret", "model.api_key", stdin="\n").code == 2
