"""What makes two drafts the same text; never looks at anything but their words."""

from __future__ import annotations

import hashlib
import re
import unicodedata

SPACES = re.compile(r"[ \t\u00a0]+")


def digest(text: str) -> str:
    """SHA-256 of the words of a draft: mail programs re-wrap lines and touch white space, which is no edit."""
    words = SPACES.sub(" ", unicodedata.normalize("NFC", text)).split()
    return hashlib.sha256(" ".join(words).encode("utf-8", "replace")).hexdigest()
