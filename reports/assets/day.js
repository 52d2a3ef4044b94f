const map = map_doorstep;
prepare(map, data.streets, data.words.osm);
const discs = new Discs(map, 22);
const drawn = data.routes.map((route, index) => {
  const points = unpackLine(route.line);
  const line = casedLine(map, points, 3.5, route.colour, route.dash);
  const press = () => choose(index);
  const touch = L.polyline(points, { weight: 22, opacity: 0 }).addTo(map);
  touch.on("click", press);
  const stops = route.stops.map((stop) => {
    const one = discs.add(stop.at, String(stop.n), "", [route.colour, route.ink], press, `${route.name} ${stop.n} ${stop.when}`);
    const told = element("span", "", `${route.name} · ${stop.n} · ${stop.id} · ${stop.when}`);
    one.marker.bindTooltip(told);
    return one;
  });
  return { line, stops, row: document.querySelector(`tr[data-agent="${index}"]`) };
});
for (const left of data.left) {
  const icon = L.divIcon({ className: "left-out", iconSize: [14, 14] });
  L.marker(left.at, { icon, alt: "" }).addTo(map).bindTooltip(element("span", "", `${data.words.unassigned}: ${left.id}`));
}
discs.spread();

let chosen = null;
function choose(index) {
  chosen = chosen === index ? null : index;
  drawn.forEach((one, k) => {
    const dim = chosen !== null && chosen !== k;
    one.line.core.setStyle({ opacity: dim ? 0.12 : 1 });
    one.line.edge.setStyle({ opacity: dim ? 0 : 0.9 });
    one.stops.forEach((stop) => {
      stop.marker.getElement().classList.toggle("dim", dim);
      stop.leader.setStyle({ stroke: !dim });
      stop.marker.setZIndexOffset(chosen === k ? 1000 : 0);
    });
    one.row.classList.toggle("dim", dim);
    one.row.querySelector(".agent").setAttribute("aria-pressed", String(chosen === k));
    if (chosen === k) { one.line.edge.bringToFront(); one.line.core.bringToFront(); }
  });
}
drawn.forEach((one, index) => one.row.querySelector(".agent").addEventListener("click", () => choose(index)));
document.getElementById("all").addEventListener("click", () => { chosen = null; choose(null); });
document.documentElement.dataset.ready = "1";
