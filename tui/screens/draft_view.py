"""How a draft and its thread are painted: rows of the queue, the reason, mails, checks, voice; never an action."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import TextArea

from tui import words
from tui.door.values import CheckLine, Item, SaidMail, ShownMatter, VoiceOf
from tui.keys import bindings
from tui.parts.indented import Hanging
from tui.text import NOTHING, address, block, fitted, joined, line, own

OPEN_MAILS = 3
"""Older ones are folded to a line each."""
MOST_HOLDS = 3
"""Reasons above a draft; more would push the draft itself away."""
DIM = "dim"
MOST_FILES = 20
"""Names of attachments below a mail."""


class DraftArea(TextArea):
    """The text of a draft: read only until a person edits it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(one.key, f"screen.{one.action}", one.description, id=one.id, tooltip=one.tooltip, key_display="esc")
        for one in bindings("editing")
    ]

    def open_for(self, *, editing: bool) -> None:
        """Only a draft that is being edited takes keys."""
        self.read_only = not editing
        self.show_cursor = editing
        self.can_focus = editing
        self.highlight_cursor_line = False
        self.set_class(editing, "-editing")


def row(item: Item, width: int, *, marked: bool, decided: bool = False) -> Content:
    """Two lines of the queue: who and how long, what and what is special."""
    figures = f"{item.quiet_days}d {item.touch}/{item.touches}"
    sign = "…" if decided else "●" if marked else " "
    special = " DECIDED" if decided else _special(item)
    style = "bold $text-warning" if item.hold else "bold $text-accent"
    who = own(fitted(item.person, max(width - len(figures) - 3, 6)), "bold")
    first = joined(own(sign, "$text-success"), who, " ", own(figures, DIM))
    second = joined("  ", own(fitted(item.subject, max(width - 3 - len(special), 4)), DIM), own(special, style))
    return joined(first, "\n", second)


def _special(item: Item) -> str:
    if item.task or item.hold:
        return " TASK" if item.task else " HELD"
    return " LAST" if item.touch >= item.touches else ""


def why(matter: ShownMatter, now: datetime, zone: tzinfo) -> Content:
    """The reason, when it would leave, and what holds it."""
    leaves = f"  Next slot {words.moment(matter.slot, now, zone)}." if matter.slot else ""
    held = [joined("\n", _holds(matter, check)) for check in matter.holds[:MOST_HOLDS]]
    return joined(own("Why ", "bold $text-accent"), line(matter.why, most=600), own(leaves), *held)


def _holds(matter: ShownMatter, check: CheckLine) -> Content:
    """What a check says, with the words that made it say so."""
    quoted = matter.delicate if check.name == "sensitive" else NOTHING
    shown = joined(" “", line(quoted, "italic", most=120), "”") if quoted else own("")
    return joined(own("Held ", "bold $text-warning"), line(check.reason, most=160), shown)


def mails(said: Sequence[SaidMail], now: datetime, zone: tzinfo, *, unfold: bool = False) -> Content:
    """The thread, oldest on top; without `unfold` only the newest in full."""
    parts: list[Content | str] = []
    fold_before = 0 if unfold else max(len(said) - OPEN_MAILS, 0)
    for number, mail in enumerate(said):
        head = _head(mail, now, zone)
        if number < fold_before:
            parts += [head, "  ", line(mail.text, DIM, most=120), "\n"]
            continue
        parts += ["\n" if parts else "", head, "\n", *(_files(mail) if unfold else ()), block(mail.text), "\n"]
    return joined(*parts).rstrip()


def _files(mail: SaidMail) -> list[Content]:
    """What hung on the mail, by the names somebody gave it."""
    return [joined(own("with ", DIM), line(name, DIM, most=80), "\n") for name in mail.attachments[:MOST_FILES]]


def _head(mail: SaidMail, now: datetime, zone: tzinfo) -> Content:
    style = "bold $text-primary" if mail.own else "bold $text-secondary"
    label = f" · {mail.label}" if mail.label else ""
    files = f" · {words.count(len(mail.attachments), 'file')}" if mail.attachments else ""
    return joined(line(mail.who, style, most=40), own(f"  {words.day(mail.at, now, zone)}{label}{files}", DIM))


