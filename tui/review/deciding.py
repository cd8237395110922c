"""What a person wants of a draft, as verbs for the door and pages over the screen; each names its draft."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from tui import words
from tui.door.values import Item, ShownMatter, Told
from tui.parts.bars import NoticeLine
from tui.review import effects as do
from tui.review import events as on
from tui.review.reading import Stepped, load, then, unpainted, unready
from tui.review.state import ACTS, APPROVES, ReviewState, alive, dead, safe, too_soon, with_items
from tui.text import NOTHING, Foreign, line, paragraphs

AWHILE = timedelta(minutes=10)
"""A letter that waits longer waits for more than the time to undo."""
DOING = {"approve": "Approving for", "snooze": "Putting aside", "skip": "Putting aside", "stop": "Putting aside"}
AFTER = {"skip": ": skipped.", "stop": ": this thread is left alone."}


def pressed(state: ReviewState, event: on.Pressed) -> Stepped:
    """A key that is alive does what it says; any other says why not."""
    if event.key == "escape":
        return _stop_writing(state)
    if event.key == "approve_marked" and not alive(state, event.key):
        return state, ()
    matter = state.shown
    if not alive(state, event.key) or matter is None:
        return state, (do.Hint(dead(state, event.key)),)
    if event.key in ACTS and too_soon(state, event.at):
        return state, (do.Hint("That came up this moment and nothing was done; press the key again."),)
    if event.key not in APPROVES:
        state = replace(state, asked_held="")
    return KEYS[event.key](state, matter)


# Deciding.


def _decide(state: ReviewState, verb: do.Verb) -> Stepped:
    """Nobody waits for the store: its row says what is being done, and the next draft comes up."""
    item = verb.item
    said = NoticeLine(Foreign(DOING[verb.name]), number=item.number, after=f" {safe(item.person)} …")
    stepped = unready(replace(state, mine=state.mine | {item.number}))
    stepped = then(stepped, lambda now: (now, (do.Say(said),)))
    stepped = then(stepped, _move_on)
    return then(stepped, lambda now: (now, (verb,)))


def _move_on(state: ReviewState) -> Stepped:
    """The next draft that nothing was decided about comes up; where there is none this one stays."""
    place = state.numbers.index(state.cursor) if state.cursor in state.numbers else 0
    below, above = state.numbers[place + 1 :], state.numbers[:place][::-1]
    left = [number for number in (*below, *above) if number not in state.mine]
    return load(replace(state, cursor=left[0])) if left else (state, ())


def _approve(state: ReviewState, matter: ShownMatter, *given: bool) -> Stepped:
    if matter.holds and state.asked_held != matter.digest:
        return _ask_held(state, matter, "!" if given else "a")
    verb = do.Verb("approve", matter.item, (matter.digest, *given), matter.draft.body)
    return _decide(replace(state, asked_held=""), verb)


def _ask_held(state: ReviewState, matter: ShownMatter, key: str) -> Stepped:
    """One key must not let go what the gate holds. The second counts once this was there to be read."""
    names = " and ".join(words.readable(check.name) for check in matter.holds[:2])
    asks = NoticeLine(
        matter.item.person, loud=True, after=f": held ({names}). {key} once more approves it all the same."
    )
    stepped = unready(replace(state, asked_held=matter.digest))
    return then(stepped, lambda now: (now, (do.Say(asks),)))


def _skip(state: ReviewState, matter: ShownMatter) -> Stepped:
    return _decide(state, do.Verb("skip", matter.item))


def _stop(state: ReviewState, matter: ShownMatter) -> Stepped:
    return _decide(state, do.Verb("stop", matter.item))


def until_told(state: ReviewState, event: on.UntilTold) -> Stepped:
    """When a draft is to come back."""
    if event.until is None:
        return state, ()
    return _decide(state, do.Verb("snooze", event.item, (event.until,)))


def verb_told(state: ReviewState, event: on.VerbTold) -> Stepped:
    """What the door answered."""
    return ANSWERS[event.verb.name](state, event)


def _decided(state: ReviewState, event: on.VerbTold) -> Stepped:
    verb, told = event.verb, event.told
    if not told.ok:
        return _refused(state, verb.item, told)
    stepped = take_off(state, verb.item.number)
    return then(stepped, lambda now: (now, _said(event)))


def _refused(state: ReviewState, item: Item, told: Told) -> Stepped:
    """The row is as it was before, and the line says whose it is."""
    stepped = unready(replace(state, mine=state.mine - {item.number}))
    said = NoticeLine(item.person, loud=True, after=f": {line(told.words, most=160).plain}")
    return then(stepped, lambda now: (now, (do.Say(said),)))


def _said(event: on.VerbTold) -> tuple[do.Effect, ...]:
    item, told = event.verb.item, event.told
    if event.verb.name != "approve":
        return (do.Say(NoticeLine(item.person, number=item.number, after=_aside(event.verb))),)
    if told.code == "task_done":
        return (do.Say(NoticeLine(item.person, number=item.number, after=": done. Nothing was sent.")),)
    if told.code == "handed_over":
        after = ": copied, yours to send; 2 keeps it until relance sees it in Sent."
        said = NoticeLine(item.person, number=item.number, after=after)
        return do.Copy(told.text or event.verb.body), do.Say(said)
    waits = told.leaves_at is not None and told.leaves_at - event.now > AWHILE
    queued = NoticeLine(Foreign("Queued for"), item.person, item.number, told.leaves_at, event.now,
                        after=f" {safe(item.person)}{', for a good moment' if waits else ''}")  # fmt: skip
    return (do.Say(queued),)


def _aside(verb: do.Verb) -> str:
    return AFTER.get(verb.name) or f": comes back {verb.given[0]:%A %Y-%m-%d %H:%M}."


def take_off(state: ReviewState, number: int) -> Stepped:
    """It is done with, and goes before the store is read again."""
    state = replace(state, mine=state.mine - {number})
    if number not in state.items:
        return state, ()
    state = with_items(state, {key: item for key, item in state.items.items() if key != number}, state.wanted)
    return load(state) if state.cursor not in {0, state.shown_number} else (state, ())


# Several at once.


def _mark(state: ReviewState, matter: ShownMatter) -> Stepped:
    place = state.numbers.index(state.cursor)
    below = state.numbers[place + 1 : place + 2] or (state.cursor,)
    left = {number: digest for number, digest in state.marked.items() if number != state.cursor}
    marked = left if len(left) < len(state.marked) else {**left, state.cursor: matter.digest}
    state = replace(state, marked=marked, cursor=below[0])
    return load(state) if state.reading else (state, ())


def _approve_marked(state: ReviewState, matter: ShownMatter) -> Stepped:
    del matter
    chosen = state.to_approve
    names = ", ".join(safe(state.items[number].person) for number in chosen)
    if chosen != state.asked_marked:
        asks = NoticeLine(Foreign("Approve"), loud=True, after=f" {names}? A once more does it.")
        # The second press counts only once these names stood there.
        stepped = unpainted(replace(state, asked_marked=chosen))
        return then(stepped, lambda now: (now, (do.Say(asks),)))
    seen = tuple((number, state.marked[number]) for number in chosen)
    return replace(state, asked_marked=(), mine=state.mine | set(chosen)), (do.ApproveMarked(seen),)


def marked_told(state: ReviewState, event: on.MarkedTold) -> Stepped:
    """Those the door took go; the others are as before, and none is marked."""
    stepped: Stepped = replace(state, marked={}, mine=state.mine - event.asked.numbers), ()
    for number in event.done:
        stepped = then(stepped, lambda now, number=number: take_off(now, number))  # type: ignore[misc]
    return then(stepped, lambda now: (now, (do.Say(NoticeLine(event.told.words)),)))


# Another text.


def _edit(state: ReviewState, matter: ShownMatter) -> Stepped:
    del matter
    return replace(state, editing=True), ()


def text_kept(state: ReviewState, event: on.TextKept) -> Stepped:
    """What was typed becomes a version, unless it is the text that was there or none at all."""
    return _keep(replace(state, editing=False), event.text)


def _keep(state: ReviewState, text: str) -> Stepped:
    matter = state.shown
    if matter is None:
        return state, ()
    if not matter.versions or text == paragraphs(matter.draft.body) or not text.strip():
        return load(state) if state.cursor != state.shown_number else (state, ())
    stepped = unready(replace(state, kept=text))
    return then(stepped, lambda now: (now, (do.Verb("edit", matter.item, (text,)),)))


def _lend(state: ReviewState, matter: ShownMatter) -> Stepped:
    del matter
    return state, (do.LendToEditor(state.body),)


def editor_ended(state: ReviewState, event: on.EditorEnded) -> Stepped:
    """The person's own editor gave the draft back."""
    said = (do.Say(NoticeLine(Foreign(event.problem), loud=True)),) if event.problem else ()
    text = event.text
    return then((state, said), lambda now: _keep(now, text) if text is not None else (now, ()))


