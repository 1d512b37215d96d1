// Where everything of the curve lies, in pixels of its measured width.
const WIDE = 560; // from here on there is room for words at the points
const TICK_PX = { wide: 44, narrow: 28 };
const TICK_STEPS_MS = [1, 2, 5, 10, 15, 30, 60, 120, 180, 240, 360, 720].map((minutes) => minutes * 60000);
const TICKS_MAX = 8;
const LABEL_PX = 7.8; // a character of the labels at the ends, at most
const LABEL_APART_PX = 46; // two labels of two lines
const VALUE_PX = { width: 34, height: 14 };

// The plot's edges and its scales. `span` is [first, last] in time.
export function frameOf(width, [first, last]) {
  const isWide = width >= WIDE;
  const left = isWide ? 34 : 30;
  const right = width - (isWide ? 124 : 10);
  const height = isWide ? 330 : 268;
  const top = 26;
  const bottom = height - 26;
  return {
    width,
    height,
    isWide,
    left,
    right,
    top,
    bottom,
    x: (time) => left + ((right - left) * (time - first)) / (last - first),
    y: (percent) => bottom - ((bottom - top) * percent) / 100,
  };
}

// The times below the axis: opening, closing, and the rounds for which there is room; full hours or so where there are none.
export function ticksOf(span, rounds, frame, offsetMs) {
  const [first, last] = span;
  if (rounds.length === 0) {
    const step = TICK_STEPS_MS.find((ms) => (last - first) / ms <= TICKS_MAX) ?? last - first;
    const from = Math.ceil((first + offsetMs) / step) * step - offsetMs;
    return Array.from({ length: Math.floor((last - from) / step) + 1 }, (_, index) => from + index * step);
  }
  const least = frame.isWide ? TICK_PX.wide : TICK_PX.narrow;
  const kept = [first, last];
  for (const time of rounds) {
    if (kept.every((other) => Math.abs(frame.x(time) - frame.x(other)) >= least)) {
      kept.push(time);
    }
  }
  return kept.sort((a, b) => a - b);
}

export function pathOf(points, { x, y }) {
  return points.map(({ time, percent }, index) => `${index === 0 ? "M" : "L"}${x(time).toFixed(1)} ${y(percent).toFixed(1)}`).join("");
}

// What was shown at a time: the newest point that is not after it.
export function valueAt(points, time) {
  return points.filter((point) => point.time <= time).pop()?.percent ?? null;
}

// Rounds with the figure at each, and where the figure is written: left above its circle, or right below where the line `beside`
// is above. Where there is no room it is left out.
export function marksOf(points, beside, rounds, frame) {
  const newest = points[points.length - 1]?.time ?? 0;
  let taken = frame.left;
  return rounds
    .filter((time) => time < newest && valueAt(points, time) !== null)
    .map((time) => {
      const percent = valueAt(points, time);
      const mark = { time, percent, x: frame.x(time), y: frame.y(percent), label: null };
      const isBelow = valueAt(beside, time) >= percent && beside.length > 0;
      const label = isBelow ? { x: mark.x + 8 + VALUE_PX.width, y: mark.y + 17 } : { x: mark.x - 8, y: mark.y - 7 };
      const isInside = label.y - VALUE_PX.height > frame.top && label.y < frame.bottom - 4;
      if (frame.isWide && isInside && label.x - VALUE_PX.width > taken) {
        mark.label = label;
        taken = label.x;
      }
      return mark;
    });
}

// The names and figures at the ends of the lines, of one or two [{ name, text, end: { x, y } }]. Right of the ends where that is
// free, as two lines; else one line above and, for the second, one below all that is drawn there. `lowest(from)` is the lowest
// that a line reaches right of `from`.
export function placeLabels(ends, frame, lowest) {
  const [first, second] = ends;
  const needed = 14 + LABEL_PX * Math.max(...ends.flatMap(({ name, text }) => [name.length, text.length]));
  if (frame.width - first.end.x >= needed) {
    const lowestPlace = frame.bottom - LABEL_APART_PX / 2;
    const places = ends.map(({ end }) => ({ x: end.x + 14, y: Math.min(end.y + 1, lowestPlace), anchor: "start", isStacked: true }));
    if (second) {
      const [upper, lower] = second.end.y < first.end.y ? [places[1], places[0]] : places;
      lower.y = Math.min(Math.max(lower.y, upper.y + LABEL_APART_PX), lowestPlace);
      upper.y = Math.min(upper.y, lower.y - LABEL_APART_PX);
    }
    return places;
  }
  const x = Math.min(first.end.x + 6, frame.right);
  const above = { x, y: Math.min(...ends.map(({ end }) => end.y)) - 12, anchor: "end", isStacked: false };
  if (!second) {
    return [above];
  }
  const from = x - LABEL_PX * (second.name.length + second.text.length + 1);
  const below = lowest(from) + 26;
  const fits = below < frame.bottom - 8;
  return [above, { x, y: fits ? below : above.y - 20, anchor: "end", isStacked: false }];
}
