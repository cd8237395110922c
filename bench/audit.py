"""The audit log at 20,000 rows: append, verify, and a count of the changes that are found."""

from __future__ import annotations

import os
import random
import tempfile
import time
from dataclasses import replace

os.environ["RELANCE_HOME"] = tempfile.mkdtemp(prefix="relance-bench-")

from agent.paths import places
from agent.secrets import Vault, database_key
from agent.store.base import audit
from agent.store.base.audit import Event
from agent.store.base.engine import Store

ROWS = 20_000
CHANGES = 1_000


def main() -> None:
    where = places()
    store = Store(where, database_key(Vault(where, keyring=False)) or "")
    start = time.perf_counter()
    with store.write() as change:
        change.record(*(Event("bench.row", object=str(n), content="c", person="a@x.example") for n in range(ROWS)))
    print(f"append {ROWS} rows  {time.perf_counter() - start:.2f} s")
    store.anchor()
    start = time.perf_counter()
    assert store.verify().complete
    print(f"verify {ROWS} rows  {time.perf_counter() - start:.2f} s")
    with store.read() as connection:
        rows = audit.read(connection)
    chosen = random.Random(7)
    found = 0
    for _ in range(CHANGES):
        row = chosen.choice(rows)
        column = chosen.choice([name for name in audit.FIELDS if name != "at"])
        changed = replace(row, **{column: f"{getattr(row, column)}x"})
        found += audit.row_hash(row.prev, changed) != row.hash
    print(f"single changes found {found} of {CHANGES} (seed 7)")
    store.close()


if __name__ == "__main__":
    main()
