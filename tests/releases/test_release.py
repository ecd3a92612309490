"""Releases: complete, valid, reproducible, immutable, and served by byte ranges."""

import hashlib
import io
import json
import sqlite3
import zipfile
from datetime import date
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction
from django.test import Client
from frictionless import Package, system
from pyarrow import parquet

from csto_tracker.api import RESOURCES
from csto_tracker.celery import app
from csto_tracker.releases import build, make_monthly_release, make_release
from publishing.releases import Release, ReleaseFile
from publishing.version import current_version
from tests import factories as make
from tests.api.cases import CASES
from tests.pages.reading import read
from tests.together import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def _rows() -> None:
    for name, case in CASES.items():
        if name != "changes":
            case.make()
    make.event(slug="zqcanary", title="zqcanary", is_published=False)


@pytest.mark.usefixtures("_rows")
def test_package_is_valid_with_its_foreign_keys(tmp_path: Path) -> None:
    for path, content in build("2026.11", current_version()).items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_bytes(content)
    with system.use_context(trusted=True):
        report = Package(str(tmp_path / "datapackage.json")).validate()
    assert report.flatten(["type", "message"]) == []
    package = json.loads((tmp_path / "datapackage.json").read_text())
    keyed = {row["name"] for row in package["resources"] if "foreignKeys" in row["schema"]}
    assert {"attendances", "contributions", "assessments", "priorities"} <= keyed


@pytest.mark.usefixtures("_rows")
def test_files_are_complete_agree_and_hold_no_draft() -> None:
    files = build("2026.11", current_version())
    names = set(RESOURCES) - {"changes"}
    assert {path for path in files if path.startswith("data/")} == {
        f"data/{name}.{ending}" for name in names for ending in ("csv", "jsonl", "parquet")
    }
    sums = dict(reversed(line.split("  ")) for line in files["SHA256SUMS"].decode().splitlines())
    assert sums == {
        path: hashlib.sha256(content).hexdigest()
        for path, content in files.items()
        if path != "SHA256SUMS" and not path.endswith(".zip")
    }
    archive = zipfile.ZipFile(io.BytesIO(files["csto-presidency-tracker-2026.11.zip"]))
    assert set(archive.namelist()) == {path for path in files if not path.endswith(".zip")}
    assert [path for path, content in files.items() if b"zqcanary" in content] == []


@pytest.mark.usefixtures("_rows")
def test_sqlite_holds_the_same_rows(tmp_path: Path) -> None:
    files = build("2026.11", current_version())
    (tmp_path / "tracker.sqlite").write_bytes(files["tracker.sqlite"])
    database = sqlite3.connect(tmp_path / "tracker.sqlite")
    for name in set(RESOURCES) - {"changes"}:
        rows = database.execute(f"SELECT key FROM {name} ORDER BY key").fetchall()  # noqa: S608
        lines = files[f"data/{name}.jsonl"].decode().splitlines()
        assert [row[0] for row in rows] == sorted(json.loads(line)["key"] for line in lines)
    database.close()


@pytest.mark.usefixtures("_rows")
def test_same_data_version_gives_the_same_bytes() -> None:
    assert build("2026.11", current_version()) == build("2026.11", current_version())


@pytest.mark.parametrize("number", ["2026", "26.11", "2026.13", "2026.11.x", "../2026.11"])
def test_number_of_another_form_is_refused(number: str) -> None:
    with pytest.raises(ValidationError):
        make_release(number=number)


def test_release_of_nothing_is_refused() -> None:
    with pytest.raises(CommandError, match="nothing to release"):
        call_command("make_release", "2026.11")


@pytest.mark.usefixtures("_rows")
def test_release_is_never_made_twice_nor_changed() -> None:
    make_release(number="2026.11")
    with pytest.raises(CommandError, match="never change"):
        call_command("make_release", "2026.11")
    with pytest.raises(DatabaseError), transaction.atomic():
        Release.objects.update(note="x")
    with pytest.raises(DatabaseError), transaction.atomic():
        ReleaseFile.objects.update(media_type="x")
    with pytest.raises(DatabaseError), transaction.atomic():
        ReleaseFile.objects.all().delete()


@pytest.mark.parametrize("prefix", ["", "/ru"])
def test_page_of_a_release_has_a_card_and_leads_up(client: Client, prefix: str) -> None:
    make.event()
    make_release(number="2026.11")
    page = read(client.get(f"{prefix}/data/2026.11/").content)
    above = [url for nav in page.all("nav", "crumbs") for _text, url in nav.links()]
    assert above == [f"{prefix}/", f"{prefix}/data/"]
    card = next(one["content"] for one in page.all("meta") if one["property"] == "og:image")
    answer = client.get(card.removeprefix(settings.SITE_URL))
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/png")
    assert answer.content.startswith(b"\x89PNG")


@pytest.mark.usefixtures("_rows")
def test_file_is_served_whole_by_range_and_as_unchanged(client: Client) -> None:
    make_release(number="2026.11")
    content = bytes(ReleaseFile.objects.get(path="codebook.md").content)
    address = "/data/2026.11/codebook.md"
    whole = client.get(address)
    part = client.get(address, headers={"Range": "bytes=2-9"})
    tail = client.get(address, headers={"Range": "bytes=-5"})
    outside = client.get(address, headers={"Range": "bytes=99999999-"})
    same = client.get(address, headers={"If-None-Match": whole.headers["ETag"]})
    assert (whole.status_code, whole.content) == (200, content)
    assert (part.status_code, part.content) == (206, content[2:10])
    assert part.headers["Content-Range"] == f"bytes 2-9/{len(content)}"
    assert tail.content == content[-5:]
    assert (outside.status_code, same.status_code) == (416, 304)


