"""First sync from a private Dovecot: fetch, parse and hand over; prints mails per second, bytes and memory."""

from __future__ import annotations

import resource
import sys
import time

from providers.imap.mailbox import ImapMailbox, ImapSettings
from tests.peers.dovecot import running
from tests.peers.generate import into_maildir


def main(count: int) -> None:
    """One run: history, then nothing new."""
    with running() as server:
        place = server.maildir("bench")
        size = into_maildir(place, 1, count)
        server.own(place)
        settings = ImapSettings("127.0.0.1", server.port, "none", "bench", lambda: "secret")
        mailbox = ImapMailbox(settings)
        for _ in mailbox.changes('{"v":1,"folders":{}}'):
            break  # the server builds its own index once
        for attempt in ("first", "again"):
            mailbox.close()
            mailbox = ImapMailbox(settings)
            began = time.perf_counter()
            mails, early, cursor = 0, 0.0, ""
            for page in mailbox.changes(""):
                mails += len(page.mails)
                cursor = page.cursor
                early = early or time.perf_counter() - began
            took = time.perf_counter() - began
            share = 100 * mailbox.received / size
            print(f"{attempt}: {mails} of {count} mails, {size / 1e6:.0f} MB: {took:.2f} s, {mails / took:.0f} mails/s")
            print(f"  first page after {early:.2f} s; {share:.1f} % of the bytes on the wire")
        began = time.perf_counter()
        pages = list(mailbox.changes(cursor))
        print(f"nothing new: {1000 * (time.perf_counter() - began):.1f} ms, {len(pages)} pages")
        own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        mailbox.close()
        child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        print(f"peak memory {own:.0f} MB, largest child {child:.0f} MB")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
