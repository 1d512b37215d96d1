// The address of the desk says all that it shows: `#/board/4?area=46&sort=silent`, `#/unit/0101-001`, `#/held?open=0101-001.2`.
import { useEffect, useState } from "preact/hooks";

function read() {
  const [path, query] = location.hash.slice(2).split("?");
  const [view, argument] = path.split("/").map(decodeURIComponent);
  return { view, argument, query: Object.fromEntries(new URLSearchParams(query)) };
}

// The hash of a view; what of `query` is empty is left out.
export function hashOf(view, argument, query = {}) {
  const path = argument === undefined ? view : `${view}/${encodeURIComponent(argument)}`;
  const pairs = Object.entries(query).filter(([, value]) => value !== undefined && value !== "");
  const rest = pairs.map(([key, value]) => `${key}=${encodeURIComponent(value)}`).join("&");
  return `#/${path}${rest && `?${rest}`}`;
}

// { view, argument, query, change(query) }: a change takes the place of what stands in the browser's history; a link adds to it.
export function useAddress() {
  const [address, setAddress] = useState(read);
  useEffect(() => {
    const follow = () => setAddress(read());
    window.addEventListener("hashchange", follow);
    return () => window.removeEventListener("hashchange", follow);
  }, []);
  return {
    ...address,
    change(query) {
      history.replaceState(null, "", hashOf(address.view, address.argument, { ...address.query, ...query }));
      setAddress(read());
    },
  };
}
