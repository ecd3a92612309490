"""The day's work by mail to those who can do it: the tasks that the daily search found."""

from datetime import date, datetime, time
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q

from assessments.models import CuratorTask
from reminders.models import Delivery, Subscription

HOUR = 6  # UTC
PERMISSION = "assessments.view_curatortask"


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


def work_of(user: Any, day: date) -> list[CuratorTask]:
    """Tasks that are open on `day` and given to this user or to nobody."""
    return list(
        CuratorTask.objects.filter(Q(assigned_to=None) | Q(assigned_to=user)).exclude(
            snoozed_until__gt=day
        )
    )
