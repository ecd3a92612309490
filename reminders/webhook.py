"""Delivery to webhooks, signed as Standard Webhooks 1.0 says."""

import base64
import hashlib
import hmac
import http.client
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from reminders import guard
from reminders.outcome import LONGEST_PAUSE, Outcome, Result

AGENT = "csto-presidency-tracker"


@dataclass(frozen=True, slots=True)
class Call:
    """One message for one receiver. The id stays the same from attempt to attempt."""

    url: str
    id: str
    secret: str
    body: bytes
    at: datetime


def signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """The `webhook-signature` of a message: version and HMAC-SHA256 of `id.timestamp.body`."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()


def send(call: Call) -> Outcome:
    """Make one attempt; never raises for what a receiver or network does."""
    timestamp = int(call.at.timestamp())
    headers = {
        "Content-Type": "application/json",
        "User-Agent": AGENT,
        "webhook-id": call.id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature(call.secret, call.id, timestamp, call.body),
    }
    try:
        answer = guard.post(call.url, call.body, headers)
    except guard.Refused as error:
        return Outcome(Result.RETRY, f"refused: {error}"[:500])
    except (OSError, http.client.HTTPException) as error:
        return Outcome(Result.UNREACHABLE, f"{type(error).__name__}: {error}"[:500])
    return _outcome(answer, call.at)


def _outcome(answer: guard.Answer, now: datetime) -> Outcome:
    if 200 <= answer.status < 300:
        return Outcome(Result.SENT)
    error = f"HTTP {answer.status}"
    if answer.status == 410:
        return Outcome(Result.GONE, error)
    wait = retry_after(answer.headers.get("retry-after", ""), now)
    busy = answer.status == 429 or answer.status >= 500
    return Outcome(Result.UNREACHABLE if busy else Result.RETRY, error, wait)


def retry_after(text: str, now: datetime) -> float:
    """Seconds that a Retry-After header asks for (RFC 9110, 10.2.3), at most a day."""
    if text.isascii() and text.isdigit():
        return float(min(int(text[:9]), LONGEST_PAUSE))
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return 0.0
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, min((moment - now).total_seconds(), LONGEST_PAUSE))
