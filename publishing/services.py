"""Publishing and withdrawing records, with the actor and the reason in their history."""

import pghistory
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet

PERMISSION = "publishing.publish"


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
