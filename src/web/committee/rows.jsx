// The rows of a long table: only those near the window are there, so that thousands scroll as lightly as ten.
import { useEffect, useRef, useState } from "preact/hooks";

const AROUND = 30; // rows above and below the window

// `rowPx` is how high each row is, in turnout.css too.
export function Rows({ items, columns, rowPx, row }) {
  const body = useRef(null);
  const [first, setFirst] = useState(0);
  useEffect(() => {
    const look = () => {
      const above = -body.current.getBoundingClientRect().top / rowPx;
      setFirst(Math.max(0, AROUND * Math.floor(above / AROUND - 1)));
    };
    look();
    window.addEventListener("scroll", look, { passive: true });
    window.addEventListener("resize", look);
    return () => {
      window.removeEventListener("scroll", look);
      window.removeEventListener("resize", look);
    };
  }, []);
  const start = Math.min(first, items.length);
  const shown = items.slice(start, start + 3 * AROUND + Math.ceil(window.innerHeight / rowPx));
  const gap = (rows) =>
    rows > 0 && (
      <tr aria-hidden="true">
        <td colSpan={columns} style={{ height: `${rows * rowPx}px`, padding: 0 }} />
      </tr>
    );
  return (
    <tbody ref={body}>
      {gap(start)}
      {shown.map(row)}
      {gap(items.length - start - shown.length)}
    </tbody>
  );
}
