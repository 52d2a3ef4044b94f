const map = map_doorstep;
prepare(map, data.streets, data.words.osm);
const discs = new Discs(map, 26);
const answers = data.rows.map(() => null);
let open = null, pin = null;

const cards = data.rows.map((row, index) => {
  const card = byId("row" + index);
  const typed = card.querySelector(".typed");
  card.addEventListener("focusin", () => show(index));
  card.addEventListener("click", () => show(index));
  card.querySelectorAll("input[type=radio]").forEach((radio) => radio.addEventListener("change", () => {
    typed.value = "";
    card.querySelector(".wrong").textContent = "";
    settle(index, radio.value ? { choice: radio.value, place: row.places[radio.value - 1] } : null);
  }));
  typed.addEventListener("change", () => {
    const found = typed.value.trim().match(/^(-?\d+(?:\.\d+)?)[\s,，;]+(-?\d+(?:\.\d+)?)$/);
    const place = found && [Number(found[1]), Number(found[2])];
    const good = place && Math.abs(place[0]) <= 90 && Math.abs(place[1]) <= 180;
    card.querySelector(".wrong").textContent = good || !typed.value.trim() ? "" : data.words.bad_place;
    card.querySelectorAll("input[type=radio]").forEach((radio) => { radio.checked = false; });
    settle(index, good ? { choice: "", place } : null);
  });
  return card;
});

function show(index) {
  if (open === index) return;
  if (open !== null) cards[open].classList.remove("on");
  open = index;
  cards[index].classList.add("on");
  discs.all.forEach((one) => { one.marker.remove(); one.leader.remove(); });
  discs.all = [];
  const places = data.rows[index].places;
  places.forEach((place, k) => discs.add(place, String(k + 1), "", null, () => {
    const radio = cards[index].querySelector(`input[value="${k + 1}"]`);
    radio.checked = true;
    radio.dispatchEvent(new Event("change"));
  }, String(k + 1)));
  if (places.length) map.fitBounds(L.latLngBounds(places), { padding: [60, 60], maxZoom: 17 });
  discs.spread();
  drawPin();
}

function drawPin() {
  if (pin) pin.remove();
  pin = null;
  const answer = open === null ? null : answers[open];
  if (answer && !answer.choice) pin = L.circleMarker(answer.place, { radius: 10, weight: 3, color: "#fff", fillColor: "#d55e00", fillOpacity: 1, interactive: false }).addTo(map);
  discs.all.forEach((one, k) => one.face.classList.toggle("on", Boolean(answer) && answer.choice === String(k + 1)));
}

function settle(index, answer) {
  answers[index] = answer;
  cards[index].classList.toggle("done", Boolean(answer));
  byId("count").textContent = `${answers.filter(Boolean).length} / ${answers.length}`;
  drawPin();
}

map.on("click", (event) => {
  if (open === null) return;
  const typed = cards[open].querySelector(".typed");
  typed.value = `${event.latlng.lat.toFixed(6)}, ${event.latlng.lng.toFixed(6)}`;
  typed.dispatchEvent(new Event("change"));
});

// A spreadsheet must not take an address for a formula.
const cell = (value) => {
  const text = /^[=+\-@\t\r]/.test(value) ? "'" + value : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};
byId("download").addEventListener("click", () => {
  const lines = data.rows.map((row, index) => {
    const answer = answers[index];
    const place = answer ? answer.place.map((part) => part.toFixed(6)) : ["", ""];
    return [cell(row.id), answer ? answer.choice : "", ...place, cell(row.address)].join(",");
  });
  saveFile("review.csv", "text/csv;charset=utf-8", "\ufeff" + ["id,choice,lat,lon,address", ...lines].join("\r\n") + "\r\n");
});
byId("count").textContent = `0 / ${answers.length}`;
if (cards.length) show(0);
document.documentElement.dataset.ready = "1";
