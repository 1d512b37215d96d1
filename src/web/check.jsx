// `/check`: the visitor's own browser fetches a bulletin's files and checks hashes, sums and signature (check/run.js), and shows
// the way from one unit up to the nation. What is asked for stands in the address.
import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { useLocation } from "./address.jsx";
import { Check } from "./check/run.js";
import { Steps } from "./check/steps.jsx";
import { useDocument } from "./document.js";
import { useLanguage } from "./language.jsx";
import { Frame } from "./parts/frame.jsx";
import { applyTheme, currentTheme } from "./preferences.js";

const fields = { bulletin: "", from: "", key: "", unit: "", receipt: "", every: "", language: "" };

// What stands before /v1/bulletins at the place that the visitor names; null where it is no address.
function sourceOf(from) {
  if (from === "") {
    return "";
  }
  try {
    const { protocol, origin, pathname } = new URL(from);
    return ["http:", "https:"].includes(protocol) ? (origin + pathname).replace(/\/+$/, "") : null;
  } catch {
    return null;
  }
}

// What the check is to do; null where the address does not say it well.
function wantedOf({ bulletin, from, key, unit, receipt, every }) {
  const address = sourceOf(from);
  if (!/^[1-9]\d{0,9}$/.test(bulletin) || address === null) {
    return null;
  }
  return { number: Number(bulletin), address, key, unit, receipt, everyCommune: every !== "" };
}

function Field({ name, title, help, fault, ...more }) {
  return (
    <p>
      <label for={name}>{title}</label>
      <input id={name} name={name} type="text" autocomplete="off" spellcheck={false} aria-describedby={help && `${name}-help`} aria-invalid={Boolean(fault)} {...more} />
      {help && (
        <span class="small soft" id={`${name}-help`}>
          {help}
        </span>
      )}
      {fault && (
        <span class="error" role="alert">
          {fault}
        </span>
      )}
    </p>
  );
}

function Form({ address, newest, start }) {
  const { say } = useLanguage();
  const isNumberWrong = address.bulletin !== "" && !/^[1-9]\d{0,9}$/.test(address.bulletin);
  const isElsewhere = address.from !== "" || address.key !== "";
  function submit(event) {
    event.preventDefault();
    const entries = [...new FormData(event.currentTarget)].map(([name, value]) => [name, value.trim()]);
    start({ every: "", ...Object.fromEntries(entries) });
  }
  return (
    <form class="check-form" onSubmit={submit}>
      <Field
        name="bulletin"
        title={say("check.number")}
        inputMode="numeric"
        defaultValue={address.bulletin || newest}
        required
        fault={isNumberWrong && say("check.number.wrong")}
      />
      <Field name="unit" title={say("check.unit")} help={say("check.unit.help")} defaultValue={address.unit} />
      <Field name="receipt" title={say("check.receipt")} help={say("check.receipt.help")} defaultValue={address.receipt} />
      <p class="check-form__every">
        <label>
          <input type="checkbox" name="every" value="1" defaultChecked={address.every !== ""} /> {say("check.every")}
        </label>
      </p>
      <details open={isElsewhere}>
        <summary>{say("check.sources")}</summary>
        <Field
          name="from"
          title={say("check.from")}
          help={say("check.from.help")}
          inputMode="url"
          placeholder={location.origin}
          defaultValue={address.from}
          fault={sourceOf(address.from) === null && say("check.from.wrong")}
        />
        <Field name="key" title={say("check.key")} help={say("check.key.help")} defaultValue={address.key} />
      </details>
      <p>
        <button class="button button--main" type="submit">
          {say("check.do")}
        </button>
      </p>
    </form>
  );
}

function Verdict({ check, isDone }) {
  const { say, count } = useLanguage();
  const bad = check.steps.find((step) => step.state === "bad");
  const { found: statement } = check.steps[0];
  let kind = isDone ? "good" : "running";
  let words = isDone ? say("verdict.good", count(statement?.number ?? 0), count(check.files)) : say("verdict.running");
  // Whoever has made the link may have made files and key, too.
  if (isDone && check.steps.find(({ name }) => name === "signature").found?.isOwn === false) {
    kind = "given";
    words = say("verdict.given", count(statement?.number ?? 0), count(check.files));
  }
  if (bad) {
    kind = "bad";
    words = say("verdict.bad", <a href={`#step-${bad.name}`}>{say(`step.${bad.name}`)}</a>);
  }
  return (
    <div class={`verdict verdict--${kind}`}>
      <p>
        <strong>{words}</strong> {statement?.isTest && <span class="stamp stamp--hold">{say("rehearsal")}</span>}
      </p>
    </div>
  );
}

// The check that the address asks for; begun anew with every `turn`, which the button makes. A link alone has this browser ask
// nobody but this server.
function useCheck(address, turn) {
  const [state, setState] = useState(null);
  const asked = wantedOf(address);
  const wanted = asked && asked.address !== "" && turn === 0 ? null : asked;
  const key = JSON.stringify(wanted);
  useEffect(() => {
    if (!wanted) {
      setState(null);
      return undefined;
    }
    const end = new AbortController();
    const tell = (isDone) => end.signal.aborted || setState({ check, wanted, isDone });
    const check = new Check(wanted, () => tell(false), end.signal);
    check.run().then(() => tell(true));
    return () => end.abort();
  }, [key, turn]);
  return state;
}

function Results({ check, wanted }) {
  const { say } = useLanguage();
  const isOfUnit = ({ name }) => name.startsWith("unit");
  const way = check.steps.filter(isOfUnit);
  return (
    <>
      {way.length > 0 && <Steps title={say("check.way", wanted.unit)} steps={way} wanted={wanted} />}
      <Steps title={say("check.files")} steps={check.steps.filter((step) => !isOfUnit(step))} wanted={wanted} />
    </>
  );
}

function Words({ address, newest, start, state }) {
  const { say } = useLanguage();
  return (
    <div class="check">
      <h1>{say("check.title")}</h1>
      <p class="check__lead">{say("check.lead")}</p>
      <Form address={address} newest={newest} start={start} />
      <div role="status">{state && <Verdict check={state.check} isDone={state.isDone} />}</div>
      {state && <Results check={state.check} wanted={state.wanted} />}
      <p class="check__without small soft">{say("check.without")}</p>
    </div>
  );
}

function Page() {
  const place = useLocation(fields);
  const [turn, setTurn] = useState(0);
  const { document } = useDocument("/v1/bulletins");
  const state = useCheck(place.address, turn);
  const newest = document?.bulletins[0]?.number ?? "";
  function start(asked) {
    place.change(asked);
    setTurn(turn + 1);
  }
  return (
    <Frame
      place={place}
      view="check"
      title={({ say }) => say("check.title")}
      election={document?.election}
      isTest={state?.check.steps[0].found?.isTest ?? false}
    >
      <Words address={place.address} newest={newest} start={start} state={state} />
    </Frame>
  );
}

applyTheme(currentTheme());
render(<Page />, document.body);