def _edited(state: ReviewState, event: on.VerbTold) -> Stepped:
    if event.told.ok:
        return state, (do.Say(NoticeLine(event.told.words)),)
    return unready(replace(state, kept=None))


def how_told(state: ReviewState, event: on.HowTold) -> Stepped:
    """In what way a draft is to be written again."""
    if event.say is None:
        return state, ()
    stepped = unready(replace(state, streaming=event.item.number, stream=state.body, stopping=False))
    return then(stepped, lambda now: (now, (do.Verb("redo", event.item, (event.say,)),)))


def _redone(state: ReviewState, event: on.VerbTold) -> Stepped:
    if not event.told.ok:
        return unready(replace(state, streaming=0, stream=NOTHING))
    # What was written stands there until the store shows it as a version.
    state = replace(state, streaming=0, stream=NOTHING, kept=paragraphs(state.stream))
    return state, (do.Say(NoticeLine(event.told.words)),)


def _stop_writing(state: ReviewState) -> Stepped:
    if not state.streaming:
        return state, ()
    return replace(state, stopping=True), (do.Say(NoticeLine(Foreign("Stopping; the text before stays."))),)


def _walk(state: ReviewState, matter: ShownMatter, by: int) -> Stepped:
    return unready(replace(state, place=min(max(state.place + by, 0), len(matter.versions) - 1)))


