// A document of the server that is not followed but fetched: once, or again every so often.
import { useEffect, useState } from "preact/hooks";

const AGAIN_MS = 5000; // after the server could not be asked

const nothing = { path: null, document: null, isUnknown: false, isLost: false };

// { document, isUnknown, isLost }. It is asked for until it is there; what was there before stays meanwhile.
export function useDocument(path, renewMs = 0) {
  const [told, setTold] = useState(nothing);
  useEffect(() => {
    const end = new AbortController();
    let timer;
    async function ask() {
      const response = await fetch(path, { signal: end.signal }).catch(() => null);
      const document = response?.ok ? await response.json().catch(() => null) : null;
      if (end.signal.aborted) {
        return;
      }
      const isUnknown = response?.status === 404;
      setTold((before) => ({
        path,
        document: document ?? (before.path === path ? before.document : null),
        isUnknown,
        isLost: !document && !isUnknown,
      }));
      const againMs = document ? renewMs : AGAIN_MS;
      if (againMs > 0 && !isUnknown) {
        timer = setTimeout(ask, againMs);
      }
    }
    if (path) {
      ask();
    }
    return () => {
      end.abort();
      clearTimeout(timer);
    };
  }, [path]);
  return told.path === path ? told : nothing;
}
