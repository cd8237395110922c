"""Lets the system start the daemon at login, by systemd or launchd; never with more rights than the user."""

from __future__ import annotations

import plistlib
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from agent.errors import UsageError
from agent.paths import Places

NAME = "relance"
LABEL = "org.relance.agent"

UNIT = """\
[Unit]
Description=relance, the follow-up agent
After=network-online.target
StartLimitIntervalSec=600
StartLimitBurst=10

[Service]
Type=notify
ExecStart={command}
ExecReload=/bin/kill -HUP $MAINPID
Restart=on-failure
RestartSec=10
RestartPreventExitStatus=2 75
TimeoutStopSec=660
WatchdogSec=1200
UMask=0077
NoNewPrivileges=yes
ProtectSystem=strict
ReadWritePaths={writes}
PrivateTmp=yes
RestrictSUIDSGID=yes
LockPersonality=yes
MemoryMax=1G
{environment}
[Install]
WantedBy=default.target
"""


@dataclass(frozen=True, slots=True)
class Service:
    """A file that describes the service, and the commands around it."""

    file: Path
    text: str
    enable: tuple[tuple[str, ...], ...]
    disable: tuple[tuple[str, ...], ...]
    ask: tuple[str, ...]


def describe(
    places: Places, *, system: str = sys.platform, home: Path | None = None, root: str = "", config: Path | None = None
) -> Service:
    """What would be installed on this system. `root` is RELANCE_HOME and `config` the file named with --config, if any.

    A service starts with neither, and would work in another home without them.
    """
    base, command = home or Path.home(), program(config)
    if system == "darwin":
        return _launchd(places, base, root, command)
    if system.startswith("linux"):
        return _systemd(places, base, root, command)
    raise UsageError("There is no service for this system.", hint="Keep `relance run` open instead.")


def program(config: Path | None = None) -> list[str]:
    """How to start the daemon again."""
    found = shutil.which(NAME)
    return [
        *([found] if found else [sys.executable, "-m", "agent"]),
        *(["--config", str(config)] if config else []),
        "run",
    ]


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{escaped}"'


def _systemd(places: Places, home: Path, root: str, command: list[str]) -> Service:
    folders = sorted({str(place) for place in (places.data, places.state, places.logs, places.config_file.parent)})
    text = UNIT.format(
        command=" ".join(_quoted(word) for word in command),
        writes=" ".join(_quoted(folder) for folder in folders),
        environment=f"Environment={_quoted('RELANCE_HOME=' + root)}\n" if root else "",
    )
    unit = f"{NAME}.service"
    return Service(
        home / ".config/systemd/user" / unit,
        text,
        (("systemctl", "--user", "daemon-reload"), ("systemctl", "--user", "enable", "--now", unit)),
        (("systemctl", "--user", "disable", "--now", unit),),
        ("systemctl", "--user", "is-active", unit),
    )


def _launchd(places: Places, home: Path, root: str, command: list[str]) -> Service:
    table = {
        "Label": LABEL,
        "ProgramArguments": command,
        "RunAtLoad": True,
        "KeepAlive": {"SuccessfulExit": False},
        "ThrottleInterval": 10,
        "ExitTimeOut": 660,
        "Umask": 0o077,
        "ProcessType": "Background",
        "StandardErrorPath": str(places.logs / "service.log"),
        **({"EnvironmentVariables": {"RELANCE_HOME": root}} if root else {}),
    }
    file = home / "Library/LaunchAgents" / f"{LABEL}.plist"
    text = plistlib.dumps(table).decode()
    return Service(
        file, text, (("launchctl", "load", "-w", str(file)),), (("launchctl", "unload", "-w", str(file)),),
        ("launchctl", "list", LABEL),
    )  # fmt: skip


def install(service: Service) -> list[str]:
    """Write the file and enable it. Returns the commands that did not work."""
    service.file.parent.mkdir(parents=True, exist_ok=True)
    service.file.write_text(service.text, encoding="utf-8")
    return _run(service.enable)


def remove(service: Service) -> list[str]:
    """Disable it and take the file away."""
    failed = _run(service.disable)
    service.file.unlink(missing_ok=True)
    return failed


def status(service: Service) -> str:
    """`not installed`, or what the service manager says."""
    if not service.file.exists():
        return "not installed"
    try:
        done = subprocess.run(service.ask, capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return "installed; the service manager does not answer"
    return "running" if done.returncode == 0 else "installed, not running"


def _run(commands: tuple[tuple[str, ...], ...]) -> list[str]:
    failed = []
    for command in commands:
        try:
            done = subprocess.run(command, capture_output=True, timeout=30, check=False)
        except (OSError, subprocess.TimeoutExpired):
            failed.append(" ".join(command))
        else:
            if done.returncode:
                failed.append(" ".join(command))
    return failed
