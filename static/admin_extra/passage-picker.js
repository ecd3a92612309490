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
  const words = document.documentElement.lang.startsWith("ru")
    ? "Сохранённый текст: выделите отрывок, и поля заполнятся"
    : "Stored text: select a passage, and the fields are filled in";
  label.textContent = words;
  const row = quote.closest(".form-row");
  row.before(label, box);

  const points = (text) => Array.from(text).length;

  async function load() {
    box.value = "";
    if (!source.value) return;
    const base = location.pathname.replace(/passage\/.*$/, "passage/");
    const answer = await fetch(`${base}text/${source.value}/`, { credentials: "same-origin" });
    if (!answer.ok) return;
    box.value = (await answer.json()).text;
    show();
  }

  function show() {
    if (start.value === "" || end.value === "") return;
    const letters = Array.from(box.value);
    const from = letters.slice(0, Number(start.value)).join("").length;
    const to = letters.slice(0, Number(end.value)).join("").length;
    box.setSelectionRange(from, to);
  }

  box.addEventListener("select", () => {
    const chosen = box.value.slice(box.selectionStart, box.selectionEnd);
    if (!chosen) return;
    quote.value = chosen;
    start.value = points(box.value.slice(0, box.selectionStart));
    end.value = Number(start.value) + points(chosen);
  });

  // The autocomplete widget tells of its changes through jQuery only.
  if (window.django && window.django.jQuery) window.django.jQuery(source).on("change", load);
  else source.addEventListener("change", load);
  load();
});
