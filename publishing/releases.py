"""Releases: the public record as it stood at one data version, numbered and never changed."""

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _


class Release(models.Model):
    """A numbered release. A mistake gets a new one with a note; nothing is ever altered."""

    number = models.CharField(_("number"), max_length=20, unique=True)
    data_version = models.BigIntegerField(_("data version"))
    data_changed_at = models.DateTimeField(_("data changed at"))
    made_at = models.DateTimeField(_("made at"), auto_now_add=True)
    note = models.CharField(_("note"), max_length=500, blank=True)

    class Meta:
        app_label = "publishing"
        verbose_name = _("release")
        verbose_name_plural = _("releases")
        ordering = ["-made_at", "-id"]
        triggers = [
            pgtrigger.Protect(name="never_changes", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return self.number


class ReleaseFile(models.Model):
    """One file of a release, kept in the database so that every web node has it."""

    release = models.ForeignKey(Release, models.PROTECT, related_name="files")
    path = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    content = models.BinaryField()

    class Meta:
        app_label = "publishing"
        ordering = ["release", "path"]
        constraints = [
            models.UniqueConstraint(fields=["release", "path"], name="release_file_once")
        ]
        triggers = [
            pgtrigger.Protect(name="never_changes", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.release} {self.path}"
