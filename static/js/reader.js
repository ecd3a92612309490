/* Walks from passage to passage of a statement, by buttons and by the keys n and p.
   Without it each passage has links to its neighbours. The keys can be switched off, as someone
   who speaks to the computer may press them unknowingly (WCAG 2.1.4). */
(() => {
  const bar = document.querySelector(".walk");
  const anchors = [...document.querySelectorAll(".reader .anchor")];
  if (!bar || !anchors.length) return;
  const keys = bar.querySelector("input");
  const said = bar.querySelector("[role=status]");

  let ahead = -1; // the passage that the page scrolls to, until it is there

  // Where the reader is: at the passage of the address if it is in sight, else where the page is.
  const here = () => {
    if (ahead >= 0) return ahead;
    const middle = innerHeight * 0.4;
    const target = anchors.findIndex((one) => `#${one.id}` === location.hash);
    if (target >= 0) {
      const top = anchors[target].getBoundingClientRect().top;
      if (top > -middle && top < innerHeight) return target;
    }
    return anchors.findLastIndex((one) => one.getBoundingClientRect().top < middle);
  };

  const go = (step) => {
    const to = Math.min(Math.max(here() + step, 0), anchors.length - 1);
    if ("onscrollend" in window) ahead = to;
    location.replace(`#${anchors[to].id}`); // no step of history for each passage
    said.textContent = bar.dataset.said.replace("{n}", to + 1).replace("{m}", anchors.length);
  };

  bar.hidden = false;
  document.addEventListener("scrollend", () => { ahead = -1; });
  bar.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button) go(Number(button.dataset.step));
  });
  document.addEventListener("keydown", (event) => {
    if (!keys.checked || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.target.closest("input:not([type=checkbox]), select, textarea")) return;
    const step = { n: 1, p: -1, j: 1, k: -1 }[event.key];
    if (step) go(step);
  });
})();
