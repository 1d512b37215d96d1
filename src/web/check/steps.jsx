// The steps of a check: of each whether it holds, by shape and word, what was checked, and what is wrong.
import { useLanguage } from "../language.jsx";
import { Bar } from "../parts/bar.jsx";
import { useDocument } from "../document.js";

// Solid: it holds. Half: it goes on. Crossed: it does not. Hatched: nothing to be seen. Hollow: nothing yet.
function Mark({ state }) {
  return (
    <svg class={`mark mark--${state}`} viewBox="0 0 20 20" aria-hidden="true">
      <circle cx="10" cy="10" r="8" />
      {state === "good" && <path d="M5.5 10.5l3 3 6-7" />}
      {state === "bad" && <path d="M6 6l8 8M14 6l-8 8" />}
      {state === "running" && <path d="M10 2a8 8 0 0 0 0 16z" />}
      {state === "unseen" && <path d="M4 12l8-8M6.5 15.5l9-9" />}
    </svg>
  );
}

// What a sentence names: hashes and files as they are written, counts as people write them.
function useShown() {
  const { count } = useLanguage();
  return (value) => (typeof value === "number" ? count(value) : <code key={value}>{value}</code>);
}

// The name of an area, which the files of a bulletin do not have; its code where the server does not say.
function AreaName({ code }) {
  const { name } = useLanguage();
  const { document } = useDocument(`/v1/areas/${encodeURIComponent(code)}`);
  return document ? `${name(document.area)} (${code})` : code;
}

// What was checked, by the name of the step.
function Checked({ step: { name, found }, wanted }) {
  const { say, count, time, date, zone } = useLanguage();
  const shown = useShown();
  const link = ({ file, above, area }) => say("good.link", shown(file), shown(above), count(area.children.length), count(area.own.voted), count(area.own.registered));
  const words = {
    statement: () => [say("good.statement", count(found.number), found.label, time(found.time), date(found.time), zone(found.time)), " SHA-256: ", shown(found.sha256)],
    signature: () => [say("good.signature", shown(found.key)), " ", say(wanted.key ? "key.given" : "key.here")],
    previous: () => (found.before === 0 ? say("good.first") : say("good.previous", count(found.before))),
    nation: () => link(found),
    provinces: () => say("good.areas", count(found.length)),
    communes: () => say("good.areas", count(found.length)),
    unit: () => {
      const { line, commune } = found;
      const facts = say("good.unit", shown(commune.file), count(line.voted), count(line.registered), count(Number(line.seq)), time(line.asOf));
      return [facts, " ", wanted.receipt ? say("good.receipt", shown(line.receipt)) : say("receipt.is", shown(line.receipt))];
    },
    "unit.commune": () => link(found),
    "unit.province": () => link(found),
    "unit.nation": () => [link(found), " ", say("good.signed")],
  };
  return <p>{words[name]()}</p>;
}

function Title({ step: { name, found } }) {
  const { say } = useLanguage();
  const code = name.startsWith("unit.") && found ? found.area.own.code : null;
  return code ? [say(`step.${name}`), ": ", <AreaName key={code} code={code} />] : say(`step.${name}`);
}

// How many have voted there, on the way from a unit up; of a file that is not the named one no figure is shown.
function figureOf({ name, state, found }) {
  if (state !== "good" || !name.startsWith("unit")) {
    return null;
  }
  return name === "unit" ? found.line.voted : found.area.own.voted;
}

function Step({ step, wanted }) {
  const { say, count } = useLanguage();
  const shown = useShown();
  const { name, state, fault, done, total } = step;
  const figure = figureOf(step);
  return (
    <li class={`step step--${state}`} id={`step-${name}`}>
      <Mark state={state} />
      <h3>
        <Title step={step} /> <span class="step__state">{say(`step.is.${state}`)}</span>
      </h3>
      {figure !== null && <p class="step__figure num">{count(figure)}</p>}
      <div class="step__what">
        {state === "running" && total > 0 && (
          <>
            <p>
              {count(done)} / {count(total)}
            </p>
            <Bar percent={(100 * done) / total} />
          </>
        )}
        {state === "good" && <Checked step={step} wanted={wanted} />}
        {fault && <p class="step__fault">{say(fault.key, ...fault.values.map(shown))}</p>}
      </div>
    </li>
  );
}

export function Steps({ title, steps, wanted }) {
  return (
    <section class="steps">
      <h2>{title}</h2>
      <ol>
        {steps.map((step) => (
          <Step key={step.name} step={step} wanted={wanted} />
        ))}
      </ol>
    </section>
  );
}
