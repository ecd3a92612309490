"""Imports go down the house only, and its parts are where the README says."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
HOUSE = [
    "csto_tracker",
    "reminders",
    "assessments",
    "events",
    "priorities",
    "members",
    "sources",
    "publishing",
]
FILES = [
    path
    for name in HOUSE
    for path in sorted((ROOT / name).rglob("*.py"))
    if "migrations" not in path.parts
]


def imported(path: Path) -> set[str]:
    """The house's packages that a module imports, inline imports included."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found & set(HOUSE)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_go_down_only(path: Path) -> None:
    floor = HOUSE.index(path.relative_to(ROOT).parts[0])
    assert {name for name in imported(path) if HOUSE.index(name) < floor} == set()
