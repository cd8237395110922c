"""Finds every regular expression of the tree and makes texts that keep a careless one busy; knows no pattern by name."""

from __future__ import annotations

import ast
import functools
import importlib
import pkgutil
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from types import ModuleType
from typing import Any

import agent
import providers
import tui
import voice

TREES = (agent, providers, voice, tui)
ANYWHERE = frozenset({"search", "sub", "subn", "findall", "finditer", "split"})
AT_START = frozenset({"match", "fullmatch"})
MANY = 40
"""A repeat that may go on for less cannot take long alone."""
DEEPEST = 6
SIGNS = " a1.\n-_<>@:,;!?()[]\"'=/\\|*#&%+~\tA\x00éßß年あ"


@dataclass(frozen=True, slots=True)
class Found:
    """One expression, where it stands, and whether it is looked for in the middle of a text."""

    name: str
    pattern: re.Pattern[Any]
    anywhere: bool


def modules() -> Iterator[ModuleType]:
    for tree in TREES:
        for info in pkgutil.walk_packages(tree.__path__, tree.__name__ + "."):
            if not info.name.endswith("__main__"):
                yield importlib.import_module(info.name)


def expressions() -> list[Found]:
    """Those a module holds, those a function without arguments makes, and those written where they are used."""
    used = uses()
    found: dict[tuple[Any, int], Found] = {}
    for module in modules():
        for name, pattern in held(module):
            # A name nobody was seen to use is taken to be used in the harder way.
            how = used.get(name.removeprefix(module.__name__ + ".").split("[")[0].split(".")[0], ANYWHERE)
            add(found, Found(name, pattern, bool(how & ANYWHERE)))
    for module in modules():
        for method, line, pattern in inline(module):
            name = f"{module.__name__}:{line}"
            if method != "compile":
                add(found, Found(name, pattern, method in ANYWHERE))
            elif (pattern.pattern, pattern.flags) not in found:
                add(found, Found(name, pattern, anywhere=True))
    return sorted(found.values(), key=lambda one: one.name)


def add(found: dict[tuple[Any, int], Found], one: Found) -> None:
    key = (one.pattern.pattern, one.pattern.flags)
    if key not in found or (one.anywhere and not found[key].anywhere):
        found[key] = one


def held(module: ModuleType) -> Iterator[tuple[str, re.Pattern[Any]]]:
    for name, value in list(vars(module).items()):
        if getattr(value, "__module__", module.__name__) == module.__name__ and hasattr(value, "cache_info"):
            value = made(value)
        for where, pattern in inside(value, DEEPEST):
            yield f"{module.__name__}.{name}{where}", pattern


def made(function: Any) -> object:
    """What a function that is asked once gives, where it needs nothing for that."""
    code = function.__wrapped__.__code__
    returns = str(function.__wrapped__.__annotations__.get("return", ""))
    return function() if code.co_argcount == 0 and "Pattern" in returns else None


def inside(value: object, depth: int) -> Iterator[tuple[str, re.Pattern[Any]]]:
    if isinstance(value, re.Pattern):
        yield "", value
    elif depth and isinstance(value, dict):
        for key, item in value.items():
            for where, pattern in (*inside(key, depth - 1), *inside(item, depth - 1)):
                yield f"[{str(key)[:20]}]{where}", pattern
    elif depth and isinstance(value, list | tuple | set | frozenset):
        for number, item in enumerate(value):
            for where, pattern in inside(item, depth - 1):
                yield f"[{number}]{where}", pattern
    elif depth and hasattr(value, "__dataclass_fields__") and not isinstance(value, type):
        for name in value.__dataclass_fields__:
            for where, pattern in inside(getattr(value, name, None), depth - 1):
                yield f".{name}{where}", pattern


@functools.cache
def sources() -> dict[str, ast.Module]:
    files = [file for tree in TREES for file in Path(tree.__path__[0]).rglob("*.py")]
    return {str(file): ast.parse(file.read_text("utf-8")) for file in files}


def uses() -> dict[str, set[str]]:
    """By the name of an expression, which of its methods the tree calls."""
    found: dict[str, set[str]] = {}
    for source in sources().values():
        for node in ast.walk(source):
            if isinstance(node, ast.Attribute) and node.attr in ANYWHERE | AT_START:
                name = named(node.value)
                if name and name != "re":
                    found.setdefault(name, set()).add(node.attr)
    return found


def named(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Call | ast.Subscript):
        return named(node.func if isinstance(node, ast.Call) else node.value)
    return ""


def inline(module: ModuleType) -> Iterator[tuple[str, int, re.Pattern[Any]]]:
    for node in ast.walk(sources().get(str(module.__file__), ast.Module([], []))):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
            continue
        if named(node.func.value) == "re" and node.func.attr in ANYWHERE | AT_START | {"compile"}:
            first = node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str | bytes):
                yield node.func.attr, node.lineno, re.compile(first.value, flags_of(node))


