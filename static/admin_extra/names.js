// A field that chooses a record has a name while nothing is chosen; afterwards it is named by what
// is chosen.
"use strict";

{
  const name = (select) => {
    const box = select.nextElementSibling?.querySelector(".select2-selection__rendered");
    if (box && !box.title) box.title = select.dataset.placeholder;
  };
  const nameAll = (place) => place.querySelectorAll("select.admin-autocomplete").forEach(name);

  django.jQuery(() => nameAll(document));
  django.jQuery(document).on("change", "select.admin-autocomplete", (event) => name(event.target));
  document.addEventListener("formset:added", (event) => nameAll(event.target));
}
