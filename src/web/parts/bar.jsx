// A bar that is full only when nobody is missing: before that, at least 0.3 % of it stays empty.
export function Bar({ percent, class: name = "bar" }) {
  const width = percent === 100 ? 100 : Math.min(percent, 99.7);
  return (
    <svg class={name} aria-hidden="true">
      <rect width={`${width}%`} height="100%" />
    </svg>
  );
}
