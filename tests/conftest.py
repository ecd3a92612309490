"""What all tests share: small factories, and no network but this machine's own."""

import socket
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def _only_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse connections to other hosts: a test that needs one is no test."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in {socket.AF_INET, socket.AF_INET6} and address[0] not in {
            "127.0.0.1",
            "::1",
            "localhost",
        }:
            raise RuntimeError(f"a test tried to connect to {address!r}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(autouse=True)
def _nothing_is_counted(settings: Any) -> None:
    """Tests ask more often than a reader may; those of throttling set a rate of their own."""
    settings.API_RATE = settings.API_TOKEN_RATE = settings.SUBSCRIBE_RATE = None
