// The address of the page says all that it shows: the area in the path; language, search and order behind it.
import { createContext } from "preact";
import { useContext, useEffect, useRef, useState } from "preact/hooks";

const defaults = { area: "", find: "", sort: "register", order: "ascending", map: "tiles", language: "" };

function read() {
  const query = new URLSearchParams(location.search);
  const address = { area: "" };
  for (const key of Object.keys(defaults)) {
    address[key] = query.get(key) ?? defaults[key];
  }
  address.area = location.pathname.startsWith("/a/") ? decodeURIComponent(location.pathname.slice(3)) : "";
  return address;
}

function write(address) {
  const query = new URLSearchParams();
  for (const key of Object.keys(defaults)) {
    if (key !== "area" && address[key] !== defaults[key]) {
      query.set(key, address[key]);
    }
  }
  const path = address.area ? `/a/${encodeURIComponent(address.area)}` : location.pathname.startsWith("/a/") ? "/" : location.pathname;
  return query.toString() ? `${path}?${query}` : path;
}

export const Address = createContext(null);

export function useAddress() {
  return useContext(Address);
}

// { address, change(changes), go(area), hasGone }: a change takes the place of the page in the browser's history, going adds
// to it. Whoever has gone somewhere expects the focus there.
export function useLocation() {
  const [address, setAddress] = useState(read);
  const hasGone = useRef(false);
  useEffect(() => {
    const follow = () => setAddress(read());
    window.addEventListener("popstate", follow);
    return () => window.removeEventListener("popstate", follow);
  }, []);
  return {
    address,
    hasGone,
    change(changes) {
      history.replaceState(null, "", write({ ...address, ...changes }));
      setAddress(read());
    },
    go(area) {
      history.pushState(null, "", hrefOf(area, address.language));
      setAddress(read());
      window.scrollTo(0, 0);
      hasGone.current = true;
    },
  };
}

function hrefOf(area, language) {
  return write({ ...defaults, language, area });
}

// A link to an area, to the nation where it has none. In the frame of another site it opens a window of its own.
export function AreaLink({ area, children, ...more }) {
  const { address, go, isEmbedded } = useAddress();
  if (isEmbedded) {
    return (
      <a href={hrefOf(area, address.language)} target="_blank" rel="noreferrer" {...more}>
        {children}
      </a>
    );
  }
  const follow = (event) => {
    if (event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey) {
      event.preventDefault();
      go(area);
    }
  };
  return (
    <a href={hrefOf(area, address.language)} onClick={follow} {...more}>
      {children}
    </a>
  );
}
