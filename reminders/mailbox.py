"""Mail of a local installation: kept as files instead of being sent, and shown on a page."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage as Mail
from pathlib import Path

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import EmailMessage
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

KEPT = 200
BACKEND = "reminders.mailbox.Mailbox"
_LOOPBACK = {"127.0.0.1", "::1"}


class Mailbox(BaseEmailBackend):
    """Writes each mail to a file of its own in `.local/mail`, readable by its owner."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        folder = Path(settings.MAILBOX_DIR)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for message in email_messages:
            place = folder / f"{time.time_ns()}.eml"
            partial = place.with_suffix(".partial")
            partial.write_bytes(message.message().as_bytes())
            partial.replace(place)
        for old in sorted(folder.glob("*.eml"))[:-KEPT]:
            old.unlink(missing_ok=True)
        return len(email_messages)


@dataclass(frozen=True, slots=True)
class Kept:
    name: str
    subject: str
    to: str
    date: str
    text: str


def mailbox(request: HttpRequest) -> HttpResponse:
    """The newest mails first. There only where mail is kept, and only for this machine."""
    if settings.EMAIL_BACKEND != BACKEND or request.META.get("REMOTE_ADDR") not in _LOOPBACK:
        raise Http404
    files = sorted(Path(settings.MAILBOX_DIR).glob("*.eml"), reverse=True)[:50]
    response = render(request, "reminders/mailbox.html", {"mails": [_read(file) for file in files]})
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _read(file: Path) -> Kept:
    mail = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert isinstance(mail, Mail)  # noqa: S101 (what the default policy makes)
    part = mail.get_body(("plain",))
    text = part.get_content() if part is not None else ""
    return Kept(file.stem, str(mail["Subject"]), str(mail["To"]), str(mail["Date"]), text)
