// How a unit's count has grown, drawn as steps, with its roll and what is held; the table beside it says the same.
import { useLanguage } from "../language.jsx";

const WIDE = 430;
const LEFT = 6;
const RIGHT = 352;
const TOP = 16;
const BOTTOM = 176;
const LABEL_PX = 48; // what a label needs

// The lines that count, oldest first: those since the unit was voided last.
function counted(reports) {
  const voided = reports.findIndex(({ outcome }) => outcome === "voided");
  const since = voided < 0 ? reports : reports.slice(0, voided);
  return since.filter(({ outcome, as_of }) => as_of && (outcome === "accepted" || outcome === "released")).reverse();
}

// Those of the items that have room for a label, the last first.
function spaced(items, place) {
  let next = Infinity;
  return [...items].reverse().filter((item) => {
    const hasRoom = next - place(item) >= LABEL_PX;
    next = hasRoom ? place(item) : next;
    return hasRoom;
  });
}

export function Steps({ unit, rounds }) {
  const { say, count, minute } = useLanguage();
  const lines = counted(unit.reports);
  const waiting = unit.reports.filter((line) => line.outcome === "held" && line.seq > unit.state.seq);
  if (lines.length === 0) {
    return null;
  }
  const times = [...lines, ...waiting].map(({ as_of }) => Date.parse(as_of));
  const first = Math.min(...times, Date.parse(rounds[0] ?? lines[0].as_of)) - 30 * 60000;
  const last = Math.max(...times, first + 60 * 60000);
  const most = Math.max(unit.state.registered, unit.state.voted, ...waiting.map(({ voted }) => voted), 1);
  const x = (moment) => LEFT + ((RIGHT - LEFT) * (Date.parse(moment) - first)) / (last - first);
  const y = (voted) => BOTTOM - ((BOTTOM - TOP) * voted) / most;
  const path = lines.map((line) => `H${x(line.as_of)}V${y(line.voted)}`).join("");
  const hours = spaced(
    rounds.filter((round) => x(round) >= LEFT && x(round) <= RIGHT),
    x,
  );
  const named = spaced(lines, ({ as_of }) => x(as_of));
  return (
    <svg viewBox={`0 0 ${WIDE} 200`} role="img" aria-label={say("steps", lines.map(({ voted }) => count(voted)).join("; "))}>
      <line class="roll" x1={LEFT} x2={RIGHT} y1={y(unit.state.registered)} y2={y(unit.state.registered)} />
      <text x={RIGHT + 6} y={y(unit.state.registered) + 4}>
        {say("steps.roll", count(unit.state.registered))}
      </text>
      <line class="axis" x1={LEFT} x2={RIGHT} y1={BOTTOM} y2={BOTTOM} />
      {hours.map((round) => (
        <text key={round} x={x(round)} y="195" text-anchor="middle">
          {minute(round)}
        </text>
      ))}
      <path class="step" d={`M${LEFT} ${BOTTOM}${path}H${RIGHT}`} />
      {lines.map((line) => (
        <circle key={line.seq} class="dot" cx={x(line.as_of)} cy={y(line.voted)} r="4" />
      ))}
      {named.map((line) => (
        <text key={line.seq} class="value" x={x(line.as_of) - 7} y={y(line.voted) - 6} text-anchor="end">
          {count(line.voted)}
        </text>
      ))}
      {waiting.map((line) => (
        <g key={line.seq}>
          <circle class="dot--held" cx={x(line.as_of)} cy={y(line.voted)} r="6" />
          <text class="held-label" x={x(line.as_of) + 11} y={y(line.voted) + 4}>
            {count(line.voted)}
          </text>
        </g>
      ))}
    </svg>
  );
}
