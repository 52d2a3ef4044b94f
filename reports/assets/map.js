"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const byId = (id) => document.getElementById(id);
const element = (tag, name, text) => {
  const made = document.createElement(tag);
  if (name) made.className = name;
  if (text !== undefined) made.textContent = text;
  return made;
};
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

// Rank, count of points and zigzag varint steps on a grid of 1e-5 degrees; see reports/geometry.py.
function unpackStreets(packed) {
  const bytes = Uint8Array.from(atob(packed), (c) => c.charCodeAt(0));
  const lines = [[], [], [], [], [], []];
  let at = 0, lat = 0, lon = 0;
  const number = () => {
    let value = 0, scale = 1;
    for (;;) {
      const byte = bytes[at++];
      value += (byte & 127) * scale;
      if (byte < 128) return value;
      scale *= 128;
    }
  };
  const step = () => { const n = number(); return n % 2 ? -(n + 1) / 2 : n / 2; };
  while (at < bytes.length) {
    const rank = number(), line = [];
    for (let left = number(); left > 0; left--) {
      lat += step();
      lon += step();
      line.push([lat / 1e5, lon / 1e5]);
    }
    lines[rank].push(line);
  }
  return lines;
}

const unpackLine = (packed) => unpackStreets(packed)[0][0] || [];

const WIDTHS = [4.5, 4, 3.5, 2.6, 1.6, 1];
function addStreets(map, packed) {
  const pane = map.createPane("streets");
  pane.style.zIndex = 250;
  const canvas = L.canvas({ pane: "streets", padding: 0.3 });
  const drawn = [];
  const lines = unpackStreets(packed);
  for (const casing of [true, false]) {
    for (let rank = 5; rank >= 0; rank--) {
      if (!lines[rank].length) continue;
      const name = (rank < 3 ? "--major" : "--minor") + (casing || rank === 5 ? "-edge" : "");
      const style = () => ({ color: colour(name) });
      const layer = L.polyline(lines[rank], {
        renderer: canvas, interactive: false, weight: WIDTHS[rank] + (casing ? 1.6 : 0), ...style(),
      }).addTo(map);
      drawn.push(() => layer.setStyle(style()));
    }
  }
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => drawn.forEach((again) => again()));
}

function prepare(map, packed, attribution) {
  map.attributionControl.setPrefix(false);
  map.attributionControl.addAttribution(element("span", "", attribution).outerHTML);
  addStreets(map, packed);
}

// Chinese maps are shifted (GCJ-02); the tiles move, what is ours stays. Formula: the published approximation.
function toShifted(place) {
  const { lat, lng } = place;
  if (lng < 72.004 || lng > 137.8347 || lat < 0.8293 || lat > 55.8271) return place;
  const x = lng - 105, y = lat - 35, pi = Math.PI, sin = (v) => Math.sin(v * pi);
  const wave = (v, a, b) => ((20 * sin(6 * x) + 20 * sin(2 * x)) * 2) / 3 + ((20 * sin(v) + 40 * sin(v / 3)) * 2) / 3 + a + b;
  const far = Math.sqrt(Math.abs(x));
  const north = wave(y, -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * far, ((160 * sin(y / 12) + 320 * sin(y / 30)) * 2) / 3);
  const east = wave(x, 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * far, ((150 * sin(x / 12) + 300 * sin(x / 30)) * 2) / 3);
  const e2 = 0.00669342162296594323, a = 6378245, s = Math.sin((lat / 180) * pi), w = 1 - e2 * s * s;
  const dLat = (north * 180) / (((a * (1 - e2)) / (w * Math.sqrt(w))) * pi);
  const dLon = (east * 180) / ((a / Math.sqrt(w)) * Math.cos((lat / 180) * pi) * pi);
  return L.latLng(lat + dLat, lng + dLon);
}

// Tiles cover the page's own streets where they arrive; offline the streets stay.
function addTiles(map, tiles) {
  const base = L.TileLayer.prototype;
  const Shifted = L.TileLayer.extend({
    _setZoomTransform(level, center, zoom) { base._setZoomTransform.call(this, level, toShifted(center), zoom); },
    _getTiledPixelBounds(center) { return base._getTiledPixelBounds.call(this, toShifted(center)); },
  });
  map.createPane("tiles").style.zIndex = 260;
  const options = { pane: "tiles", maxZoom: 19, maxNativeZoom: 18, subdomains: "1234", attribution: element("span", "", tiles.attribution).innerHTML };
  const layer = new (tiles.gcj02 ? Shifted : L.TileLayer)(tiles.url, options);
  const follow = () => (navigator.onLine ? layer.addTo(map) : layer.remove());
  window.addEventListener("online", follow);
  window.addEventListener("offline", follow);
  follow();
}