def flags_of(call: ast.Call) -> int:
    """Those named beside an expression."""
    given = [*call.args[1:], *(one.value for one in call.keywords if one.arg == "flags")]
    names = [node.attr for one in given for node in ast.walk(one) if isinstance(node, ast.Attribute)]
    return functools.reduce(lambda one, other: one | getattr(re, other, 0), names, 0)


# Texts


def pumped(found: Found) -> Iterator[Callable[[int], str]]:
    """For every repeat that may go on: what stands before it, what it repeats, and an end that fits nothing."""
    text = found.pattern.pattern
    text = text.decode("latin-1") if isinstance(text, bytes) else text
    flags = found.pattern.flags & ~re.UNICODE if isinstance(found.pattern.pattern, bytes) else found.pattern.flags
    tree = parser.parse(text, flags)
    seen: set[tuple[str, str]] = set()
    for before, pumps in repeats(tree, ""):
        for pump in pumps:
            for start in {before, ""}:
                if (start, pump) not in seen and pump:
                    seen.add((start, pump))
                    for end in ("", "\x00", "!\n"):
                        yield functools.partial(text_of, start, pump, end)


def text_of(start: str, pump: str, end: str, size: int) -> str:
    return start + pump * (max(1, size // len(pump))) + end


def repeats(tree: Any, before: str) -> Iterator[tuple[str, set[str]]]:
    """Each repeat with the shortest text that leads to it."""
    items = list(tree)
    for place, (code, value) in enumerate(items):
        if code in (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT):
            least, most, body = value
            if most is codes.MAXREPEAT or most >= MANY:
                after = shortest(items[place + 1 :])
                one = examples(body)
                yield before, one | {piece + after for piece in one} | {after + piece for piece in one}
                # The whole expression again and again, as a search sees it.
                yield "", {before + piece + piece for piece in one if before}
            yield from repeats(body, before)
            before += shortest(body) * max(least, 1 if most else 0)
        else:
            for part in parts(code, value):
                yield from repeats(part, before)
            before += shortest([(code, value)])


def parts(code: Any, value: Any) -> list[Any]:
    if code is codes.BRANCH:
        return list(value[1])
    if code is codes.SUBPATTERN:
        return [value[3]]
    if code is codes.ATOMIC_GROUP:
        return [value]
    if code in (codes.ASSERT, codes.ASSERT_NOT):
        return [value[1]]
    return []


def examples(body: Any) -> set[str]:
    """Some texts one turn of a repeat takes."""
    items = list(body)
    if len(items) == 1 and items[0][0] in (codes.IN, codes.ANY, codes.NOT_LITERAL, codes.CATEGORY):
        fitting = [sign for sign in SIGNS if fits(items[0], sign)]
        return set(fitting[:4]) or {shortest(items)}
    if len(items) == 1 and items[0][0] is codes.SUBPATTERN:
        return examples(items[0][1][3])
    if len(items) == 1 and items[0][0] is codes.BRANCH:
        return set().union(*(examples(branch) for branch in items[0][1][1]))
    return {shortest(items), shortest(items, generous=True)}


def shortest(items: Any, *, generous: bool = False) -> str:
    return "".join(one_of(code, value, generous) for code, value in items)


def one_of(code: Any, value: Any, generous: bool) -> str:
    if code is codes.LITERAL:
        return chr(value)
    if code in (codes.IN, codes.ANY, codes.NOT_LITERAL, codes.CATEGORY):
        return next((sign for sign in reversed(SIGNS) if fits((code, value), sign)), _first(code, value))
    if code in (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT):
        least, most, body = value
        return shortest(body, generous=generous) * max(least, int(generous and most > 0))
    if code is codes.BRANCH:
        return shortest(value[1][0], generous=generous)
    if code is codes.SUBPATTERN:
        return shortest(value[3], generous=generous)
    if code is codes.ATOMIC_GROUP:
        return shortest(value, generous=generous)
    return ""


def _first(code: Any, value: Any) -> str:
    if code is codes.IN:
        for kind, what in value:
            if kind is codes.LITERAL:
                return chr(what)
            if kind is codes.RANGE:
                return chr(what[0])
    return "a"


def fits(item: Any, sign: str) -> bool:
    code, value = item
    if code is codes.ANY:
        return sign != "\n"
    if code is codes.NOT_LITERAL:
        return ord(sign) != value
    if code is codes.CATEGORY:
        return _in(value, sign)
    turned = any(kind is codes.NEGATE for kind, _ in value)
    return turned != any(_one(kind, what, sign) for kind, what in value)


def _one(kind: Any, what: Any, sign: str) -> bool:
    if kind is codes.LITERAL:
        return ord(sign) == what
    if kind is codes.RANGE:
        return bool(what[0] <= ord(sign) <= what[1])
    return kind is codes.CATEGORY and _in(what, sign)


def _in(category: Any, sign: str) -> bool:
    name = str(category).lower()
    kind = {"space": str.isspace, "digit": str.isdigit}.get(name.rsplit("_", 1)[-1])
    inside_it = kind(sign) if kind else sign.isalnum() or sign == "_"
    return inside_it != ("_not_" in name)
