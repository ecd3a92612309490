"""An event in terms of schema.org, for search engines."""

from typing import Any

from django.conf import settings

from events.calendar import moments
from events.models import Event
from publishing.formats.jsonld import days, thing

# Schema.org calls scheduled also what took place as planned; it has no word for an event whose
# outcome is not recorded.
STATUSES = {Event.Status.POSTPONED: "EventPostponed", Event.Status.CANCELLED: "EventCancelled"}


def linked(event: Event) -> dict[str, Any]:
    """An event with its place, and its sources as what it is the subject of."""
    first, last = days(event.date)
    start, end = moments(event)
    place = event.in_language("place")
    location: dict[str, Any] = {"@type": "Place", "name": place or event.country}
    if event.country:
        location["address"] = {"@type": "PostalAddress", "addressCountry": event.country}
    return thing(
        "Event",
        settings.SITE_URL + event.get_absolute_url(),
        name=str(event),
        description=event.in_language("summary"),
        startDate=start.isoformat() if first and start else first,
        endDate=end.isoformat() if first and end else last,
        eventStatus=f"https://schema.org/{STATUSES.get(event.status, 'EventScheduled')}",  # type: ignore[call-overload]
        location=location if place or event.country else None,
        subjectOf=[
            {"@type": "CreativeWork", "name": source.title, "url": source.url}
            for source in event.sources.all()
            if source.url
        ],
    )
