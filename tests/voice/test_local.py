"""A real inference server on this machine, through the same road as any endpoint; left out where the parts are missing."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.voice.someone import brief, corpus, profile
from voice.model import local
from voice.model.endpoint import Cancelled, Endpoint, models
from voice.model.ledger import Pocket
from voice.model.writer import ModelWriter

needs_parts = pytest.mark.skipif(find_spec("xllamacpp") is None or local.weights() is None, reason=local.MISSING)


@pytest.fixture(scope="module")
def running() -> Iterator[local.Running]:
    with local.serving() as found:
        yield found


@pytest.mark.slow
@needs_parts
def test_a_real_server_writes_or_is_visibly_replaced_and_its_count_is_believed(running: local.Running) -> None:
    endpoint = Endpoint(running.base_url, running.name, read_seconds=120.0)
    assert models(endpoint) == (running.name,)
    heard: list[str] = []
    ledger = Pocket()
    drafted = ModelWriter(endpoint, corpus().mails(), ledger=ledger, hear=heard.append).write(brief(), profile())
    assert drafted.body
    assert drafted.writer == "model" or drafted.notes[0].startswith("Written without the model: ")
    (entry,) = ledger.entries
    assert entry.tokens_read != entry.characters // 3 + 1, "the endpoint's own count"
    assert 0 < entry.tokens_written <= 161
    assert len(heard) > 3


@pytest.mark.slow
@needs_parts
def test_a_real_server_can_be_interrupted(running: local.Running) -> None:
    heard: list[str] = []
    writer = ModelWriter(Endpoint(running.base_url, running.name), hear=heard.append, cancelled=lambda: len(heard) > 2)
    with pytest.raises(Cancelled):
        writer.write(brief(), profile())


@pytest.mark.slow
@needs_parts
def test_a_port_that_is_taken_is_said(running: local.Running, capfd: pytest.CaptureFixture[str]) -> None:
    assert local.main(["--port", running.base_url.rpartition(":")[2].partition("/")[0]]) == 2
    assert "Is port" in capfd.readouterr().err


def test_what_is_missing_is_said(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local, "find_spec", lambda _name: None)
    assert local.main([]) == 2
    assert "pip install xllamacpp" in capsys.readouterr().err
