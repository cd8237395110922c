"""Reads the JSON of servers field by field; never takes a shape for granted, and never drops what it cannot read."""

from __future__ import annotations

from collections.abc import Mapping

from providers.base import Unreachable

Json = Mapping[str, object]
"""An object as a server wrote it; what a field holds is known only once one of these functions has read it."""
UNKNOWN = "The server's answer has an unknown shape."


def identity(value: Json, name: str = "id") -> str:
    """What the server calls it; without a name there is nothing to go on with."""
    if name not in value:
        raise Unreachable(UNKNOWN)
    return str(value[name])


def text(value: Json, name: str) -> str:
    """A field as text; empty where there is none."""
    return str(value.get(name) or "")


def number(value: Json, name: str) -> int:
    """A field as a whole number, also where it is written as text; 0 where there is none."""
    found = value.get(name) or 0
    if not isinstance(found, int | float | str):
        raise Unreachable(UNKNOWN)
    return int(found)


def seconds(value: Json, name: str) -> float:
    """A span in seconds, also where it is written as text; 0 where there is none."""
    found = value.get(name) or 0
    if not isinstance(found, int | float | str):
        raise Unreachable(UNKNOWN)
    return float(found)


def part(value: Json, name: str) -> Json:
    """An object in the object; empty where there is none."""
    return an_object(value.get(name) or {})


def parts(value: Json, name: str) -> list[Json]:
    """A list of objects; empty where there is none."""
    return [an_object(one) for one in a_list(value.get(name) or [])]


def texts(value: Json, name: str) -> list[str]:
    """A list of texts; empty where there is none."""
    return [str(one) for one in a_list(value.get(name) or [])]


def an_object(value: object) -> Json:
    """This is an object."""
    if not isinstance(value, Mapping):
        raise Unreachable(UNKNOWN)
    return value


def a_list(value: object) -> list[object]:
    """This is a list."""
    if not isinstance(value, list):
        raise Unreachable(UNKNOWN)
    return value
