"""HTML to readable text; shows nothing a reader would not have seen and never loads anything."""

from __future__ import annotations

import html as entities
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.html import HtmlElement

MOST_CHARACTERS = 400_000
"""As many as of a plain text (MOST_TEXT of `mail/mime.py`)."""
MOST_ELEMENTS = 12_000
"""Laying out takes time with their number; a page with more is read as bare words."""
MOST_TABLES = 8
"""Tables in tables; deeper ones are there for looks alone, and such a page is read as bare words."""
INVISIBLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d]*[1-9])|mso-hide\s*:\s*all"
    r"|opacity\s*:\s*0(?![.\d]*[1-9])|max-height\s*:\s*0(?![.\d]*[1-9])",
    re.IGNORECASE,
)
ZERO_WIDTH = re.compile("[\u00ad\u034f\u200b\u200c\u2060\ufeff\U000e0000-\U000e007f]+")
DROPPED = frozenset(("script", "style", "head", "title", "template", "noscript", "object", "svg", "math", "select"))
TAG = re.compile(r"<[^<>]{0,2000}>")
BLANK_LINES = re.compile(r"\n{3,}")
XML_DECLARATION = re.compile(r"^\s{0,200}<\?xml[^>]{0,300}\?>")


def to_text(source: str) -> str:
    """The text a person would have read."""
    source = XML_DECLARATION.sub("", source[:MOST_CHARACTERS]).replace("\x00", "")
    if not source.strip():
        return ""
    return tidy(_rendered(source))


def tidy(text: str) -> str:
    """Without trailing blanks, invisible characters and heaps of empty lines."""
    text = ZERO_WIDTH.sub("", text).replace("\xa0", " ").replace("\r", "")
    return BLANK_LINES.sub("\n\n", "\n".join(line.rstrip() for line in text.split("\n"))).strip("\n")


def _rendered(source: str) -> str:
    from lxml import etree
    from lxml import html as parser

    try:
        tree = parser.document_fromstring(source)
    except (etree.LxmlError, ValueError, AssertionError):
        return without_tags(source)
    elements, tables = remove_hidden(tree)
    if elements > MOST_ELEMENTS or tables > MOST_TABLES:
        return "\n".join(piece.strip() for piece in tree.itertext() if piece.strip())
    return _laid_out(tree, source)


def _laid_out(tree: HtmlElement, source: str) -> str:
    from inscriptis.css_profiles import CSS_PROFILES
    from inscriptis.html_engine import Inscriptis
    from inscriptis.model.config import ParserConfig

    try:
        config = ParserConfig(css=CSS_PROFILES["relaxed"], display_links=False, display_images=False)
        return str(Inscriptis(tree, config).get_text())
    except (ValueError, LookupError, AttributeError, TypeError, RecursionError):
        return without_tags(source)


def remove_hidden(tree: HtmlElement) -> tuple[int, int]:
    """Take out what is not shown; returns the number of elements and how deep tables are nested."""
    count = deepest = 0
    doomed = []
    for element in tree.iter():
        count += 1
        if not isinstance(element.tag, str):
            continue
        if element.tag == "table" and deepest <= MOST_TABLES:
            deepest = max(deepest, 1 + sum(1 for _ in element.iterancestors("table")))
        style = element.get("style", "")
        if element.tag in DROPPED or element.get("hidden") is not None or (style and INVISIBLE.search(style[:2000])):
            doomed.append(element)
    for element in doomed:
        if element.getparent() is not None:
            element.drop_tree()
    return count, deepest


def without_tags(source: str) -> str:
    """The crude way, for what no parser takes."""
    return entities.unescape(TAG.sub(" ", source))
