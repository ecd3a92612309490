"""TCP ports of this machine."""

import errno
import socket


def is_free(host: str, port: int) -> bool:
    """Whether nobody listens on `host` and `port`; OSError when this process may not listen."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        # As servers do: a port whose last connections still linger counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return False
            raise
        return True


def next_free(host: str, port: int) -> int | None:
    """The first free port above `port`, or None when the next thousand are all taken."""
    above = range(port + 1, min(port + 1001, 65536))
    return next((candidate for candidate in above if is_free(host, candidate)), None)


def any_free(host: str = "127.0.0.1") -> int:
    """A port that the system says is free; another process may still take it first."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])
