"""Holds requests and answers against Microsoft's own schema of the mail part of Graph."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

FILE = Path(__file__).parent / "schemas" / "graph-mail.schema.json"


@cache
def definitions() -> dict[str, Any]:
    return json.loads(FILE.read_text())["$defs"]  # type: ignore[no-any-return]


def knows(name: str) -> bool:
    """Whether a message has a property of that name."""
    return name in definitions()["message"]["properties"]


def wrong(name: str, value: Any) -> str:
    """What is wrong with a request or an answer of that type; empty when nothing is."""
    problem = next(_validator(name).iter_errors(value), None)
    return "" if problem is None else f"{name}: {problem.json_path}: {problem.message[:300]}"


@cache
def _validator(name: str) -> Draft202012Validator:
    return Draft202012Validator({"$ref": f"#/$defs/{name}", "$defs": definitions()})
