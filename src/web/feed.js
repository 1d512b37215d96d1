// Where the pages have their figures from: a document of the server, kept current. It is asked for every two seconds by
// its ETag. Where a stream of events works, that says what has changed instead, and the document is asked for only after some
// quiet seconds: what it knows that the stream has not told shows that the stream does not work.
import { useEffect, useState } from "preact/hooks";

const POLL_MS = 2000;
const POLL_QUIET_MS = 7000; // while a stream works, after so long without an event
const LOST_MS = 10000; // after so long without an answer the connection counts as lost
const OLD_MS = 30000; // figures that are so old while the server answers are not current
const STREAM_AGAIN_MS = 60000;

const nothing = { document: null, isUnknown: false, isLost: false, isOld: false, generatedAt: 0 };

// Calls tell({ document, isUnknown, isLost, isOld, generatedAt }) whenever one of these has changed. `generatedAt` is when the
// document was made, by this device's clock: clocks of visitors are often wrong. `stream` is the path of the document's
// events; without one it is only asked for. `state` is what was told before, if anything. Returns what ends it.
export function follow(path, stream, tell, state = nothing) {
  let etag = null;
  let heardAt = Date.now();
  let streamWorks = false;
  let aheadMs = 0; // how far the server's clock is ahead of ours
  let pollTimer;
  let isEnded = false;

  const generatedAt = (document) => Math.min(Date.now(), Date.parse(document.generated_at) - aheadMs);

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
    const timer = setTimeout(() => patience.abort(), LOST_MS);
    try {
      const response = await fetch(path, {
        cache: "no-store",
        headers: etag ? { "If-None-Match": etag } : {},
        signal: patience.signal,
      });
      if (response.status === 200) {
        const document = await response.json();
        aheadMs = Date.parse(response.headers.get("Date")) - Date.now();
        etag = response.headers.get("ETag");
        streamWorks = streamWorks && document.revision === state.document?.revision;
        hear({ document, isUnknown: false, generatedAt: generatedAt(document) });
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
      clearTimeout(pollTimer);
      pollTimer = setTimeout(poll, streamWorks ? POLL_QUIET_MS : POLL_MS);
    }
  }

  // An event is the document; of the nation's with those provinces alone that have changed.
  function takeEvent(event) {
    const news = JSON.parse(event.data);
    if (news.provinces && state.document) {
      const changed = new Map(news.provinces.map((province) => [province.code, province]));
      news.provinces = state.document.provinces.map((province) => changed.get(province.code) ?? province);
    }
    streamWorks = true;
    etag = null;
    hear({ document: news, isUnknown: false, generatedAt: generatedAt(news) });
    clearTimeout(pollTimer);
    pollTimer = setTimeout(poll, POLL_QUIET_MS);
  }

  const watch = setInterval(() => change({ isLost: Date.now() - heardAt > LOST_MS }), 1000);
  const closeStream = stream ? openStream(stream, takeEvent, () => (streamWorks = false)) : () => {};
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
function openStream(path, take, fail) {
  let source;
  let timer;
  function open() {
    source = new EventSource(path);
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
export function useFeed(path, stream) {
  const [told, setTold] = useState({ path: null, state: nothing });
  const state = told.path === path ? told.state : nothing;
  useEffect(() => (path ? follow(path, stream, (next) => setTold({ path, state: next }), state) : undefined), [path, stream]);
  return state;
}
