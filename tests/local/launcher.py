"""A small launcher for tests to start, ask and kill: PostgreSQL and Valkey in one folder.

It prints a line of JSON when both answer, and stops them when its standard input ends.
"""

import json
import sys
from pathlib import Path

from csto_tracker.local.failure import LocalError
from csto_tracker.local.lock import locked
from csto_tracker.local.postgres import Postgres, remove_socket_folder
from csto_tracker.local.processes import end_left_over, stop
from csto_tracker.local.valkey import Valkey
from csto_tracker.local.variables import make_local_folder


def main(local: Path) -> None:
    make_local_folder(local)
    with locked(local):
        ended = end_left_over(local)
        postgres = Postgres(local, tell=lambda _: None)
        child = postgres.start()
        valkey = Valkey(local)
        cache = valkey.start()
        answer = {
            "ended": ended,
            "postgres": postgres.url,
            "valkey": valkey.url,
            "data": str(postgres.data),
            "processes": [child.process.pid, cache.process.pid],
        }
        print(json.dumps(answer), flush=True)
        sys.stdin.read()
        stop([child, cache], seconds=5)
        remove_socket_folder(local)


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]))
    except LocalError as error:
        sys.exit(str(error))
