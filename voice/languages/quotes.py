"""Finds what a person typed in a mail: no quotes, forwards, signatures, disclaimers or code;
linear time, never a guess at meaning."""

from __future__ import annotations

import re

from voice.languages.text import clean, folded

_ENDS = re.compile(
    r"-{2,}\s?(original message|forwarded message|message d'origine|message original|message transféré|"
    r"ursprüngliche nachricht|originalnachricht|weitergeleitete nachricht|mensaje original|mensaje reenviado|"
    r"messaggio originale|messaggio inoltrato|mensagem original|mensagem encaminhada|"
    r"oorspronkelijk bericht|doorgestuurd bericht)|begin forwarded message|diff --git |index: \S|--- a/|_{20,}$"
)
_HEADER = re.compile(r"\*?(from|de|von|da|van|expéditeur|remitente|mittente)\s?:\*? ?\S")
_HEADER_NEXT = re.compile(
    r"\*?(sent|date|to|subject|envoyé|à|objet|gesendet|an|betreff|datum|"
    r"enviado|para|asunto|inviato|data|a|oggetto|assunto|verzonden|aan|"
    r"onderwerp|cc)\s?:\*?"
)
_ATTRIBUTION = re.compile(
    r".{0,200}\b(wrote|writes|said|a écrit|schrieb|escribió|ha scritto|"
    r"escreveu|schreef|schrieb am [\d., :]{4,30}|"
    # Mail programs of people who write in one of our languages, too.
    r"a \?{1,2}crit|írta|napsala?|napísala?|пишет|пише|написала?|napisała?|skrev|kirjoitti|yazdı|a scris|ha escrit|"
    r"ysgrifennodd|έγραψε)\b.{0,80}:$"
)
_ADDRESSED = re.compile(r"[^<>]{0,80}<(?:[^<>@ ]{1,64}(?:@| at )[^<>]{3,80}|email)>(?: ?[^\s:]{3,20})? ?:$")
"""In a language nobody here reads."""
_STARTS_ATTRIBUTION = re.compile(r"(on|le|am|el|il|em|op|at)\b.{0,150}\d")
_CLIENT = re.compile(
    r"(sent from my |sent from (outlook|mail|yahoo|proton)|get outlook for |"
    r"envoyé de mon |envoyé depuis |von meinem .{2,30} gesendet|gesendet von "
    r"|"
    r"enviado desde mi |enviado do meu |inviato da |verzonden vanaf |verstuurd vanaf )"
)
_DISCLAIMER = re.compile(
    r"(this (e-?mail|message|communication)\b.{0,60}\b(confidential|intended|"
    r"privileged)|confidentiality notice|disclaimer:|"
    r"ce (message|courriel)\b.{0,60}\bconfidentiel|diese (e-?mail|"
    r"nachricht)\b.{0,60}\bvertraulich|este (mensaje|correo|"
    r"e-?mail)\b.{0,60}\bconfidencia|"
    r"(questo messaggio|questa e-?mail|il presente "
    r"messaggio)\b.{0,60}\b(riservat|confidenzial)|esta "
    r"mensagem\b.{0,60}\bconfidencia|"
    r"dit bericht\b.{0,60}\bvertrouwelijk|deze e-?mail\b.{0,60}\bvertrouwelijk)"
)
_TRAILER = re.compile(
    r"(signed-off-by|reviewed-by|acked-by|tested-by|reported-by|cc|fixes|link|suggested-by):\s", re.IGNORECASE
)
_BLANKS = re.compile(r"\n{3,}")
SHORTEST_COPIED_LINE = 25


def typed(text: str, parent: str = "") -> str:
    """What the writer typed; with the mail it answers, also without its unmarked lines."""
    lines = clean(text).split("\n")
    kept = _drop_quotes(lines[: _end(lines)])
    copied = {folded(line) for line in clean(parent).split("\n") if len(line) >= SHORTEST_COPIED_LINE}
    kept = [line for line in kept if folded(line) not in copied]
    return _BLANKS.sub("\n\n", "\n".join(line.rstrip() for line in kept)).strip("\n")


def _end(lines: list[str]) -> int:
    """Where the writer's own text stops for good."""
    for number, line in enumerate(lines):
        if line.rstrip("\r") in ("-- ", "--") or _ends_here(lines, number):
            return number
    return len(lines)


def _ends_here(lines: list[str], number: int) -> bool:
    low = folded(lines[number][:400])
    if not low:
        return False
    if _ENDS.match(low) or _CLIENT.match(low) or _DISCLAIMER.match(low):
        return True
    following = [folded(line[:80]) for line in lines[number + 1 : number + 4]]
    return bool(_HEADER.match(low)) and sum(bool(_HEADER_NEXT.match(line)) for line in following) >= 2


def _drop_quotes(lines: list[str]) -> list[str]:
    quoted = [line.lstrip().startswith((">", "|>", "&gt;")) for line in lines]
    drop = set()
    for number, line in enumerate(lines):
        if quoted[number] or _TRAILER.match(line[:80]):
            drop.add(number)
        elif line.rstrip().endswith(":") and _attributes(folded(line[:300])):
            drop.update(_attribution(lines, number))
    return [line for number, line in enumerate(lines) if number not in drop]


def _attributes(line: str) -> bool:
    return bool(_ATTRIBUTION.match(line) or _ADDRESSED.match(line))


def _attribution(lines: list[str], number: int) -> list[int]:
    """An attribution may be wrapped over two lines."""
    before = folded(lines[number - 1][:200]) if number else ""
    wrapped = bool(_STARTS_ATTRIBUTION.match(before)) and not _STARTS_ATTRIBUTION.match(folded(lines[number][:200]))
    return [number - 1, number] if wrapped else [number]
