// The outline of an election's provinces, from the old ones of @svg-maps/vietnam that each is made of: the column `outline`
// of its provinces.csv. Points that no screen tells apart are left out.
import map from "@svg-maps/vietnam";

const APART = 0.9; // of the 812 units that the map is wide
const LABELLED = 900; // square units; where there is room for a figure
const SMALLEST = 1.5; // square units; smaller islands than this are left out, but for a province's largest piece

// A path as rings of points. Of the few curves in it the ends will do.
const lengths = { M: 2, m: 2, L: 2, l: 2, c: 6 };

function ringsOf(path) {
  const tokens = path.match(/[MmLlcZz]|-?\d*\.?\d+(?:e-?\d+)?/g);
  const rings = [];
  let [x, y] = [0, 0];
  let command;
  for (let at = 0; at < tokens.length; ) {
    if (/[A-Za-z]$/.test(tokens[at])) {
      command = tokens[at++];
      if (command === "z" || command === "Z") {
        [x, y] = rings[rings.length - 1][0];
        continue;
      }
    }
    const [dx, dy] = tokens.slice(at + lengths[command] - 2, at + lengths[command]).map(Number);
    at += lengths[command];
    [x, y] = command === "M" || command === "L" ? [dx, dy] : [x + dx, y + dy];
    if (command === "M" || command === "m") {
      rings.push([]);
      command = command === "M" ? "L" : "l"; // what follows a move without a command of its own
    }
    rings[rings.length - 1].push([x, y]);
  }
  return rings;
}

function simplified(ring) {
  const kept = [];
  for (const point of ring) {
    const last = kept[kept.length - 1];
    if (!last || Math.hypot(point[0] - last[0], point[1] - last[1]) >= APART) {
      kept.push(point);
    }
  }
  return kept;
}

function areaOf(ring) {
  return Math.abs(ring.reduce((sum, [x, y], i) => sum + x * ring[(i + 1) % ring.length][1] - ring[(i + 1) % ring.length][0] * y, 0)) / 2;
}

// The middle of a ring, by its area.
function middleOf(ring) {
  let [sum, x, y] = [0, 0, 0];
  ring.forEach(([x1, y1], i) => {
    const [x2, y2] = ring[(i + 1) % ring.length];
    const cross = x1 * y2 - x2 * y1;
    sum += cross;
    x += (x1 + x2) * cross;
    y += (y1 + y2) * cross;
  });
  return [Math.round(x / (3 * sum)), Math.round(y / (3 * sum))];
}

// As a path of relative steps in tenths.
function pathOf(ring) {
  let before = [0, 0];
  const steps = ring.map(([x, y], i) => {
    const point = [Math.round(10 * x), Math.round(10 * y)];
    const step = point.map((value, axis) => (value - before[axis]) / 10);
    before = point;
    return `${i === 0 ? "m" : i === 1 ? "l" : " "}${step[0]}${step[1] < 0 ? "" : " "}${step[1]}`;
  });
  return steps.length > 2 ? steps.join("") + "z" : "";
}

// { viewBox, shapes: { province: { path, label: [x, y] or null } }, islands: { id: [x, y] } }, for the islands of these ids.
export function outlineOf(parts, islands) {
  const byId = new Map(map.locations.map(({ id, path }) => [id, path]));
  const shapes = Object.entries(parts).map(([province, ids]) => {
    const pieces = ids.map((id) => {
      const rings = ringsOf(byId.get(id)).sort((a, b) => areaOf(b) - areaOf(a));
      return rings.filter((ring, i) => i === 0 || areaOf(ring) > SMALLEST);
    });
    const largest = pieces.flat().reduce((a, b) => (areaOf(b) > areaOf(a) ? b : a));
    // A path begins where the one before it ended: each is written from the origin, with an absolute move.
    const path = pieces.flat().map((ring) => pathOf(simplified(ring)).replace(/^m/, "M")).join("");
    return [province, { path, label: areaOf(largest) >= LABELLED ? middleOf(largest) : null }];
  });
  const middleOfAll = (id) => {
    const points = ringsOf(byId.get(id)).map((ring) => ring[0]);
    return [0, 1].map((axis) => Math.round(points.reduce((sum, point) => sum + point[axis], 0) / points.length));
  };
  return {
    viewBox: map.viewBox,
    shapes: Object.fromEntries(shapes),
    islands: Object.fromEntries(islands.map((id) => [id, middleOfAll(id)])),
  };
}
