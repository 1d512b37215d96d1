// A unit is a square: solid on time, half late, crossed out where it has no signal, hollow silent.
const PITCH_PX = 12;
const LINE_MAX = 64;

// What each is drawn of: class, place within the square, outline.
const shapes = {
  on_time: [["on", 0, "h10v10h-10z"]],
  late: [
    ["box", 0.75, "h8.5v8.5h-8.5z"],
    ["late", 0, "h5v10h-5z"],
  ],
  no_signal: [["box box--excused", 0.75, "h8.5v8.5h-8.5zl8.5 8.5"]],
  silent: [["box box--silent", 1, "h8v8h-8z"]],
};

// The squares of one state with their corners at these places, as few elements as will do.
function Drawn({ state, places }) {
  return shapes[state].map(([name, inset, outline]) => (
    <path key={name} class={name} d={places.map(([x, y]) => `M${x + inset} ${y + inset}${outline}`).join("")} />
  ));
}

export function Square({ state }) {
  return (
    <svg class="cell" viewBox="0 0 10 10" aria-hidden="true">
      <Drawn state={state} places={[[0, 0]]} />
    </svg>
  );
}

// The units of a row of the board.
export function Squares({ row }) {
  let units = 0;
  const next = () => [PITCH_PX * (units % LINE_MAX), PITCH_PX * Math.floor(units++ / LINE_MAX)];
  const drawn = Object.keys(shapes).map((state) => <Drawn key={state} state={state} places={Array.from({ length: row[state] ?? 0 }, next)} />);
  const width = PITCH_PX * Math.min(units, LINE_MAX);
  const height = PITCH_PX * Math.ceil(units / LINE_MAX);
  return (
    <svg class="cells" viewBox={`0 0 ${width} ${height}`} width={width} height={height} aria-hidden="true">
      {drawn}
    </svg>
  );
}
