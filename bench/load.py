"""Load from 8 connections: by wrk where it is installed, else by threads of this process."""

import http.client
import re
import shutil
import statistics
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

CONNECTIONS = 8
_UNITS = {"us": 1e-3, "ms": 1.0, "s": 1e3, "m": 6e4}


class Result(NamedTuple):
    """Requests per second, and milliseconds that half, and 99 of 100, of them took at most."""

    rate: float
    p50: float
    p99: float


class WrongAnswer(Exception):
    """A server answered something else than what is measured."""


def check(port: int, path: str, headers: dict[str, str], status: int) -> bytes:
    """One request; raises WrongAnswer when the status is another one."""
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    client.request("GET", path, headers=headers)
    answer = client.getresponse()
    body = answer.read()
    client.close()
    if answer.status != status:
        raise WrongAnswer(f"{port}{path}: {answer.status}, {body[:300]!r}")
    return body


def measure(
    port: int, path: str, headers: dict[str, str], seconds: float, connections: int = CONNECTIONS
) -> Result:
    if shutil.which("wrk"):
        return _wrk(port, path, headers, seconds, connections)
    return _threads(port, path, headers, seconds, connections)


def tool() -> str:
    return "wrk" if shutil.which("wrk") else "threads of Python (wrk is not installed)"


def _wrk(port: int, path: str, headers: dict[str, str], seconds: float, connections: int) -> Result:
    command = ["wrk", "-t1", f"-c{connections}", f"-d{max(1, round(seconds))}s", "--latency"]
    command += ["--timeout", "30s"]
    for name, value in headers.items():
        command += ["-H", f"{name}: {value}"]
    command.append(f"http://127.0.0.1:{port}{path}")
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in text and "If-None-Match" not in headers:
        raise WrongAnswer(f"{port}{path}: {text}")
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", text)[1])
    return Result(rate, _milliseconds(text, "50%"), _milliseconds(text, "99%"))


def _milliseconds(text: str, share: str) -> float:
    found = re.search(rf"{share}\s+([\d.]+)(us|ms|s|m)\b", text)
    return float(found[1]) * _UNITS[found[2]]


def _threads(
    port: int, path: str, headers: dict[str, str], seconds: float, connections: int
) -> Result:
    end = time.monotonic() + seconds

    def client() -> list[float]:
        took = []
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        while (begun := time.monotonic()) < end:
            connection.request("GET", path, headers=headers)
            connection.getresponse().read()
            took.append((time.monotonic() - begun) * 1000)
        connection.close()
        return took

    with ThreadPoolExecutor(connections) as pool:
        took = sorted(
            one for part in pool.map(lambda _: client(), range(connections)) for one in part
        )
    return Result(len(took) / seconds, statistics.median(took), took[int(len(took) * 0.99)])
