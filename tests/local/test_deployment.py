"""The compose file against the Compose Specification's schema, and what we promise beyond it.

compose-spec reads the file as the specification says and refuses anything else, without an engine.
"""

import re
from typing import Any

import pytest
import yaml
from compose_spec import PyOptions

from tests.local.conftest import CHECKOUT

OTHERS = ("proxy", "postgres", "valkey", "mail")
OURS = ("prepare", "web", "worker", "scheduler")
COMPOSE = (CHECKOUT / "docker-compose.yml").read_text()
LOCKS = ("requirements.lock", "requirements-local.lock", "requirements-dev.lock")


@pytest.fixture
def services() -> dict[str, dict[str, Any]]:
    loaded: dict[str, dict[str, Any]] = yaml.safe_load(COMPOSE)["services"]
    return loaded


def interpolated(text: str) -> str:
    """The file after interpolation: a variable's default, else a value of our own."""
    return re.sub(r"\$\{\w+(?::?-([^}]*)|[^}]*)\}", lambda match: match[1] or "set", text)


def test_compose_file_is_valid_by_the_specification() -> None:
    assert set(PyOptions(apply_merge=True).from_yaml(interpolated(COMPOSE)).service_names()) == {
        *OURS,
        *OTHERS,
    }


def test_a_mistake_in_the_compose_file_would_be_found() -> None:
    with pytest.raises(ValueError, match="heathcheck"):
        PyOptions(apply_merge=True).from_yaml(
            interpolated(COMPOSE).replace("healthcheck:", "heathcheck:", 1)
        )


def test_compose_file_has_every_part(services: dict[str, dict[str, Any]]) -> None:
    assert set(services) == {*OURS, *OTHERS}
    assert services["postgres"]["image"] == "postgres:18"


def test_every_service_that_stays_up_has_a_health_check(
    services: dict[str, dict[str, Any]],
) -> None:
    assert [name for name, service in services.items() if "healthcheck" not in service] == [
        "prepare"
    ]


def test_no_service_runs_as_root(services: dict[str, dict[str, Any]]) -> None:
    users = {name: service.get("user") for name, service in services.items() if name not in OURS}
    assert users == {
        "proxy": "haproxy",
        "postgres": "postgres",
        "valkey": "valkey",
        "mail": "10001",
    }
    assert re.findall("^USER (.*)", (CHECKOUT / "Dockerfile").read_text(), re.MULTILINE) == [
        "tracker"
    ]


@pytest.mark.parametrize("name", ["web", "worker"])
def test_service_can_be_scaled(services: dict[str, dict[str, Any]], name: str) -> None:
    bound_to_one = {"container_name", "ports", "hostname", "volumes"}
    assert bound_to_one & set(services[name]) == set()


def test_settings_come_from_the_environment_and_no_secret_has_a_default() -> None:
    for name in ("SECRET_KEY", "POSTGRES_PASSWORD", "VALKEY_PASSWORD", "SITE_URL", "ALLOWED_HOSTS"):
        forms = set(re.findall(rf"\$\{{{name}([^}}]{{2}})", COMPOSE))
        assert forms == {":?"}, name


def test_ports_are_published_to_this_machine_only(services: dict[str, dict[str, Any]]) -> None:
    published = {name: s["ports"] for name, s in services.items() if "ports" in s}
    assert published == {
        "proxy": ["${PUBLISH:-127.0.0.1:8000}:8000"],
        "mail": ["127.0.0.1:8025:8025"],
    }


def test_image_installs_packages_as_make_does() -> None:
    """The same flags; only the folders and the cache differ."""
    makefile, dockerfile = (
        " ".join((CHECKOUT / name).read_text().replace("\\\n", " ").split())
        for name in ("Makefile", "Dockerfile")
    )
    for flags in ("--require-hashes --only-binary :all: -r", "-m pip install --quiet"):
        assert flags in makefile
        assert flags in dockerfile


@pytest.mark.parametrize("name", LOCKS)
def test_lock_file_pins_every_package_by_hash_and_names_no_place(name: str) -> None:
    text = (CHECKOUT / name).read_text()
    assert re.findall(r"https?:|file:|--index|--find-links|\s/\w", text) == []
    packages = re.split(r"^(?=\S)", text, flags=re.MULTILINE)[1:]
    assert packages
    for package in packages:
        assert re.match(r"[a-z0-9-]+==[^\s;]+", package), package
        assert "--hash=sha256:" in package, package


def test_lock_files_agree_on_versions() -> None:
    runtime, local, dev = (
        dict(re.findall(r"^([a-z0-9-]+)==([^\s;]+)", (CHECKOUT / n).read_text(), re.MULTILINE))
        for n in LOCKS
    )
    assert runtime.items() <= local.items() <= dev.items()
