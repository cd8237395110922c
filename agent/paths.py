"""Where things live on this machine; never creates anything by being asked."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

NAME = "relance"


@dataclass(frozen=True, slots=True)
class Places:
    """Every folder and file relance uses."""

    config_file: Path
    data: Path
    state: Path
    logs: Path

    @property
    def database(self) -> Path:
        return self.data / "relance.db"

    @property
    def backups(self) -> Path:
        return self.data / "backups"

    @property
    def lock(self) -> Path:
        return self.state / "relance.lock"

    @property
    def generation(self) -> Path:
        """Says which life of the database this machine last used; a restored copy does not match it."""
        return self.state / "generation"

    @property
    def anchor(self) -> Path:
        """The newest audit checkpoint, kept outside the database."""
        return self.state / "audit-anchor.json"

    @property
    def vault(self) -> Path:
        """Secrets, where the machine has no keyring."""
        return self.state / "secrets"

    @property
    def pause_file(self) -> Path:
        """Its presence pauses everything, even when the database is broken."""
        return self.config_file.parent / "PAUSE"


def places(config_file: Path | None = None) -> Places:
    """`RELANCE_HOME` puts everything below one folder; otherwise the platform's usual places."""
    home = os.environ.get("RELANCE_HOME")
    if home:
        root = Path(home).expanduser()
        return Places(config_file or root / "config.toml", root / "data", root / "state", root / "logs")
    import platformdirs

    return Places(
        config_file or platformdirs.user_config_path(NAME) / "config.toml",
        platformdirs.user_data_path(NAME),
        platformdirs.user_state_path(NAME),
        platformdirs.user_log_path(NAME),
    )


def make_private(folder: Path) -> Path:
    """Create a folder that only its owner can enter."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if folder.stat().st_mode & 0o077:
        folder.chmod(0o700)
    return folder


def write_private(file: Path, content: bytes) -> None:
    """Replace a file in one step, readable by its owner alone."""
    make_private(file.parent)
    fresh = file.with_name(f".{file.name}.{os.getpid()}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        fresh.replace(file)
    finally:
        fresh.unlink(missing_ok=True)
