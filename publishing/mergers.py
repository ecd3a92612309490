"""Records that were merged into another: what stands on their tombstones."""

from django.contrib.postgres.functions import TransactionNow
from django.db import models
from django.utils.translation import gettext_lazy as _


class Merger(models.Model):
    """That a record of a list was withdrawn because another one says the same.

    `row` and `into` are primary keys, as a key in an address may be changed; `record` is the key
    that the record had. `merged_at` is that of the transaction, which the history of the record
    carries as well. Rows are added, never changed: the newest one counts.
    """

    list = models.CharField(_("list"), max_length=40)
    row = models.BigIntegerField()
    record = models.CharField(_("key"), max_length=400)
    into = models.BigIntegerField()
    merged_at = models.DateTimeField(_("merged at"), db_default=TransactionNow())

    class Meta:
        app_label = "publishing"
        default_permissions = ()
        verbose_name = _("merger")
        verbose_name_plural = _("mergers")
        ordering = ["-merged_at", "-id"]
        indexes = [models.Index(fields=["list", "record"], name="merger_by_key")]

    def __str__(self) -> str:
        return f"{self.list}: {self.record}"
