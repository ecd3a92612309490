"""Prove `make run`: a first start, `kill -9` of everything, a second start, a clean stop."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(CHECKOUT))

from csto_tracker.local import ports  # noqa: E402 (the path has to be set first)
from csto_tracker.local.processes import left_over  # noqa: E402

FIRST_START_SECONDS, LATER_START_SECONDS, STOP_SECONDS = 60, 15, 10
started: list[subprocess.Popen[str]] = []
PAGES = {
    "/": "<html",
    "/ru/": 'lang="ru"',
    "/api/v1/events/": '"results"',
    "/admin/login/": "csrfmiddlewaretoken",
}


def start(local: Path, port: int, seconds: float) -> tuple[subprocess.Popen[str], float]:
    """Start `make run` and return it once it says where the site is, with the time that took."""
    begun = time.monotonic()
    process = subprocess.Popen(
        ["make", "run", f"PORT={port}"],
        cwd=CHECKOUT,
        env={**os.environ, "LOCAL_DIR": str(local)},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    started.append(process)
    for line in process.stdout or ():
        print(f"    {line}", end="", flush=True)
        if line.startswith("The tracker is at "):
            break
    took = time.monotonic() - begun
    if process.poll() is not None or took > seconds:
        sys.exit(f"make run was to answer within {seconds} s; it took {took:.1f} s or ended")
    return process, took


def fetch(port: int) -> None:
    for path, expected in PAGES.items():
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as response:
            body = response.read().decode()
        if expected not in body:
            sys.exit(f"{path} was to contain {expected!r}; it begins {body[:200]!r}")
        print(f"    {path}: {len(body)} characters")


def stop(process: subprocess.Popen[str], number: int = signal.SIGTERM) -> float:
    begun = time.monotonic()
    process.send_signal(number)
    process.communicate(timeout=30)
    return time.monotonic() - begun


def main(local: Path) -> None:
    port = ports.any_free()
    first, took = start(local, port, FIRST_START_SECONDS)
    fetch(port)
    print(f"  First start: {took:.1f} s")

    processes = left_over(local)
    memory = sum(process.memory_info().rss for process in processes) / 2**20
    print(f"  {len(processes)} processes, {memory:.0f} MB resident")
    for process in processes:
        process.kill()
    first.kill()  # and with `make` gone, the launcher stops by itself
    first.communicate()

    second, took = start(local, port, LATER_START_SECONDS)
    fetch(port)
    print(f"  Start after kill -9: {took:.1f} s")

    for number in (signal.SIGTERM, signal.SIGINT):
        took = stop(second, number)
        left = left_over(local)
        if took > STOP_SECONDS or left or not ports.is_free("127.0.0.1", port):
            sys.exit(f"Stopping took {took:.1f} s and left {left}")
        print(f"  Stopped by {number.name} in {took:.1f} s, no process left")
        if number == signal.SIGTERM:
            second, took = start(local, port, LATER_START_SECONDS)
            print(f"  Later start: {took:.1f} s")


if __name__ == "__main__":
    # A shell starts what runs in the background deaf to SIGINT, and `make run` would inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    folder = Path(tempfile.mkdtemp(prefix="tracker-ci-"))
    folder.chmod(0o711)  # PostgreSQL's account has to pass through it
    try:
        main(folder)
    finally:
        for process in started:
            if process.poll() is None:
                stop(process)
        for escaped in left_over(folder):
            escaped.kill()
        shutil.rmtree(folder)
