"""Links that open without an account: an id, signed together with a nonce that can be renewed."""

import hmac
import re
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.http import base36_to_int, int_to_base36
from django.utils.translation import get_language

from reminders.models import Subscriber, Subscription

PURPOSES = ("manage", "confirm", "unsubscribe", "calendar", "feed")
TOKEN = re.compile(r"\b[0-9a-z]+-[0-9a-f]{40}\b")


def token(purpose: str, row: Subscriber | Subscription) -> str:
    """Opens one purpose of one row, until its nonce changes."""
    return f"{int_to_base36(row.pk)}-{_signature(purpose, row, settings.SECRET_KEY)}"


def find(purpose: str, text: str, rows: Any) -> Any:
    """The row of `rows` that a token opens, or None."""
    number, _, signature = text.partition("-")
    try:
        row = rows.filter(pk=base36_to_int(number)).first()
    except ValueError:
        return None
    if row is None:
        return None
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    if any(hmac.compare_digest(_signature(purpose, row, key), signature) for key in keys):
        return row
    return None


def address(purpose: str, row: Subscriber | Subscription) -> str:
    """The absolute address, in the active language."""
    before, _, after = _path(purpose, get_language() or "").partition("0-0")
    return f"{settings.SITE_URL}{before}{token(purpose, row)}{after}"


@lru_cache(maxsize=100)
def _path(purpose: str, language: str) -> str:
    """The path in the active language, which is `language`, of the token 0-0."""
    return reverse(f"reminders:{purpose}", args=["0-0"])


def site_host() -> str:
    return urlsplit(settings.SITE_URL).hostname or "localhost"


def _signature(purpose: str, row: Subscriber | Subscription, key: str | bytes) -> str:
    value = f"{row._meta.model_name}:{row.pk}:{row.nonce}"
    digest = salted_hmac(f"reminders.{purpose}", value, secret=key, algorithm="sha256")
    return digest.hexdigest()[:40]
