"""The demo while its screen is open: its clock runs, its jobs work, an answer comes in; nothing leaves the machine."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

from agent.common.desk import Desk
from agent.demo.story import DemoScene
from agent.running.jobs import one_pass, wake_up

STEP = 1.0
"""Seconds between two looks; a newcomer watches the countdown."""
ANSWER_AFTER = 45.0
"""Seconds until somebody answers, so that a newcomer sees a follow-up stop by itself."""


def live(scene: DemoScene, desk: Desk, over: threading.Event) -> None:
    """Until the screen closes."""
    began, start, answered = time.monotonic(), scene.now, False
    jobs = scene.jobs()
    wake_up(desk)
    while not over.wait(STEP):
        passed = time.monotonic() - began
        scene.now = start + timedelta(seconds=passed)
        if passed >= ANSWER_AFTER and not answered:
            scene.arrives("junk", "intro-maya")
            answered = True
        one_pass(desk, jobs)
