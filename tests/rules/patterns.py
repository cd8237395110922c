"""Every regular expression of the program, with inputs made from the pattern itself to keep it busy."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any
from unittest import mock

PACKAGES = ("agent", "providers", "voice", "tui")
LEFT_OUT = frozenset({"agent.__main__"})
MOST_WORDS = 24
"""Branches of an alternation that are tried as what is repeated."""


def modules() -> Iterator[Any]:
    """Every module of the program."""
    for name in PACKAGES:
        package = importlib.import_module(name)
        yield package
        for found in pkgutil.walk_packages(package.__path__, name + "."):
            if found.name not in LEFT_OUT:
                yield importlib.import_module(found.name)


def patterns() -> dict[str, re.Pattern[Any]]:
    """By module and name all that is compiled when the program is loaded, in whatever it is kept."""
    found: dict[tuple[Any, int], tuple[str, re.Pattern[Any]]] = {}
    for module in modules():
        for name, value in list(vars(module).items()):
            for one in inside(value, 4, set()):
                found.setdefault((one.pattern, one.flags), (f"{module.__name__}.{name}", one))
        for line, one in written_inside(module):
            found.setdefault((one.pattern, one.flags), (f"{module.__name__}:{line}", one))
    return {f"{name} [{number}]": one for number, (name, one) in enumerate(found.values())}


def written_inside(module: Any) -> Iterator[tuple[int, re.Pattern[Any]]]:
    """What is looked for in the middle of a function, and compiled there when it runs."""
    for node in ast.walk(ast.parse(Path(module.__file__).read_text("utf-8"))):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or not node.args:
            continue
        of, text = node.func.value, node.args[0]
        searches = node.func.attr in {"search", "sub", "subn", "findall", "finditer", "split"}
        if isinstance(of, ast.Name) and of.id == "re" and searches and isinstance(text, ast.Constant):
            yield node.lineno, re.compile(text.value)


def inside(value: Any, depth: int, seen: set[int]) -> Iterator[re.Pattern[Any]]:
    """The patterns in a value, in its parts and behind its cached functions."""
    if isinstance(value, re.Pattern):
        yield value
        return
    if depth == 0 or id(value) in seen or isinstance(value, str | bytes | int | type(re)):
        return
    seen.add(id(value))
    if isinstance(value, dict):
        parts: Any = [*value.keys(), *value.values()]
    elif isinstance(value, list | tuple | set | frozenset):
        parts = list(value)
    elif hasattr(value, "cache_info") and needs_nothing(value):
        parts = [value()]
    elif type(value).__module__.split(".")[0] in PACKAGES and not isinstance(value, type):
        names = [*getattr(value, "__dict__", {}), *getattr(type(value), "__slots__", ())]
        parts = [getattr(value, name, None) for name in names]
    else:
        return
    for part in parts:
        yield from inside(part, depth - 1, seen)


def needs_nothing(function: Any) -> bool:
    code = getattr(getattr(function, "__wrapped__", None), "__code__", None)
    return code is not None and code.co_argcount == 0 and code.co_kwonlyargcount == 0


def built_later(work: Any) -> list[re.Pattern[Any]]:
    """What is compiled while this runs."""
    made: list[re.Pattern[Any]] = []
    honest = re.compile

    def watched(pattern: Any, flags: Any = 0) -> Any:
        made.append(honest(pattern, flags))
        return made[-1]

    with mock.patch.object(re, "compile", watched):
        work()
    return made


def pumps(pattern: re.Pattern[Any]) -> Iterator[tuple[str, str]]:
    """What leads to each repeat of a pattern, and what it repeats."""
    tree = _parser.parse(pattern.pattern, pattern.flags & ~re.DEBUG)
    yield from dict.fromkeys(repeated(list(tree), ""))


def repeated(items: list[Any], before: str) -> Iterator[tuple[str, str]]:
    for code, given in items:
        if code in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
            _, most, part = given
            if most > 20:
                for text in words(list(part)):
                    yield before, text
            yield from repeated(list(part), before)
        elif code is op.SUBPATTERN:
            yield from repeated(list(given[3]), before)
        elif code is op.BRANCH:
            for branch in given[1]:
                yield from repeated(list(branch), before)
        elif code in (op.ASSERT, op.ASSERT_NOT):
            yield from repeated(list(given[1]), before)
        elif code is op.ATOMIC_GROUP:
            yield from repeated(list(given), before)
        before += sample([(code, given)])


def words(items: list[Any]) -> Iterator[str]:
    """Texts that a part matches: one for each of its branches."""
    if len(items) == 1 and items[0][0] is op.BRANCH:
        for branch in items[0][1][1][:MOST_WORDS]:
            yield sample(list(branch)) or "a"
        return
    if len(items) == 1 and items[0][0] is op.SUBPATTERN:
        yield from words(list(items[0][1][3]))
        return
    if len(items) == 1 and items[0][0] in (op.ANY, op.NOT_LITERAL, op.IN):
        yield from dict.fromkeys(one for one in ("a", " ", "1", ".", "\n", sample(items)) if one)
        return
    yield sample(items) or "a"


def sample(items: list[Any]) -> str:
    """One text that the items match, more or less."""
    return "".join(_one(code, given) for code, given in items)


def _one(code: Any, given: Any) -> str:
    if code is op.LITERAL:
        return chr(given)
    if code is op.NOT_LITERAL:
        return "a" if given != ord("a") else "b"
    if code is op.ANY:
        return "a"
    if code is op.IN:
        return _of_set(given)
    if code is op.SUBPATTERN:
        return sample(list(given[3]))
    if code is op.BRANCH:
        return sample(list(given[1][0]))
    if code in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
        return sample(list(given[2])) * min(max(given[0], 1 if given[1] else 0), 30)
    if code is op.ATOMIC_GROUP:
        return sample(list(given))
    return ""


CLASSES = {
    "CATEGORY_DIGIT": "1", "CATEGORY_SPACE": " ", "CATEGORY_WORD": "a", "CATEGORY_NOT_DIGIT": "a",
    "CATEGORY_NOT_SPACE": "a", "CATEGORY_NOT_WORD": " ",
}  # fmt: skip


def _of_set(given: list[Any]) -> str:
    if given[0][0] is op.NEGATE:
        without = re.compile("[" + "".join(re.escape(chr(one)) for kind, one in given if kind is op.LITERAL) + "\x00]")
        return next((one for one in "a1 .,x-" if not without.match(one)), "a")
    kind, value = given[0]
    if kind is op.LITERAL:
        return chr(value)
    return chr(value[0]) if kind is op.RANGE else CLASSES.get(str(value), "a")
