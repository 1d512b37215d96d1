// The committee's desk, `/committee`: sign in with a token; the round board, lists of units, one unit, the ledger, phase and
// publication.
import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { useAddress } from "./committee/address.js";
import { Board } from "./committee/board.jsx";
import { Desk, useAnswer } from "./committee/desk.js";
import { Election } from "./committee/election.jsx";
import { Held } from "./committee/held.jsx";
import { Ledger } from "./committee/ledger.jsx";
import { PlainList, Silent, Units } from "./committee/lists.jsx";
import { SignIn } from "./committee/sign_in.jsx";
import { UnitView } from "./committee/unit.jsx";
import { Language, languageOf, useLanguage } from "./language.jsx";
import { RehearsalBand } from "./parts/bands.jsx";
import { Preferences } from "./parts/choices.jsx";
import { usePage } from "./page_state.js";
import { applyTheme, currentTheme, languageFor } from "./preferences.js";

const COUNT_MS = 5000;
const COUNT_MORE_MS = 15000;

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

// What waits in the lists, shown beside their names; and what the server says of the election now.
function useCounts(desk, change) {
  const area = `/v1/areas/${desk.about.token.area.code}`;
  const held = useAnswer(desk, desk.may("decide") && "/v1/held?limit=1", COUNT_MS);
  const flagged = useAnswer(desk, `${area}/flagged?limit=1`, COUNT_MORE_MS);
  const refused = useAnswer(desk, `${area}/refused?limit=1`, COUNT_MORE_MS);
  const about = useAnswer(desk, "/v1/desk", COUNT_MORE_MS);
  useEffect(() => about.answer && change(about.answer), [about.answer]);
  return { held, flagged, refused, isUp: about.problem?.status !== 0 };
}

function Work({ desk, change, leave }) {
  const { language, say, count } = useLanguage();
  const address = useAddress();
  const counts = useCounts(desk, change);
  const isNational = desk.may("admin") && desk.about.token.area.level === "nation";
  const shown = {
    board: desk.about.election.rounds.length > 0 && (() => <Board desk={desk} address={address} />),
    silent: () => <Silent desk={desk} address={address} />,
    held: desk.may("decide") && (() => <Held desk={desk} address={address} recount={counts.held.ask} />),
    flagged: () => <PlainList key="flagged" desk={desk} address={address} view="flagged" />,
    refused: () => <PlainList key="refused" desk={desk} address={address} view="refused" />,
    owing: () => <PlainList key="owing" desk={desk} address={address} view="owing" />,
    units: () => <Units desk={desk} address={address} />,
    ledger: () => <Ledger desk={desk} address={address} />,
    election: isNational && (() => <Election desk={desk} change={change} />),
  };
  const views = Object.keys(shown).filter((view) => shown[view]);
  const view = address.view === "unit" ? "units" : views.includes(address.view) ? address.view : views[0];
  const waiting = counts.held.answer?.total ?? 0;
  usePage({ language, title: waiting > 0 ? `(${waiting}) ${say("desk.title")}` : say("desk.title") });
  return (
    <>
      <Head desk={desk} isUp={counts.isUp} leave={leave} />
      <nav class="views" aria-label={say("views")}>
        <ul>
          {views.map((name) => (
            <li key={name}>
              <a href={`#/${name}`} aria-current={name === view ? "page" : undefined}>
                {say(`view.${name}`)} {counts[name]?.answer?.total > 0 && <b>{count(counts[name].answer.total)}</b>}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <main id="main">
        {desk.about.phase_warning && (
          <p class="error" role="alert">
            {say(`phase.warning.${desk.about.phase}`)}
          </p>
        )}
        {address.view === "unit" ? <UnitView key={address.argument} desk={desk} code={address.argument} /> : shown[view]()}
      </main>
    </>
  );
}

function Committee({ opened }) {
  const [language, setLanguage] = useState(() => languageFor(""));
  const [desk, setDesk] = useState(opened);
  const words = languageOf(language);
  const isRehearsal = desk?.about.phase === "rehearsal";
  usePage({ language, classes: ["desk", isRehearsal && "is-rehearsal"] });
  return (
    <Language.Provider value={words}>
      <a class="skip" href="#main">
        {words.say("skip")}
      </a>
      {isRehearsal && <RehearsalBand>{words.say("rehearsal.short")}</RehearsalBand>}
      {desk ? (
        <Work
          desk={desk}
          change={(changes) => setDesk((old) => old?.with(changes))}
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