def _choose(state: ReviewState, matter: ShownMatter) -> Stepped:
    return state, (do.Verb("choose", matter.item, (matter.versions[state.place].number,)),)


def _chosen(state: ReviewState, event: on.VerbTold) -> Stepped:
    return state, ((do.Say(NoticeLine(event.told.words)),) if event.told.ok else ())


# Reading.


def _voice(state: ReviewState, matter: ShownMatter) -> Stepped:
    return state, ((do.ReadVoice(matter.item, state.body),) if matter.versions else ())


def voice_came(state: ReviewState, event: on.VoiceCame) -> Stepped:
    """How far a draft sounds like its sender."""
    return state, (do.OpenVoice(event.item, event.voice),)


def _copy(state: ReviewState, matter: ShownMatter) -> Stepped:
    del matter
    return state, (do.Copy(state.body), do.Say(NoticeLine(Foreign("Copied."))))


def _webmail(state: ReviewState, matter: ShownMatter) -> Stepped:
    return state, ((do.OpenBrowser(matter.webmail),) if matter.webmail.startswith("https://") else ())


KEYS: dict[str, Callable[[ReviewState, ShownMatter], Stepped]] = {
    "approve": _approve,
    "approve_at_once": lambda state, matter: _approve(state, matter, True),
    "edit": _edit,
    "editor": _lend,
    "redo": lambda state, matter: (state, (do.AskHow(matter.item),)),
    "snooze": lambda state, matter: (state, (do.AskUntil(matter.item),)),
    "skip": _skip,
    "stop": _stop,
    "why": lambda state, matter: (state, (do.OpenWhy(matter),)),
    "voice": _voice,
    "thread": lambda state, matter: (state, (do.OpenThread(matter),)),
    "older": lambda state, matter: _walk(state, matter, -1),
    "newer": lambda state, matter: _walk(state, matter, 1),
    "choose": _choose,
    "mark": _mark,
    "approve_marked": _approve_marked,
    "webmail": _webmail,
    "copy": _copy,
}
ANSWERS: dict[str, Callable[[ReviewState, on.VerbTold], Stepped]] = {
    "approve": _decided,
    "snooze": _decided,
    "skip": _decided,
    "stop": _decided,
    "edit": _edited,
    "redo": _redone,
    "choose": _chosen,
}
