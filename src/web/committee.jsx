// The committee's desk, `/committee`: sign in with a token; what is held, who is silent, one unit, phase and publication.
import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Desk, useAnswer } from "./committee/desk.js";
import { Election } from "./committee/election.jsx";
import { Fault } from "./committee/fault.jsx";
import { Held } from "./committee/held.jsx";
import { Silent } from "./committee/silent.jsx";
import { UnitSearch, UnitView } from "./committee/unit.jsx";
import { Language, languageOf, useLanguage } from "./language.jsx";
import { RehearsalBand } from "./parts/bands.jsx";
import { Preferences } from "./parts/choices.jsx";
import { applyTheme, currentTheme, languageFor } from "./preferences.js";

const COUNT_MS = 5000;

// `#/held`, `#/silent/4?find=nhon`, `#/unit/0101-001`, `#/units`, `#/election`
function readAddress() {
  const [path, query] = location.hash.slice(2).split("?");
  const [view, argument] = path.split("/").map(decodeURIComponent);
  return { view: view || "held", argument, find: new URLSearchParams(query).get("find") ?? "" };
}

function useHash() {
  const [address, setAddress] = useState(readAddress);
  useEffect(() => {
    const follow = () => setAddress(readAddress());
    window.addEventListener("hashchange", follow);
    return () => window.removeEventListener("hashchange", follow);
  }, []);
  const go = (hash) => {
    if (hash.startsWith("#/silent")) {
      history.replaceState(null, "", hash);
      setAddress(readAddress());
    } else {
      location.hash = hash;
    }
  };
  return { address, go };
}

function SignIn({ signedIn }) {
  const { say } = useLanguage();
  const [token, setToken] = useState("");
  const [problem, setProblem] = useState(null);
  return (
    <form
      class="signin"
      onSubmit={async (event) => {
        event.preventDefault();
        try {
          signedIn(await Desk.open(token.trim()));
        } catch (fault) {
          setProblem(fault);
        }
      }}
    >
      <h1>{say("desk.title")}</h1>
      <p class="soft">{say("desk.who")}</p>
      <label for="token">{say("token")}</label>
      <p class="small soft" id="token-help">
        {say("token.help")}
      </p>
      <Fault problem={problem} />
      <textarea
        id="token"
        rows={3}
        spellcheck={false}
        autocapitalize="off"
        autocomplete="off"
        aria-describedby="token-help"
        aria-invalid={problem ? "true" : undefined}
        value={token}
        onInput={(event) => setToken(event.currentTarget.value)}
      />
      <button type="submit" class="button button--main">
        {say("desk.open")}
      </button>
    </form>
  );
}

function Head({ desk, isUp, leave }) {
  const { say, date, time, minute, zone } = useLanguage();
  const { election, token } = desk.about;
  return (
    <header class="masthead">
      <p class="masthead__name">
        <b>{token.area.name}</b>{" "}
        <span class="soft">
          {election.name}, {date(election.date)}
        </span>
      </p>
      <p class={isUp ? "line line--up" : "line line--down"}>{say(isUp ? "connected" : "lost")}</p>
      <p class="soft">
        {token.label} · {say(`role.${token.role}`)} ·{" "}
        {say("until", `${minute(token.until)} ${date(token.until)}, ${zone(token.until, election.timezone)}`)}{" "}
        <button type="button" class="plain" onClick={leave}>
          {say("leave")}
        </button>
      </p>
    </header>
  );
}

function Work({ desk, renew, leave }) {
  const { say, count } = useLanguage();
  const { address, go } = useHash();
  const { answer: held, problem, ask: recount } = useAnswer(desk, "/v1/held?limit=1", desk.may("decide") ? COUNT_MS : 0);
  const isNational = desk.may("admin") && desk.about.token.area.level === "nation";
  const views = [
    desk.may("decide") && ["held", say("view.held"), held && count(held.total)],
    ["silent", say("view.silent")],
    ["units", say("view.units")],
    isNational && ["election", say("view.election")],
  ].filter(Boolean);
  const view = address.view === "held" && !desk.may("decide") ? "silent" : address.view;
  const shown = {
    held: () => <Held desk={desk} recount={recount} />,
    silent: () => <Silent desk={desk} round={address.argument === undefined ? undefined : Number(address.argument)} find={address.find} go={go} />,
    units: () => <UnitSearch go={go} />,
    unit: () => <UnitView key={address.argument} desk={desk} code={address.argument} />,
    election: () => <Election key={desk.about.now} desk={desk} changed={renew} />,
  };
  useEffect(() => {
    document.title = held?.total > 0 ? `(${held.total}) ${say("desk.title")}` : say("desk.title");
  });
  return (
    <>
      <Head desk={desk} isUp={problem?.status !== 0} leave={leave} />
      <nav class="views" aria-label={say("views")}>
        <ul>
          {views.map(([name, word, number]) => (
            <li key={name}>
              <a href={`#/${name}`} aria-current={name === view || (name === "units" && view === "unit") ? "page" : undefined}>
                {word} {number && <b>{number}</b>}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <main id="main">{(shown[view] ?? shown.units)()}</main>
    </>
  );
}

function Committee({ opened }) {
  const [language, setLanguage] = useState(() => languageFor(""));
  const [desk, setDesk] = useState(opened);
  const words = languageOf(language);
  const isRehearsal = desk?.about.phase === "rehearsal";
  useEffect(() => {
    document.documentElement.lang = language;
    document.body.className = isRehearsal ? "desk is-rehearsal" : "desk";
  });
  return (
    <Language.Provider value={words}>
      <a class="skip" href="#main">
        {words.say("skip")}
      </a>
      {isRehearsal && <RehearsalBand>{words.say("rehearsal.short")}</RehearsalBand>}
      {desk ? (
        <Work
          desk={desk}
          renew={async () => setDesk(await Desk.open(desk.token))}
          leave={() => {
            desk.close();
            setDesk(null);
          }}
        />
      ) : (
        <main id="main">
          <SignIn signedIn={setDesk} />
        </main>
      )}
      <footer class="masthead foot">
        <div class="masthead__tools">
          <Preferences setLanguage={setLanguage} />
        </div>
      </footer>
    </Language.Provider>
  );
}

applyTheme(currentTheme());
Desk.reopen().then((desk) => render(<Committee opened={desk} />, document.body));
