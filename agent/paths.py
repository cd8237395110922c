"""Where things live on this machine; never creates anything by being asked."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
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
    """Create a folder of relance's own, which only its owner can enter."""
    make_folder(folder)
    if folder.stat().st_mode & 0o077:
        folder.chmod(0o700)
    return folder


def make_folder(folder: Path) -> None:
    """Create what is missing of a path, for its owner alone; a folder that is there belongs to somebody and stays."""
    missing = [one for one in (folder, *folder.parents) if not one.is_dir()]
    for one in reversed(missing):
        one.mkdir(mode=0o700, exist_ok=True)


def write_private(file: Path, content: bytes) -> None:
    """Replace a file in one step, readable by its owner alone."""
    # It is slow to load, and most commands write nothing.
    import tempfile

    make_folder(file.parent)
    descriptor, name = tempfile.mkstemp(prefix=f".{file.name[:100]}.", dir=file.parent)
    fresh = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        fresh.replace(file)
    finally:
        fresh.unlink(missing_ok=True)


@contextmanager
def new_file(file: Path) -> Iterator[Path]:
    """A place to write a new file at, which gets its name when it is whole; never over another, never through a link.

    It lies in a folder nobody else can enter, so that in a shared one no name can be planted before.
    """
    import tempfile

    make_folder(file.parent)
    with tempfile.TemporaryDirectory(prefix=".relance-", dir=file.parent) as room:
        fresh = Path(room) / file.name
        yield fresh
        fresh.chmod(0o600)
        _name(fresh, file)


def _name(fresh: Path, file: Path) -> None:
    try:
        os.link(fresh, file)
    except FileExistsError:
        raise
    except OSError:
        # Some file systems know no second name.
        if os.path.lexists(file):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(file)) from None
        fresh.rename(file)
