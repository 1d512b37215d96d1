// The address of the page says all that it shows: the area in the path; language, search and order behind it.
import { createContext } from "preact";
import { useContext, useEffect, useRef, useState } from "preact/hooks";

// What the live picture's address says, and what it means where it says nothing.
const picture = { find: "", sort: "register", order: "ascending", map: "tiles", beside: "", language: "" };

function areaOf(path) {
  return path.startsWith("/a/") ? decodeURIComponent(path.slice(3)) : "";
}

function read(defaults) {
  const query = new URLSearchParams(location.search);
  const said = Object.keys(defaults).map((key) => [key, query.get(key) ?? defaults[key]]);
  return { ...Object.fromEntries(said), area: areaOf(location.pathname) };
}

function queryOf(address, defaults) {
  const said = Object.keys(defaults).filter((key) => address[key] !== defaults[key]);
  const query = new URLSearchParams(said.map((key) => [key, address[key]])).toString();
  return query && `?${query}`;
}

export const Address = createContext(null);

export function useAddress() {
  return useContext(Address);
}

// { address, change(changes), go(area), hasGone }: a change takes the place of the page in the browser's history, going adds
// to it. Whoever has gone somewhere expects the focus there. `defaults` are the fields of the page's address.
export function useLocation(defaults = picture) {
  const [address, setAddress] = useState(() => read(defaults));
  const hasGone = useRef(false);
  useEffect(() => {
    const follow = () => setAddress(read(defaults));
    window.addEventListener("popstate", follow);
    return () => window.removeEventListener("popstate", follow);
  }, []);
  return {
    address,
    hasGone,
    change(changes) {
      history.replaceState(null, "", location.pathname + queryOf({ ...address, ...changes }, defaults));
      setAddress(read(defaults));
    },
    go(area) {
      history.pushState(null, "", hrefOf(area, address.language));
      setAddress(read(defaults));
      window.scrollTo(0, 0);
      hasGone.current = true;
    },
  };
}

function hrefOf(area, language) {
  return (area ? `/a/${encodeURIComponent(area)}` : "/") + pageQuery(language);
}

// What a link to another page takes along.
export function pageQuery(language) {
  return language && `?language=${language}`;
}

// A link to an area, to the nation where it has none. In the frame of another site it opens a window of its own.
export function AreaLink({ area, children, ...more }) {
  const { address, go, isEmbedded } = useAddress();
  if (!go) {
    const window = isEmbedded ? { target: "_blank", rel: "noreferrer" } : {};
    return (
      <a href={hrefOf(area, address.language)} {...window} {...more}>
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
