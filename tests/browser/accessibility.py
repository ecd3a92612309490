"""What a page breaks of the rules of accessibility, as axe finds it in a browser."""

from playwright.sync_api import Page

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Those whose answer depends on the width of the window, and those that depend on the theme as well.
LAYOUT = ["target-size", "scrollable-region-focusable"]
LOOKS = [*LAYOUT, "color-contrast"]
# Axe weighs the words of these alone: one element for each way in which words and what lies behind
# them are coloured, so that the many cells of a table are weighed once. What a drawing has behind
# its words cannot be told: all of it.
WEIGHED = """(() => {
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
  const kinds = new Set();
  for (const element of document.body.querySelectorAll("*")) {
    element.removeAttribute("data-weighed");
    const says = [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim());
    if (!says || !element.checkVisibility()) continue;
    const {color, fontSize, fontWeight} = getComputedStyle(element);
    const kind = element.closest("svg")
      ? element : [color, fontSize, fontWeight, ground(element)].join();
    if (!kinds.has(kind)) element.setAttribute("data-weighed", "");
    kinds.add(kind);
  }
  axe.configure({rules: [{id: "color-contrast", selector: "[data-weighed]"}]});
})()"""


def overflow(page: Page) -> int:
    """How many pixels the page is wider than the window."""
    return int(page.evaluate("document.documentElement.scrollWidth - innerWidth"))


def barriers(page: Page, rules: list[str] = RULES) -> list[str]:
    """The rules of accessibility that a page breaks as it is shown now, and where."""
    page.evaluate(WEIGHED)
    # No stylesheet is fetched again for the one rule that wants them, which is experimental.
    return list(
        page.evaluate(
            "async runOnly => (await axe.run("
            " {runOnly, resultTypes: ['violations'], preload: false}))"
            ".violations.flatMap(one => one.nodes.map(node => `${one.id}: ${node.target}`))",
            rules,
        )
    )
