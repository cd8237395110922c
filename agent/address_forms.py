"""What an address, a domain and a Message-ID look like where a person writes one; says nothing of mail."""

from __future__ import annotations

import re

ADDRESS = re.compile(r"[^@\s<>\"(),:;\\]{1,64}@[^@\s<>\"(),:;\\/]{1,255}")
DOMAIN = re.compile(r"(?![.-])[^@\s<>\"(),:;\\/*?=]{1,255}")
WORD_MARK = "+relance-"
"""In an own address it begins a word to relance; such an address leads to nobody else."""
MESSAGE_ID = re.compile(r"<[^<>\s]{1,998}>")


def address_in(text: str) -> str:
    """The one address somebody wrote, in brackets or with its first part in quotes too; empty where it is not one."""
    bare = text.strip()
    bare = bare[1:-1].strip() if bare.startswith("<") and bare.endswith(">") else bare
    local, _, domain = bare.rpartition("@")
    local = local[1:-1] if len(local) > 2 and local.startswith('"') and local.endswith('"') else local
    found = f"{local}@{domain}".lower()
    return found if ADDRESS.fullmatch(found) and DOMAIN.fullmatch(domain) else ""


def domain_in(text: str) -> str:
    """The domain somebody wrote, with the sign of an address before it too; empty where it is none."""
    bare = text.strip().lower().removeprefix("*@").removeprefix("@")
    return bare if DOMAIN.fullmatch(bare) else ""


def message_id_in(text: str) -> str:
    """The Message-ID somebody wrote, without its brackets too; empty where it is none."""
    bare = text.strip()
    bare = bare[1:-1].strip() if bare.startswith("<") and bare.endswith(">") else bare
    return f"<{bare}>" if MESSAGE_ID.fullmatch(f"<{bare}>") else ""
