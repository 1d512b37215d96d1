// The day's curve of an area, with another beside it if the visitor wants that.
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { useAddress } from "../address.jsx";
import { useLanguage } from "../language.jsx";
import { useSeries } from "../series.js";
import { frameOf, marksOf, pathOf, placeLabels, ticksOf, valueAt } from "./curve_shape.js";

const GRID = [25, 50, 75, 100];

function useWidth() {
  const element = useRef(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const measure = () => setWidth(Math.floor(element.current.clientWidth));
    const observer = new ResizeObserver(measure);
    observer.observe(element.current);
    measure();
    return () => observer.disconnect();
  }, []);
  return [element, width];
}

const spanOf = ({ opens, closes }) => [Date.parse(opens), Date.parse(closes)];

function offsetOf(moment) {
  return moment.endsWith("Z") ? 0 : Date.parse(`${moment.slice(0, 19)}Z`) - Date.parse(moment);
}

// A time of the axis by the election's clocks: 09:00, or 09 where there is little room.
function clockOf(time, offsetMs, isShort) {
  const text = new Date(time + offsetMs).toISOString().slice(11, 16);
  return isShort && text.endsWith(":00") ? text.slice(0, 2) : text;
}

function Grid({ frame, ticks, rounds, clock }) {
  const { left, right, top, bottom, x, y } = frame;
  return (
    <>
      {GRID.map((percent) => (
        <g key={percent}>
          <line class="grid" x1={left} x2={right} y1={y(percent)} y2={y(percent)} />
          <text x={left - 6} y={y(percent) + 4.5} text-anchor="end">
            {percent}
          </text>
        </g>
      ))}
      <text x={left - 6} y={top - 9} text-anchor="end">
        %
      </text>
      {rounds.map((time) => (
        <line key={time} class="round" x1={x(time)} x2={x(time)} y1={top} y2={bottom} />
      ))}
      <line class="axis" x1={left} x2={right} y1={bottom} y2={bottom} />
      {ticks.map((time) => (
        <g key={time}>
          <line class="axis" x1={x(time)} x2={x(time)} y1={bottom} y2={bottom + 5} />
          <text x={x(time)} y={bottom + 21} text-anchor="middle">
            {clock(time)}
          </text>
        </g>
      ))}
    </>
  );
}

