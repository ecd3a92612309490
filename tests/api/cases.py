"""One complete public row of each resource, and how to make more of them."""

from collections.abc import Callable
from typing import Any, NamedTuple

from priorities.models import PriorityPassage
from publishing.models import PublicChange
from tests import factories as make


def passage_with_priority() -> Any:
    passage = make.passage(text="We will strengthen ties.")
    PriorityPassage.objects.create(priority=make.priority(), passage=passage)
    return passage


def lineage() -> Any:
    number = make.next_year()
    return make.lineage(
        earlier=make.priority(presidency=make.presidency(number)),
        later=make.priority(presidency=make.presidency(make.next_year(after=number))),
    )


def event() -> Any:
    row = make.event()
    make.attendance(event=row)
    make.contribution(event=row)
    return row


def change() -> Any:
    make.theme()
    return PublicChange.objects.filter(list="themes").latest("changed_at")


class Case(NamedTuple):
    """A resource: how to make a row, and one filter with a value that finds the given row."""

    make: Callable[[], Any]
    filter: Callable[[Any], dict[str, str]]


CASES: dict[str, Case] = {
    "sources": Case(make.source, lambda row: {"publisher": row.publisher}),
    "passages": Case(passage_with_priority, lambda row: {"source": row.source.slug}),
    "states": Case(make.state, lambda row: {"q": row.name}),
    "memberships": Case(make.membership, lambda row: {"state": row.state.code}),
    "milestones": Case(
        lambda: make.milestone(state=make.state()), lambda row: {"state": row.state.code}
    ),
    "bodies": Case(make.body, lambda row: {"q": row.name}),
    "presidencies": Case(make.presidency, lambda row: {"state": row.state.code}),
    "themes": Case(make.theme, lambda row: {"changed_since": "2000-01-01"}),
    "priorities": Case(make.priority, lambda row: {"theme": row.theme.slug}),
    "lineage": Case(lineage, lambda row: {"later": row.later.key}),
    "events": Case(event, lambda row: {"priority": row.contributions.get().priority.key}),
    "attendances": Case(make.attendance, lambda row: {"state": row.state.code}),
    "contributions": Case(make.contribution, lambda row: {"event": row.event.slug}),
    "assessments": Case(make.assessment, lambda row: {"priority": row.priority.key}),
    "changes": Case(change, lambda row: {"record": row.record}),
    "claims": Case(make.claim, lambda row: {"presidency": row.presidency.slug}),
}
