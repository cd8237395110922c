"""Texts that attack a terminal, a markup parser or a reader's eye, to stand in every place a stranger can write."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests.tui import seeds
from tests.tui.scripted import ScriptedDoor
from tui.door.values import Chain, CheckLine, Told, Version, VoiceOf, VoiceSheet
from tui.text import Foreign

TEXTS = {
    "markup link": "[@click=app.approve_now]Invoice[/] [link=https://evil.example]x[/link]",
    "unbalanced": "Re: [/foo] [b [[[ ]]] [/] [red",
    "escape": "\x1b[31mred\x1b[0m \x1b[2J\x1b[H \x1bc",
    "title": "\x1b]0;owned\x07 \x1b]2;owned\x1b\\ \x9d0;owned\x9c",
    "clipboard": "\x1b]52;c;cm0gLXJmIH4=\x07",
    "link": "\x1b]8;;https://evil.example\x1b\\click\x1b]8;;\x1b\\",
    "device": "\x1bP+q544e\x1b\\ \x1b_G a=T\x1b\\ \x90q\x9c",
    "eight bit": "\x9b31m \x85 \x9b2J",
    "controls": "a\x00b\x07c\x08d\x0be\x0cf\rg\x7fh",
    "bidi": "\u202egnp.exe \u2066anna\u2069 \u200f",
    "zero width": "a\u200bn\u200cn\ufeffa \U000e0041\U000e0042",
    "marks": "e" + "\u0301" * 400,
    "wide": "漢字 👩‍👩‍👧‍👦 🇫🇷 ﷽ ｆｕｌｌ",
    "long line": "A" * 1_000_000,
    "many lines": "x\n" * 50_000,
    "tabs": "\t" * 300 + "end",
    "nothing": "",
    "spaces": " \u00a0\u2003\u3000 ",
    "format": "{0} {name} %s %n ${HOME} {self.door}",
}


def door_with(text: str, scratch: Path) -> ScriptedDoor:
    """A door whose every foreign string is this one."""
    door, foreign = ScriptedDoor(scratch), Foreign(text)
    door.items = [replace(item, person=foreign, address=foreign, subject=foreign) for item in seeds.ITEMS]
    voice = VoiceOf(0.5, (("length", 0.5),), (foreign,), (foreign,))
    for number, matter in seeds.MATTERS.items():
        mails = tuple(replace(mail, who=foreign, text=foreign, attachments=(foreign,)) for mail in matter.mails)
        item = replace(matter.item, person=foreign, address=foreign, subject=foreign)
        door.matters[number] = replace(
            matter, item=item, why=foreign, evidence=foreign, mails=mails, recipients=(foreign,), sender=foreign,
            versions=(Version(1, foreign, "model"), Version(2, foreign, "model")), voice=voice,
            checks=(CheckLine("answered", "hold", foreign),),
        )  # fmt: skip
    changed = {"person": foreign, "address": foreign, "subject": foreign, "words": foreign}
    door.letters = [replace(letter, **changed) for letter in seeds.OUTBOX]
    door.threads = [replace(row, person=foreign, subject=foreign, words=foreign) for row in seeds.WATCHED]
    door.log = [replace(row, person=foreign, detail=foreign) for row in seeds.EVENTS]
    door.state = replace(seeds.STATUS, paused=foreign, trouble=foreign)
    door.texts = dict.fromkeys(range(100), foreign)
    door.reasons = dict.fromkeys(range(100), (foreign, foreign))
    door.proof = Chain(7, 3, 1, foreign)
    door.sheet = VoiceSheet("ready", 4, (), (("Greetings", ((foreign, 3),)),), (foreign,))
    door.answers = {"skip": Told(False, "no", foreign), "redo": Told(True, "redone", foreign)}
    door.stream = lambda say, hear, over: text if not hear(foreign) else ""
    return door
