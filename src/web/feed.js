// Where the pages have their figures from: a document of the server, kept current. It is asked for every two seconds by
// its ETag. Where /v1/events works it says what has changed instead, and is then asked for only after ten quiet seconds.
import { useEffect, useState } from "preact/hooks";

const POLL_MS = 2000;
const QUIET_MS = 10000; // after so long without an answer the connection counts as lost
const OLD_MS = 30000; // figures that are so old while the server answers are not current
const STREAM_AGAIN_MS = 60000;

const nothing = { document: null, isUnknown: false, isLost: false, isOld: false, generatedAt: 0 };

// Calls tell({ document, isUnknown, isLost, isOld, generatedAt }) whenever one of these has changed. `generatedAt` is
// when the document was made, by this device's clock: clocks of visitors are often wrong. Returns what ends it.
export function follow(path, tell) {
  let state = nothing;
  let etag = null;
  let heardAt = Date.now();
  let streamWorks = false;
  let pollTimer;
  let isEnded = false;

  function change(changes) {
    if (!isEnded && Object.keys(changes).some((key) => state[key] !== changes[key])) {
      state = { ...state, ...changes };
      tell(state);
    }
  }

  function hear(changes) {
    heardAt = Date.now();
    const next = { ...state, ...changes };
    const isLive = !next.document || (next.document.publication ?? "live") === "live";
    change({ ...changes, isLost: false, isOld: isLive && next.document !== null && heardAt - next.generatedAt > OLD_MS });
  }

  async function poll() {
    clearTimeout(pollTimer);
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(), QUIET_MS);
    try {
      const response = await fetch(path, {
        cache: "no-store",
        headers: etag ? { "If-None-Match": etag } : {},
        signal: patience.signal,
      });
      if (response.status === 200) {
        const document = await response.json();
        const now = Date.parse(response.headers.get("Date"));
        etag = response.headers.get("ETag");
        streamWorks = streamWorks && document.revision === state.document?.revision;
        hear({ document, isUnknown: false, generatedAt: Date.now() - Math.max(0, now - Date.parse(document.generated_at)) });
      } else if (response.status === 304) {
        hear({});
      } else if (response.status === 404) {
        hear({ isUnknown: true });
      }
    } catch {
      // The watch below notices when it goes on.
    }
    clearTimeout(timer);
    if (!isEnded) {
      pollTimer = setTimeout(poll, streamWorks ? QUIET_MS : POLL_MS);
    }
  }

  // An event has the nation and the provinces that have changed.
  function takeEvent(event) {
    const news = JSON.parse(event.data);
    if (!state.document || news.revision < state.document.revision) {
      return;
    }
    streamWorks = true;
    etag = null;
    const changed = new Map((news.provinces ?? []).map((province) => [province.code, province]));
    const provinces = state.document.provinces.map((province) => changed.get(province.code) ?? province);
    hear({ document: { ...state.document, ...news, provinces }, generatedAt: Date.now() });
    clearTimeout(pollTimer);
    pollTimer = setTimeout(poll, QUIET_MS);
  }

  const watch = setInterval(() => change({ isLost: Date.now() - heardAt > QUIET_MS }), 1000);
  const closeStream = path === "/v1/turnout" ? openStream(takeEvent, () => (streamWorks = false)) : () => {};
  window.addEventListener("online", poll);
  poll();

  return () => {
    isEnded = true;
    clearInterval(watch);
    clearTimeout(pollTimer);
    closeStream();
    window.removeEventListener("online", poll);
  };
}

// Opened again by the browser where the line was lost, and by us where the server or a proxy has refused it.
function openStream(take, fail) {
  let source;
  let timer;
  function open() {
    source = new EventSource("/v1/events");
    source.addEventListener("turnout", take);
    source.onerror = () => {
      fail();
      if (source.readyState === EventSource.CLOSED) {
        timer = setTimeout(open, STREAM_AGAIN_MS);
      }
    };
  }
  open();
  return () => {
    clearTimeout(timer);
    source.close();
  };
}

// The same for a component. Without a path there is nothing.
export function useFeed(path) {
  const [state, setState] = useState(nothing);
  useEffect(() => {
    setState(nothing);
    return path ? follow(path, setState) : undefined;
  }, [path]);
  return state;
}
