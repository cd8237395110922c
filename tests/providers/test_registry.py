"""Every provider is known in one place, and one of another package is neither loaded unasked nor trusted by itself."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from agent.config import Account, parse
from agent.errors import ConfigError
from providers import registry, webmail
from providers.base import Drafts, Mail, ProviderError
from providers.registry import BUILT_IN, BrokenProviderError, Opening, ProviderSpec
from tests.providers.other_package import ENTRY, GOOD, Shelf, forget

ROOT = Path(__file__).parents[2]
FILE = Path("config.toml")


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shelf]:
    yield Shelf(tmp_path / "packages", monkeypatch)
    forget()


@pytest.mark.parametrize("spec", BUILT_IN.values(), ids=lambda spec: spec.name)
def test_every_name_of_a_built_in_provider_leads_somewhere(spec: ProviderSpec) -> None:
    for place in (spec.settings, spec.mailbox, spec.watcher, spec.page, spec.checks, spec.sender):
        if place not in {"", registry.BY_SMTP}:
            assert callable(registry.resolve(place)), place
    assert not spec.foreign
    assert registry.loaded(spec.name) is registry.known(spec.name) is spec
    assert not spec.section or spec.section in Account.__struct_fields__
    mailbox = registry.resolve(spec.mailbox)
    assert spec.drafts is issubclass(mailbox, Drafts)


def test_what_the_built_in_providers_can_do() -> None:
    assert {name: (bool(spec.sender), bool(spec.watcher), spec.sign_in, spec.asks, spec.read_only, spec.labelled)
            for name, spec in BUILT_IN.items()} == {
        "imap": (True, True, "", "server", False, False),
        "gmail": (True, False, "google", "client", False, True),
        "outlook": (True, False, "microsoft", "client", False, False),
        "archive": (False, False, "", "", True, True),
        "memory": (False, False, "", "", False, False),
    }  # fmt: skip


INSTALLED = (
    "installed: imap, gmail, outlook, archive. Install the package that brings it, or mend the name."
)  # fmt: skip


@pytest.mark.parametrize(("name", "words"), [
    ('"jmapp"', f'config.toml, line 4: account.provider: no provider "jmapp"; {INSTALLED}'),
    ('""', f'config.toml, line 4: account.provider: no provider ""; {INSTALLED}'),
    ("5", "config.toml, line 4: account.provider: Expected `str`, got `int`."),
])  # fmt: skip
def test_an_unknown_provider_is_refused_with_the_names_of_those_there_are(name: str, words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse(f'\n[[account]]\nname = "a"\nprovider = {name}\naddress = "a@b.example"\n', FILE)
    assert str(caught.value) == words


def test_installed_packages_are_among_the_names(shelf: Shelf) -> None:
    shelf.put()
    shelf.put(package="relance-own-gmail", provider="gmail")
    assert registry.names() == ["imap", "gmail", "outlook", "archive", "post"]


def test_one_module_alone_asks_which_provider_it_is() -> None:
    found = []
    for file in sorted([*(ROOT / "agent").rglob("*.py"), *(ROOT / "providers").rglob("*.py")]):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            compared = [node.left, *node.comparators] if isinstance(node, ast.Compare) else []
            subject = [node.subject] if isinstance(node, ast.Match) else []
            if any(_is_provider(one) for one in compared + subject) and _names_one(node):
                found.append(f"{file.relative_to(ROOT)}:{node.lineno}")
    # A cursor says whose it is, so that another provider's is never read as one's own.
    assert [one.partition(":")[0] for one in found] == ["providers/gmail/cursor.py", "providers/outlook/cursor.py"]


def _is_provider(node: ast.AST) -> bool:
    """Whether it reads a provider: `account.provider`, `provider`, `row["provider"]`, `value.pop("provider")`."""
    match node:
        case ast.Attribute(attr="provider") | ast.Name(id="provider"):
            return True
        case ast.Subscript(slice=ast.Constant(value="provider")):
            return True
        case ast.Call(args=[ast.Constant(value="provider"), *_]):
            return True
    return False


def _names_one(node: ast.AST) -> bool:
    return any(isinstance(one, ast.Constant) and one.value in BUILT_IN for one in ast.walk(node))


def test_senders_are_resolved_behind_the_outbox_alone() -> None:
    readers = []
    for folder in ("agent", "providers", "tui"):
        for file in sorted((ROOT / folder).rglob("*.py")):
            if "spec.sender)" in file.read_text(encoding="utf-8") or "spec.sender," in file.read_text(encoding="utf-8"):
                readers.append(str(file.relative_to(ROOT)))
    assert readers == ["providers/senders.py"]


def test_knowing_the_providers_loads_no_library_and_no_package(tmp_path: Path) -> None:
    heavy = ("googleapiclient", "google.auth", "msal", "imapclient", "importlib.metadata", "sqlalchemy", "httplib2")
    script = (
        "import sys; from providers import registry; [registry.known(one) for one in [*registry.BUILT_IN, 'post']];"
        f"print([one for one in {heavy!r} if one in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.strip() == "[]"


def test_a_config_that_names_another_package_s_provider_does_not_load_it(shelf: Shelf) -> None:
    module = shelf.put()
    config = parse(ENTRY, FILE)
    assert config.account[0].plugin is not None
    assert config.account[0].plugin.options == {"url": "https://post.example"}
    assert registry.known("post").foreign
    assert module not in sys.modules
    assert registry.loaded("post").package == "relance-post"
    assert registry.loaded("post").version == "0.3"


@pytest.mark.parametrize(("code", "why"), [
    ("import no_such_module_anywhere", "ModuleNotFoundError: No module named 'no_such_module_anywhere'"),
    ("raise ValueError('first\\nsecond')", "ValueError: first"),
    ("raise SystemExit(3)", "SystemExit: 3"),
    ("def", "SyntaxError: "),
    ("OTHER = 1", "AttributeError: "),
    ("SPEC = 'no spec'", "its entry point is no ProviderSpec of that name"),
    ("from providers.registry import *\nSPEC = ProviderSpec(name='other', mailbox='x:y')",
     "its entry point is no ProviderSpec of that name"),
    ("from providers.registry import *\nSPEC = ProviderSpec(name='post', mailbox='x:y', labelled=True, vouches='mx.evil')",
     "it sets vouches, labelled, which only relance's own providers may"),
    ("from providers.registry import *\nSPEC = ProviderSpec(name='post', mailbox='x:y', sign_in='google')",
     "it sets sign_in, which only relance's own providers may"),
    ("from providers.registry import *\nSPEC = ProviderSpec(name='post', mailbox='x:y', read_only=True)",
     "it sets read_only, which only relance's own providers may"),
])  # fmt: skip
def test_a_broken_package_is_named_in_one_line(shelf: Shelf, code: str, why: str) -> None:
    shelf.put(code)
    with pytest.raises(BrokenProviderError) as caught:
        registry.loaded("post")
    said = str(caught.value)
    assert said.startswith("The package relance-post 0.3 cannot be used for the provider 'post': ")
    assert why in said
    assert "\n" not in said


def test_two_packages_for_one_provider_are_both_named(shelf: Shelf) -> None:
    shelf.put()
    shelf.put(package="other-post")
    with pytest.raises(BrokenProviderError, match="offered by other-post and relance-post; keep one"):
        registry.loaded("post")


def test_a_package_cannot_take_the_place_of_a_built_in_provider(shelf: Shelf) -> None:
    module = shelf.put(provider="gmail")
    assert registry.loaded("gmail") is BUILT_IN["gmail"]
    assert module not in sys.modules


def test_what_a_package_raises_when_it_opens_names_the_package(shelf: Shelf) -> None:
    shelf.put(GOOD.replace("OPENED.append(opening)", "raise KeyError('url')"))
    spec = registry.loaded("post")
    with pytest.raises(BrokenProviderError, match=r"relance-post 0\.3 .* KeyError: 'url'"):
        registry.made(spec, spec.mailbox, Opening("parcel", "sam@post.example"))


def test_an_option_that_must_be_there_is_asked_for_by_name() -> None:
    opening = Opening("parcel", "sam@post.example", options={"url": "u", "port": 5})
    assert opening.option("url") == "u"
    for name in ("port", "folder"):
        with pytest.raises(ProviderError, match=f"'parcel' needs '{name}'"):
            opening.option(name)
    with pytest.raises(ProviderError, match="no secret"):
        opening.secret()


MAIL = Mail("k", "<m@post.example>", None, datetime(2026, 11, 18, tzinfo=UTC), None)


def test_a_package_leads_to_its_own_pages_only(shelf: Shelf) -> None:
    shelf.put()
    assert webmail.link("post", "sam@post.example", [MAIL]) == "https://post.example/k"
    forget()
    assert webmail.link("post", "", [replace(MAIL, key="")]) == "https://post.example/"


@pytest.mark.parametrize("code", [
    GOOD.replace("https://post.example/{", "https://evil.example/{"),
    GOOD.replace("https://post.example/{", "javascript:{"),
    GOOD.replace('return f"https', 'return 1 / 0 or f"https'),
    "raise ValueError",
])  # fmt: skip
def test_a_page_elsewhere_or_none_at_all_is_no_link(shelf: Shelf, code: str) -> None:
    shelf.put(code)
    assert webmail.link("post", "sam@post.example", [MAIL]) == ""


def test_a_provider_whose_package_is_gone_has_no_page() -> None:
    assert webmail.link("post", "sam@post.example", [MAIL]) == ""
