"""No address form, name or redirect leads a webhook to a place inside."""

import http.server
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from reminders import guard

INSIDE = """
    127.0.0.1 127.0.0.2 127.1 127.0.1 2130706433 0x7f000001 0x7f.0.0.1 0x7f.1 017700000001
    0177.0.0.1 0177.1 127.000.000.001 0.0.0.0 0 00000000 localhost localhost. LOCALHOST 10.0.0.1
    10.255.255.255 172.16.0.1 172.31.255.254 192.168.0.1 192.168.1.1 3232235777 100.64.0.1
    100.127.255.254 169.254.169.254 0xa9fea9fe 2852039166 169.254.0.1 168.63.129.16 192.0.0.1
    192.0.0.170 192.0.2.1 192.88.99.1 198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1
    224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255 0.1.2.3 [::1] [::] [0:0:0:0:0:0:0:1]
    [::ffff:127.0.0.1] [::ffff:7f00:1] [::ffff:10.0.0.1] [::7f00:1] [::127.0.0.1]
    [64:ff9b::7f00:1] [64:ff9b::127.0.0.1] [64:ff9b:1::7f00:1] [2002:7f00:1::] [2002:a00:1::]
    [2001::1] [2001:0:7f00:1::] [2001:10::1] [2001:20::1] [2001:db8::1] [3fff::1] [5f00::1]
    [fc00::1] [fd00:ec2::254] [fe80::1] [fec0::1] [ff02::1] [100::1] [::ffff:0:127.0.0.1]
    [2620:4f:8000::1]
""".split()  # noqa: SIM905 (as quoted strings they fill two pages)

MALFORMED = [
    "",
    "example.org",
    "//example.org/",
    "http://example.org/",
    "ftp://example.org/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:6379/_",
    "javascript:alert(1)",
    "https:///path",
    "https://user@example.org/",
    "https://user:password@example.org/",
    "https://127.0.0.1\\@example.org/",
    "https://example.org\\@127.0.0.1/",
    "https://exa mple.org/",
    "https://example.org/\r\nX-Header: 1",
    "https://example.org/\x00",
    "https://example.org:0/",
    "https://example.org:99999/",
    "https://example.org:port/",
    "https://[::1/",
    "https://[fe80::1%25eth0]/",
    "https://１２７.0.0.1/",
    "https://①②⑦.⓪.⓪.①/",
    "https://ｌocalhost/",
    "https://example。org/",
    "https://" + "a" * 600 + ".org/",
]


@pytest.fixture
def connected(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Every address that anything tries to connect to."""
    seen: list[Any] = []

    def connect(self: socket.socket, address: Any) -> None:
        seen.append(address)
        raise ConnectionRefusedError("a test connects nowhere")

    monkeypatch.setattr(socket.socket, "connect", connect)
    return seen


def test_sixty_forms_are_tested() -> None:
    assert len(set(INSIDE)) >= 60


@pytest.mark.parametrize("host", INSIDE)
def test_address_inside_is_refused_when_saved_and_when_delivered(
    host: str, connected: list[Any]
) -> None:
    for port in ("", ":443", ":8080"):
        url = f"https://{host}{port}/hook"
        with pytest.raises(guard.Refused):
            guard.check(url)
        with pytest.raises(guard.Refused):
            guard.post(url, b"{}", {})
    assert connected == []


@pytest.mark.parametrize("url", MALFORMED)
def test_malformed_address_is_refused_before_any_lookup(
    url: str, connected: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(socket, "getaddrinfo", lambda *details, **more: asked.append(details))
    with pytest.raises(guard.Refused):
        guard.post(url, b"{}", {})
    assert (asked, connected) == ([], [])


@pytest.mark.parametrize(
    "address", ["93.184.215.14", "8.8.8.8", "1.1.1.1", "2606:2800:21f:cb07::1", "2a00:1450::1"]
)
def test_public_address_is_allowed(address: str) -> None:
    assert guard.is_allowed(address)


def answer(*addresses: str) -> list[Any]:
    return [
        (socket.AF_INET6 if ":" in one else socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, 443))
        for one in addresses
    ]


def test_name_that_leads_inside_is_refused(
    connected: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    for addresses in (["127.0.0.1"], ["8.8.8.8", "10.0.0.1"], ["::ffff:127.0.0.1"], []):
        monkeypatch.setattr(socket, "getaddrinfo", lambda *a, _n=addresses, **k: answer(*_n))
        with pytest.raises(guard.Refused):
            guard.post("https://rebind.example/", b"{}", {})
    assert connected == []


def test_name_is_looked_up_once_and_that_address_is_connected_to(
    connected: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """DNS rebinding: the first answer is public, the next one would lead inside."""
    answers = iter([answer("8.8.8.8"), answer("127.0.0.1"), answer("127.0.0.1")])
    numeric = socket.getaddrinfo

    def resolve(host: Any, *details: Any, **more: Any) -> Any:
        return next(answers) if host == "rebind.example" else numeric(host, *details, **more)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with pytest.raises(OSError, match="connects nowhere"):
        guard.post("https://rebind.example/", b"{}", {})
    assert connected == [("8.8.8.8", 443)]


def test_address_that_the_connection_really_has_is_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Something on the way, such as a transparent proxy, leads the connection elsewhere."""
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: answer("8.8.8.8"))
    monkeypatch.setattr(
        socket, "create_connection", lambda *a, **k: _connected_to(("127.0.0.1", port))
    )
    with pytest.raises(guard.Refused):
        guard.post("https://example.org/", b"{}", {})
    listener.close()


def _connected_to(address: tuple[str, int]) -> socket.socket:
    sock = socket.socket()
    sock.connect(address)
    return sock


class Redirecting(http.server.BaseHTTPRequestHandler):
    hits: list[str] = []

    def do_POST(self) -> None:
        self.hits.append(self.path)
        self.send_response(302)
        self.send_header("Location", f"http://127.0.0.1:{self.server.server_port}/inside")  # type: ignore[attr-defined]
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *details: Any) -> None:
        return


@pytest.fixture
def redirecting() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Redirecting)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/hook"
    server.shutdown()
    thread.join()
    server.server_close()


def test_redirect_is_not_followed(redirecting: str, settings: Any) -> None:
    settings.REMINDERS_ALLOW_LOOPBACK = True
    Redirecting.hits.clear()
    assert guard.post(redirecting, b"{}", {}).status == 302
    assert Redirecting.hits == ["/hook"]


def test_loopback_is_allowed_by_its_setting_alone(settings: Any) -> None:
    assert settings.REMINDERS_ALLOW_LOOPBACK is False
    settings.REMINDERS_ALLOW_LOOPBACK = True
    allowed = [host for host in INSIDE if not host.startswith("[") and _is_allowed(host)]
    assert {_plain(host) for host in allowed} == {"127.0.0.1"}
    assert not guard.is_allowed("::1")


def _is_allowed(host: str) -> bool:
    try:
        guard.check(f"http://{host}/")
    except guard.Refused:
        return False
    return True


def _plain(host: str) -> str:
    return str(socket.getaddrinfo(host, 80, family=socket.AF_INET)[0][4][0])
