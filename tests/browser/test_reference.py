"""The reference of the API is drawn in the browser and asks no other host for anything."""

from playwright.sync_api import Browser, expect

from csto_tracker.api import RESOURCES


def test_reference_names_every_list_and_comes_from_this_host_alone(
    browser: Browser, site: str
) -> None:
    page = browser.new_page()
    came_from: set[str] = set()
    refused: list[tuple[str, str | None]] = []
    errors: list[str] = []
    page.on("response", lambda answer: came_from.add("/".join(answer.url.split("/")[:3])))
    page.on("requestfailed", lambda request: refused.append((request.url, request.failure)))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{site}/api/v1/reference/")
    # A large document, drawn at once.
    expect(page.locator("h2").filter(has_text="assessments_list")).to_be_visible(timeout=60_000)
    for name in RESOURCES:
        expect(page.get_by_role("menuitem", name=name, exact=True).first).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert came_from == {site}
    # Redoc's own logo: the content policy stops the browser before it asks.
    assert refused == [("https://cdn.redoc.ly/redoc/logo-mini.svg", "csp")]
    assert errors == []
    page.close()