def draft_title(matter: ShownMatter, shown: int) -> Content:
    """To whom, as the address that counts."""
    if matter.item.task:
        return joined("For you to do, with ", own(address(matter.item.address), "bold"))
    to = ", ".join(address(one) for one in matter.recipients) or "nobody"
    version = f"  version {shown + 1} of {len(matter.versions)}" if len(matter.versions) > 1 else ""
    return joined(" Draft to ", own(to, "bold"), own(version, DIM), " ")


def draft_foot(matter: ShownMatter) -> Content:
    """Voice and gate in figures; the reasons are a key away."""
    if matter.item.task:
        return own("a means it is done; nothing is sent", DIM)
    voice = f"voice {matter.voice.score:.2f}" if matter.voice.score is not None else "voice not known"
    total = len(matter.asked)
    if not total:
        gate = own("gate: reading …", DIM)
    elif matter.free:
        gate = own(f"gate: {matter.passing} of {total} checks pass ✓", "$text-success")
    else:
        loud = next(check for check in matter.asked if check.verdict != "allow")
        word = "refuses" if loud.verdict == "refuse" else "holds"
        gate = own(f"gate {word}: {words.readable(loud.name)} {words.VERDICTS[loud.verdict]}", "bold $text-warning")
    return joined(" ", own(voice), " · ", gate, " ")


def checks(found: Sequence[CheckLine]) -> Hanging:
    """Every check with its reason, the loud ones first."""
    order = {"refuse": 0, "hold": 1, "allow": 2}
    styles = {"refuse": "bold $text-error", "hold": "bold $text-warning", "allow": "$text-success"}
    rows = [
        (
            joined(
                own(f"{words.VERDICTS.get(check.verdict, '?')} {check.verdict:<7}", styles.get(check.verdict, "")),
                own(words.readable(check.name), "bold"),
            ),
            line(check.reason, most=300),
        )
        for check in sorted(found, key=lambda check: order.get(check.verdict, 0))
    ]
    return Hanging(rows, 22, "The gate")


def why_blocks(matter: ShownMatter) -> list[Content | Hanging]:
    """The page behind the key for why."""
    parts: list[Content | Hanging] = [line(matter.why, most=1000)]
    if matter.evidence:
        parts.append(joined(own("It rests on  ", DIM), "“", line(matter.evidence, "italic", most=600), "”"))
    if matter.plan:
        parts.append(Content("\n").join([line(said, most=600) for said in matter.plan]))
    if matter.item.task:
        return parts
    to = ", ".join(address(one) for one in matter.recipients)
    parts.append(joined(own("From  ", DIM), own(address(matter.sender)), own("   To  ", DIM), own(to, "bold")))
    parts.append(checks(matter.checks) if matter.checks else own("The gate is still reading …", DIM))
    return parts


def _indented(text: Content) -> Content:
    return Content("\n").join([joined("  ", part) for part in text.split("\n", allow_blank=True)])


def voice_blocks(voice: VoiceOf) -> list[Content | Hanging]:
    """The page behind the key for voice."""
    if voice.score is None:
        return [own("Nothing is known of your voice yet, so this draft has no figure.")]
    rests = f", from {words.count(voice.learned, 'mail')}" if voice.learned else ""
    parts: list[Content | Hanging] = [
        joined(
            own(f"{voice.score:.2f}", "bold"),
            own(f"  of 1; how near the draft is to your own mails{rests}", DIM),
        )
    ]
    bars = [f"{words.readable(name):<12} {'█' * round(share * 20):<20} {share:.2f}" for name, share in voice.parts]
    parts.append(own("\n".join(bars) or "No parts."))
    nearest = [_indented(block(text, most=400)) for text in voice.nearest] or [own("  none", DIM)]
    parts.append(joined(own("Nearest own mails\n", "bold"), Content("\n\n").join(nearest)))
    tells = [joined("  ▲ ", line(tell)) for tell in voice.tells] or [own("  none: no phrase of a machine", DIM)]
    parts.append(joined(own("Tells\n", "bold"), Content("\n").join(tells)))
    return parts
