"""Measures a first sync of Gmail and Outlook against their fakes: requests, units, seconds; never leaves this machine.

Google's quota of a minute makes a first sync slow by law; `--scale 4` lets it last fifteen seconds on both sides.
"""

from __future__ import annotations

import argparse
import math
import multiprocessing
import resource
import sys
import time
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from providers.gmail.api import UNITS_PER_MINUTE, GmailSettings
from providers.gmail.mailbox import GmailMailbox
from providers.outlook.graph import OutlookSettings
from providers.outlook.mailbox import OutlookMailbox

SAM = "sam@example.org"
START = datetime(2024, 1, 1, tzinfo=UTC)
BODY = "Thank you for the offer. I will read it and come back to you next week, as soon as the board has met.\r\n" * 12


def mail(number: int) -> bytes:
    """A mail of ordinary size, in a thread of five."""
    date = (START + timedelta(minutes=7 * number)).strftime("%a, %d %b %Y %H:%M:%S +0000")
    root = number - number % 5
    answer = f"In-Reply-To: <m{number - 1}@x.example>\r\nReferences: <m{root}@x.example>\r\n" if number % 5 else ""
    trace = "".join(f"Received: from relay{hop}.x.example by mx.example.org; {date}\r\n" for hop in range(6))
    sender, to = (SAM, "ann@x.example") if number % 3 == 0 else (f"person{root}@x.example", SAM)
    head = (
        f"From: {sender}\r\nTo: {to}\r\nSubject: Matter {root}\r\nDate: {date}\r\nMessage-ID: <m{number}@x.example>\r\n"
    )
    return f"{trace}{head}{answer}Content-Type: text/plain; charset=utf-8\r\n\r\n{BODY}".encode()


def serve_gmail(pipe: Connection, count: int, latency: float, scale: float) -> None:
    from tests.peers.gmail_fake import GmailFake

    with GmailFake(latency=latency, quota=UNITS_PER_MINUTE, minute=60 / scale, validate=False) as fake:
        fake.store.address = SAM
        for number in range(count):
            fake.store.deliver(mail(number), labels=("SENT",) if number % 3 == 0 else ("INBOX",))
        used = time.process_time()
        pipe.send(fake.url)
        pipe.recv()
        pipe.send((len(fake.requests), fake.units, f"{time.process_time() - used:.1f} s of the server's"))


def serve_graph(pipe: Connection, count: int, latency: float, _: float) -> None:
    from tests.peers.graph_fake import GraphFake

    with GraphFake(latency=latency, validate=False) as fake:
        folders = ["inbox", "archive", *(fake.store.folder(f"Project {number}") for number in range(10))]
        for number in range(count):
            fake.store.deliver(mail(number), "sentitems" if number % 3 == 0 else folders[number % len(folders)])
        used = time.process_time()
        pipe.send(fake.graph_url)
        pipe.recv()
        used = time.process_time() - used
        said = f"{used:.1f} s of the server's; most at once {fake.peak}, turned away {fake.too_many}"
        pipe.send((len(fake.requests), 0, said))


def token(rejected: str = "") -> str:
    return "" if rejected else "good"


def open_gmail(url: str, scale: float) -> GmailMailbox:
    settings = GmailSettings(
        SAM, token, endpoint=url, clock=lambda: time.monotonic() * scale,
        sleep=lambda seconds: time.sleep(seconds / scale),
    )  # fmt: skip
    return GmailMailbox(settings)


def open_outlook(url: str, _: float) -> OutlookMailbox:
    return OutlookMailbox(OutlookSettings(SAM, token, url))


def run(name: str, count: int, latency: float, scale: float) -> tuple[float, int, int, str]:
    """Seconds, requests, units and a remark."""
    serve, start = {"gmail": (serve_gmail, open_gmail), "outlook": (serve_graph, open_outlook)}[name]
    ours, theirs = multiprocessing.get_context("spawn").Pipe()
    process = multiprocessing.get_context("spawn").Process(target=serve, args=(theirs, count, latency, scale))
    process.start()
    url = ours.recv()
    began, seen, first = time.monotonic(), 0, 0.0
    used = time.process_time()
    box = start(url, scale)
    for page in box.changes(""):
        seen += len(page.mails)
        first = first or (time.monotonic() - began if page.mails else 0.0)
    seconds = time.monotonic() - began
    used = time.process_time() - used
    box.close()
    ours.send("stop")
    requests, units, remark = ours.recv()
    process.join()
    assert seen == count, (seen, count)
    return (
        seconds,
        requests,
        units,
        f"first page after {first:.2f} s, {used:.1f} s of our processor time, {remark}",
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--mails", type=int, default=20_000)
    parser.add_argument("--latency", type=float, default=0.025)
    parser.add_argument("--scale", type=float, default=4.0)
    parser.add_argument("--only", choices=["gmail", "outlook"])
    said = parser.parse_args()
    for name in [said.only] if said.only else ["gmail", "outlook"]:
        seconds, requests, units, remark = run(name, said.mails, said.latency, said.scale)
        print(f"{name}: {said.mails} mails in {seconds:.1f} s, {requests} requests, {remark}")
        if name == "gmail":
            least = said.mails * 5 + math.ceil(said.mails / 500) * 5
            floor = (math.ceil(least / UNITS_PER_MINUTE) - 1) * 60 / said.scale
            steady = least / UNITS_PER_MINUTE * 60 / said.scale
            print(
                f"  {units} units of at least {least}; quota floor {floor:.1f} s in bursts, {steady:.1f} s steadily"
                f" (a minute lasts {60 / said.scale:.0f} s): {seconds / max(floor, 0.1):.2f} and"
                f" {seconds / steady:.2f} times the floor"
            )
        else:
            print(f"  one connection at this latency could not be faster than {requests * said.latency:.1f} s")
    print(f"  most memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")


if __name__ == "__main__":
    main()
