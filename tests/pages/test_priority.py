"""The page of one priority: its words, what bears on it, how it is judged, its lineage."""

import pytest
import time_machine
from django.test import Client

from tests import factories as make
from tests.pages.reading import Element, main_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_on_a_day")]


@pytest.fixture
def _on_a_day() -> object:
    with time_machine.travel("2026-03-01", tick=False):
        yield


def part(page: Element, name: str) -> Element:
    """What stands in the page after the heading with this id, up to the next of its rank."""
    found, inside = Element("section", {}), False
    for child in page.content:
        if isinstance(child, Element) and child.tag == "h2":
            inside = child["id"] == name
        elif inside:
            found.content.append(child)
    return found


def test_priority_says_what_kind_of_promise_it_is(client: Client) -> None:
    origin = make.source(slug="tass", title="Заявление", publisher="TASS", language="ru")
    presidency = make.presidency(2026, slug="p", title="Russia 2026")
    make.priority(
        presidency=presidency,
        theme=make.theme(slug="crime", title="Crime"),
        number=20,
        slug="drugs",
        title="Drug trade",
        title_ru="Наркоторговля",
        title_ru_origin="press",
        title_ru_source=origin,
        temporal="intensifying",
        temporal_words="wider range",
        strength="firm",
        strength_words="we will",
    )
    page = main_of(client.get("/presidencies/p/priorities/drugs/").content)
    assert page.texts("h1") == ["Drug trade"]
    assert page.one("p", "kicker").text == "Russia 2026 · priority 20"
    assert page.one("p", "lead").text == "Наркоторговля"
    assert page.texts("p", "facts-line")[0] == (
        "The Russian title: wording of a named source · Заявление, TASS, 1 January 2026"
        " original: Заявление"
    )
    assert page.one("dl", "facts").facts() == {
        "Newest assessment": "Not assessed yet",
        "Theme": "Crime",
        "Kind": "Goal",
        "Temporal marker": "Intensifying “wider range”",
        "Strength of the wording": "Firm commitment “we will”",
        "Confidence": "Seen in a named source",
        "Last news": "None since the term began 59 days ago",
    }
    russian = main_of(client.get("/ru/presidencies/p/priorities/drugs/").content)
    assert russian.texts("h1") == ["Наркоторговля"]
    assert (russian.one("p", "lead").text, russian.one("p", "lead")["lang"]) == ("Drug trade", "en")


def test_words_of_a_priority_lead_to_their_place_the_stating_ones_first(client: Client) -> None:
    priority = make.priority()
    document = make.source(slug="doc", publisher="Agency", text="We will. We guard borders.")
    make.passage(source=document, quote="We guard borders.", kind="context")
    for quote, role in (("We will.", "supporting"), ("guard borders", "main")):
        passage = make.passage(source=document, quote=quote)
        priority.passage_links.create(passage=passage, role=role)
    words = main_of(client.get(priority.get_absolute_url()).content).one("ul", "passages")
    assert words.texts("li") == [
        "guard borders States it · Agency, characters 12 to 25",
        "We will. Supports it · Agency, characters 0 to 8",
    ]
    assert words.links()[0] == ("guard borders", "/sources/doc/#p-12-25")


@pytest.mark.parametrize(
    ("rubric", "shown"),
    [
        (
            "Limited: a held meeting. Substantial: a result, such as: a treaty. Completed: both.",
            [
                "Limited a held meeting.",
                "Substantial a result, such as: a treaty.",
                "Completed both.",
            ],
        ),
        ("Judged as a whole. Limited: one.", ["Judged as a whole.", "Limited one."]),
        ("Only the outcome counts.", ["Only the outcome counts."]),
    ],
)
def test_rubric_is_a_list_of_steps(client: Client, rubric: str, shown: list[str]) -> None:
    priority = make.priority(rubric=rubric)
    make.assessment(priority=priority)
    page = main_of(client.get(priority.get_absolute_url()).content)
    assert page.one("dl", "rubric").texts("div") == shown


