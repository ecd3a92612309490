// Choosing a passage by selecting it in the stored text. Offsets count code points, as the
// record does; JavaScript counts UTF-16 units, so both are converted. Works on top of the plain
// fields: without this script they are typed in.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const source = document.getElementById("id_source");
  const quote = document.getElementById("id_quote");
  const start = document.getElementById("id_start");
  const end = document.getElementById("id_end");
  if (!source || !quote || !start || !end) return;

  const box = document.createElement("textarea");
  box.readOnly = true;
  box.rows = 14;
  box.className = "passage-picker vLargeTextField";
  box.id = "passage-picker";
  const label = document.createElement("label");
  label.htmlFor = box.id;
  label.className = "passage-picker-label";
  label.textContent = document.documentElement.lang.startsWith("ru")
    ? "Сохранённый текст: выделите отрывок, и поля заполнятся"
    : "Stored text: select a passage, and the fields are filled in";
  quote.closest(".form-row").before(label, box);

  // The stored text by code points. A text field shows each end of a line as one LF, so each
  // letter knows how many units it takes there: of CR LF, the CR takes none.
  let letters = [];
  const units = (letter, at) => (letter === "\r" && letters[at + 1] === "\n" ? 0 : letter.length);

  /** How many units the first `count` letters take in the box. */
  function unitsOf(count) {
    return letters.slice(0, count).reduce((sum, letter, at) => sum + units(letter, at), 0);
  }

  /** How many letters stand before a position in the box. */
  function lettersBefore(position) {
    let passed = 0;
    let at = 0;
    while (at < letters.length && passed < position) passed += units(letters[at], at++);
    return at;
  }

  async function load() {
    letters = [];
    box.value = "";
    if (!source.value) return;
    const base = location.pathname.replace(/passage\/.*$/, "passage/");
    const answer = await fetch(`${base}text/${source.value}/`, { credentials: "same-origin" });
    if (!answer.ok) return;
    const { text } = await answer.json();
    letters = Array.from(text);
    box.value = text;
    show();
  }

  function show() {
    if (start.value === "" || end.value === "") return;
    const from = unitsOf(Number(start.value));
    box.setSelectionRange(from, unitsOf(Number(end.value)));
    box.scrollTop = (from / (box.value.length || 1)) * box.scrollHeight - box.clientHeight / 3;
  }

  box.addEventListener("select", () => {
    // Showing what the fields say is no choice; who chooses has put the focus here.
    if (document.activeElement !== box || box.selectionStart === box.selectionEnd) return;
    const from = lettersBefore(box.selectionStart);
    const to = lettersBefore(box.selectionEnd);
    start.value = from;
    end.value = to;
    quote.value = letters.slice(from, to).join("");
  });

  // The autocomplete widget tells of its changes through jQuery only.
  if (window.django && window.django.jQuery) window.django.jQuery(source).on("change", load);
  else source.addEventListener("change", load);
  load();
});
