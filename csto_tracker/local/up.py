"""The whole site on one machine, from one command, until Ctrl-C: what `manage.py up` runs."""

import argparse
import os
import signal
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from csto_tracker.local import ports, services
from csto_tracker.local.failure import LocalError
from csto_tracker.local.lock import locked
from csto_tracker.local.parent import Parent
from csto_tracker.local.postgres import Postgres, remove_socket_folder
from csto_tracker.local.processes import TAG, Child, Interrupted, end_left_over, stop
from csto_tracker.local.valkey import Valkey
from csto_tracker.local.variables import (
    local_folder,
    make_local_folder,
    remember,
    secret_key,
    turn_logs,
)

LOCK_SECONDS = 10  # as long as another run of this checkout may take to stop
# All stops together stay below 10 s.
STOP_SITE_SECONDS, STOP_VALKEY_SECONDS, STOP_POSTGRES_SECONDS = 5, 1, 3
RESTARTS, RESTARTS_WITHIN_SECONDS = 5, 60
SUPERVISION_SECONDS = 0.25


class Up:
    """One run of the site: everything that it has started, and how to stop it."""

    def __init__(self, local: Path, host: str, port: int, stopping: Callable[[], bool]) -> None:
        self.local, self.host, self.port, self.stopping = local, host, port, stopping
        self.environment = {**os.environ, TAG: str(local)}
        self.postgres: Postgres | None = None
        self.children: list[Child] = []
        self.restarts: dict[str, deque[float]] = {}

    @property
    def address(self) -> str:
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104 (compared, not listened on)
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"

    def run(self) -> None:
        """Start everything, say where it is, and keep it running until asked to stop."""
        begun = time.monotonic()
        with ExitStack() as cleanup:
            cleanup.enter_context(self._only_one())
            left = end_left_over(self.local)
            if left:
                tell(f"Ended {left} process(es) that an earlier run left")
            self._require_port()
            self._start_servers(cleanup)
            self._set_environment()
            with step("Database, record and curator account"):
                services.prepare(self.environment, self.stopping)
            self._start_site(cleanup)
            seconds = time.monotonic() - begun
            tell(f"The tracker is at {self.address}/ ({seconds:.1f} s). Ctrl-C ends it.")
            self._supervise()

    @contextmanager
    def _only_one(self) -> Iterator[None]:
        deadline, told = time.monotonic() + LOCK_SECONDS, False
        with ExitStack() as holding:
            while True:
                try:
                    holding.enter_context(locked(self.local))
                    break
                except BlockingIOError:
                    if self.stopping():
                        raise Interrupted from None
                    if time.monotonic() > deadline:
                        raise LocalError(
                            f"The tracker already runs from {self.local}. Stop that one with"
                            " Ctrl-C, or give this one a LOCAL_DIR of its own."
                        ) from None
                if not told:
                    tell(f"Another run uses {self.local}: waiting {LOCK_SECONDS} s for it to end")
                    told = True
                time.sleep(0.1)
            yield

    def _require_port(self) -> None:
        try:
            if ports.is_free(self.host, self.port):
                return
            free = ports.next_free(self.host, self.port)
        except OSError as error:
            raise LocalError(f"{self.host}:{self.port} cannot be used: {error.strerror}") from error
        hint = f" Port {free} is free: make run PORT={free}" if free else ""
        raise LocalError(f"Port {self.port} of {self.host} is taken by another program.{hint}")

    def _start_servers(self, cleanup: ExitStack) -> None:
        if "DATABASE_URL" not in os.environ:
            self.postgres = Postgres(self.local, tell=tell)
            cleanup.callback(remove_socket_folder, self.local)
            with step(f"PostgreSQL {self.postgres.programs.version}"):
                child = self.postgres.start(interrupted=self.stopping)
                cleanup.callback(stop, [child], seconds=STOP_POSTGRES_SECONDS)
            self.environment["DATABASE_URL"] = self.postgres.url
            self.children.append(child)
        if "REDIS_URL" not in os.environ:
            with step("Valkey"):
                valkey = Valkey(self.local)
                child = valkey.start(interrupted=self.stopping)
                cleanup.callback(stop, [child], seconds=STOP_VALKEY_SECONDS)
            self.environment["REDIS_URL"] = valkey.url
            self.children.append(child)

    def _set_environment(self) -> None:
        host = self.address.removeprefix("http://").rpartition(":")[0]
        hosts = dict.fromkeys(["127.0.0.1", "localhost", "[::1]", host])
        settings = {
            "SECRET_KEY": secret_key(self.local),
            "ALLOWED_HOSTS": ",".join(hosts),
            "SITE_URL": self.address,
            "STATIC_FROM_SOURCE": "1",
            "LOCAL_MAILBOX": "1",  # unless EMAIL_URL names a server
        }
        self.environment = {**settings, **self.environment}
        if self.postgres:
            names = [*settings, "DATABASE_URL", "REDIS_URL"]
            remember(self.local, {name: self.environment[name] for name in names})

    def _start_site(self, cleanup: ExitStack) -> None:
        log = self.local / "log"
        site = [
            services.web(self.environment, log, self.host, self.port),
            services.worker(self.environment, log),
            services.scheduler(self.environment, log, self.local / "schedule"),
        ]
        started: list[Child] = []
        cleanup.callback(stop, started, seconds=STOP_SITE_SECONDS)
        for service in site:  # at once: each takes a second or two to load
            service.child.start()
            started.append(service.child)
        for service in site:
            with step(service.child.name):
                service.child.wait_until(
                    service.answers, seconds=services.START_SECONDS, interrupted=self.stopping
                )
        self.children += started

    def _supervise(self) -> None:
        while not self.stopping():
            for child in self.children:
                if not child.running:
                    self._restart(child)
            time.sleep(SUPERVISION_SECONDS)
        tell("Stopping")

    def _restart(self, child: Child) -> None:
        code = child.process.returncode
        recent = self.restarts.setdefault(child.name, deque(maxlen=RESTARTS))
        if len(recent) == RESTARTS and time.monotonic() - recent[0] < RESTARTS_WITHIN_SECONDS:
            raise LocalError(
                f"{child.name} ended {RESTARTS + 1} times within a minute, last with code {code}."
                f"{child.last_lines()}"
            )
        recent.append(time.monotonic())
        tell(f"{child.name} ended with code {code}: starting it again")
        child.kill_group()
        if self.postgres and child is self.postgres.child:
            self.postgres.restart(interrupted=self.stopping)
        else:
            child.start()


