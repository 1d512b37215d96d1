// A unit is a square: solid on time, half late, crossed out where it has no signal, hollow silent.
const PITCH_PX = 12;
const LINE_MAX = 64;

const shapes = {
  on_time: <rect class="on" width="10" height="10" />,
  late: (
    <>
      <rect class="box" x="0.75" y="0.75" width="8.5" height="8.5" />
      <path class="late" d="M0 0h5v10h-5z" />
    </>
  ),
  no_signal: <path class="box box--excused" d="M0.75 0.75h8.5v8.5h-8.5zl8.5 8.5" />,
  silent: <rect class="box box--silent" x="1" y="1" width="8" height="8" />,
};

const states = Object.keys(shapes);

export function Square({ state }) {
  return (
    <svg class="cell" viewBox="0 0 10 10" aria-hidden="true">
      {shapes[state]}
    </svg>
  );
}

// The units of a row of the board.
export function Squares({ row }) {
  const units = states.flatMap((state) => Array(row[state] ?? 0).fill(state));
  const width = PITCH_PX * Math.min(units.length, LINE_MAX);
  const height = PITCH_PX * Math.ceil(units.length / LINE_MAX);
  return (
    <svg class="cells" viewBox={`0 0 ${width} ${height}`} width={width} height={height} aria-hidden="true">
      {units.map((state, index) => (
        <g key={index} transform={`translate(${PITCH_PX * (index % LINE_MAX)} ${PITCH_PX * Math.floor(index / LINE_MAX)})`}>
          {shapes[state]}
        </g>
      ))}
    </svg>
  );
}