@pytest.mark.usefixtures("_rows")
def test_pages_list_releases_files_and_checksums(client: Client) -> None:
    release = make_release(number="2026.11", note="The first.")
    listed = client.get("/data/").content.decode()
    page = client.get("/ru/data/2026.11/").content.decode()
    file = release.files.get(path="tracker.sqlite")
    assert ("2026.11" in listed, "The first." in listed) == (True, True)
    assert (file.sha256 in page, str(file.size) in page) == (True, True)
    assert client.get("/data/2026.12/").status_code == 404


@pytest.mark.parametrize("prefix", ["", "/ru"])
def test_release_is_cited_by_its_number_whatever_came_later(client: Client, prefix: str) -> None:
    make.event()
    made = make_release(number="2026.11")
    make.event()
    page = f"{prefix}/data/2026.11/"
    link = f"{prefix}/cite/?{urlencode({'of': page})}"
    assert f'href="{link}"' in client.get(page).content.decode()
    text = client.get(link).content.decode()
    assert f"{made.data_version}" in text
    (csl,) = json.loads(client.get(f"{link}&format=csl").content)
    assert (csl["type"], csl["version"]) == ("dataset", "2026.11")
    assert csl["id"] == "csto-tracker-2026.11"
    assert "2026.11" in csl["title"]
    assert csl["URL"] == settings.SITE_URL + page
    day = made.data_changed_at
    assert csl["issued"]["date-parts"] == [[day.year, day.month, day.day]]
    assert f"url = {{{csl['URL']}}}" in client.get(f"{link}&format=bib").content.decode()
    assert client.get(f"{prefix}/cite/?of={prefix}/data/1999.01/").status_code == 404


@pytest.mark.parametrize("prefix", ["", "/ru"])
def test_list_of_releases_is_cited_like_any_page(client: Client, prefix: str) -> None:
    make.event()
    page = f"{prefix}/data/"
    link = f"{prefix}/cite/?{urlencode({'of': page})}"
    assert f'href="{link}"' in client.get(page).content.decode()
    (csl,) = json.loads(client.get(f"{link}&format=csl").content)
    assert csl["title"] == ("Выпуски данных" if prefix else "Releases of the data")
    assert csl["URL"] == settings.SITE_URL + page


def test_list_of_releases_says_size_and_checksum(client: Client) -> None:
    make.event()
    made = make_release(number="2026.11")
    text = client.get("/data/").content.decode()
    assert str(sum(made.files.values_list("size", flat=True))) in text
    assert made.files.get(path="SHA256SUMS").sha256 in text


@pytest.mark.usefixtures("_rows")
def test_release_of_a_month_is_made_once_on_its_first_days(client: Client) -> None:
    assert "None yet" in client.get("/status/").content.decode()
    first = make_monthly_release(at=date(2026, 9, 30))  # there was none at all
    assert first is not None
    assert make_monthly_release(at=date(2026, 11, 8)) is None  # too late
    made = make_monthly_release(at=date(2026, 12, 1))
    assert made is not None
    assert made.number == "2026.12"
    assert made.files.filter(path="datapackage.json").exists()
    assert make_monthly_release(at=date(2026, 12, 2)) is None
    assert Release.objects.count() == 2
    page = client.get("/status/").content.decode()
    assert '<a href="/data/2026.12/">2026.12</a>' in page


def test_release_of_a_month_waits_until_something_is_public() -> None:
    assert make_monthly_release(at=date(2026, 12, 1)) is None


@pytest.mark.django_db(transaction=True)
def test_two_schedulers_make_one_release_of_a_month() -> None:
    make.event()
    at_once(3, lambda: make_monthly_release(at=date(2026, 12, 1)))
    assert Release.objects.count() == 1


def test_schedule_names_tasks_that_exist() -> None:
    app.loader.import_default_modules()
    for entry in settings.CELERY_BEAT_SCHEDULE.values():
        assert entry["task"] in app.tasks


@pytest.mark.usefixtures("_rows")
def test_parquet_says_what_json_lines_say_with_types() -> None:
    files = build("2026.11", current_version())
    for name in set(RESOURCES) - {"changes"}:
        table = parquet.read_table(io.BytesIO(files[f"data/{name}.parquet"]))
        rows = [json.loads(line) for line in files[f"data/{name}.jsonl"].splitlines()]
        assert table.column_names == list(rows[0])
        assert table.column("key").to_pylist() == [row["key"] for row in rows]
    events = parquet.read_table(io.BytesIO(files["data/events.parquet"]))
    assert str(events.schema.field("earliest").type) == "date32[day]"
    assert str(events.schema.field("sources").type) == "list<element: string>"
    first = json.loads(files["data/events.jsonl"].splitlines()[0])
    assert events.column("sources").to_pylist()[0] == first["sources"]
    assert events.column("earliest").to_pylist()[0].isoformat() == first["earliest"]


@pytest.mark.django_db
def test_each_page_has_a_citation_of_its_own(client: Client) -> None:
    keys = set()
    for page in ("/", "/events/", "/events/?kind=summit", "/ru/events/"):
        (csl,) = client.get("/cite/", {"of": page, "format": "csl"}).json()
        bibtex = client.get("/cite/", {"of": page, "format": "bib"}).content.decode()
        assert bibtex.startswith(f"@misc{{{csl['id']},")
        assert csl["author"] == [{"literal": csl["container-title"]}]
        keys.add(csl["id"])
    assert len(keys) == 4
