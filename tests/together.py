"""Several threads that do the same at the same time, each with a database connection of its own."""

import threading
from collections.abc import Callable

from django.db import connection


def at_once(number: int, work: Callable[[], object]) -> None:
    """Run `work` in so many threads, begun together; raises what one of them raised."""
    start = threading.Barrier(number)
    failures: list[Exception] = []

    def run() -> None:
        start.wait()
        try:
            work()
        except Exception as error:  # noqa: BLE001  # raised below, in the thread of the test
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    if failures:
        raise failures[0]
