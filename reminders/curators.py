"""What waits for curators, on their start page and by mail to those who can do it."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Case, Q, When
from django.urls import reverse

from assessments.models import CuratorTask
from assessments.services import drafts, find_curator_work, find_house_work
from events.models import Event
from members.models import Presidency
from priorities.models import Priority
from publishing.version import current_version
from reminders.models import Delivery, Subscription, Sweep

HOUR = 6  # UTC
PERMISSION = "assessments.view_curatortask"
PUBLISH = "publishing.publish"


@transaction.atomic
def find_work(now: datetime) -> bool:
    """Bring the tasks in line with the record, once for each day and each version of the data;
    returns whether it looked.
    """
    day = now.date()
    mark = f"{day} {current_version().number}"
    if not Sweep.objects.filter(pk=1).exclude(searched=mark).update(searched=mark):
        return False
    find_curator_work(at=day)
    find_house_work(at=day)
    return True


def plan(now: datetime) -> int:
    """Once a day, a delivery for each curator with an address; returns how many are new."""
    if now.time() < time(HOUR):
        return 0
    day = now.date()
    users = get_user_model().objects.filter(is_active=True, is_staff=True).exclude(email="")
    there = set(Delivery.objects.filter(day=day).values_list("curator", flat=True))
    new = [
        Delivery(
            kind=Delivery.Kind.CURATOR, curator=user, day=day, channel=Subscription.Channel.EMAIL
        )
        for user in users.exclude(pk__in=there)
        if user.has_perm(PERMISSION)
    ]
    return len(Delivery.objects.bulk_create(new, ignore_conflicts=True))


@dataclass(frozen=True, slots=True)
class Work:
    """A task, the record or records that it is about in words, and their page on the admin site."""

    task: CuratorTask
    what: str
    path: str


def work_of(user: Any, day: date) -> list[Work]:
    """What a curator is told of by mail: what is theirs or nobody's, and does not sleep."""
    rows = tasks_for(user, day).filter(Q(assigned_to=None) | Q(assigned_to=user))
    return described(list(rows))


def tasks_for(user: Any, day: date) -> Any:
    """The tasks that do not sleep on `day`; drafts only for those who may publish.

    Priorities without news come last: there may be dozens.
    """
    if not user.has_perm(PERMISSION):
        return CuratorTask.objects.none()
    rows = CuratorTask.objects.exclude(snoozed_until__gt=day).select_related("assigned_to")
    is_silent = Case(When(kind=CuratorTask.Kind.SILENT_PRIORITY, then=1), default=0)
    rows = rows.order_by(is_silent, "since", "subject")
    return rows if user.has_perm(PUBLISH) else rows.exclude(kind=CuratorTask.Kind.DRAFTS)


def described(tasks: list[CuratorTask]) -> list[Work]:
    """The tasks with what they are about; a task whose record is gone is left out."""
    keys = [task.subject for task in tasks]
    events = Event.objects.in_bulk(keys, field_name="slug")
    presidencies = Presidency.objects.in_bulk(keys, field_name="slug")
    slugs = [key.rpartition(":")[2] for key in keys]
    rows = Priority.objects.filter(slug__in=slugs).select_related("presidency")
    priorities = {row.key: row for row in rows}
    counts = drafts() if any(task.kind == CuratorTask.Kind.DRAFTS for task in tasks) else {}
    found = []
    for task in tasks:
        record: Event | Presidency | Priority | None = None
        match task.kind:
            case CuratorTask.Kind.OUTCOME_MISSING:
                record = events.get(task.subject)
            case CuratorTask.Kind.SILENT_PRIORITY:
                record = priorities.get(task.subject)
            case CuratorTask.Kind.HANDOVER:
                record = presidencies.get(task.subject)
            case CuratorTask.Kind.DRAFTS if counts.get(task.subject):
                meta = apps.get_model(task.subject)._meta
                what = f"{meta.verbose_name_plural}: {counts[task.subject]}"
                page = reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist")
                found.append(Work(task, what, f"{page}?is_published__exact=0"))
            case CuratorTask.Kind.STALE_SOURCES:
                meta = apps.get_model("sources.source")._meta
                page = reverse("admin:sources_source_changelist")
                found.append(Work(task, str(meta.verbose_name_plural), page))
        if record is not None:
            name = f"admin:{record._meta.app_label}_{record._meta.model_name}_change"
            found.append(Work(task, str(record), reverse(name, args=[record.pk])))
    return found
