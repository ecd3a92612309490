"""The reader of a presidency's statement."""

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from csto_tracker.pages.reader import fragment
from members.models import Presidency
from priorities.models import Priority, Theme
from sources.models import Passage, Source
from sources.segments import paragraphs
from tests import factories as make
from tests.pages.reading import Element, main_of

TEXT = "We act in peace.\n\nWe fight drug and arms trafficking together."


@pytest.fixture
def source(db: None) -> Source:
    return make.source(slug="speech", text=TEXT, language="en", kind="statement")


@pytest.fixture
def presidency(source: Source) -> Presidency:
    return make.presidency(2026, slug="p", title="Russia 2026", statement=source)


def state(
    presidency: Presidency, quote: str, number: int, theme: int = 3, **options: str
) -> Priority:
    themes = {"title": f"Theme {theme}", "is_published": True}
    priority = make.priority(
        presidency=presidency,
        number=number,
        slug=f"n{number}",
        title=f"Priority {number}",
        theme=Theme.objects.get_or_create(number=theme, slug=f"t{theme}", defaults=themes)[0],
    )
    passage = Passage.objects.filter(source=presidency.statement, quote=quote).first()
    passage = passage or make.passage(source=presidency.statement, quote=quote, **options)
    priority.passage_links.create(passage=passage)
    return priority


def reader(client: Client, path: str = "/presidencies/p/statement/") -> Element:
    return main_of(client.get(path).content).one("div", "reader")


def test_statement_is_shown_whole_word_for_word(client: Client, presidency: Presidency) -> None:
    make.passage(source=presidency.statement, quote="peace", kind="principle", title="Peace")
    shown = reader(client).all("p", "reader-text")
    assert [one["lang"] for one in shown] == ["en", "en"]
    pieces = [
        "".join(
            part if isinstance(part, str) else part.text if part.tag == "mark" else ""
            for part in paragraph.content
        )
        for paragraph in shown
    ]
    assert pieces == ["We act in peace.", "We fight drug and arms trafficking together."]


def test_passages_that_overlap_are_each_marked_and_linked(
    client: Client, presidency: Presidency
) -> None:
    state(presidency, "drug and arms trafficking", 20)
    state(presidency, "drug and arms trafficking", 21)
    state(presidency, "arms trafficking together", 22)
    make.passage(
        source=presidency.statement,
        quote="We fight drug and arms trafficking together.",
        kind="context",
    )
    page = reader(client)
    marks = [(one.text, one["class"].split()[1:]) for one in page.all("mark")]
    assert marks == [
        ("We fight", ["passage-context"]),
        ("drug and", ["passage-commitment", "tint-3"]),
        ("arms trafficking", ["passage-commitment", "passage-deep", "tint-3"]),
        ("together", ["passage-commitment", "tint-3"]),
        (".", ["passage-context"]),
    ]
    assert [(one.text, one["href"]) for one in page.all("a", "mark-number")] == [
        ("Priority 20: Priority 20", "/presidencies/p/priorities/n20/"),
        ("Priority 21: Priority 21", "/presidencies/p/priorities/n21/"),
        ("Priority 22: Priority 22", "/presidencies/p/priorities/n22/"),
    ]
    anchors = [one["id"] for one in page.all("span", "anchor")]
    assert anchors == ["p-18-62", "p-27-52", "p-36-61"]


def test_margin_names_what_each_passage_is(client: Client, presidency: Presidency) -> None:
    make.passage(source=presidency.statement, quote="peace", kind="principle", title="Peace")
    priority = state(presidency, "drug and arms trafficking", 20)
    sentence = make.passage(
        source=presidency.statement,
        quote="We fight drug and arms trafficking together.",
        kind="context",
    )
    priority.passage_links.create(passage=sentence, role="sentence")
    margins = reader(client).all("ul", "reader-margin")
    assert [one.texts("p") for one in margins] == [
        ["Principle: Peace"],
        ["Context: Priority 20: Priority 20", "Theme 3", "20 Priority 20"],
    ]
    assert margins[0].links() == [
        ("Principle", "#p-10-15"),
        ("↓", "#p-18-62"),
        ("¶", "#p-10-15:~:text=peace"),
    ]
    assert [one["id"] for one in margins[1].all("li")] == ["n-p-18-62", "n-p-27-52"]


