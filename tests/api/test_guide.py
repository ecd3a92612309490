"""Each address that README and the guide show works on the real record, as it stands."""

import re
from pathlib import Path

import pytest
from django.test import Client

from csto_tracker.record.load import load

ROOT = Path(__file__).resolve().parents[2]
SITE = "http://127.0.0.1:8000"


@pytest.fixture
def _record(transactional_db: None) -> None:
    load(directory=ROOT / "record", by="test", progress=lambda line: None)


@pytest.mark.usefixtures("_record")
def test_every_address_shown_answers_with_something(client: Client) -> None:
    text = (ROOT / "README.md").read_text() + (ROOT / "docs" / "api.md").read_text()
    addresses = re.findall(rf"{re.escape(SITE)}(/[^'\")\s]+)", text)
    found = {}
    for address in addresses:
        answer = client.get(address)
        body = b"".join(answer) if answer.streaming else answer.content
        empty = b'"results":[]' in body or (".csv" in address and body.count(b"\n") < 2)
        found[address] = "empty" if empty else str(answer.status_code)
    assert len(found) > 8
    assert {address: result for address, result in found.items() if result != "200"} == {}
