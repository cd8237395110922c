"""Takes the words a writer typed out of a mail, without quotes and signature; it never rewrites them."""

from __future__ import annotations

import re

MARKS = re.compile(
    r"^(?:-{2,}\s?(?:original|forwarded|urspr|message|mensaje|messaggio|mensagem|oorspronkelijk|begin forwarded).*|_{10,}|"
    r"(?:on|am|le|el|il|em|op|den|dnia|w dniu|pe)\b.{5,160}(?:wrote|schrieb|écrit|ecrit|escribi[oó]|ha scritto|scritto|escreveu|schreef|skrev|napisał|napisała|napisał\(a\)|kirjoitti)\s*:?|"
    r"\d{4}年.{3,80}:|(?:from|von|de|da|van|från|od|差出人):\s.{3,120}@.{2,80})\s*$",
    re.IGNORECASE,
)
SIGNATURE = re.compile(r"^(?:-- ?|—|__+)$")


def typed(text: str, parent_text: str = "") -> str:
    """What the writer of this mail typed."""
    try:
        from providers.quotes import new_text, split_signature
    except ImportError:
        return _simple(text)
    return _simple(split_signature(new_text(text[:64_000], parent_text))[0])


def _simple(text: str) -> str:
    kept: list[str] = []
    for line in text[:64_000].splitlines():
        if MARKS.match(line[:400].strip()) or SIGNATURE.match(line[:80]):
            break
        if not line.lstrip().startswith(">"):
            kept.append(line)
    return "\n".join(kept).strip()
