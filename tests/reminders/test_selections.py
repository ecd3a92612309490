"""Which events and priorities a kept filter chooses, exclusions included."""

import pytest

from reminders.models import Selection
from reminders.selections import canonical, in_words, keep, matching_events, matching_priorities
from tests import factories as make

pytestmark = pytest.mark.django_db


def selection(query: str) -> Selection:
    return keep(canonical(query))


def test_priorities_of_a_presidency_or_theme_left_out_are_not_meant() -> None:
    theme = make.theme(slug="crime")
    one = make.priority(theme=theme)
    two = make.priority(presidency=one.presidency)
    three = make.priority()
    ids = [one.pk, two.pk, three.pk]
    own = one.presidency.slug
    assert matching_priorities(selection(f"presidency={own}"), ids) == {one.pk, two.pk}
    assert matching_priorities(selection(f"not_presidency={own}"), ids) == {three.pk}
    assert matching_priorities(selection(f"presidency={own}&not_theme=crime"), ids) == {two.pk}
    assert matching_priorities(selection(f"not_priority={two.key}"), ids) == {one.pk, three.pk}
    assert matching_priorities(selection("not_kind=summit"), ids) == set(ids)
    event = make.contribution(priority=one).event
    assert matching_priorities(selection(f"event={event.slug}"), ids) == {one.pk}
    assert matching_priorities(selection(f"not_event={event.slug}"), ids) == {two.pk, three.pk}


def test_events_left_out_are_not_chosen_and_words_say_so() -> None:
    kyrgyzstan = make.state("KG", name="Kyrgyzstan")
    with_it, without = make.event(), make.event()
    make.attendance(event=with_it, state=kyrgyzstan)
    kept = selection("not_state=KG")
    assert matching_events(kept, [with_it.pk, without.pk]) == {without.pk}
    assert [condition.value for condition in in_words(kept.query)] == ["not Kyrgyzstan"]


def test_what_an_exclusion_names_may_be_withdrawn_and_the_reason_is_noted() -> None:
    term = make.presidency()
    kept = selection(f"not_presidency={term.slug}")
    priority = make.priority()
    make.Presidency.objects.filter(pk=term.pk).update(is_published=False)
    assert matching_priorities(kept, [priority.pk]) == set()
    kept.refresh_from_db()
    assert term.slug in kept.error
