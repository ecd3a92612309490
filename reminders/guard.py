"""The guard of outgoing addresses: saving, testing and delivery all pass it.

It looks at the address that is connected to, not at the name: a name may lead anywhere, and
elsewhere the next time. Allowed is what the internet routes to a single host, nothing else.
"""

import http.client
import ipaddress
import socket
import ssl
from dataclasses import dataclass, field
from threading import Timer
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

SECONDS = 15  # for one request, from the first packet to the last byte of the answer
CONNECT_SECONDS = 5
LONGEST_ANSWER = 64 * 1024
LONGEST_ADDRESS = 500

# IANA special-purpose registries, and what clouds put metadata on. `ipaddress.is_global` has
# known gaps in Python 3.11, so the list is our own.
_NOT_V4 = [
    ipaddress.IPv4Network(text)
    for text in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "168.63.129.16/32",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
]
_V6 = ipaddress.IPv6Network("2000::/3")  # all of global unicast; mapped, NAT64, local lie outside
_NOT_V6 = [
    ipaddress.IPv6Network(text)
    for text in ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20")
]


class Refused(Exception):
    """The address is not one that this site connects to."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: dict[str, str] = field(default_factory=dict)


def is_allowed(address: str) -> bool:
    """Whether an IP address, as the resolver gives it, may be connected to."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    if settings.REMINDERS_ALLOW_LOOPBACK and address == "127.0.0.1":
        return True
    if isinstance(found, ipaddress.IPv4Address):
        return not any(found in network for network in _NOT_V4)
    return (
        found.scope_id is None and found in _V6 and not any(found in network for network in _NOT_V6)
    )


def host_of(url: str) -> str:
    """The host of an address of the allowed form, in lower case. Raises Refused."""
    return _parse(url)[1]


def check(url: str) -> None:
    """Refuse an address that could not be delivered to now. Raises Refused; may ask the DNS."""
    _scheme, host, port, _target = _parse(url)
    _resolve(host, port)


def post(url: str, body: bytes, headers: dict[str, str]) -> Answer:
    """POST to `url` and return the answer's status and headers. Redirects are not followed.

    Raises Refused for a forbidden address and OSError or HTTPException for the network's faults.
    """
    scheme, host, port, target = _parse(url)
    connection = _Connection(scheme, host, port, _resolve(host, port))
    timer = Timer(SECONDS, connection.hang_up)
    timer.daemon = True
    timer.start()
    try:
        connection.request("POST", target, body=body, headers=headers)
        response = connection.getresponse()
        response.read(LONGEST_ANSWER)
        return Answer(
            response.status, {name.lower(): value for name, value in response.getheaders()}
        )
    finally:
        timer.cancel()
        connection.close()


def _parse(url: str) -> tuple[str, str, int, str]:
    """Scheme, host, port and target of an address. Raises Refused."""
    if (
        len(url) > LONGEST_ADDRESS
        or not url.isascii()
        or any(c <= " " or c in "\\\x7f" for c in url)
    ):
        raise Refused(_("The address has characters that do not belong in one, or too many."))
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise Refused(_("This is not an address.")) from error
    schemes = {"https": 443, **({"http": 80} if settings.REMINDERS_ALLOW_LOOPBACK else {})}
    if parts.scheme not in schemes or not host:
        raise Refused(_("The address must begin with https:// and name a host."))
    if parts.username is not None or parts.password is not None:
        raise Refused(_("The address must not hold a user name or password."))
    if "%" in host or port == 0:
        raise Refused(_("This is not an address."))
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return parts.scheme, host, port or schemes[parts.scheme], target


def _resolve(host: str, port: int) -> list[str]:
    """The addresses of a host; Refused if one of them is forbidden or there is none."""
    try:
        rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Refused(_("The host “%(host)s” is not known.") % {"host": host}) from error
    addresses = list(dict.fromkeys(str(row[4][0]) for row in rows))
    for address in addresses:
        if not is_allowed(address):
            raise Refused(_("The host “%(host)s” is not on the public internet.") % {"host": host})
    if not addresses:
        raise Refused(_("The host “%(host)s” is not known.") % {"host": host})
    return addresses


class _Connection(http.client.HTTPConnection):
    """Connects to addresses that were looked at, under the host's name."""

    def __init__(self, scheme: str, host: str, port: int, addresses: list[str]) -> None:
        super().__init__(host, port, timeout=CONNECT_SECONDS)
        self._is_tls, self._addresses = scheme == "https", addresses
        self.default_port = 443 if self._is_tls else 80

    def connect(self) -> None:
        sock = self._first_that_answers()
        self.sock = sock
        connected = str(sock.getpeername()[0])
        if not is_allowed(connected):  # what counts is where we really are
            raise Refused(_("The address %(address)s is not public.") % {"address": connected})
        if self._is_tls:
            self.sock = ssl.create_default_context().wrap_socket(sock, server_hostname=self.host)
        self.sock.settimeout(SECONDS)

    def _first_that_answers(self) -> socket.socket:
        failure: OSError | None = None
        for address in self._addresses[:3]:
            try:
                return socket.create_connection((address, self.port), timeout=CONNECT_SECONDS)
            except OSError as error:
                failure = error
        raise failure or OSError("no address")

    def hang_up(self) -> None:
        """End whatever is under way, from another thread."""
        if self.sock is not None:
            try:
                self.sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                return  # It ended at this very moment.
