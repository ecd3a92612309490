"""The address that everything else hangs under says what there is."""

from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client

from csto_tracker.api import RESOURCES
from publishing.version import current_version

pytestmark = pytest.mark.django_db


def test_every_address_named_answers(client: Client) -> None:
    answer = client.get("/api/v1/")
    found = answer.json()
    assert found.pop("data_version") == current_version().number
    lists = found.pop("lists")
    assert set(lists) == set(RESOURCES)
    addresses = [*lists.values(), *found.values()]
    assert len(set(addresses)) == len(RESOURCES) + 8
    for address in addresses:
        assert address.startswith(settings.SITE_URL + "/")
        query = {"q": "war"} if "/search/" in address else {}
        assert client.get(urlsplit(address).path, query).status_code == 200, address


def test_it_is_kept_until_the_data_change(client: Client) -> None:
    tag = client.get("/api/v1/").headers["ETag"]
    assert client.get("/api/v1/", headers={"If-None-Match": tag}).status_code == 304


def test_unknown_parameter_is_refused(client: Client) -> None:
    answer = client.get("/api/v1/?colour=red")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["parameter"] == "colour"
