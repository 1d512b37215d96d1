// The classes of turnout, from under 25 to everyone: fixed, so that a colour means the same all day. Finer at the top,
// where the night is decided.
export const lowest = [0, 25, 50, 75, 90, 98, 99.5, 100]; // of q1 to q8

// "q1" to "q8"; "q0" where no unit has reported, "unsure" while the figures are checked, "none" where there is no figure
// to show.
export function classOf(area) {
  if (!area.verified) {
    return "unsure";
  }
  if (area.percent === null) {
    return "none";
  }
  if (area.units_reported === 0) {
    return "q0";
  }
  return `q${lowest.filter((limit) => area.percent >= limit).length}`;
}

export function isComplete(area) {
  return area.percent === 100;
}