// Numbered discs, pushed apart where they would overlap; a line leads from a moved disc to its place.
class Discs {
  constructor(map, size) {
    this.map = map;
    this.size = size;
    this.all = [];
    map.on("zoomend", () => this.spread());
  }

  add(place, text, names, colours, press, label) {
    const face = element("div", "disc " + names, text);
    face.style.width = face.style.height = this.size + "px";
    if (colours) {
      face.style.setProperty("--tone", colours[0]);
      face.style.setProperty("--tone-ink", colours[1]);
    }
    const reach = Math.max(this.size, 44);
    const holder = element("div", "reach");
    Object.assign(holder.style, { width: reach + "px", height: reach + "px", display: "grid", placeItems: "center" });
    holder.append(face);
    const icon = L.divIcon({ html: holder, className: "marker", iconSize: [reach, reach] });
    const marker = L.marker(place, { icon, keyboard: Boolean(press), interactive: Boolean(press), alt: "" }).addTo(this.map);
    const shown = marker.getElement();
    if (label) shown.setAttribute("aria-label", label);
    if (press) marker.on("click", press);
    const leader = L.polyline([place, place], { interactive: false, weight: 1.5, color: colour("--ink"), opacity: 0 }).addTo(this.map);
    const one = { place: L.latLng(place), marker, face, leader };
    this.all.push(one);
    return one;
  }

  spread() {
    const apart = this.size + 3;
    const points = this.all.map((one) => this.map.latLngToLayerPoint(one.place));
    const home = points.map((p) => p.clone());
    for (let round = 0; round < 60; round++) {
      let moved = false;
      for (let i = 0; i < points.length; i++) {
        for (let j = 0; j < i; j++) {
          let dx = points[i].x - points[j].x, dy = points[i].y - points[j].y;
          let gap = Math.hypot(dx, dy);
          if (gap >= apart) continue;
          if (gap < 0.01) { dx = Math.cos(i * 2.4); dy = Math.sin(i * 2.4); gap = 1; }
          const push = (apart - Math.min(gap, apart)) / 2 / gap + 0.002;
          points[i].x += dx * push; points[i].y += dy * push;
          points[j].x -= dx * push; points[j].y -= dy * push;
          moved = true;
        }
      }
      if (!moved) break;
    }
    this.all.forEach((one, i) => {
      const place = this.map.layerPointToLatLng(points[i]);
      one.marker.setLatLng(place);
      one.leader.setLatLngs([one.place, place]).setStyle({ opacity: points[i].distanceTo(home[i]) > 3 ? 1 : 0, color: colour("--ink") });
    });
  }
}

// Small arrows along a line, every so many pixels at the present zoom.
function addChevrons(map, line) {
  const group = L.layerGroup().addTo(map);
  const draw = () => {
    group.clearLayers();
    let next = 40, walked = 0, count = 0;
    for (let i = 1; i < line.length; i++) {
      const from = map.latLngToLayerPoint(line[i - 1]), to = map.latLngToLayerPoint(line[i]);
      const length = from.distanceTo(to);
      for (; next <= walked + length && count < 60; next += 90, count++) {
        const mark = element("div", "");
        mark.innerHTML = '<svg viewBox="0 0 12 12"><path d="M4 2l4 4-4 4"/></svg>';
        mark.style.transform = `rotate(${Math.atan2(to.y - from.y, to.x - from.x)}rad)`;
        const icon = L.divIcon({ html: mark, className: "chevron", iconSize: [12, 12] });
        const point = from.add(to.subtract(from).multiplyBy((next - walked) / (length || 1)));
        L.marker(map.layerPointToLatLng(point), { icon, interactive: false, keyboard: false, zIndexOffset: -1000 }).addTo(group);
      }
      walked += length;
    }
  };
  map.on("zoomend", draw);
  draw();
}

function casedLine(map, line, width, tone, dash) {
  const edge = L.polyline(line, { interactive: false, color: colour("--route-edge"), weight: width + 4, opacity: 0.9 }).addTo(map);
  const core = L.polyline(line, { interactive: false, color: tone, weight: width, dashArray: dash || null, lineCap: dash ? "butt" : "round" }).addTo(map);
  return { edge, core };
}

// Lists saved from the page: a file made on the device, nothing is sent.
function saveFile(name, type, text) {
  const link = element("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}
