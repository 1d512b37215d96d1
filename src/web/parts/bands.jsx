// What is said of every figure below: that it is a rehearsal, that it is old.
import { useEffect, useState } from "preact/hooks";
import { useLanguage } from "../language.jsx";

const TICK_MS = 5000;

function useNow() {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  return now;
}

function OldFigures({ feed }) {
  const { say, time, age } = useLanguage();
  const now = useNow();
  const words = [time(feed.document.generated_at), age(now - feed.generatedAt)];
  return (
    <aside class="band band--lost" aria-label={say(feed.isLost ? "lost" : "old")}>
      <p>
        {feed.isLost && <strong>{say("lost")}. </strong>}
        {feed.isLost ? say("lost.band", ...words) : say("old.band", ...words)}
      </p>
    </aside>
  );
}

export function RehearsalBand({ children }) {
  const { say } = useLanguage();
  return (
    <aside class="band band--rehearsal" aria-label={say("rehearsal")}>
      <p>
        <span>
          <strong>{say("rehearsal")}.</strong> {children}
        </span>
      </p>
    </aside>
  );
}

export function Bands({ feed }) {
  const { say } = useLanguage();
  return (
    <>
      {feed.document.test && <RehearsalBand>{say("rehearsal.band")}</RehearsalBand>}
      {(feed.isLost || feed.isOld) && <OldFigures feed={feed} />}
    </>
  );
}
