// One unit: what counts, and what the log holds of it, newest first.
import { useState } from "preact/hooks";
import { useLanguage } from "../language.jsx";
import { useAnswer } from "./desk.js";
import { Decide } from "./decide.jsx";
import { Fault } from "./fault.jsx";

const AGAIN_MS = 10000;
const voidReasons = ["wrong-unit", "test", "other"];

export function UnitLink({ code, children }) {
  return <a href={`#/unit/${code}`}>{children}</a>;
}

// Asks for a unit by its code.
export function UnitSearch({ go }) {
  const { say } = useLanguage();
  const [code, setCode] = useState("");
  return (
    <section aria-labelledby="units">
      <h1 id="units">{say("unit.find")}</h1>
      <form
        class="find find--unit"
        onSubmit={(event) => {
          event.preventDefault();
          if (code.trim() !== "") {
            go(`#/unit/${encodeURIComponent(code.trim())}`);
          }
        }}
      >
        <label for="code">{say("unit.code")}</label>
        <input id="code" type="search" autocomplete="off" value={code} onInput={(event) => setCode(event.currentTarget.value)} />
        <button class="button" type="submit">
          {say("card.open")}
        </button>
      </form>
    </section>
  );
}

function Line({ line }) {
  const { say, knows, count, change, minute } = useLanguage();
  const outcome = `outcome.${line.outcome}`;
  const before = line.voted_before ?? 0;
  return (
    <tr>
      <td class="num">{line.seq > 0 ? count(line.seq) : "–"}</td>
      <td>{line.as_of ? minute(line.as_of) : "–"}</td>
      <td>{line.received.slice(11, 19)}</td>
      <td class="num">
        <b>{count(line.voted)}</b>
      </td>
      <td class="num">{change(line.voted - before)}</td>
      <td>
        {line.outcome === "held" ? <span class="stamp stamp--hold">{say("state.held")}</span> : knows(outcome) ? say(outcome) : line.outcome}
        {line.flags && ` (${line.flags.split(",").map((code) => (knows(`code.${code}`) ? say(`code.${code}`) : code)).join(" ")})`}
        {line.why && `: ${line.why}`}
      </td>
      <td>{line.who ?? line.via ?? line.key ?? ""}</td>
    </tr>
  );
}

// Takes all that the unit has sent out of the count.
function Void({ desk, code, done }) {
  const { say } = useLanguage();
  const [isOpen, setOpen] = useState(false);
  if (!isOpen) {
    return (
      <p class="actions-row">
        <button type="button" class="button" onClick={() => setOpen(true)}>
          {say("void")}
        </button>
      </p>
    );
  }
  return (
    <Decide
      legend={say("void.legend")}
      submit={say("void.submit")}
      choices={voidReasons}
      act={async (reason) => {
        await desk.ask(`/v1/units/${code}/void`, { reason });
        setOpen(false);
        done();
      }}
      cancel={() => setOpen(false)}
    />
  );
}

export function UnitView({ desk, code }) {
  const { say, count, percent, time } = useLanguage();
  const { answer: unit, problem, ask } = useAnswer(desk, `/v1/units/${code}`, AGAIN_MS);
  if (!unit) {
    return (
      <section>
        <h1>{problem ? say("unit.code.title", code) : say("loading")}</h1>
        <Fault problem={problem} />
      </section>
    );
  }
  const { state } = unit;
  return (
    <section class="history" aria-labelledby="unit">
      <header>
        <h1 id="unit">
          {unit.name} <span class="soft">{say("unit", unit.commune_name, unit.unit)}</span>
        </h1>
        {unit.contact && (
          <p>
            <a class="button" href={`tel:${unit.contact.replace(/[^+\d]/g, "")}`}>
              {say("call", unit.contact)}
            </a>
          </p>
        )}
      </header>
      <dl class="tally">
        <div class="first">
          <dt>{state.seq > 0 ? say("stands", time(state.as_of)) : say("stands.none")}</dt>
          <dd>{state.seq > 0 ? count(state.voted) : "–"}</dd>
        </div>
        <div>
          <dt>{say("roll")}</dt>
          <dd>{count(state.registered)}</dd>
        </div>
        {state.seq > 0 && state.registered > 0 && (
          <div>
            <dt>{say("of.roll")}</dt>
            <dd>{percent(Math.floor((10000 * state.voted) / state.registered) / 100)}</dd>
          </div>
        )}
        {state.receipt && (
          <div>
            <dt>{say("receipt.column")}</dt>
            <dd>{state.receipt}</dd>
          </div>
        )}
      </dl>
      <div class="scroll" tabIndex={0} role="region" aria-label={say("unit.reports")}>
        <table class="data">
          <thead>
            <tr>
              {["number", "as.of", "received", "voted", "added", "outcome", "by"].map((key) => (
                <th key={key} scope="col" class={["number", "voted", "added"].includes(key) ? "num" : ""}>
                  {say(key === "as.of" || key === "voted" ? key : `column.${key}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {unit.reports.map((line, index) => (
              <Line key={index} line={line} />
            ))}
          </tbody>
        </table>
      </div>
      {state.seq > 0 && desk.may("decide") && <Void desk={desk} code={code} done={ask} />}
    </section>
  );
}
