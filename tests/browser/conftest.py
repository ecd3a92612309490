"""The whole site on the real record, served by the product's web server, seen by a real browser."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.db import connections
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from tests import databases

# The first draws no window and takes a third less of the machine than the whole browser.
CHROMIUM = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
ARGUMENTS = [
    "--no-sandbox",  # tests may run as root, in a container
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
START = 60  # seconds
BLANK = "about:blank"
RELEASE = "2026.02"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The machine's Chromium. Without one the tests are skipped, or fail where CI=true."""
    path = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if path is None:
        if os.environ.get("CI") == "true":
            pytest.fail(f"no browser: none of {', '.join(CHROMIUM)} is installed")
        pytest.skip("no Chromium on this machine")
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright leaves its event loop as the thread's running one until it ends. Nothing runs
        # in it meanwhile, but Django would refuse the database to all tests that come after, and
        # has other connections for them than before and after the loop.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        found = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield found
        found.close()
        connections.close_all()


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    """The address of a site that serves the real record from a database of its own."""
    own = f"browser_{os.getpid()}"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    environment = os.environ | {
        "DATABASE_URL": databases.address(own),
        "SITE_URL": address,
        "ALLOWED_HOSTS": "127.0.0.1",
        "SECRET_KEY": settings.SECRET_KEY,
        "DEBUG": "0",
        "STATIC_FROM_SOURCE": "1",
    }

    databases.create(own, databases.with_record(RELEASE))
    server = None
    try:
        server = subprocess.Popen(
            [
                *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1"),
                *("--port", str(port), "--no-access-log", "csto_tracker.wsgi:application"),
            ],
            cwd=databases.CHECKOUT,
            env=environment,
            stdout=subprocess.DEVNULL,
        )
        _wait(address)
        yield address
    finally:
        if server:
            server.terminate()
            server.wait(20)
        databases.drop(own)


def _wait(address: str) -> None:
    until = time.monotonic() + START
    while True:
        try:
            with urlopen(f"{address}/healthz", timeout=5):  # noqa: S310  # our own server
                return
        except (URLError, ConnectionError, TimeoutError):
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


@pytest.fixture(scope="session")
def contexts(browser: Browser, site: str) -> Iterator[Callable[..., BrowserContext]]:
    """Contexts by their options. A new one costs a second, and pages keep nothing in it."""
    known: dict[str, BrowserContext] = {}

    def context(**options: object) -> BrowserContext:
        key = repr(sorted(options.items()))
        if key not in known:
            known[key] = browser.new_context(base_url=site, **options)  # type: ignore[arg-type]
            if options.get("java_script_enabled", True):
                # From the test's side, as the content policy lets no page load it.
                known[key].add_init_script(Axe().axe_script)
        return known[key]

    yield context
    for one in known.values():
        one.close()


@pytest.fixture
def open_page(contexts: Callable[..., BrowserContext]) -> Iterator[Callable[..., Page]]:
    """Open an address of the site: `open_page("/", width=375, scheme="dark")`.

    Whatever the browser complains about, such as a breach of the content policy, fails the test,
    and a cookie does not outlive it.
    """
    pages: list[Page] = []
    complaints: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            complaints.append(message.text)

    def opened(path: str, *, width: int = 1440, scheme: str = "light", **options: object) -> Page:
        context = contexts(**options)
        # A new page costs a process, as a blank one does: what an earlier test has left will do.
        idle = [page for page in context.pages if page not in pages]
        page = idle[0] if idle else context.new_page()
        pages.append(page)
        if "#" in path:  # else it might be a step within the page that is there
            page.goto(BLANK)
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme, media="null")  # type: ignore[arg-type]  # light, dark
        page.on("console", note)
        page.goto(path)
        return page

    yield opened
    for page in pages:
        page.context.clear_cookies()
        page.remove_listener("console", note)
    assert complaints == []
