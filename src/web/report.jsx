// The unit's form, `/report`: sign in with the key card, enter the figure twice, send it, see what became of it.
import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Language, languageOf, useLanguage } from "./language.jsx";
import { RehearsalBand } from "./parts/bands.jsx";
import { Preferences } from "./parts/choices.jsx";
import { usePage } from "./page_state.js";
import { applyTheme, currentTheme, languageFor } from "./preferences.js";
import { Counter } from "./report/counter.jsx";
import { Entry } from "./report/entry.jsx";
import { Review } from "./report/review.jsx";
import { SignIn } from "./report/sign_in.jsx";
import { Status } from "./report/status.jsx";
import { Unit } from "./report/unit.js";

function useOnline() {
  const [isOnline, setOnline] = useState(navigator.onLine);
  useEffect(() => {
    const look = () => setOnline(navigator.onLine);
    window.addEventListener("online", look);
    window.addEventListener("offline", look);
    return () => {
      window.removeEventListener("online", look);
      window.removeEventListener("offline", look);
    };
  }, []);
  return isOnline;
}

function Head({ about }) {
  const { say } = useLanguage();
  const isOnline = useOnline();
  return (
    <header class="masthead">
      <p class="masthead__name">
        <b>{about ? about.name : say("report.title")}</b>
        {about && (
          <>
            <br />
            <span class="soft">{say("unit", about.commune_name, about.unit)}</span>
          </>
        )}
      </p>
      <p class={isOnline ? "line line--up" : "line line--down"}>{say(isOnline ? "online" : "offline")}</p>
    </header>
  );
}

function Foot({ setLanguage, unit, leave }) {
  const { say } = useLanguage();
  const [isRefused, setRefused] = useState(false);
  const isWaiting = unit?.state.reports.some(({ status }) => status === "unsent" || status === "sent");
  return (
    <footer class="hall__foot">
      <Preferences setLanguage={setLanguage} />
      {unit && (
        <button type="button" class="plain" onClick={() => (isWaiting ? setRefused(true) : leave())}>
          {say("sign.out")}
        </button>
      )}
      {isRefused && (
        <p class="error" role="alert">
          {say("sign.out.unsent")}
        </p>
      )}
    </footer>
  );
}

// Where one is: entering (a figure may be there already), counting, reviewing a figure, or looking at what became of it.
function Work({ unit }) {
  const { state } = unit;
  const [place, setPlace] = useState({ name: state.reports.some(({ status }) => status !== "counted") ? "status" : "entry" });
  const enter = (voted) => setPlace({ name: "entry", voted });
  const places = {
    entry: () => (
      <Entry
        key={place.voted}
        unit={state}
        initial={place.voted}
        next={(voted) => setPlace({ name: "review", voted })}
        startCounting={() => setPlace({ name: "counter" })}
        look={state.reports.length > 0 ? () => setPlace({ name: "status" }) : null}
      />
    ),
    counter: () => <Counter unit={unit} use={enter} enter={() => enter()} />,
    review: () => (
      <Review
        unit={unit}
        voted={place.voted}
        amend={() => enter()}
        send={async (report) => {
          await unit.add(report);
          setPlace({ name: "status" });
        }}
      />
    ),
    status: () => <Status unit={unit} done={() => enter()} />,
  };
  return places[place.name]();
}

function Report({ loaded }) {
  const [language, setLanguage] = useState(() => languageFor(""));
  const [unit, setUnit] = useState(loaded);
  const [, setState] = useState(unit?.state);
  const isRehearsal = unit?.state.phase === "rehearsal";
  const words = languageOf(language);
  useEffect(() => unit?.start(setState), [unit]);
  usePage({ language, title: words.say("report.title"), classes: ["hall", isRehearsal && "is-rehearsal"] });
  return (
    <Language.Provider value={words}>
      {isRehearsal && <RehearsalBand>{words.say("rehearsal.short")}</RehearsalBand>}
      <Head about={unit?.state.about} />
      <main id="main">{unit ? <Work unit={unit} /> : <SignIn signedIn={setUnit} />}</main>
      <Foot
        setLanguage={setLanguage}
        unit={unit}
        leave={async () => {
          await unit.signOut();
          setUnit(undefined);
        }}
      />
    </Language.Provider>
  );
}

applyTheme(currentTheme());
navigator.serviceWorker?.register("/report-worker.js");
Unit.load().then((unit) => render(<Report loaded={unit} />, document.body));
