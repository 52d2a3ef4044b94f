const map = map_doorstep;
prepare(map, data.streets, data.words.osm);
if (data.tiles) addTiles(map, data.tiles);
const route = unpackLine(data.line);
const cased = casedLine(map, route, 5, colour("--route"));
addChevrons(map, route);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  cased.core.setStyle({ color: colour("--route") });
  cased.edge.setStyle({ color: colour("--route-edge") });
});

const discs = new Discs(map, 28);
const shown = new Map();
discs.add(data.start, "⌂", "home", null, null, data.words.start);
for (const stop of data.stops) {
  const names = (stop.high ? "high " : "") + (stop.pinned ? "pinned" : "");
  shown.set(stop.n, discs.add(stop.at, String(stop.n), names, null, () => choose(stop.n, true), `${data.words.visit} ${stop.n}`));
}
discs.spread();

let chosen = null;
function choose(number, fromMap) {
  if (chosen !== null) {
    shown.get(chosen).face.classList.remove("on");
    shown.get(chosen).marker.setZIndexOffset(0);
    byId("stop" + chosen).classList.remove("on");
  }
  chosen = number;
  shown.get(number).face.classList.add("on");
  shown.get(number).marker.setZIndexOffset(2000);
  byId("stop" + number).classList.add("on");
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  if (fromMap) byId("stop" + number).scrollIntoView({ block: "start", behavior: still ? "auto" : "smooth" });
  else map.setView(shown.get(number).place, Math.max(map.getZoom(), 16), { animate: !still });
}

const fit = () => map.fitBounds(L.latLngBounds(route.concat(data.stops.map((s) => s.at), [data.start])), { paddingTopLeft: [70, 30], paddingBottomRight: [30, 30] });
byId("fit").addEventListener("click", fit);

// Where the reader is; only browsers with HTTPS or a local page answer.
let here = null;
const locate = byId("locate");
locate.hidden = !(window.isSecureContext && navigator.geolocation);
locate.addEventListener("click", () => navigator.geolocation.getCurrentPosition((found) => {
  const place = [found.coords.latitude, found.coords.longitude];
  if (here) here.remove();
  here = L.circleMarker(place, { radius: 9, color: "#fff", weight: 3, fillColor: "#d55e00", fillOpacity: 1, interactive: false }).addTo(map);
  map.setView(place, Math.max(map.getZoom(), 15));
}, () => { locate.textContent = data.words.not_located; }, { enableHighAccuracy: true, timeout: 15000 }));

// Kept on this device, under the plan and the case. A page in a private window keeps them until it is closed.
const memory = new Map();
const store = {
  get(key) {
    try { return localStorage.getItem(key); } catch { return memory.get(key) ?? null; }
  },
  set(key, value) {
    try { localStorage.setItem(key, value); } catch { memory.set(key, value); }
  },
};
const keyOf = (id) => `doorstep:${data.plan}:${id}`;
const read = (id) => JSON.parse(store.get(keyOf(id)) || "null");
const results = () => data.stops.map((stop) => read(stop.id)).filter(Boolean);
function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
}

const appKey = "doorstep:app";
const apps = byId("app");
apps.value = store.get(appKey) || "";
apps.addEventListener("change", () => store.set(appKey, apps.value));

// What holds for every visit is open until its reader has closed it.
const every = byId("every");
if (every) {
  every.open = store.get("doorstep:every") !== "closed";
  // The press comes before the change, the toggle event some time after it.
  every.querySelector("summary").addEventListener("click", () => store.set("doorstep:every", every.open ? "closed" : "open"));
}

const fields = ["outcome", "promised_by", "promised_amount", "note"];
function openForm(stop, card) {
  const form = byId("form").content.firstElementChild.cloneNode(true);
  const field = form.elements;
  const tell = () => { form.querySelectorAll(".half").forEach((part) => { part.hidden = !["promised", "plan_agreed"].includes(field.outcome.value); }); };
  const kept = read(stop.id);
  if (kept) fields.forEach((name) => { field[name].value = kept[name] ?? ""; });
  tell();
  field.outcome.addEventListener("change", tell);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const promises = ["promised", "plan_agreed"].includes(field.outcome.value);
    const entry = { case: stop.id, outcome: field.outcome.value, note: field.note.value };
    if (promises) Object.assign(entry, { promised_by: field.promised_by.value, promised_amount: field.promised_amount.value });
    keep(stop, card, entry);
  });
  card.querySelector(".acts").append(form);
  return form;
}

// A result that changes is a new one: whoever takes results takes each id once, and the latest of a case counts.
function keep(stop, card, entry) {
  const before = read(stop.id);
  const same = before && fields.every((name) => (before[name] ?? "") === (entry[name] ?? ""));
  if (!same) store.set(keyOf(stop.id), JSON.stringify({ id: newId(), ...entry, recorded_at: new Date().toISOString(), sent: false }));
  mark(stop, card);
  send();
}

function mark(stop, card) {
  const kept = read(stop.id);
  card.classList.toggle("done", Boolean(kept));
  const told = card.querySelector(".kept");
  told.hidden = !kept;
  if (kept) told.textContent = `✓ ${data.words["outcome_" + kept.outcome]} · ${kept.sent ? data.words.sent : data.words.saved}`;
  byId("count").textContent = `${results().length} / ${data.stops.length}`;
}

for (const stop of data.stops) {
  const card = byId("stop" + stop.n);
  let form = null;
  card.querySelector(".record").addEventListener("click", (event) => {
    form = form || openForm(stop, card);
    const open = event.currentTarget.getAttribute("aria-expanded") !== "true";
    event.currentTarget.setAttribute("aria-expanded", String(open));
    form.hidden = !open;
  });
  card.querySelector(".top").addEventListener("click", () => choose(stop.n, false));
  const nav = card.querySelector(".nav");
  nav.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (link) { apps.value = link.dataset.app; store.set(appKey, link.dataset.app); return; }
    const known = apps.value && nav.querySelector(`a[data-app="${apps.value}"]`);
    if (known && event.target.closest("summary")) { event.preventDefault(); known.click(); }
  });
  mark(stop, card);
}

const head = () => ({ format: "doorstep-results-1", plan: data.plan, agent: data.agent, day: data.day });
const clean = ({ sent, ...entry }) => entry;
byId("export").addEventListener("click", () => {
  saveFile(`results-${data.day}.json`, "application/json", JSON.stringify({ ...head(), results: results().map(clean) }, null, 2));
});

async function send() {
  if (!data.outcome_url || !navigator.onLine) return;
  const waiting = results().filter((entry) => !entry.sent);
  if (!waiting.length) return;
  try {
    const answer = await fetch(data.outcome_url, {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ ...head(), results: waiting.map(clean) }),
    });
    if (!answer.ok) return;
  } catch { return; }
  for (const entry of waiting) {
    const now = read(entry.case);
    if (now && now.id === entry.id) store.set(keyOf(entry.case), JSON.stringify({ ...now, sent: true }));
    const stop = data.stops.find((one) => one.id === entry.case);
    mark(stop, byId("stop" + stop.n));
  }
}
window.addEventListener("online", send);
send();
document.documentElement.dataset.ready = "1";
