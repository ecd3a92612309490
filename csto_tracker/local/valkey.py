"""A Valkey server of our own on a free port of 127.0.0.1, with a password made at each start."""

import os
import secrets
import socket
from collections.abc import Callable
from pathlib import Path

from csto_tracker.local.failure import LocalError
from csto_tracker.local.ports import any_free
from csto_tracker.local.processes import TAG, Child
from csto_tracker.local.programs import find_valkey

START_SECONDS = 15
ATTEMPTS = 3
# It holds caches and wake-ups, which may be lost: nothing is written to disk. What has a time to
# live goes first when memory is short, so a queue is never evicted.
SETTINGS = """\
bind 127.0.0.1
port {port}
requirepass {password}
save ""
appendonly no
daemonize no
databases 16
maxmemory 64mb
maxmemory-policy volatile-lru
"""


class Valkey:
    """The server; once `start` has returned, `url` is what REDIS_URL has to be."""

    def __init__(self, local: Path) -> None:
        self.local = local
        self.program = find_valkey()
        self.port, self.password = 0, ""

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def start(self, *, interrupted: Callable[[], bool] = lambda: False) -> Child:
        """Start the server and return once it answers; LocalError when it does not."""
        folder = self.local / "valkey"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for attempt in range(1, ATTEMPTS + 1):
            self.port, self.password = any_free(), secrets.token_urlsafe(24)
            child = Child(
                "Valkey",
                [str(self.program), "-"],
                {"PATH": os.environ.get("PATH", os.defpath), TAG: str(self.local)},
                log=self.local / "log" / "valkey.log",
                folder=folder,
                # By standard input: a command line can be read by every user of the machine.
                given=SETTINGS.format(port=self.port, password=self.password),
            )
            try:
                child.start_until(self.answers, seconds=START_SECONDS, interrupted=interrupted)
            except LocalError:
                # Another process may have taken the port between our look and Valkey's.
                if attempt == ATTEMPTS:
                    raise
            else:
                break
        return child

    def answers(self) -> bool:
        """Whether the server takes connections and knows the password."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=2) as connection:
                connection.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
                answer = b""
                while answer.count(b"\r\n") < 2:
                    part = connection.recv(100)
                    if not part:
                        return False
                    answer += part
        except OSError:
            return False
        return answer == b"+OK\r\n+PONG\r\n"
