"""The lowest layer of IMAP: commands out, responses in; lets nothing through that could be read as another command."""

from __future__ import annotations

import re
import select
from collections.abc import Iterator, Sequence
from time import monotonic
from typing import TYPE_CHECKING, TypeAlias

from providers.base import Refused, Unreachable

if TYPE_CHECKING:
    import imaplib

FORBIDDEN = re.compile(rb'[\x00-\x1f\x7f"\\]')
CONTROL = re.compile(rb"[\x00\r\n]")
LITERAL = re.compile(rb"\{(\d{1,10})\}\r\n$")
MOST_LITERAL = 64 * 1024 * 1024
"""Of one piece; the largest mail most servers take is smaller."""
MOST_LINE = 1_000_000
"""Longer than any line but an attack: what is long comes as a literal."""
AT_A_TIME = 65_536
"""One read of the socket."""
TOKEN = re.compile(
    rb'[()]|"(?:[^"\\]|\\.)*"|\{\d{1,10}\}\r\n|(?:BODY|BINARY)\[[^\]]*\](?:<\d+>)?|[^\s()"]+',
    re.IGNORECASE,
)
SEEN, DRAFT, DELETED = b"(\\Seen)", b"(\\Draft \\Seen)", b"(\\Deleted)"
OWN_FLAGS = frozenset((SEEN, DRAFT, DELETED))
QUOTE, OPEN, CLOSE, BRACE = b'"(){'
MOST_DEPTH = 200
"""Parentheses in parentheses; mails nest less (MOST_DEPTH of `mail/structure.py`)."""
AT_ONCE = 50
"""Commands sent together, few enough that their answers do not fill both buffers while we still write."""
MOST_ANSWER = 512 * 1024 * 1024
"""To one command, so that a server that does not end fills no memory."""
MOST_RESPONSES = 2_000_000
"""To one command; no mailbox has more to say at once."""
LONGEST_WAIT, SLOWEST, LONGEST_OF_ALL = 60.0, 4096, 180.0
"""Seconds the server may keep us waiting for an answer in all, bytes that earn it one more, and never beyond."""
Chunks = list[bytes]
"""A response: text, literal, text, literal, ..., text."""
Atom: TypeAlias = "bytes | list[Atom] | None"


class Literal(bytes):
    """An argument sent with its length in front, so that nothing in it can be a command."""

    __slots__ = ()


class Wire:
    """One signed-in connection; from here on nobody else reads from it, so that nothing waits in a buffer unseen."""

    def __init__(self, imap: imaplib.IMAP4) -> None:
        self._imap = imap
        self._heard = bytearray()
        self.received = 0
        self.selected = ""
        """The folder that is open, as far as we know."""
        self._ahead: list[bytes] = []
        """Commands whose answers are still to come, in their order."""
        self._stash: dict[bytes, list[Chunks]] = {}
        self._waited = 0.0
        self._got = self._said = 0

    def command(self, *parts: bytes) -> bytes:
        """Send a command; returns its tag."""
        self._settle()
        return self._command(*parts)

    def _command(self, *parts: bytes) -> bytes:
        self._asked()
        tag: bytes = self._imap._new_tag()  # noqa: SLF001 - imaplib has no public way to number a command
        line = tag
        for part in parts:
            if isinstance(part, Literal):
                self._send(line + b" {%d}\r\n" % len(part))
                self._wait_for_go()
                self._send(bytes(part))
                line = b""
            else:
                line += b" " + guarded(part)
        self._send(line + b"\r\n")
        return tag

    def ahead(self, *parts: bytes) -> bytes:
        """Send a command whose answer is read later, whatever is asked in between."""
        tag = self._command(*parts)
        self._ahead.append(tag)
        return tag

    def _settle(self, until: bytes = b"") -> None:
        """Take the answers that must come before anything else is heard."""
        while self._ahead and self._ahead[0] != until:
            tag = self._ahead.pop(0)
            self._stash[tag] = list(self._heard_until(tag))

    def raw_line(self, line: bytes) -> None:
        """The end of an IDLE."""
        self._send(guarded(line) + b"\r\n")

    def responses(self, tag: bytes) -> Iterator[Chunks]:
        """Untagged responses until the command is done; raises Refused when the server says no."""
        if tag in self._stash:
            yield from self._stash.pop(tag)
            return
        self._settle(tag)
        if self._ahead:
            self._ahead.pop(0)
        yield from self._heard_until(tag)

    def _heard_until(self, tag: bytes) -> Iterator[Chunks]:
        while True:
            chunks = self.response()
            first = chunks[0]
            if first.startswith(tag + b" "):
                require(chunks, tag)
                yield chunks
                return
            if first[:5].upper() == b"* BYE":
                raise Unreachable("The mail server closed the connection. It will be tried again.")
            yield chunks

    def response(self) -> Chunks:
        """One response with its literals."""
        self._said += 1
        if self._said > MOST_RESPONSES:
            raise Unreachable("The mail server does not stop talking. It will be tried again.")
        chunks = [self._line()]
        while True:
            last = chunks[-1]
            size = LITERAL.search(last)
            if size is None:
                return chunks
            length = int(size[1])
            if length > MOST_LITERAL:
                raise Unreachable("The mail server sent something too large.")
            chunks += (self._literal(length), self._line())

    def _line(self) -> bytes:
        start = 0
        while (end := self._heard.find(b"\n", start)) < 0:
            start = len(self._heard)
            if start > MOST_LINE:
                raise Unreachable("The mail server sent something too large.")
            self._listen("The mail server cut the connection. It will be tried again.")
        return self._taken(end + 1)

    def _literal(self, length: int) -> bytes:
        while len(self._heard) < length:
            self._listen("The mail server cut the connection in the middle of a mail. It will be tried again.")
        return self._taken(length)

    def _asked(self) -> None:
        self._waited, self._got, self._said = 0.0, 0, 0

    def _listen(self, otherwise: str) -> None:
        begun = monotonic()
        data = self._imap.sock.recv(AT_A_TIME)
        self._waited += monotonic() - begun
        self._got += len(data)
        if self._waited > min(LONGEST_WAIT + self._got / SLOWEST, LONGEST_OF_ALL) or self._got > MOST_ANSWER:
            raise Unreachable("The mail server takes too long to answer. It will be tried again.")
        if not data:
            raise Unreachable(otherwise)
        self._heard += data

    def _taken(self, length: int) -> bytes:
        found = bytes(self._heard[:length])
        del self._heard[:length]
        self.received += length
        return found

    def run(self, *parts: bytes) -> list[Chunks]:
        """Send a command and take all its responses; the last one is the verdict."""
        return list(self.responses(self.command(*parts)))

    def run_all(self, commands: Sequence[tuple[bytes, ...]]) -> list[list[Chunks]]:
        """Send several commands at once, none of them with a literal; each gets what came until its verdict."""
        found: list[list[Chunks]] = []
        for start in range(0, len(commands), AT_ONCE):
            found.extend(self._at_once(commands[start : start + AT_ONCE]))
        return found

    def _at_once(self, commands: Sequence[tuple[bytes, ...]]) -> list[list[Chunks]]:
        self._settle()
        self._asked()
        tags: list[bytes] = [self._imap._new_tag() for _ in commands]  # noqa: SLF001 - as above
        lines = [b" ".join([tag, *map(guarded, parts)]) for tag, parts in zip(tags, commands, strict=True)]
        self._send(b"\r\n".join(lines) + b"\r\n")
        done: dict[bytes, list[Chunks]] = {}
        since: list[Chunks] = []
        while len(done) < len(tags):
            since.append(self.response())
            start = since[-1][0].split(b" ", 1)[0]
            if since[-1][0][:5].upper() == b"* BYE":
                raise Unreachable("The mail server closed the connection. It will be tried again.")
            if start in tags:
                done[start], since = since, []
        return [done[tag] for tag in tags]

    def ready(self, seconds: float) -> bool:
        """Whether the server says something within that time, or has said it already."""
        if b"\n" in self._heard:
            return True
        pending = getattr(self._imap.sock, "pending", None)
        if pending is not None and pending():
            return True
        return bool(select.select([self._imap.sock], [], [], seconds)[0])

    def timeout(self, seconds: float) -> None:
        """How long to wait for the server from now on."""
        self._imap.sock.settimeout(seconds)

    def _send(self, data: bytes) -> None:
        self._imap.send(data)

    def _wait_for_go(self) -> None:
        while True:
            line = self.response()[0]
            if line.startswith(b"+"):
                return
            if not line.startswith(b"*"):
                raise Refused("The mail server refused a request.")


