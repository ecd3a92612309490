"""The kill suite in its short form; `make test-kill` runs the long one."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from csto_tracker.local.variables import CHECKOUT
from tests.reminders import figures as figures_of

# The suite starts servers of its own.
OURS = {"DATABASE_URL", "REDIS_URL", "CSTO_TRACKER_LOCAL", "EMAIL_URL", "SITE_URL"}


def test_three_hundred_reminders_survive_three_kills_and_two_restarts(tmp_path: Path) -> None:
    place = tmp_path / "figures.json"
    environment = {name: value for name, value in os.environ.items() if name not in OURS}
    command = [sys.executable, "-m", "tests.reminders.kill", "--json", str(place)]
    size = ["--quick", "--reminders", "300", "--kills", "3", "--workers", "2"]
    ended = subprocess.run(
        [*command, *size], cwd=CHECKOUT, env=environment, capture_output=True, text=True
    )
    assert place.exists(), ended.stdout + ended.stderr
    figures = figures_of.Figures(**json.loads(place.read_text()))
    assert (figures.lost, figures.doubled_by_id, figures.early) == (0, 0, 0), ended.stdout
    assert (figures.hooks_lost, figures.hooks_doubled_by_id) == (0, 0), ended.stdout
    assert figures.raw_duplicates <= figures.kills + 1
    assert (figures.poison_waiting, figures.refused, figures.dead) == (3, 3, 3)
    assert (figures.valkey_pages_failed, figures.pages_5xx_else) == (0, 0), ended.stdout
    assert figures.postgres_recovery <= 10


def test_table_stands_between_its_marks(tmp_path: Path) -> None:
    place = tmp_path / "document.md"
    begin, end = figures_of.MARKS
    place.write_text(f"before\n{begin}\nold\n{end}\nafter\n")
    figures_of.write(place, "new")
    assert place.read_text() == f"before\n{begin}\nnew\n{end}\nafter\n"


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, True),
        ({"lost": 1}, False),
        ({"raw_duplicates": 30}, False),
        ({"early": 1}, False),
        ({"refused": 1}, False),
    ],
)
def test_figures_are_judged(changed: dict[str, int], expected: bool) -> None:
    assert (
        figures_of.is_good(figures_of.Figures(**{"kills": 20, "raw_duplicates": 12, **changed}))
        is expected
    )
