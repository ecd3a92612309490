"""The day's work by mail to those who can do it: tasks, drafts, a handover, old sources."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db.models import Max, Q

from assessments.models import CuratorTask
from members.models import Presidency
from publishing.models import Publishable
from reminders.models import Delivery, Subscription
from sources.models import Source

HOUR = 6  # UTC
HANDOVER_DAYS = 30
PERMISSION = "assessments.view_curatortask"
PUBLISH = "publishing.publish"


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
    """A day's work. Tasks can be given to somebody and snoozed; the rest is said as it stands."""

    tasks: list[CuratorTask]
    drafts: list[tuple[str, int]]
    handover: Presidency | None
    newest_source: date | None

    def __bool__(self) -> bool:
        return bool(self.tasks or self.drafts or self.handover or self.newest_source)


def work_of(user: Any, day: date) -> Work:
    """What waits for a curator on `day`; drafts only for those who may publish."""
    tasks = CuratorTask.objects.filter(Q(assigned_to=None) | Q(assigned_to=user)).exclude(
        snoozed_until__gt=day
    )
    drafts = waiting_drafts() if user.has_perm(PUBLISH) else []
    return Work(list(tasks), drafts, coming_handover(day), stale_since(day))


def waiting_drafts() -> list[tuple[str, int]]:
    """How many drafts there are of each kind that has any."""
    found = []
    for model in apps.get_models():
        if issubclass(model, Publishable) and not model._meta.proxy:
            count = model._default_manager.filter(is_published=False).count()
            if count:
                found.append((str(model._meta.verbose_name_plural), count))
    return found


def coming_handover(day: date) -> Presidency | None:
    """The public presidency whose term ends within the next 30 days."""
    until = day + timedelta(days=HANDOVER_DAYS)
    rows = Presidency.objects.public().filter(period__endswith__gt=day)
    found: Presidency | None = rows.filter(period__endswith__lte=until).first()
    return found


def stale_since(day: date) -> date | None:
    """The last day that the newest source covers, when that is longer ago than the threshold."""
    newest = Source.objects.public().aggregate(at=Max("period__endswith"))["at"]
    limit = day - timedelta(days=settings.SILENCE_THRESHOLD_DAYS)
    return newest - timedelta(days=1) if newest and newest <= limit else None
