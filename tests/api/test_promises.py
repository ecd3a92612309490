"""Version 1 of the API only grows; and the comparison that says so sees what would break."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from tests.api.promises import KEPT, broken, document, promises, read, write

DOCUMENT = document()
EVENTS = "/api/v1/events/"
Change = Callable[[dict[str, Any]], Any]


def test_nothing_promised_was_broken() -> None:
    kept = read(KEPT.read_text())
    assert len(kept) > 1000
    assert broken(kept, promises(DOCUMENT)) == []


def test_promises_are_written_as_they_are_read() -> None:
    assert read(write(promises(DOCUMENT))) == promises(DOCUMENT)


def parameter(document: dict[str, Any], name: str) -> dict[str, Any]:
    rows = document["paths"][EVENTS]["get"]["parameters"]
    return next(row for row in rows if row["name"] == name)  # type: ignore[no-any-return]


def fields(document: dict[str, Any], name: str = "Event") -> dict[str, Any]:
    return document["components"]["schemas"][name]["properties"]  # type: ignore[no-any-return]


def answers(document: dict[str, Any]) -> dict[str, Any]:
    return document["paths"][EVENTS]["get"]["responses"]  # type: ignore[no-any-return]


BREAKING: dict[str, tuple[Change, str]] = {
    "address": (lambda d: d["paths"].pop(EVENTS), f"{EVENTS} is gone"),
    "parameter": (lambda d: parameter(d, "kind").update(name="sort"), f"{EVENTS} ?kind is gone"),
    "value of a parameter": (
        lambda d: parameter(d, "kind")["schema"]["items"]["enum"].remove("summit"),
        f"{EVENTS} ?kind=summit is gone",
    ),
    "value of an order": (
        lambda d: parameter(d, "ordering")["schema"]["enum"].remove("-date"),
        f"{EVENTS} ?ordering=-date is gone",
    ),
    "type of a parameter": (
        lambda d: parameter(d, "q")["schema"].update(type="integer"),
        f"{EVENTS} ?q was string, is integer",
    ),
    "parameter that must be sent": (
        lambda d: d["paths"][EVENTS]["get"]["parameters"].append(
            {"in": "query", "name": "key", "required": True, "schema": {"type": "string"}}
        ),
        f"{EVENTS} ?key (required) is new",
    ),
    "field": (lambda d: fields(d).pop("title"), "Event.title is gone"),
    "type of a field": (
        lambda d: fields(d)["title"].update(type="integer"),
        "Event.title was string, is integer",
    ),
    "field that may now be null": (
        lambda d: fields(d)["title"].update(type=["string", "null"]),
        "Event.title was string, is null|string",
    ),
    "items of a field": (
        lambda d: fields(d)["sources"]["items"].update(type="integer"),
        "Event.sources was [string], is [integer]",
    ),
    "component of a field": (
        lambda d: fields(d).update(kind={"$ref": "#/components/schemas/EventStatus"}),
        "Event.kind was EventKind, is EventStatus",
    ),
    "value of a field": (
        lambda d: d["components"]["schemas"]["EventKind"]["enum"].remove("summit"),
        "EventKind=summit is gone",
    ),
    "field of the envelope": (
        lambda d: answers(d)["200"]["content"]["application/json"]["schema"]["properties"].pop(
            "next"
        ),
        f"{EVENTS} 200 application/json.next is gone",
    ),
    "status": (lambda d: answers(d).pop("304"), f"{EVENTS} 304 is gone"),
    "header of an answer": (
        lambda d: answers(d)["200"]["headers"].pop("ETag"),
        f"{EVENTS} 200 ETag: is gone",
    ),
}


@pytest.mark.parametrize("name", BREAKING)
def test_what_would_break_a_program_is_seen(name: str) -> None:
    change, told = BREAKING[name]
    changed = deepcopy(DOCUMENT)
    change(changed)
    assert told in broken(promises(DOCUMENT), promises(changed))


GROWING: dict[str, Change] = {
    "field": lambda d: fields(d).update(weather={"type": "string"}),
    "value": lambda d: d["components"]["schemas"]["EventKind"]["enum"].append("picnic"),
    "parameter": lambda d: d["paths"][EVENTS]["get"]["parameters"].append(
        {"in": "query", "name": "weather", "schema": {"type": "string"}}
    ),
    "address": lambda d: d["paths"].update({"/api/v1/picnics/": d["paths"][EVENTS]}),
    "address that must be told something": lambda d: d["paths"].update(
        {
            "/api/v1/picnics/": {
                "get": {
                    "parameters": [
                        {"in": "query", "name": "q", "required": True, "schema": {"type": "string"}}
                    ],
                    "responses": {},
                }
            }
        }
    ),
    "field that is never null any more": lambda d: fields(d)["earliest"].update(type="string"),
    "parameter that takes more": lambda d: parameter(d, "page_size")["schema"].update(
        type=["integer", "string"]
    ),
    "other words": lambda d: fields(d)["title"].update(description="Other words."),
}


@pytest.mark.parametrize("name", GROWING)
def test_growing_breaks_nothing(name: str) -> None:
    changed = deepcopy(DOCUMENT)
    GROWING[name](changed)
    assert changed != DOCUMENT
    assert broken(promises(DOCUMENT), promises(changed)) == []
