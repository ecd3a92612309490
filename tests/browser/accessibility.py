"""What a page breaks of the rules of accessibility, as axe finds it in a browser."""

from playwright.sync_api import Page

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Those whose answer depends on the width of the window.
LAYOUT = ["target-size", "scrollable-region-focusable"]
# One element for each way in which words and what lies behind them are coloured, so that the many
# cells of a table are weighed once. What a drawing has behind its words cannot be told: all of it.
KINDS = """(() => {
  const grounds = new Map();
  const ground = element => {
    if (!element) return "";
    if (!grounds.has(element)) {
      const {backgroundColor, backgroundImage, opacity, position} = getComputedStyle(element);
      const own = [backgroundColor, backgroundImage, opacity, position].join();
      grounds.set(element, `${ground(element.parentElement)} ${own}`);
    }
    return grounds.get(element);
  };
  const kinds = new Map();
  for (const element of document.body.querySelectorAll("*")) {
    const says = [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim());
    if (!says || !element.checkVisibility()) continue;
    const {color, fontSize, fontWeight} = getComputedStyle(element);
    const kind = element.closest("svg")
      ? element : [color, fontSize, fontWeight, ground(element)].join();
    if (!kinds.has(kind)) kinds.set(kind, element);
  }
  return [...kinds.values()];
})()"""


def overflow(page: Page) -> int:
    """How many pixels the page is wider than the window."""
    return int(page.evaluate("document.documentElement.scrollWidth - innerWidth"))


def barriers(page: Page, rules: list[str] = RULES) -> list[str]:
    """The rules of accessibility that a page breaks, but for that of contrast, and where."""
    return _found(page, "document", rules, {"color-contrast": {"enabled": False}})


def pale_words(page: Page) -> list[str]:
    """Words that stand out too little from what is behind them, one of each kind."""
    return _found(page, KINDS, ["color-contrast"], {})


def _found(
    page: Page, where: str, rules: list[str], changes: dict[str, dict[str, bool]]
) -> list[str]:
    # No stylesheet is fetched again for the one rule that wants them, which is experimental.
    return list(
        page.evaluate(
            f"async ([runOnly, rules]) => (await axe.run({where},"
            " {runOnly, rules, resultTypes: ['violations'], preload: false}))"
            ".violations.flatMap(one => one.nodes.map(node => `${one.id}: ${node.target}`))",
            [rules, changes],
        )
    )
