"""Reading settings from the environment. A missing or wrong value names itself and its form."""

import os
from collections.abc import Mapping
from email.utils import parseaddr
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

_MISSING: Any = object()
_PERIODS = {"s": 1, "min": 60, "h": 3600, "day": 86_400}
_TRUE, _FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off", ""}


class Rate(NamedTuple):
    """So many requests in so many seconds."""

    requests: int
    seconds: int


class Environment:
    """Typed access to environment variables; raises ImproperlyConfigured, never guesses."""

    def __init__(self, variables: Mapping[str, str] | None = None) -> None:
        self.variables = os.environ if variables is None else variables

    def text(self, name: str, default: Any = _MISSING) -> str:
        value = self.variables.get(name, default)
        if value is _MISSING or value is None:
            raise ImproperlyConfigured(f"{name} is not set. See the environment table in README.md")
        return value

    def boolean(self, name: str, default: bool) -> bool:
        value = self.variables.get(name, "1" if default else "0").strip().lower()
        if value in _TRUE:
            return True
        if value in _FALSE:
            return False
        raise self._wrong(name, value, "1, true, yes, on or 0, false, no, off")

    def whole_number(self, name: str, default: int) -> int:
        value = self.variables.get(name, str(default))
        if not (value.isascii() and value.isdigit()):
            raise self._wrong(name, value, "a whole number, 0 or more")
        return int(value)

    def one_of(self, name: str, choices: tuple[str, ...], default: str) -> str:
        value = self.variables.get(name, default)
        if value not in choices:
            raise self._wrong(name, value, "one of " + ", ".join(choices))
        return value

    def sender(self, name: str, default: str) -> str:
        """An address of mail, with or without a name before it."""
        value = self.variables.get(name, default)
        _name, address = parseaddr(value)
        local, _at, domain = address.partition("@")
        if not (local and domain) or "\n" in value:
            raise self._wrong(name, value, "an address such as tracker@example.org")
        return value

    def secret(self, name: str) -> str:
        value = self.text(name)
        if len(value) < 50 or len(set(value)) < 5:
            raise ImproperlyConfigured(
                f"{name} is too weak: expected 50 or more characters, at least 5 of them different"
            )
        return value

    def rate(self, name: str, default: str) -> Rate | None:
        """`600/min`, also `/s`, `/h`, `/day`; None for `off`."""
        value = self.variables.get(name, default).strip()
        if value == "off":
            return None
        number, _, period = value.partition("/")
        if not (number.isascii() and number.isdigit() and int(number)) or period not in _PERIODS:
            raise self._wrong(name, value, "off, or a rate such as 10/s, 600/min, 9000/h, 1/day")
        return Rate(int(number), _PERIODS[period])

    def hosts(self, name: str) -> list[str]:
        """Host names that requests may ask for, separated by commas; a lone * is refused."""
        hosts = [host.strip() for host in self.variables.get(name, "").split(",") if host.strip()]
        if "*" in hosts or any("/" in host for host in hosts):
            raise self._wrong(name, ",".join(hosts), "host names separated by commas, without *")
        return hosts

    def origin(self, name: str, default: str) -> str:
        """The site's own address, `scheme://host[:port]`, which all absolute links begin with."""
        value = self.variables.get(name, default).rstrip("/")
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.netloc or parts.path:
            raise self._wrong(name, value, "http(s)://host[:port] without a path")
        return value

    def postgres(self, name: str, *, options: str) -> dict[str, Any]:
        value = self.text(name)
        if urlsplit(value).scheme not in {"postgres", "postgresql"}:
            raise self._wrong(name, value.split("@")[-1], "postgres://user:password@host:port/name")
        database = environ.Env.db_url_config(value)
        database["ENGINE"] = "csto_tracker.postgresql"
        database["CONN_MAX_AGE"] = 600
        database["CONN_HEALTH_CHECKS"] = True
        database.setdefault("OPTIONS", {})
        database["OPTIONS"] = {"options": options, **database["OPTIONS"]}
        return database

    def redis(self, name: str, default: str) -> str:
        value = self.variables.get(name, default)
        if urlsplit(value).scheme not in {"redis", "rediss", "unix"}:
            raise self._wrong(name, value.split("@")[-1], "redis://host:port/number")
        return value

    def email(self, name: str, default: str) -> dict[str, Any]:
        value = self.variables.get(name, default)
        if urlsplit(value).scheme not in environ.Env.EMAIL_SCHEMES:
            raise self._wrong(name, value.split("@")[-1], "smtp://user:password@host:port")
        return {**environ.Env.email_url_config(value), "EMAIL_TIMEOUT": 20}

    @staticmethod
    def _wrong(name: str, value: str, expected: str) -> ImproperlyConfigured:
        return ImproperlyConfigured(f"{name}={value!r} is not valid: expected {expected}")
