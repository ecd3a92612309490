/* Offers the reader's own time zone, where the form has it and nothing else was chosen. */
const zones = document.querySelector("#id_zone");
const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (zones && [...zones.options].some((one) => one.value === own)) zones.value = own;
