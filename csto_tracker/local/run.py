"""Run a command with PostgreSQL and Valkey of its own, whose data is thrown away afterwards.

    python -m csto_tracker.local.run -- pytest

sets DATABASE_URL and REDIS_URL, unless the environment already does, and the other settings that
Django cannot start without. The exit code is the command's.
"""

import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from csto_tracker.local.failure import LocalError
from csto_tracker.local.lock import locked
from csto_tracker.local.postgres import Postgres, remove_socket_folder
from csto_tracker.local.processes import (
    POLL_SECONDS,
    TAG,
    Interrupted,
    end_left_over,
    follow_parent,
    stop,
)
from csto_tracker.local.valkey import Valkey
from csto_tracker.local.variables import local_folder, make_local_folder

SETTINGS = {
    "ALLOWED_HOSTS": "127.0.0.1,localhost",
    "STATIC_FROM_SOURCE": "1",
    "DJANGO_SETTINGS_MODULE": "csto_tracker.settings",
}


def remove(place: Path) -> None:
    """Delete the folder of one run, the database that it may link to, and what still runs."""
    end_left_over(place)
    remove_socket_folder(place)
    link = place / "postgresql"
    if link.is_symlink():
        shutil.rmtree(link.resolve(), ignore_errors=True)
    shutil.rmtree(place)


def remove_abandoned(parent: Path) -> None:
    """Delete what runs that were killed left in `parent`: those whose lock nobody holds."""
    for place in parent.iterdir():
        try:
            with locked(place):
                remove(place)
        except BlockingIOError:
            continue  # it is running now


def make_place(cleanup: ExitStack) -> Path:
    """A locked folder for this run; `cleanup` deletes it."""
    parent = local_folder() / "test"
    make_local_folder(local_folder())
    parent.mkdir(mode=0o711, exist_ok=True)
    with locked(parent, wait=True):  # nobody may find the new folder before it is locked
        remove_abandoned(parent)
        place = Path(tempfile.mkdtemp(dir=parent))
        cleanup.enter_context(locked(place))
    cleanup.callback(remove, place)
    place.chmod(0o711)
    make_local_folder(place)
    return place


def run(command: list[str]) -> int:
    """Run `command` with both servers and return its exit code."""
    received: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, _: received.append(number))
    interrupted = partial(bool, received)
    environment = {"SECRET_KEY": secrets.token_urlsafe(64), **SETTINGS, **os.environ}
    with ExitStack() as cleanup:
        place = make_place(cleanup)
        environment[TAG] = str(place)
        if "DATABASE_URL" not in os.environ:
            server = Postgres(place, durable=False)
            cleanup.callback(stop, [server.start(interrupted=interrupted)], seconds=5)
            environment["DATABASE_URL"] = server.url
        if "REDIS_URL" not in os.environ:
            valkey = Valkey(place)
            cleanup.callback(stop, [valkey.start(interrupted=interrupted)], seconds=3)
            environment["REDIS_URL"] = valkey.url
        return obey(command, environment, received)


def obey(command: list[str], environment: dict[str, str], received: list[int]) -> int:
    """Run `command` in the foreground, as a shell would: it has the terminal and its Ctrl-C."""
    parent = os.getpid()
    try:
        process = subprocess.Popen(
            command,
            env=environment,
            preexec_fn=lambda: follow_parent(parent),  # noqa: PLW1509 (no threads)
        )
    except OSError as error:
        raise LocalError(f"{command[0]} cannot be started: {error}") from error
    deadline = None
    while process.poll() is None:
        if received and deadline is None:
            # Ctrl-C has reached the command too: it gets time to say what it wants to say.
            deadline = time.monotonic() + (10 if received == [signal.SIGINT] else 0)
        if deadline and time.monotonic() > deadline:
            process.terminate()
            deadline += 5
        time.sleep(POLL_SECONDS)
    return process.returncode if process.returncode >= 0 else 128 - process.returncode


def main(arguments: list[str]) -> int:
    command = arguments[1:] if arguments[:1] == ["--"] else arguments
    if not command:
        print("usage: python -m csto_tracker.local.run -- COMMAND [ARGUMENT...]", file=sys.stderr)
        return 2
    try:
        return run(command)
    except Interrupted:
        return 128 + signal.SIGINT
    except LocalError as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
