"""Delivery by mail: one message a call, within a fixed time whatever the server does."""

import smtplib
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Timer
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.smtp import EmailBackend

from reminders.outcome import Outcome, Result

SECONDS = 25  # for one message, all steps together
STEP_SECONDS = 15  # for one step of the conversation
_SMTP = "django.core.mail.backends.smtp.EmailBackend"


class Unreachable(Exception):
    """The mail server cannot be talked to: this says nothing of the message."""


class Mailer:
    """A connection that is kept from message to message. For use in one thread."""

    def __init__(self) -> None:
        self._backend: Any = None

    def send(self, message: EmailMessage) -> Outcome:
        """Hand one message over; never raises for what a server or network does."""
        try:
            with self._within(SECONDS):
                backend = self._open()
                backend.send_messages([message])
        except Unreachable as error:
            self.close()
            return Outcome(Result.UNREACHABLE, _text(error, message))
        except (smtplib.SMTPException, OSError) as error:
            # What follows a failure on the same connection is anybody's guess: begin anew.
            self.close()
            return Outcome(_result(error), _text(error, message))
        return Outcome(Result.SENT)

    def close(self) -> None:
        if self._backend is not None and getattr(self._backend, "connection", None) is not None:
            smtp, self._backend.connection = self._backend.connection, None
            if isinstance(smtp, smtplib.SMTP):
                smtp.close()
        self._backend = None

    def _open(self) -> Any:
        if self._backend is None:
            if settings.EMAIL_BACKEND == _SMTP:
                self._backend = EmailBackend(timeout=STEP_SECONDS)
            else:
                self._backend = get_connection()
        try:
            self._backend.open()
        except (smtplib.SMTPException, OSError) as error:
            raise Unreachable(str(error)) from error
        return self._backend

    @contextmanager
    def _within(self, seconds: float) -> Iterator[None]:
        """End the conversation after `seconds`, however busy the server keeps us."""
        timer = Timer(seconds, self._hang_up)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _hang_up(self) -> None:
        sock = getattr(getattr(self._backend, "connection", None), "sock", None)
        if sock is not None:
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                return  # The conversation ended at this very moment.


def _text(error: Exception, message: EmailMessage) -> str:
    """What went wrong, for curators: without the address, which is the subscriber's own."""
    text = f"{type(error).__name__}: {error}"
    for address in message.recipients():
        text = text.replace(address, "…")
    return text[:500]


def _result(error: Exception) -> Result:
    """Whether trying again may help. 5xx says no (RFC 5321, 4.2.1)."""
    codes = []
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _text in error.recipients.values()]
    elif isinstance(error, smtplib.SMTPResponseException):
        codes = [error.smtp_code]
    if codes and all(500 <= code < 600 for code in codes):
        return Result.REFUSED
    return Result.RETRY
