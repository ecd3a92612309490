"""Tokens of the API: nobody needs one to read; whoever has one may ask more often."""

import hashlib
import secrets
from typing import Self

from django.db import models
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

_MARK = "csto_"  # by which scanners of published code can know a token
_SHOWN = len(_MARK) + 6


def _digest(secret: str) -> str:
    # A secret of 256 random bits is not guessed, so one plain round of SHA-256 is enough.
    return hashlib.sha256(secret.encode()).hexdigest()


class ApiToken(models.Model):
    """A token by its SHA-256; the secret itself is kept nowhere."""

    name = models.CharField(_("name"), max_length=200, help_text=_("Whose it is, and what for."))
    prefix = models.CharField(_("begins with"), max_length=20, editable=False)
    sha256 = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    last_used_on = models.DateField(_("last used on"), null=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, editable=False)

    class Meta:
        app_label = "publishing"
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    def renew_secret(self) -> str:
        """Give the token a new secret and return it; it cannot be read again. Not saved."""
        secret = _MARK + secrets.token_urlsafe(32)
        self.prefix, self.sha256 = secret[:_SHOWN], _digest(secret)
        return secret

    @classmethod
    def used(cls, secret: str) -> Self | None:
        """The valid token with this secret, its day of use noted; None for any other text."""
        token = cls.objects.filter(sha256=_digest(secret), revoked_at=None).first()
        today = now().date()
        if token and token.last_used_on != today:  # one write a day
            token.last_used_on = today
            token.save(update_fields=["last_used_on"])
        return token
