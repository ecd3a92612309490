"""Pages for failures, which need neither database nor context, in a browser."""

from collections.abc import Callable

import pytest
from django.test import RequestFactory
from playwright.sync_api import Page

from csto_tracker.errors import plain
from tests.browser.accessibility import barriers, overflow


@pytest.mark.parametrize("status", [400, 403, 500, 503])
def test_page_of_failure_is_accessible_and_styled(
    open_page: Callable[..., Page], status: int
) -> None:
    page = open_page("/about/")
    for path in ("/events/", "/ru/events/"):
        page.set_content(plain(RequestFactory().get(path), status).content.decode())
        for width, scheme in ((375, "dark"), (1440, "light")):
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            assert barriers(page) == []
            assert overflow(page) <= 0
        family = page.evaluate("getComputedStyle(document.body).fontFamily")
        assert "system-ui" in family
