// The files of a bulletin as proto/bulletin.md has them. What is not of their form is a fault.

// What is wrong, by the key of its words (words.js) and what these name.
export class Fault extends Error {
  constructor(key, ...values) {
    super(key);
    this.key = key;
    this.values = values;
  }
}

const HASH = /^[0-9a-f]{64}$/;
const HEADS = { area: "code,registered,voted,units,units_reported,held,sha256", commune: "code,registered,voted,seq,as_of,kind,receipt" };

// What an area's own line says, and the line above it says again.
export const columns = ["registered", "voted", "units", "units_reported", "held"];

function linesOf(file, bytes) {
  let text;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Fault("fault.text", file);
  }
  const lines = text.split("\n");
  if (lines.pop() !== "") {
    throw new Fault("fault.form", file, lines.length + 1);
  }
  return lines;
}

export function readStatement(bytes) {
  const file = "bulletin.txt";
  const lines = linesOf(file, bytes);
  const [head, election, number, label, time, previous, nation, hash, kind] = lines;
  const forms = [
    head === "turnout-bulletin-v1",
    election !== "",
    /^[1-9]\d{0,9}$/.test(number),
    label !== "",
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d([+-]\d\d:\d\d|Z)$/.test(time),
    previous === "-" || HASH.test(previous),
    /^[A-Za-z0-9._-]{1,32}$/.test(nation),
    HASH.test(hash),
    ["rehearsal", "unofficial"].includes(kind),
    lines.length === 9,
  ];
  const wrong = forms.indexOf(false);
  if (wrong >= 0) {
    throw new Fault("fault.form", file, wrong + 1);
  }
  return { election, number: Number(number), label, time, previous, nation, hash, isTest: kind === "rehearsal" };
}

// { file, hasUnits, children, own }: a child is an area with its hash, or a unit with its receipt.
export function readArea(file, bytes) {
  const lines = linesOf(file, bytes);
  const wrong = (index) => new Fault("fault.form", file, index + 1);
  const hasUnits = lines[0]?.startsWith(HEADS.commune);
  if (!hasUnits && !lines[0]?.startsWith(HEADS.area)) {
    throw wrong(0);
  }
  const number = (text, index) => {
    if (!/^\d{1,15}$/.test(text)) {
      throw wrong(index);
    }
    return Number(text);
  };
  const children = [];
  for (let index = 1; index < lines.length; index++) {
    const cells = lines[index].split(",");
    const [code, registered, voted, ...more] = cells;
    if (cells.length < 7) {
      throw wrong(index);
    }
    const line = { code, registered: number(registered, index), voted: number(voted, index) };
    if (hasUnits && more[3] !== "-") {
      const [seq, asOf, kind, receipt] = more;
      children.push({ ...line, seq, asOf, kind, receipt });
      continue;
    }
    const [units, reported, held, hash] = more;
    Object.assign(line, { units: number(units, index), units_reported: number(reported, index), held: number(held, index), hash });
    if (hash === "-") {
      return { file, hasUnits, children, own: line };
    }
    if (!HASH.test(hash)) {
      throw wrong(index);
    }
    children.push(line);
  }
  throw wrong(lines.length);
}

// What a line adds to each column of the sums. What a commune holds is not told unit by unit.
function partOf(child, column) {
  if (!("seq" in child)) {
    return child[column];
  }
  return { registered: child.registered, voted: child.voted, units: 1, units_reported: child.seq === "" ? 0 : 1 }[column];
}

// Throws the fault of the first column whose lines are not the sum that the area's own line says.
export function addUp({ file, hasUnits, children, own }) {
  for (const column of columns.filter((name) => !hasUnits || name !== "held")) {
    const sum = children.reduce((total, child) => total + partOf(child, column), 0);
    if (sum !== own[column]) {
      throw new Fault("fault.sums", file, column, sum, own[column]);
    }
  }
}

// Throws the fault of the first column in which the file does not say what its line in the file above says.
export function compareWithLine({ file, own }, line, above) {
  if (own.code !== line.code) {
    throw new Fault("fault.code", file, own.code, line.code);
  }
  for (const column of columns) {
    if (own[column] !== line[column]) {
      throw new Fault("fault.above", file, column, own[column], above, line[column]);
    }
  }
}
