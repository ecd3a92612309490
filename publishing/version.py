"""The version of the data, how a process hears that it rose, and the ETags made of it."""

import hashlib
import logging
import os
import select
import threading
import time
from contextvars import ContextVar
from datetime import datetime
from typing import Any, NamedTuple

import psycopg2
from django.db import connection

from publishing import code_version

log = logging.getLogger(__name__)


class Version(NamedTuple):
    """A number that rises with every public change, and when it last rose (UTC)."""

    number: int
    changed_at: datetime | None


# The key under which a server hands the version that it knows to the request that it passes on.
KNOWN = "csto_tracker.data_version"
# The version that the request under way has read; None outside of a request.
READ: ContextVar[Version | None] = ContextVar("data version read", default=None)


def current_version() -> Version:
    """Read the data version: one query by primary key."""
    with connection.cursor() as cursor:
        return _read(cursor)


def _read(cursor: Any) -> Version:
    cursor.execute("SELECT number, changed_at FROM publishing_dataversion WHERE id = 1")
    row = cursor.fetchone()
    return Version(*row) if row else Version(0, None)


def etag(version: Version, *parts: str) -> str:
    """A strong ETag (RFC 9110, 8.8.3) of the data version, the code and what was asked for."""
    text = "\n".join([str(version.number), code_version(), *parts])
    return f'"{version.number}-{hashlib.sha256(text.encode()).hexdigest()[:20]}"'


class VersionListener:
    """Keeps the data version at hand, by LISTEN, in a thread of this process.

    PostgreSQL tells of a change when it is committed. The version is also read every
    HEARTBEAT_SECONDS, and is not believed for longer than BELIEVED_SECONDS without an answer:
    a connection that is cut without a word, or a pooler that swallows notifications, makes
    it None and not one out of date.
    """

    CHANNEL = "data_version"
    HEARTBEAT_SECONDS, BELIEVED_SECONDS, RETRY_SECONDS = 1.0, 2.5, 0.5

    def __init__(self) -> None:
        self._version = Version(0, None)
        self._believed_until = 0.0
        self._process = 0
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()

    def version(self) -> Version | None:
        """The data version as last heard; None while nothing can be heard. Never blocks."""
        if time.monotonic() < self._believed_until and self._process == os.getpid():
            return self._version
        self._start()
        return None

    def _start(self) -> None:
        """Start the thread, once in each process: a fork does not copy it."""
        with self._starting:
            if self._process == os.getpid():
                return
            self._process, self._believed_until = os.getpid(), 0.0
            # The parameters are read here: another thread has no business in this connection.
            arguments = (self._parameters(), self._process)
            self._thread = threading.Thread(target=self._run, args=arguments, daemon=True)
            self._thread.start()

    def close(self) -> None:
        """End the thread and its connection; `version` would start another one."""
        with self._starting:
            self._process, self._believed_until = 0, 0.0
        if self._thread is not None:
            self._thread.join()

    @staticmethod
    def _parameters() -> dict[str, Any]:
        parameters = connection.get_connection_params()
        parameters.pop("cursor_factory", None)
        return {
            **parameters,
            "connect_timeout": 3,
            "keepalives_idle": 5,
            "keepalives_interval": 2,
            "keepalives_count": 2,
            "tcp_user_timeout": 5000,
            "application_name": "data version",
        }

    def _run(self, parameters: dict[str, Any], process: int) -> None:
        told = False
        while process == os.getpid() == self._process:
            try:
                self._listen(parameters, process)
            except psycopg2.Error as error:
                self._believed_until = 0.0
                if not told:
                    log.warning("The data version cannot be listened to: %s", str(error).strip())
                told = True
                time.sleep(self.RETRY_SECONDS)
            else:
                told = False

    def _listen(self, parameters: dict[str, Any], process: int) -> None:
        """Listen until closed, or the connection fails, which raises a psycopg2.Error."""
        session = psycopg2.connect(**parameters)
        try:
            session.autocommit = True
            with session.cursor() as cursor:
                cursor.execute(f"LISTEN {self.CHANNEL}")
                while process == self._process:
                    asked = time.monotonic()
                    self._version = _read(cursor)
                    self._believed_until = asked + self.BELIEVED_SECONDS
                    # What came with the answer has been read; what comes now wakes the thread.
                    if not session.notifies:
                        select.select([session], [], [], self.HEARTBEAT_SECONDS)
                        session.poll()
                    session.notifies.clear()
        finally:
            session.close()
