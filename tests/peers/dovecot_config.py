"""What the private Dovecot is told, in the words of the version that is installed: 2.4 renamed half of them."""

from __future__ import annotations

import re
import subprocess
from functools import cache
from pathlib import Path

SENT = "Gesendete Elemente"
BASIC = """
base_dir = {home}/run
state_dir = {home}/run
log_path = {home}/dovecot.log
info_log_path = {home}/dovecot.log
protocols = imap
listen = 127.0.0.1
ssl = no
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
mail_uid = {user}
mail_gid = {group}
first_valid_uid = 1
mail_max_userip_connections = 50
auth_mechanisms = plain login
auth_failure_delay = 0
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    {listen} = 127.0.0.1
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
namespace inbox {{
  inbox = yes
  separator = /
  mailbox Drafts {{
    auto = subscribe
    special_use = \\Drafts
  }}
  mailbox "{sent}" {{
    auto = subscribe
    special_use = \\Sent
  }}
  mailbox Junk {{
    auto = subscribe
    special_use = \\Junk
  }}
  mailbox Trash {{
    auto = subscribe
    special_use = \\Trash
  }}
}}
"""
USERS_23 = """
disable_plaintext_auth = no
mail_home = {home}/home/%u
mail_location = maildir:~/Maildir
passdb {{
  driver = static
  args = password=secret
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={home}/home/%u
}}
"""
USERS_24 = """
auth_allow_cleartext = yes
mail_home = {home}/home/%{{user}}
mail_driver = maildir
mail_path = ~/Maildir
passdb static {{
  password = secret
}}
userdb static {{
  fields {{
    uid = {user}
    gid = {group}
    home = {home}/home/%{{user}}
  }}
}}
"""
ENCRYPTED = """
ssl = yes
{certificates}
service imap-login {{
  inet_listener imaps {{
    {listen} = 127.0.0.1
    port = {port}
    ssl = yes
  }}
}}
"""


@cache
def version() -> tuple[int, int]:
    """Of the Dovecot that is installed."""
    said = subprocess.run(["dovecot", "--version"], capture_output=True, text=True, check=True).stdout
    found = re.match(r"(\d+)\.(\d+)", said)
    assert found, f"Dovecot does not say which version it is: {said!r}"
    return int(found[1]), int(found[2])


def new() -> bool:
    return version() >= (2, 4)


def basic(home: Path, user: str, group: str, port: int) -> str:
    """One mailbox for every user name, with the password `secret`."""
    head = "dovecot_config_version = 2.4.0\ndovecot_storage_version = 2.4.0\n" if new() else ""
    known = {"home": home, "user": user, "group": group, "port": port, "listen": _listen(), "sent": SENT}
    return head + (BASIC + (USERS_24 if new() else USERS_23)).format(**known)


def encrypted(certificate: Path, port: int) -> str:
    """A port for TLS, and STARTTLS on the other one."""
    names = ("ssl_server_cert_file = ", "ssl_server_key_file = ") if new() else ("ssl_cert = <", "ssl_key = <")
    certificates = "\n".join(f"{name}{certificate}" for name in names)
    return ENCRYPTED.format(certificates=certificates, listen=_listen(), port=port)


def tokens(folder: Path, mechanisms: str, **asks: str) -> str:
    """Sign-in by token; `asks` says how the server that knows them is asked. A file for 2.3 goes into the folder."""
    lines = "\n".join(f"{name} = {value}" for name, value in asks.items())
    head = f"auth_mechanisms = plain login {mechanisms}\n"
    if new():
        return f"{head}oauth2 {{\n{lines}\n}}\npassdb oauth2 {{\n  mechanisms_filter = {mechanisms}\n}}\n"
    file = folder / "oauth2.conf.ext"
    file.write_text(lines + "\n")
    file.chmod(0o644)
    return f"{head}passdb {{\n  driver = oauth2\n  mechanisms = {mechanisms}\n  args = {file}\n}}\n"


def _listen() -> str:
    return "listen" if new() else "address"
