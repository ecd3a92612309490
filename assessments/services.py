"""The search for work that waits for curators, made each day and after each change."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.db.models import Max, Q
from django.db.models.functions import Greatest
from django.utils import timezone

from assessments.models import CuratorTask
from events.models import Event
from members.models import Presidency
from priorities.models import Priority
from publishing.models import Publishable
from sources.models import Source

HANDOVER_DAYS = 30


class Found(NamedTuple):
    """What one search changed."""

    new: int
    ended: int
    open: int


@transaction.atomic
def find_curator_work(*, at: date | None = None) -> Found:
    """Bring the curators' tasks in line with the record as of the day `at` (today, UTC).

    Safe to run twice or at the same time: tasks are unique by kind and subject, and what is
    done is taken away. Who a task was given to, and until when it sleeps, stays.
    """
    day = at or timezone.now().date()
    wanted: dict[tuple[str, str], date | None] = {
        **{
            (CuratorTask.Kind.OUTCOME_MISSING, event.slug): event.period.upper
            for event in Event.objects.public().awaiting_outcome(at=day).only("slug", "period")
        },
        **{
            (CuratorTask.Kind.SILENT_PRIORITY, priority.key): since
            for priority, since in silent_priorities(at=day)
        },
    }
    return _keep(wanted, [CuratorTask.Kind.OUTCOME_MISSING, CuratorTask.Kind.SILENT_PRIORITY])


@transaction.atomic
def find_house_work(*, at: date | None = None) -> Found:
    """The same for what concerns no single event: handover, sources that age, drafts."""
    day = at or timezone.now().date()
    wanted: dict[tuple[str, str], date | None] = {
        (CuratorTask.Kind.DRAFTS, label): None for label, count in drafts().items() if count
    }
    if presidency := coming_handover(day):
        term: Any = presidency.period  # both ends are known: the database sees to it
        begun = term.upper - timedelta(days=HANDOVER_DAYS)
        wanted[CuratorTask.Kind.HANDOVER, presidency.slug] = begun
    if newest := stale_since(day):
        wanted[CuratorTask.Kind.STALE_SOURCES, "sources"] = newest
    return _keep(
        wanted,
        [CuratorTask.Kind.HANDOVER, CuratorTask.Kind.STALE_SOURCES, CuratorTask.Kind.DRAFTS],
    )


def drafts() -> dict[str, int]:
    """How many drafts there are of each kind of record, by its label, such as `events.event`."""
    return {
        model._meta.label_lower: model._default_manager.filter(is_published=False).count()
        for model in apps.get_models()
        if issubclass(model, Publishable) and not model._meta.proxy
    }


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


def _keep(wanted: Mapping[tuple[str, str], date | None], kinds: list[CuratorTask.Kind]) -> Found:
    """Make the tasks of some kinds those that are wanted.

    Rows are locked and written in the order of their keys: two searches at the same time wait for
    each other, but never both.
    """
    rows = CuratorTask.objects.filter(kind__in=kinds).order_by("kind", "subject")
    present = {(task.kind, task.subject): task for task in rows.select_for_update()}
    ended = [task.pk for key, task in present.items() if key not in wanted]
    CuratorTask.objects.filter(pk__in=ended).delete()
    changed = [
        CuratorTask(kind=kind, subject=subject, since=since)
        for (kind, subject), since in sorted(wanted.items(), key=lambda one: one[0])
        if (kind, subject) not in present or present[kind, subject].since != since
    ]
    CuratorTask.objects.bulk_create(
        changed,
        update_conflicts=True,
        unique_fields=["kind", "subject"],
        update_fields=["since"],
    )
    new = wanted.keys() - present.keys()
    return Found(len(new), len(ended), len(wanted))


def silent_priorities(*, at: date) -> list[tuple[Priority, date]]:
    """Tracked priorities of the newest presidency without news for longer than the threshold.

    The newest is the one in office or, between two terms, the one that ended last.

    News is an event that bears on the priority or an assessment of it; the term's first day
    counts as news, so that a new presidency is not silent at once. With each priority comes
    the day since which nothing was heard.
    """
    limit = at - timedelta(days=settings.SILENCE_THRESHOLD_DAYS)
    found = []
    begun = Presidency.objects.public().filter(period__startswith__lte=at)
    for presidency in begun.order_by("-period")[:1]:
        term: date = presidency.period.lower
        rows = (
            Priority.objects.public()
            .tracked()
            .for_presidency(presidency)
            .select_related("presidency")
            .annotate(
                event_day=Max(
                    "contributions__event__period__startswith",
                    filter=Q(
                        contributions__event__is_published=True,
                        contributions__event__period__startswith__lte=at,
                    )
                    & ~Q(contributions__event__status__in=["announced", "confirmed"]),
                ),
                assessed=Max(
                    "assessments__as_of",
                    filter=Q(assessments__is_published=True, assessments__as_of__lte=at),
                ),
            )
            .annotate(heard=Greatest("event_day", "assessed"))
        )
        for priority in rows:
            heard = max(filter(None, [priority.heard, term]))
            if heard < limit:
                found.append((priority, heard))
    return found
