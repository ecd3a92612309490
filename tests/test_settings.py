"""Settings from the environment: a wrong value is refused by name, production has no gaps."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from csto_tracker.environment import Environment

ROOT = Path(__file__).resolve().parent.parent
SECRET = "k3y-" + "abcdefghij" * 6


@pytest.mark.parametrize(
    ("read", "name", "value"),
    [
        (lambda env: env.boolean("DEBUG", default=False), "DEBUG", "maybe"),
        (lambda env: env.secret("SECRET_KEY"), "SECRET_KEY", "short"),
        (lambda env: env.secret("SECRET_KEY"), "SECRET_KEY", "a" * 60),
        (lambda env: env.hosts("ALLOWED_HOSTS"), "ALLOWED_HOSTS", "*"),
        (lambda env: env.hosts("ALLOWED_HOSTS"), "ALLOWED_HOSTS", "http://a.example"),
        (lambda env: env.origin("SITE_URL", default=""), "SITE_URL", "tracker.example.org"),
        (lambda env: env.origin("SITE_URL", default=""), "SITE_URL", "https://a.example/path"),
        (lambda env: env.whole_number("TRUSTED_PROXIES", default=0), "TRUSTED_PROXIES", "-1"),
        (lambda env: env.rate("API_RATE", default="off"), "API_RATE", "600"),
        (lambda env: env.rate("API_RATE", default="off"), "API_RATE", "0/min"),
        (lambda env: env.rate("API_RATE", default="off"), "API_RATE", "5/week"),
        (lambda env: env.postgres("DATABASE_URL", options=""), "DATABASE_URL", "sqlite:///x"),
        (lambda env: env.redis("REDIS_URL", default=""), "REDIS_URL", "http://127.0.0.1"),
        (lambda env: env.email("EMAIL_URL", default=""), "EMAIL_URL", "mail.example.org"),
    ],
)
def test_wrong_value_names_the_variable(read, name: str, value: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ImproperlyConfigured, match=name):
        read(Environment({name: value}))


@pytest.mark.parametrize("name", ["SECRET_KEY", "DATABASE_URL"])
def test_missing_value_without_a_default_names_the_variable(name: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=name):
        Environment({}).text(name)


def test_rates_are_read() -> None:
    env = Environment({"A": "600/min", "B": "10/s", "C": "off"})
    assert [env.rate(name, default="off") for name in "ABCD"] == [(600, 60), (10, 1), None, None]


def test_password_is_not_repeated_in_the_refusal() -> None:
    with pytest.raises(ImproperlyConfigured) as caught:
        Environment({"DATABASE_URL": "mysql://u:hunter2@h/d"}).postgres("DATABASE_URL", options="")
    assert "hunter2" not in str(caught.value)


def manage(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "DATABASE_URL": os.environ["DATABASE_URL"],
            "SECRET_KEY": SECRET,
            **variables,
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_documented_production_environment_passes_the_deployment_check() -> None:
    found = manage(
        "check",
        "--deploy",
        "--fail-level",
        "WARNING",
        SITE_URL="https://tracker.example.org",
        ALLOWED_HOSTS="tracker.example.org",
    )
    assert (found.returncode, found.stdout) == (
        0,
        "System check identified no issues (0 silenced).\n",
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"LOG_LEVEL": "LOUD"},
        {"RESPONSE_CACHE_MB": "much"},
        {"STATIC_FROM_SOURCE": "2", "DEBUG": "1"},
        {"SSL_REDIRECT": "perhaps", "SITE_URL": "http://127.0.0.1:8000"},
        {"DEFAULT_FROM_EMAIL": "tracker"},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_wrong_value_is_refused_whatever_the_others_are(wrong: dict[str, str]) -> None:
    name, value = next(iter(wrong.items()))
    found = manage("check", **wrong)
    assert found.returncode == 1
    assert f"{name}='{value}' is not valid: expected" in found.stderr


def test_readme_names_every_variable() -> None:
    import re

    text = (ROOT / "csto_tracker" / "settings.py").read_text()
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', text))
    table = set(re.findall(r"^\| `([A-Z_]+)`", (ROOT / "README.md").read_text(), re.MULTILINE))
    assert read - table == set()
    assert table - read == set()
