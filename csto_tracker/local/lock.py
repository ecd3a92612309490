"""One launcher at a time for one `.local`."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def locked(local: Path, *, wait: bool = False) -> Iterator[None]:
    """Hold the lock of the folder `local`; BlockingIOError when another process holds it, unless
    it is to be waited for.

    The kernel lets go of it when its holder dies, however that happens. The lock is on the
    folder itself, so no file can be left behind.
    """
    folder = os.open(local, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        yield
    finally:
        os.close(folder)
