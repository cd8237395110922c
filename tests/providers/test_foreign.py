"""Fields of a server's JSON: what is missing is empty, and what has another shape than it should is said to."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from providers import foreign
from providers.base import Unreachable

NOTHING: tuple[object, ...] = (None, "", 0, [], {}, False)


@pytest.mark.parametrize("nothing", NOTHING)
def test_what_is_not_there_is_empty(nothing: object) -> None:
    for value in ({}, {"a": nothing}):
        assert foreign.text(value, "a") == ""
        assert foreign.number(value, "a") == foreign.seconds(value, "a") == 0
        assert foreign.part(value, "a") == {}
        assert foreign.parts(value, "a") == foreign.texts(value, "a") == []


def test_what_the_server_does_not_name_is_trouble_of_the_server() -> None:
    with pytest.raises(Unreachable, match="unknown shape"):
        foreign.identity({"name": "a"})
    assert foreign.identity({"id": "a"}) == foreign.identity({"name": "a"}, "name") == "a"


def test_what_is_there_is_read() -> None:
    value = {"text": "a", "number": "12", "part": {"b": 1}, "parts": [{"c": 2}], "texts": ["d", 3]}
    assert foreign.text(value, "text") == "a"
    assert foreign.number(value, "number") == foreign.seconds(value, "number") == 12
    assert foreign.part(value, "part") == {"b": 1}
    assert foreign.parts(value, "parts") == [{"c": 2}]
    assert foreign.texts(value, "texts") == ["d", "3"]


@pytest.mark.parametrize(
    ("read", "wrong"),
    [
        (foreign.number, [1]), (foreign.seconds, {"a": 1}), (foreign.part, [1]), (foreign.part, "x"),
        (foreign.parts, {"0": {}}), (foreign.parts, ["x"]), (foreign.parts, "x"), (foreign.texts, "x"),
    ],
)  # fmt: skip
def test_another_shape_is_trouble_of_the_server_and_never_nothing(
    read: Callable[[foreign.Json, str], object], wrong: object
) -> None:
    with pytest.raises(Unreachable, match="unknown shape"):
        read({"a": wrong}, "a")
