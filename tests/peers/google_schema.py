"""Google's bundled discovery document as routes and as JSON Schema; never loosens what it says."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

PATTERNS = {
    "int64": r"^-?\d{1,19}$",
    "uint64": r"^(?:\d{1,19}|1[0-7]\d{18}|18[0-3]\d{17})$",
    "byte": r"^[A-Za-z0-9_\-]*={0,2}$",
}
COMMON = {
    "alt": ["json"],
    "fields": None,
    "prettyPrint": ["true", "false"],
    "quotaUser": None,
    "key": None,
    "access_token": None,
}


@dataclass(frozen=True)
class Method:
    """One method of the API: where it lives and what it takes."""

    name: str
    http: str
    pattern: re.Pattern[str]
    parameters: dict[str, Any]
    request: str
    response: str
    scopes: frozenset[str]


@cache
def document() -> dict[str, Any]:
    import googleapiclient

    folder = Path(googleapiclient.__file__).parent / "discovery_cache" / "documents"
    return json.loads((folder / "gmail.v1.json").read_text())


@cache
def methods() -> tuple[Method, ...]:
    found: list[Method] = []

    def walk(resource: dict[str, Any]) -> None:
        for item in resource.get("methods", {}).values():
            path = re.sub(r"\{\+?(\w+)\}", r"(?P<\1>[^/]+)", item["path"])
            found.append(
                Method(
                    item["id"].removeprefix("gmail.users."), item["httpMethod"], re.compile(f"/{path}"),
                    item.get("parameters", {}), item.get("request", {}).get("$ref", ""),
                    item.get("response", {}).get("$ref", ""),
                    frozenset(scope.rpartition("/")[2] for scope in item["scopes"]),
                )
            )  # fmt: skip
        for inner in resource.get("resources", {}).values():
            walk(inner)

    walk(document())
    return tuple(found)


def route(http: str, path: str) -> tuple[Method, dict[str, str]] | None:
    """The method a request is for. Fixed words in a path win over variables."""
    matches = [(one, match) for one in methods() if one.http == http and (match := one.pattern.fullmatch(path))]
    if not matches:
        return None
    method, match = min(matches, key=lambda pair: len(pair[1].groupdict()))
    return method, match.groupdict()


def wrong_query(method: Method, query: dict[str, list[str]]) -> str:
    """What is wrong with the parameters of a request; empty when nothing is."""
    for name, values in query.items():
        if name in COMMON:
            if COMMON[name] is not None and values[0] not in COMMON[name]:
                return f"{name}={values[0]}"
            continue
        rule = method.parameters.get(name)
        if rule is None or rule.get("location") == "path":
            return f"unknown parameter {name}"
        if len(values) > 1 and not rule.get("repeated"):
            return f"{name} is given twice"
        for value in values:
            if not _fits(rule, value):
                return f"{name}={value}"
    return ""


def _fits(rule: dict[str, Any], value: str) -> bool:
    if "enum" in rule:
        return value in rule["enum"]
    if rule["type"] == "integer":
        return value.isdigit() and 0 < int(value) < 2**31
    if rule["type"] == "boolean":
        return value in ("true", "false")
    pattern = PATTERNS.get(rule.get("format", ""))
    return not pattern or bool(re.match(pattern, value))


def wrong_body(name: str, value: Any) -> str:
    """What is wrong with a request or an answer of that type; empty when nothing is."""
    problem = next(_validator(name).iter_errors(value), None)
    return "" if problem is None else f"{name}: {problem.json_path}: {problem.message[:200]}"


@cache
def _validator(name: str) -> Draft202012Validator:
    defs = {key: _converted(schema) for key, schema in document()["schemas"].items()}
    return Draft202012Validator({"$ref": f"#/$defs/{name}", "$defs": defs})


def _converted(schema: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in schema:
        return {"$ref": f"#/$defs/{schema['$ref']}"}
    found: dict[str, Any] = {"type": schema["type"]}
    if "properties" in schema:
        found["properties"] = {key: _converted(value) for key, value in schema["properties"].items()}
        found["additionalProperties"] = False
    if "items" in schema:
        found["items"] = _converted(schema["items"])
    if schema.get("format") in PATTERNS:
        found["pattern"] = PATTERNS[schema["format"]]
    if "enum" in schema:
        found["enum"] = schema["enum"]
    return found