def test_assessments_stand_newest_first_with_rationale_and_evidence(client: Client) -> None:
    priority = make.priority(rubric="Limited: a meeting.")
    event = make.event(title="Meeting", slug="meeting", date="2026-01-20")
    link = make.contribution(event=event, priority=priority)
    first = make.assessment(priority=priority, as_of="2026-01-31", completion="not-started")
    second = make.assessment(
        priority=priority,
        as_of="2026-02-15",
        completion="limited",
        certainty="medium",
        rationale="One meeting was held.",
        is_provisional=False,
        corrects=first,
        is_published=False,
    )
    second.evidence_links.create(contribution=link)
    type(second).objects.filter(pk=second.pk).update(is_published=True)
    page = main_of(client.get(priority.get_absolute_url()).content)
    assert part(page, "assessments").one("ol", "history").texts("p") == [
        "As of 15 February 2026",
        "Limited",
        "Certainty: medium · A coder · corrects the assessment of 31 January 2026",
        "One meeting was held.",
        "Evidence",
        "As of 31 January 2026",
        "Not started",
        "Certainty: low · provisional, by one coder · A coder",
        "One event held.",
        "It rests on no event: none of the term bears on this priority.",
    ]
    assert page.texts("ul", "evidence") == ["Meeting, 20 January 2026 (implements)"]
    assert part(page, "assessments").one("dl", "rubric").text == "Limited a meeting."
    assert page.by_id("assessment-1").tag == page.by_id("assessment-2").tag == "li"


def test_events_stand_by_relation_with_reason_and_basis(client: Client) -> None:
    presidency = make.presidency(2026)
    priority = make.priority(presidency=presidency)
    for title, day, relation, status in (
        ("Old talk", "2025-06", "mentions", "held"),
        ("Plan", "2026-02-01", "mentions", "announced"),
        ("Drill", "2026-02~", "implements", "held"),
    ):
        make.contribution(
            event=make.event(title=title, date=day, status=status),
            priority=priority,
            relation=relation,
        )
    events = part(main_of(client.get(priority.get_absolute_url()).content), "events")
    assert events.texts("h3") == ["Implements", "Mentions"]
    assert [one.texts("p") for one in events.all("li", "event")] == [
        ["about February 2026", "Drill", "Held", "It agreed a plan. A curator infers it."],
        [
            "1 February 2026",
            "Plan",
            "Announced Outcome not recorded",
            "It agreed a plan. A curator infers it.",
        ],
        ["June 2025 before the term", "Old talk", "Held", "It agreed a plan. A curator infers it."],
    ]


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("2026-02-10", "19 days ago since an event that was reported as held"),
        (
            "2025-06-01",
            # An event before the term is no news of it.
            "None since the term began 59 days ago",
        ),
    ],
)
def test_last_news_counts_from_what_was_held_in_the_term(
    client: Client, day: str, words: str
) -> None:
    priority = make.priority(presidency=make.presidency(2026))
    make.contribution(event=make.event(date=day), priority=priority)
    page = main_of(client.get(priority.get_absolute_url()).content)
    assert page.one("dl", "facts").facts()["Last news"] == words


def test_silence_is_told_without_judgement(client: Client) -> None:
    priority = make.priority(presidency=make.presidency(2026))
    with time_machine.travel("2026-04-02", tick=False):
        page = main_of(client.get(priority.get_absolute_url()).content)
    assert page.one("dl", "facts").facts()["Last news"] == (
        "None since the term began 91 days ago Silent: longer than 90 days without an event"
        " reported as held. This says nothing of what was done."
    )


def test_priority_of_a_closed_term_is_not_called_silent(client: Client) -> None:
    priority = make.priority(presidency=make.presidency(2025))
    page = main_of(client.get(priority.get_absolute_url()).content)
    assert "Last news" not in page.one("dl", "facts").facts()


