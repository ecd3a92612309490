"""Publishing, withdrawing and merging records, with the actor and the reason in their history."""

from typing import Any

import pghistory
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from publishing.changes import list_name
from publishing.models import Merger

PERMISSION = "publishing.publish"
LONGEST_CHAIN = 20


@transaction.atomic
def set_published(*, rows: QuerySet, published: bool, by: object, reason: str) -> int:
    """Publish or withdraw records; returns how many changed.

    Raises PermissionDenied when `by` may not publish. One statement, so that a database rule
    that refuses one row refuses all.
    """
    if not by.has_perm(PERMISSION):  # type: ignore[attr-defined]  # any user model
        raise PermissionDenied
    with pghistory.context(by=by.get_username(), reason=reason):  # type: ignore[attr-defined]
        return rows.exclude(is_published=published).update(is_published=published)


@transaction.atomic
def merge(*, rows: QuerySet, into: Any, by: object, reason: str) -> int:
    """Withdraw public records in favour of another of their list; returns how many.

    Their addresses lead to it from then on, and the log of changes says so. What hangs on them
    stays with them. Raises PermissionDenied as `set_published`, and ValidationError when one of
    them is `into` itself or is not public, or when `into` is not.
    """
    public = rows.model.objects.public()
    chosen = list(rows.select_for_update(of=("self",)))
    if not public.filter(pk=into.pk).exists():
        raise ValidationError(_("The record to merge into is not public."))
    if any(row.pk == into.pk for row in chosen):
        raise ValidationError(_("A record cannot be merged into itself."))
    if public.filter(pk__in=[row.pk for row in chosen]).count() != len(chosen):
        raise ValidationError(_("Only public records can be merged."))
    name = list_name(rows.model)
    for row in chosen:
        Merger.objects.create(list=name, row=row.pk, record=row.key, into=into.pk)
    return set_published(
        rows=rows.model.objects.filter(pk__in=[row.pk for row in chosen]),
        published=False,
        by=by,
        reason=reason,
    )


def merged_into(model: type[models.Model], key: str) -> Any:
    """The public record that a record with this key was merged into, in the end; None if none."""
    found = None
    public: Any = model._default_manager.public()  # type: ignore[attr-defined]
    merger = Merger.objects.filter(list=list_name(model), record=key.replace("\x00", "")).first()
    for _step in range(LONGEST_CHAIN):  # a chain may be a circle
        if merger is None or (found := public.filter(pk=merger.into).first()):
            break
        merger = Merger.objects.filter(list=merger.list, row=merger.into).first()
    return found
