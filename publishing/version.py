"""The version of the data, and the strong ETags that are made of it."""

import hashlib
from datetime import datetime
from typing import NamedTuple

from django.db import connection

from publishing import code_version


class Version(NamedTuple):
    """A number that rises with every public change, and when it last rose (UTC)."""

    number: int
    changed_at: datetime | None


def current_version() -> Version:
    """Read the data version: one query by primary key."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT number, changed_at FROM publishing_dataversion WHERE id = 1")
        row = cursor.fetchone()
    return Version(*row) if row else Version(0, None)


def etag(version: Version, *parts: str) -> str:
    """A strong ETag (RFC 9110, 8.8.3) of the data version, the code and what was asked for."""
    text = "\n".join([str(version.number), code_version(), *parts])
    return f'"{version.number}-{hashlib.sha256(text.encode()).hexdigest()[:20]}"'