def tell(message: str) -> None:
    print(message, flush=True)


@contextmanager
def step(name: str) -> Iterator[None]:
    """Show that a step begins, and how long it took."""
    tell(f"{name} ...")
    begun = time.monotonic()
    yield
    tell(f"{name}: ready ({time.monotonic() - begun:.1f} s)")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    parser.add_argument("--port", default=8000, type=int, help="port to listen on (8000)")
    parser.add_argument(
        "--with-parent", action="store_true", help="stop when the calling process dies or stops"
    )


def up(host: str, port: int, *, with_parent: bool) -> int:
    """Run the site until SIGINT, SIGTERM or SIGHUP; return the exit code."""
    received: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # nohup
            signal.signal(number, lambda number, _: received.append(number))
    parent = Parent() if with_parent else None
    local = local_folder()
    try:
        make_local_folder(local)
        turn_logs(local)
        Up(local, host, port, lambda: bool(received or (parent and parent.stopped))).run()
    except Interrupted:
        tell("Stopped")
    except LocalError as error:
        print(error, file=sys.stderr, flush=True)
        return 1
    except BrokenPipeError:  # nobody reads what it says any more; everything has been stopped
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return 0


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="manage.py up", description=__doc__)
    add_arguments(parser)
    options = parser.parse_args(arguments)
    return up(options.host, options.port, with_parent=options.with_parent)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
