"""Child processes that never outlive the launcher: start, wait for an answer, stop."""

import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import psutil

from csto_tracker.local.accounts import Account
from csto_tracker.local.failure import LocalError

# Every child carries this variable with the path of its `.local`, which is how a later start
# knows what an earlier one, killed with `kill -9`, left behind.
TAG = "CSTO_TRACKER_LOCAL"
POLL_SECONDS = 0.02
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


class Interrupted(Exception):
    """The user asked to stop while something was being waited for."""


def follow_parent(parent: int, stop_signal: int = signal.SIGTERM) -> None:
    """Ask the kernel to send this process `stop_signal` when `parent`, its parent, dies."""
    if _libc.prctl(_PR_SET_PDEATHSIG, stop_signal) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")
    if os.getppid() != parent:  # it died between fork and prctl: no signal would come
        os._exit(1)


@dataclass
class Child:
    """One supervised process, the leader of a session of its own."""

    name: str
    command: list[str]
    environment: Mapping[str, str]
    log: Path | None = None  # None: it writes to the launcher's own output
    stop_signal: int = signal.SIGTERM
    account: Account | None = None
    folder: Path | None = None
    given: str = ""  # what it reads on standard input
    process: subprocess.Popen[bytes] = field(init=False, repr=False)
    started_at: float = field(init=False, default=0.0)

    def start(self) -> None:
        """Start it. The calling thread must be one that lives as long as the launcher."""
        parent, stop_signal = os.getpid(), self.stop_signal
        output: IO[bytes] | None = open(self.log, "ab") if self.log else None  # noqa: SIM115
        try:
            self.process = subprocess.Popen(
                self.command,
                env=dict(self.environment),
                cwd=self.folder,
                stdin=subprocess.PIPE if self.given else subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT if output else None,
                start_new_session=True,
                user=self.account.uid if self.account else None,
                group=self.account.gid if self.account else None,
                extra_groups=[] if self.account else None,
                # After the change of user, which would clear the request.
                preexec_fn=lambda: follow_parent(parent, stop_signal),  # noqa: PLW1509 (no threads)
            )
        except OSError as error:
            raise LocalError(f"{self.name} cannot be started: {error}") from error
        finally:
            if output:
                output.close()
        if self.process.stdin:
            self.process.stdin.write(self.given.encode())
            self.process.stdin.close()
        self.started_at = time.monotonic()

    @property
    def running(self) -> bool:
        return self.process.poll() is None

    def start_until(
        self, answers: Callable[[], bool], *, seconds: float, interrupted: Callable[[], bool]
    ) -> None:
        """Start it and return once `answers()`, as `wait_until`; when that raises, it is ended."""
        self.start()
        try:
            self.wait_until(answers, seconds=seconds, interrupted=interrupted)
        except BaseException:
            stop([self], seconds=3)
            raise

    def wait_until(
        self, answers: Callable[[], bool], *, seconds: float, interrupted: Callable[[], bool]
    ) -> None:
        """Return once `answers()`; raise LocalError if it ends or stays silent, or Interrupted."""
        deadline = time.monotonic() + seconds
        while not answers():
            if interrupted():
                raise Interrupted
            if not self.running:
                raise LocalError(
                    f"{self.name} ended with code {self.process.returncode}.{self.last_lines()}"
                )
            if time.monotonic() > deadline:
                raise LocalError(
                    f"{self.name} gave no answer within {seconds:.0f} s.{self.last_lines()}"
                )
            time.sleep(POLL_SECONDS)

    def wait(self, *, interrupted: Callable[[], bool]) -> int:
        """Wait for its end and return its exit code; raise Interrupted when asked to stop."""
        while self.running:
            if interrupted():
                raise Interrupted
            time.sleep(POLL_SECONDS)
        return self.process.returncode

    def last_lines(self, count: int = 12) -> str:
        """The end of its log, set off for a message; empty when it has none."""
        if not self.log or not self.log.exists():
            return ""
        lines = self.log.read_text(errors="replace").splitlines()[-count:]
        return "\n".join(["", f"The end of {self.log}:", *(f"  {line}" for line in lines)])

    def kill_group(self) -> None:
        """Kill whatever is left of its session's process group."""
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return
        self.process.wait()


def stop(children: Iterable[Child], *, seconds: float) -> None:
    """Ask all of `children`, which have been started, to end; kill those that take `seconds`."""
    children = list(children)
    for child in children:
        if child.running:
            child.process.send_signal(child.stop_signal)
    deadline = time.monotonic() + seconds
    while any(child.running for child in children) and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)
    for child in children:
        child.kill_group()


def _is_left_over(process: psutil.Process, local: Path) -> bool:
    try:
        if process.environ().get(TAG) == str(local):
            return True
        # These write a title over their environment; the folder that they work in is ours.
        folders = [(local / name).resolve() for name in ("postgresql", "valkey")]
        return process.name() in {"postgres", "valkey-server", "redis-server"} and any(
            Path(process.cwd()).is_relative_to(folder) for folder in folders
        )
    except (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
        return False  # gone, or another user's and so not ours


def left_over(local: Path) -> list[psutil.Process]:
    """Processes that an earlier launcher of `local` started and did not live to end."""
    own = {os.getpid(), *(parent.pid for parent in psutil.Process().parents())}
    return [
        process
        for process in psutil.process_iter()
        if process.pid not in own and _is_left_over(process, local)
    ]


def end_left_over(local: Path, *, only: str = "", grace_seconds: float = 5.0) -> int:
    """End what an earlier run of `local` left (`only` by that name); return how many there were.

    They have already been told to stop by the death of their launcher, so they get
    `grace_seconds` to finish before they are killed. The caller holds the lock of `local`.
    """
    found = [process for process in left_over(local) if only in ("", process.name())]
    for process in found:
        if process.ppid() == 1 and process.name() != "postgres":
            _signal(process, signal.SIGTERM)
    _, alive = psutil.wait_procs(found, timeout=grace_seconds)
    for process in alive:
        # SIGQUIT ends PostgreSQL at once and lets it give back its shared memory.
        _signal(process, signal.SIGQUIT if process.name() == "postgres" else signal.SIGKILL)
    _, alive = psutil.wait_procs(alive, timeout=2)
    for process in alive:
        _signal(process, signal.SIGKILL)
    return len(found)


def _signal(process: psutil.Process, number: int) -> None:
    try:
        process.send_signal(number)
    except psutil.NoSuchProcess:
        return  # it ended by itself, which is what was wanted
