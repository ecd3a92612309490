/* Adds to the time of an event what it is on the reader's clock, where that differs. */
for (const place of document.querySelectorAll("[data-local]")) {
  const [start, end] = [...place.querySelectorAll("time")].map((one) => new Date(one.dateTime));
  const offset = (moment) => -moment.getTimezoneOffset();
  const stated = place.querySelector("time").dateTime.match(/([+-])(\d\d):(\d\d)$/);
  const there = stated ? Number(`${stated[1]}1`) * (stated[2] * 60 + Number(stated[3])) : 0;
  if (offset(start) === there) continue;
  const format = new Intl.DateTimeFormat(document.documentElement.lang, {
    day: "numeric", month: "long", hour: "2-digit", minute: "2-digit",
  });
  const text = end ? format.formatRange(start, end) : format.format(start);
  const small = document.createElement("small");
  small.textContent = place.dataset.local.replace("{time}", text);
  place.append(small);
}