def test_lineage_runs_back_and_forward(client: Client) -> None:
    terms = [make.presidency(year, title=f"Term {year}") for year in (2024, 2025, 2026)]
    first, second, third = (make.priority(presidency=term, title=f"Goal {term}") for term in terms)
    source = make.source(publisher="Agency", title="Says so", url="", date="")
    make.lineage(earlier=first, later=second, relation="narrows", basis="Words.", source=source)
    make.lineage(earlier=second, later=third, relation="widens", basis="More words.")
    lineage = part(main_of(client.get(second.get_absolute_url()).content), "lineage")
    assert lineage.texts("h3") == ["Takes up", "Taken up by"]
    assert lineage.texts("li") == [
        "Narrows · Goal Term 2024 (Term 2024) Words. Says so, Agency Seen in a named source.",
        "Goal Term 2026 (Term 2026) · Widens More words. Seen in a named source.",
    ]


def test_claims_on_the_priority_and_on_its_presidency_are_shown(client: Client) -> None:
    presidency = make.presidency(2025)
    priority = make.priority(presidency=presidency)
    make.claim(presidency=presidency, priority=priority, text="This was done.", date="2025-12-02")
    make.claim(presidency=presidency, text="All was done.", date="2025-12-01")
    other = make.priority(presidency=presidency)
    make.claim(presidency=presidency, priority=other, text="Something else was done.")
    claims = part(main_of(client.get(priority.get_absolute_url()).content), "claims")
    assert [one.texts("p")[1] for one in claims.all("article")] == [
        "This was done.",
        "All was done.",
    ]


def test_priority_without_anything_says_what_that_means(client: Client) -> None:
    priority = make.priority()
    page = main_of(client.get(priority.get_absolute_url()).content)
    assert page.texts("p", "empty") == [
        "The exact words are not held: the title is a summary of what the sources report.",
        "This priority has not been assessed yet.",
        (
            "The record links no event to this priority. That is what has been linked, not a"
            " finding that nothing was done."
        ),
        "No claim of progress is recorded.",
        "The wording of no other presidency supports a link.",
    ]


def test_priority_leads_on_to_its_neighbours(client: Client) -> None:
    presidency = make.presidency(2026)
    rows = [
        make.priority(presidency=presidency, number=number, title=f"Goal {number}")
        for number in (1, 2, 4)
    ]
    page = main_of(client.get(rows[1].get_absolute_url()).content)
    assert page.one("nav", "pager").links() == [
        ("← 1. Goal 1", rows[0].get_absolute_url()),
        ("4. Goal 4 →", rows[2].get_absolute_url()),
    ]


def test_priority_under_another_presidency_is_not_found(client: Client) -> None:
    make.priority(presidency=make.presidency(2025, slug="p"), slug="one")
    make.presidency(2026, slug="q")
    assert client.get("/presidencies/p/priorities/one/").status_code == 200
    assert client.get("/presidencies/q/priorities/one/").status_code == 404


def test_priority_that_is_not_tracked_says_so_and_is_called_nothing_else(client: Client) -> None:
    row = make.priority(is_tracked=False)
    page = main_of(client.get(row.get_absolute_url()).content)
    assert page.facts()["Newest assessment"] == "Not tracked"
    (said,) = [text for text in page.texts("p", "empty") if "assessed" in text]
    assert said.startswith("This priority is not tracked: it is shown, but not assessed.")


def test_silence_ends_with_the_record(client: Client) -> None:
    term = make.presidency(2026)
    quiet, heard = make.priority(presidency=term), make.priority(presidency=term)
    make.contribution(event=make.event(date="2026-02-10"), priority=heard)
    make.remark(kind="coverage", date="2026-02-15")
    with time_machine.travel("2026-12-01", tick=False):
        found = [
            main_of(client.get(one.get_absolute_url()).content).one("dl", "facts").facts()
            for one in (quiet, heard)
        ]
    ends = "It ends on 15 February 2026: what came later is not known."
    assert [one["Last news"] for one in found] == [
        f"None in the 46 days of the term until the record ends {ends}",
        f"5 days before the record ends since an event that was reported as held {ends}",
    ]