def test_passages_have_the_colour_of_their_theme_and_the_margin_names_it(
    client: Client, presidency: Presidency
) -> None:
    for number, quote, theme in (
        (1, "act", 2),
        (2, "peace", 2),
        (3, "arms", 10),
        (4, "drug and arms trafficking", 4),
    ):
        state(presidency, quote, number, theme)
    page = main_of(client.get("/presidencies/p/statement/").content)
    assert [
        (one.text, one["class"].split()[-1]) for one in page.one("div", "reader").all("mark")
    ] == [
        ("act", "tint-2"),
        ("peace", "tint-2"),
        ("drug and", "tint-4"),
        ("arms", "tint-2"),  # the shortest of those that cover it, its theme the tenth
        ("trafficking", "tint-4"),
    ]
    named = [one.text for one in page.all("p", "note-theme")]
    assert named == ["Theme 2", "Theme 4", "Theme 10"]
    chips = page.one("ul", "chips")
    assert [one["class"] for one in chips.all("span", "tint")] == [
        "tint tint-2",
        "tint tint-4",
        "tint tint-2",
    ]


def test_link_of_a_priority_lands_on_its_passage(client: Client, presidency: Presidency) -> None:
    priority = state(presidency, "drug and arms trafficking", 20)
    words = main_of(client.get(priority.get_absolute_url()).content).one("ul", "passages")
    ((_text, address), _source) = words.links()
    assert address == "/presidencies/p/statement/#p-27-52"
    where, _, fragment = address.partition("#")
    assert reader(client, where).by_id(fragment).tag == "span"


def test_passages_lead_to_their_neighbours(client: Client, presidency: Presidency) -> None:
    for number, quote in enumerate(("We act", "peace", "together"), 1):
        state(presidency, quote, number)
    page = reader(client)
    walks = [
        [(one["href"], one["aria-label"]) for one in walk.all("a")][:-1]
        for walk in page.all("span", "note-walk")
    ]
    before, after = "Previous passage", "Next passage"
    assert walks == [
        [("#p-10-15", after)],
        [("#p-0-6", before), ("#p-53-61", after)],
        [("#p-10-15", before)],
    ]


@pytest.mark.parametrize(
    ("text", "quote", "directive"),
    [
        ("We act - in peace.", "act - in", "act%20%2D%20in"),
        ("Arms, drugs & more.", "Arms, drugs & more", "Arms%2C%20drugs%20%26%20more"),
        ("a b c d e f g h i j", "a b c d e f g h i", "a%20b%20c%20d,f%20g%20h%20i"),
        ("Peace is a word. We want peace.", "peace", "word.%20We%20want-,peace"),
        ("Peace.\npeace", "peace", "peace"),
        ("За мир", "мир", "%D0%BC%D0%B8%D1%80"),
    ],
)
def test_fragment_finds_a_passage_by_its_words(text: str, quote: str, directive: str) -> None:
    start = text.rindex(quote)
    passage = Passage(start=start, end=start + len(quote), quote=quote)
    assert fragment(text, passage) == f"p-{start}-{start + len(quote)}:~:text={directive}"


def test_theme_marks_its_passages_and_leaves_the_text_whole(
    client: Client, presidency: Presidency
) -> None:
    peace, crime = make.theme(slug="peace", number=1), make.theme(slug="crime", number=2)
    Priority.objects.filter(pk=state(presidency, "peace", 1).pk).update(theme=peace)
    for number, quote in ((2, "drug"), (3, "arms")):
        Priority.objects.filter(pk=state(presidency, quote, number).pk).update(theme=crime)
    page = main_of(client.get("/presidencies/p/statement/?theme=crime").content)
    assert page.one("div", "reader").texts("mark") == ["drug", "arms"]
    assert "We act in peace." in page.text
    assert [link for link in page.links() if "theme=" in link[1]] == [
        (f"{peace} 1", "?theme=peace#text"),
        (f"{crime} 2", "?theme=crime#text"),
    ]


@pytest.mark.parametrize("query", ["theme=nothing", "colour=red"])
def test_unknown_theme_is_refused(client: Client, presidency: Presidency, query: str) -> None:
    response = client.get(f"/presidencies/p/statement/?{query}")
    assert response.status_code == 400
    (named,) = main_of(response.content).one("dl", "errors").texts("dt")
    assert named == query.partition("=")[0]


