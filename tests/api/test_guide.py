"""Each example that README and the guide show works on the real record, as it stands."""

import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from csto_tracker.record.load import load

ROOT = Path(__file__).resolve().parents[2]
SITE = "http://127.0.0.1:8000"
GUIDES = {code: (ROOT / "docs" / f"api.{code}.md").read_text() for code in ("en", "ru")}
README = (ROOT / "README.md").read_text()


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


@pytest.fixture
def _record(transactional_db: None) -> None:
    load(directory=ROOT / "record", by="test", progress=lambda line: None)


@pytest.mark.usefixtures("_record")
def test_every_address_shown_answers_with_something(client: Client) -> None:
    text = README + "".join(GUIDES.values())
    addresses = re.findall(rf"{re.escape(SITE)}(/[^'\")\s]+)", text)
    found = {}
    for address in addresses:
        answer = client.get(address)
        body = b"".join(answer) if answer.streaming else answer.content
        empty = b'"results":[]' in body or (".csv" in address and body.count(b"\n") < 2)
        found[address] = "empty" if empty else str(answer.status_code)
    assert len(found) > 15
    assert {address: result for address, result in found.items() if result != "200"} == {}


@pytest.mark.usefixtures("_record")
def test_programs_run(live_server: Any, settings: Any, tmp_path: Path) -> None:
    settings.SITE_URL = live_server.url  # `next` names it
    programs = blocks(README, "python") + blocks(GUIDES["en"], "python")
    assert len(programs) == 3
    for program in programs:
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", program.replace(SITE, live_server.url)],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            timeout=120,
        )
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.strip()


@pytest.fixture
def _program(request: pytest.FixtureRequest) -> None:
    """The program that the examples name. It is no part of an installation: without it the test
    is skipped, or fails where CI=true, whose `.ci/run` installs it."""
    if shutil.which(request.param) is None:
        if os.environ.get("CI") == "true":
            pytest.fail(f"{request.param} is not installed")
        pytest.skip(f"no {request.param} on this machine")


@pytest.mark.parametrize("_program", ["curl"], indirect=True)
@pytest.mark.usefixtures("_program", "_record")
def test_commands_run(live_server: Any, tmp_path: Path) -> None:
    commands = [
        line
        for block in blocks(GUIDES["en"], "sh")
        for line in block.splitlines()
        if line.startswith("curl ")
    ]
    assert len(commands) > 8
    for command in commands:
        line = command.replace(SITE, live_server.url).replace("curl ", "curl -fsS ", 1)
        done = subprocess.run(
            ["sh", "-c", line], capture_output=True, text=True, cwd=tmp_path, timeout=60
        )
        assert (done.returncode, done.stderr) == (0, ""), command
        assert done.stdout or list(tmp_path.glob("*.csv"))


@pytest.mark.parametrize("_program", ["Rscript"], indirect=True)
@pytest.mark.usefixtures("_program", "_record")
def test_r_counts_what_the_api_lists(live_server: Any, client: Client, tmp_path: Path) -> None:
    """R's own `read.csv` reads the file, Cyrillic included, and its `table` counts them."""
    (program,) = blocks(GUIDES["en"], "r")
    parts = [
        "options(width = 500)",  # the whole table in one line
        program.replace(SITE, live_server.url),
        'writeLines(events$title_ru, "titles.txt", useBytes = TRUE)',
    ]
    done = subprocess.run(
        ["Rscript", "--vanilla", *(word for part in parts for word in ("-e", part))],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        timeout=120,
    )
    assert (done.returncode, done.stderr) == (0, "")
    listed = client.get("/api/v1/events/?state=KG&page_size=500").json()["results"]
    *_, names, counts = (line.split() for line in done.stdout.splitlines() if line.strip())
    counted = dict(zip(names, map(int, counts), strict=True))
    assert counted == Counter(event["kind"] for event in listed)
    assert (tmp_path / "titles.txt").read_text().splitlines() == [one["title_ru"] for one in listed]


def test_both_languages_show_the_same() -> None:
    for pattern in (r"^```.*?^```", r"^## ", r"^\|", r"`[^`\n]+`"):
        shown = [re.findall(pattern, text, re.M | re.S) for text in GUIDES.values()]
        if pattern.startswith("`["):
            english, russian = ({text.replace("/ru/", "/") for text in one} for one in shown)
            assert english - russian == set()
        elif pattern.startswith("^```"):
            assert shown[0] == shown[1]
        else:
            assert len(shown[0]) == len(shown[1]) > 5


def test_changes_have_the_same_parts_in_both_languages() -> None:
    for pattern in (r"^## ", r"^- "):
        english, russian = (
            re.findall(pattern, (ROOT / "docs" / f"api-changelog.{code}.md").read_text(), re.M)
            for code in ("en", "ru")
        )
        assert len(english) == len(russian) > 0


@pytest.mark.django_db
@pytest.mark.parametrize(("prefix", "title"), [("", "The API in ten"), ("/ru", "API за десять")])
def test_guide_names_this_site(client: Client, settings: Any, prefix: str, title: str) -> None:
    settings.SITE_URL = "https://tracker.example.org"
    page = client.get(f"{prefix}/api/").content.decode()
    assert title in page
    assert "curl 'https://tracker.example.org/api/v1/priorities/?presidency=russia-2026" in page
    assert SITE not in page