def require(verdict: Chunks, tag: bytes = b"") -> None:
    """The last line of an answer must say OK."""
    said = verdict[0].split(b" ", 2)
    if len(said) < 2 or said[1][:2].upper() != b"OK" or (tag and said[0] != tag):
        raise Refused("The mail server refused a request. Run `relance doctor` to see which folder it is.")


def guarded(part: bytes) -> bytes:
    """An argument that can only be itself; quotes only where `quoted` put them."""
    if part in OWN_FLAGS:
        return part
    inner = part[1:-1] if len(part) > 1 and part[:1] == part[-1:] == b'"' else part
    if FORBIDDEN.search(inner):
        raise Refused("A request to the mail server was stopped: it held characters that could be read as a command.")
    return part


def quoted(name: bytes) -> bytes:
    """A folder name as LIST gave it, as an argument."""
    return Literal(name) if FORBIDDEN.search(name) or not name.isascii() else b'"' + name + b'"'


def tokens(chunks: Chunks) -> list[Atom]:
    """A response as nested lists of bytes; parentheses make a list, NIL is None."""
    root: list[Atom] = []
    stack = [root]
    for index, chunk in enumerate(chunks):
        if index % 2:
            stack[-1].append(chunk)
        else:
            _scan(chunk, stack)
    return root


def _scan(text: bytes, stack: list[list[Atom]]) -> None:
    top = stack[-1]
    for token in TOKEN.findall(text):
        mark = token[0]
        if mark == QUOTE:
            string = token[1:-1]
            top.append(re.sub(rb"\\(.)", rb"\1", string) if b"\\" in string else string)
        elif mark == OPEN:
            if len(stack) < MOST_DEPTH:
                inner: list[Atom] = []
                top.append(inner)
                stack.append(inner)
                top = inner
        elif mark == CLOSE:
            if len(stack) > 1:
                stack.pop()
                top = stack[-1]
        elif mark != BRACE or not token.endswith(b"}\r\n"):
            top.append(None if token == b"NIL" else token)


def uid_set(uids: list[int]) -> bytes:
    """Ascending UIDs as ranges."""
    found: list[str] = []
    start = previous = uids[0]
    for uid in [*uids[1:], -1]:
        if uid != previous + 1:
            found.append(str(start) if start == previous else f"{start}:{previous}")
            start = uid
        previous = uid
    return ",".join(found).encode()


def uid_list(text: bytes, most: int = 5_000_000) -> list[int]:
    """A set of UIDs such as `3:5,9` as numbers."""
    found: list[int] = []
    for piece in text.split(b","):
        first, _, last = piece.partition(b":")
        if not first.isdigit() or (last and not last.isdigit()):
            continue
        begin, end = sorted((int(first), int(last or first)))
        if len(found) + end - begin > most:
            break
        found.extend(range(begin, end + 1))
    return found
