"""A webhook receiver for tests: keeps what it gets, and answers as it is told."""

import http.server
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any


@dataclass
class Got:
    path: str
    headers: dict[str, str]
    body: bytes
    at: float


class Receiver:
    """`first` answers the first call of a path; for others `answers` are taken one after the
    other, then all is well. An answer is status, headers and how long it takes."""

    def __init__(self) -> None:
        self.got: list[Got] = []
        self.answers: list[tuple[int, dict[str, str], float]] = []
        self.first: dict[str, tuple[int, dict[str, str], float]] = {}
        self.url = ""
        self.busy, self.most_at_once = 0, 0
        self.lock = threading.Lock()

    def take(self, got: Got) -> tuple[int, dict[str, str], float]:
        with self.lock:
            self.got.append(got)
            self.busy += 1
            self.most_at_once = max(self.most_at_once, self.busy)
            if got.path in self.first:
                return self.first.pop(got.path)
            return self.answers.pop(0) if self.answers else (200, {}, 0)

    def done(self) -> None:
        with self.lock:
            self.busy -= 1


class _Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        receiver: Receiver = self.server.receiver  # type: ignore[attr-defined]
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        headers = {name.lower(): value for name, value in self.headers.items()}
        status, more, seconds = receiver.take(Got(self.path, headers, body, time.time()))
        try:
            time.sleep(seconds)
            self.send_response(status)
            for name, value in {"Content-Length": "0", **more}.items():
                self.send_header(name, value)
            self.end_headers()
        except (BrokenPipeError, ConnectionResetError):
            return  # the sender did not wait
        finally:
            receiver.done()

    def log_message(self, *details: Any) -> None:
        return


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *details: Any) -> None:
        return  # a sender that hangs up is part of the tests


@contextmanager
def receiving() -> Iterator[Receiver]:
    receiver = Receiver()
    server = _Server(("127.0.0.1", 0), _Handler)
    server.receiver = receiver  # type: ignore[attr-defined]
    receiver.url = f"http://127.0.0.1:{server.server_port}/hook"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
