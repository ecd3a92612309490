"""A small record that uses every kind and every form of value once, as files in a folder."""

import json
from pathlib import Path
from typing import Any

Rows = dict[str, list[dict[str, Any]]]

# Line ends of two sorts, letters of two scripts, and one beyond the first plane: offsets count
# code points, so the letter 𝒞 is one.
TEXT = "Заявление 𝒞.\r\nWe will deepen coordination.\nМы углубим координацию.\n"


def quote(words: str) -> dict[str, Any]:
    start = TEXT.index(words)
    return {"start": start, "end": start + len(words), "quote": words}


DEEPEN = quote("We will deepen coordination.")
COORDINATION = quote("coordination")
KEY = f"statement:{DEEPEN['start']}:{DEEPEN['end']}"
PART = f"statement:{COORDINATION['start']}:{COORDINATION['end']}"


def rows() -> Rows:
    """The rows of each file, in the form and order that a dump has."""
    return {
        "sources": [
            {
                "slug": "agency",
                "kind": "news",
                "publisher": "Агентство «Мост»",
                "title": "Ёлка & мост",
                "url": "https://example.org/news?a=1&b=2",
                "language": "ru",
                "date": "2025-12~",
                "date_note": "About the end of the year.",
                "date_note_ru": "Около конца года.",
            },
            {
                "slug": "statement",
                "kind": "statement",
                "publisher": "Ministry",
                "language": "en",
                "date": "2026-01-01",
                "extent": "whole",
                "carried_by": "agency",
            },
        ],
        "passages": [
            {"source": "statement", **DEEPEN},
            {"source": "statement", **COORDINATION, "kind": "principle", "title": "Coordination"},
        ],
        "checks": [
            {
                "source": "statement",
                "number": 1,
                "quote": "Never before.",
                "verdict": "contradicted",
                "confidence": "unverified",
                "sources": ["agency"],
            }
        ],
        "remarks": [
            {
                "slug": "coverage",
                "kind": "coverage",
                "number": 1,
                "title": "Coverage",
                "text": "To the middle of February.\n\nNothing later.",
                "date": "2026-02-15",
            }
        ],
        "states": [_state("KG", "Kyrgyzstan", "417"), _state("RU", "Russia", "643")],
        "memberships": [
            {
                "state": "RU",
                "status": "party",
                "since": "1994-04-20",
                "until": "2003-09-18",
                "said_by": "The Secretariat",
                "sources": ["statement", "agency"],
            },
            {
                "state": "RU",
                "status": "member",
                "since": "2003-09-18",
                "said_by": "The Secretariat",
                "sources": ["agency"],
            },
        ],
        "milestones": [
            {"slug": "treaty", "title": "Treaty", "date": "1992-05-15", "sources": ["agency"]},
            {"slug": "ru-joined", "state": "RU", "title": "Joined", "sources": ["agency"]},
        ],
        "bodies": [
            {
                "slug": "council",
                "kind": "statutory",
                "name": "Council",
                "name_ru": "Совет",
                "description": "Decides.",
            }
        ],
        "presidencies": [
            _presidency("kyrgyzstan-2025", "KG", ["2024-11-28", "2026-01-01"]),
            _presidency("russia-2026", "RU", ["2026-01-01", "2027-01-01"], statement="statement"),
        ],
        "themes": [{"slug": "unity", "title": "Unity", "title_ru": "Единство"}],
        "priorities": [
            _priority("kyrgyzstan-2025", 1, "coordination", sources=["agency"]),
            _priority(
                "russia-2026",
                1,
                "coordination",
                passages=[
                    {"passage": KEY, "role": "sentence"},
                    {"passage": PART, "role": "main"},
                ],
            ),
            _priority("russia-2026", 2, "closing", is_tracked=False, sources=["agency"]),
        ],
        "lineage": [
            {
                "earlier": "kyrgyzstan-2025:coordination",
                "later": "russia-2026:coordination",
                "relation": "continues",
                "basis": "“Coordination” in both.",
            }
        ],
        "events": [
            _event("drill", "2026-01/2026-02", kind="exercise", bodies=["council"]),
            _event(
                "session",
                "2026-01-31",
                start_time="10:30",
                end_time="12:00",
                time_zone="Asia/Bishkek",
                country="KG",
            ),
        ],
        "attendances": [{"event": "session", "state": "KG", "role": "host"}],
        "contributions": [
            {
                "event": "session",
                "priority": "russia-2026:coordination",
                "relation": "implements",
                "reason": "It coordinated.",
            }
        ],
        "claims": [
            {
                "slug": "done",
                "claimant": "The minister",
                "date": "2026-02",
                "presidency": "russia-2026",
                "priority": "russia-2026:coordination",
                "text": "All is done.",
                "sources": ["agency"],
            }
        ],
        "assessments": [
            _assessment(1, "2026-02-15", evidence=["session:russia-2026:coordination"]),
            _assessment(2, "2026-03-01", corrects="russia-2026:coordination:1"),
        ],
    }


def _state(code: str, name: str, numeric: str) -> dict[str, Any]:
    return {
        "code": code,
        "alpha3": f"{code}X",
        "numeric": numeric,
        "slug": name.lower(),
        "name": name,
        "name_ru": "Государство",
        "official_name": name,
        "official_name_ru": "Государство",
        "capital": "Capital",
        "capital_ru": "Столица",
        "latitude": "42.87",
        "longitude": "-74",
    }


def _presidency(slug: str, state: str, period: list[str], **more: Any) -> dict[str, Any]:
    return {
        "slug": slug,
        "state": state,
        "title": slug.title(),
        "title_ru": "Председательство",
        "period": period,
        "start_basis": "stated",
        "end_basis": "inferred",
        **more,
        "sources": ["agency"],
    }


def _priority(presidency: str, number: int, slug: str, **more: Any) -> dict[str, Any]:
    return {
        "presidency": presidency,
        "number": number,
        "slug": slug,
        "title": slug.title(),
        "title_ru": "Приоритет",
        "theme": "unity",
        "kind": "goal",
        **more,
    }


def _event(slug: str, day: str, kind: str = "summit", **more: Any) -> dict[str, Any]:
    bodies = {"bodies": more.pop("bodies")} if "bodies" in more else {}
    return {
        "slug": slug,
        "kind": kind,
        "status": "held",
        "title": slug.title(),
        "date": day,
        **more,
        **bodies,
        "sources": ["agency"],
    }


def _assessment(number: int, day: str, **more: Any) -> dict[str, Any]:
    return {
        "priority": "russia-2026:coordination",
        "number": number,
        "as_of": day,
        "completion": "limited",
        "rationale": "A session was held.",
        "assessed_by": "First coder",
        **more,
    }


def write(folder: Path, record: Rows, text: str | None = TEXT) -> Path:
    """Write a record's files, in the form of a dump; returns the folder."""
    (folder / "texts").mkdir(parents=True, exist_ok=True)
    for name, found in record.items():
        content = json.dumps(found, ensure_ascii=False, indent=2) + "\n"
        (folder / f"{name}.json").write_bytes(content.encode("utf-8", "backslashreplace"))
    if text is not None:
        (folder / "texts" / "statement.txt").write_bytes(text.encode())
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    """The files of a folder by name."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