// Never rounded up to 100.
function useShort() {
  const { language } = useLanguage();
  const format = new Intl.NumberFormat(language === "vi" ? "vi-VN" : "en-GB", { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  return (percent) => (percent === 100 ? "100" : format.format(Math.min(percent, 99.9)));
}

function Marks({ marks }) {
  const short = useShort();
  return marks.map(({ time, percent, x, y, label }) => (
    <g key={time}>
      <circle class="dot" cx={x} cy={y} r="4" />
      {label && (
        <text class="value" x={label.x} y={label.y} text-anchor="end">
          {short(percent)}
        </text>
      )}
    </g>
  ));
}

function EndLabel({ line: { name, text, end, kind }, place: { x, y, anchor, isStacked } }) {
  const isAway = isStacked ? Math.abs(y - end.y) > 20 : y > end.y + 20;
  const leader = isStacked ? `M${end.x + 4} ${end.y + 3}L${x - 3} ${y - 5}` : `M${end.x} ${end.y + 5}V${y - 15}`;
  return (
    <>
      {isAway && <path class="leader" d={leader} />}
      {isStacked ? (
        <text class={`label-${kind}`} x={x} y={y}>
          <tspan x={x}>{name}</tspan>
          <tspan x={x} dy="18">
            {text}
          </tspan>
        </text>
      ) : (
        <text class={`label-${kind}`} x={x} y={y} text-anchor={anchor}>
          {name} {text}
        </text>
      )}
    </>
  );
}

function Drawing({ width, election, lines, rounds }) {
  const { percent } = useLanguage();
  const [own] = lines;
  const offsetMs = offsetOf(election.opens);
  const span = spanOf(election);
  const frame = frameOf(width, span);
  const ticks = ticksOf(span, rounds, frame, offsetMs);
  const drawn = lines
    .filter(({ points }) => points.length > 0)
    .map((line) => {
      const last = line.points[line.points.length - 1];
      return { ...line, text: percent(last.percent), end: { x: frame.x(last.time), y: frame.y(last.percent) } };
    });
  const lowest = (from) => Math.max(...drawn.flatMap(({ points }) => points.filter(({ time }) => frame.x(time) >= from).map((point) => frame.y(point.percent))));
  const places = drawn.length > 0 ? placeLabels(drawn, frame, lowest) : [];
  return (
    <svg
      viewBox={`0 0 ${width} ${frame.height}`}
      height={frame.height}
      role="img"
      aria-label={drawn.map(({ name, text }) => `${name}: ${text}`).join("; ")}
    >
      <Grid frame={frame} ticks={ticks} rounds={rounds} clock={(time) => clockOf(time, offsetMs, !frame.isWide)} />
      {[...drawn].reverse().map(({ kind, points }) => (
        <path key={kind} class={kind} d={pathOf(points, frame)} />
      ))}
      <Marks marks={marksOf(own.points, lines[1]?.points ?? [], own.marked, frame)} />
      {[...drawn].reverse().map(({ kind, end }) => (
        <circle key={kind} class={kind === "nation" ? "dot--last" : "dot--other"} cx={end.x} cy={end.y} r={kind === "nation" ? 6 : 3.5} />
      ))}
      {drawn.map((line, index) => (
        <EndLabel key={line.kind} line={line} place={places[index]} />
      ))}
    </svg>
  );
}

function Table({ lines, rounds, election }) {
  const { say, number } = useLanguage();
  const offsetMs = offsetOf(election.opens);
  const [own] = lines;
  const newest = own.points[own.points.length - 1]?.time ?? 0;
  const marked = rounds.length > 0 ? own.marked : ticksOf(spanOf(election), [], null, offsetMs);
  const times = [...marked.filter((time) => time < newest), ...(newest > 0 ? [newest] : [])];
  return (
    <details>
      <summary>{say("curve.as.table")}</summary>
      <table class="data" aria-label={say("curve")}>
        <thead>
          <tr>
            <th scope="col">{say("curve.when")}</th>
            {lines.map(({ name, kind }) => (
              <th key={kind} scope="col" class="num">
                {name}, %
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {times.map((time) => (
            <tr key={time}>
              <th scope="row">{clockOf(time, offsetMs)}</th>
              {lines.map(({ kind, points: all }) => {
                const percent = valueAt(all, time);
                return (
                  <td key={kind} class="num">
                    {percent === null ? "–" : number(percent)}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}

function Pick({ area, nation }) {
  const { say, name } = useLanguage();
  const { address, change } = useAddress();
  const isNation = area.level === "nation";
  const others = nation.provinces.filter(({ code }) => code !== area.code);
  return (
    <p class="curve__pick">
      <label for="beside">{say("curve.beside")}</label>{" "}
      <select id="beside" value={address.beside} onChange={(event) => change({ beside: event.currentTarget.value })}>
        <option value="">{say(isNation ? "curve.alone" : "nationwide")}</option>
        {others.map((province) => (
          <option key={province.code} value={province.code}>
            {name(province)}
          </option>
        ))}
      </select>
    </p>
  );
}

// `feed` is the area's; `nation` is the nation's document, with all provinces.
export function Curve({ feed, area, nation }) {
  const { say, name } = useLanguage();
  const { address } = useAddress();
  const [element, width] = useWidth();
  const { election, generated_at: generatedAt } = feed.document;
  const besides = area.level === "nation" ? nation.provinces : [nation.nation, ...nation.provinces];
  const beside = besides.find(({ code }) => code === address.beside) ?? (area.level === "nation" ? null : nation.nation);
  const own = useSeries(area, election, generatedAt);
  const other = useSeries(beside, election, generatedAt);
  const title = (shown) => (shown.level === "nation" ? say("nationwide") : name(shown));
  const lines = [
    own && { ...own, kind: "nation", name: title(area) },
    own && other && { ...other, kind: "other", name: title(beside) },
  ].filter(Boolean);
  const rounds = own?.rounds ?? [];
  return (
    <section class="curve" aria-labelledby="curve">
      <header>
        <h2 id="curve">
          {say("curve")} <span class="soft small nowrap">{say(rounds.length > 0 ? "curve.what" : "curve.what.plain")}</span>
        </h2>
        <Pick area={area} nation={nation} />
      </header>
      <div ref={element}>{own && width > 0 && <Drawing width={width} election={election} lines={lines} rounds={rounds} />}</div>
      {own && <Table lines={lines} rounds={rounds} election={election} />}
    </section>
  );
}