def test_language_without_a_text_is_said(client: Client, presidency: Presidency) -> None:
    page = main_of(client.get("/presidencies/p/statement/").content)
    assert "Not held in this language: Russian." in page.text
    assert page.all("blockquote") == []


def test_same_priority_in_a_text_of_the_other_language_stands_beside(
    client: Client, presidency: Presidency
) -> None:
    priority = state(presidency, "peace", 1)
    russian = make.source(slug="russian", text="Мы за мир.", language="ru")
    priority.passage_links.create(passage=make.passage(source=russian, quote="мир"))
    draft = make.source(text="Черновик.", language="ru", is_published=False)
    priority.passage_links.create(passage=make.passage(source=draft, quote="Черновик"))
    page = main_of(client.get("/presidencies/p/statement/").content)
    assert "Not held" not in page.text
    (beside,) = page.all("blockquote")
    assert (beside["lang"], beside.links()) == ("ru", [("мир", "/sources/russian/#p-6-9")])


def test_statement_in_russian_keeps_the_text_in_its_own_language(
    client: Client, presidency: Presidency
) -> None:
    make.passage(
        source=presidency.statement, quote="peace", kind="principle", title="P", title_ru="Мир"
    )
    page = reader(client, "/ru/presidencies/p/statement/")
    assert [one["lang"] for one in page.all("p", "reader-text")] == ["en", "en"]
    assert page.one("ul", "reader-margin").texts("p") == ["Принцип: Мир"]


@pytest.mark.django_db
@pytest.mark.parametrize("options", [{}, {"text": "Draft.", "is_published": False}, {"text": ""}])
def test_presidency_without_a_public_text_has_no_reader(
    client: Client, options: dict[str, object]
) -> None:
    statement = make.source(**options) if options else None
    make.presidency(2026, slug="p", statement=statement)
    assert client.get("/presidencies/p/statement/").status_code == 404
    assert ("Read the statement", "/presidencies/p/statement/") not in main_of(
        client.get("/presidencies/p/").content
    ).links()


def test_drafts_are_not_in_the_reader(client: Client, presidency: Presidency) -> None:
    draft = make.priority(presidency=presidency, title="CANARY", slug="canary", is_published=False)
    draft.passage_links.create(passage=make.passage(source=presidency.statement, quote="peace"))
    carrier = make.source(title="CANARY", is_published=False)
    Source.objects.filter(pk=presidency.statement_id).update(carried_by=carrier)
    assert "canary" not in client.get("/presidencies/p/statement/").content.decode().lower()


@pytest.mark.parametrize("rows", [1, 3])
def test_reader_costs_the_same_for_more_passages(
    client: Client,
    presidency: Presidency,
    django_assert_num_queries: DjangoAssertNumQueries,
    rows: int,
) -> None:
    for number, quote in enumerate(("We act", "peace", "together")[:rows], 1):
        state(presidency, quote, number)
    # Data version for the ETag, presidency, passages, priorities of passages, passages in other
    # languages, data status.
    with django_assert_num_queries(6):
        client.get("/presidencies/p/statement/")


@given(st.data())
def test_every_letter_stands_in_one_segment_whatever_the_passages(data: st.DataObject) -> None:
    text = data.draw(st.text(alphabet="ab \n\r\u0301Я", max_size=40))
    spans = data.draw(
        st.lists(
            st.tuples(st.integers(0, 40), st.integers(1, 20)).filter(
                lambda pair: pair[0] + pair[1] <= len(text)
            ),
            unique=True,
            max_size=6,
        )
        if text
        else st.just([])
    )
    passages = [
        Passage(pk=number, start=start, end=start + length, quote=text[start : start + length])
        for number, (start, length) in enumerate(spans)
    ]
    found = paragraphs(text, passages)
    joined = "".join(segment.text for segments in found for segment in segments)
    assert joined == text.replace("\n", "").replace("\r", "")
    for passage in passages:
        covered = "".join(
            segment.text for row in found for segment in row if passage in segment.passages
        )
        assert covered == passage.quote.replace("\n", "").replace("\r", "")
