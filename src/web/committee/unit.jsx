// One unit: what counts, what the log holds of it, newest first, and what a committee may do about it.
import { useState } from "preact/hooks";
import { useLanguage } from "../language.jsx";
import { Correct } from "./correct.jsx";
import { useAnswer } from "./desk.js";
import { Decide } from "./decide.jsx";
import { Excuse } from "./excuse.jsx";
import { Fault } from "./fault.jsx";
import { Steps } from "./steps.jsx";

const AGAIN_MS = 10000;
const LINES = 100;
const voidReasons = ["wrong-unit", "test", "other"];

function Line({ line }) {
  const { say, knows, count, change, minute } = useLanguage();
  const outcome = `outcome.${line.outcome}`;
  const before = line.voted_before ?? 0;
  const why = [line.why, line.reason && say(`why.${line.reason}`), line.note && `“${line.note}”`].filter(Boolean).join(", ");
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
        {why && `: ${why}`}
      </td>
      <td>{line.who ?? line.via ?? line.key ?? ""}</td>
    </tr>
  );
}

function History({ reports, next }) {
  const { say, count } = useLanguage();
  return (
    <>
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
            {reports.map((line, index) => (
              <Line key={index} line={line} />
            ))}
          </tbody>
        </table>
      </div>
      {next && <p class="soft small">{say("unit.more", count(reports.length))}</p>}
    </>
  );
}

// What may be done, one at a time.
function Acts({ desk, unit, done }) {
  const { say } = useLanguage();
  const [act, setAct] = useState(null);
  const end = () => {
    setAct(null);
    done();
  };
  const cancel = () => setAct(null);
  const acts = {
    correct: () => <Correct desk={desk} unit={unit} done={end} failed={done} cancel={cancel} />,
    excuse: () => <Excuse desk={desk} unit={unit} done={end} cancel={cancel} />,
    void: () => (
      <Decide
        legend={say("void.legend")}
        submit={say("void.submit")}
        choices={voidReasons}
        act={async (reason) => {
          await desk.ask(`/v1/units/${unit.unit}/void`, { reason });
          end();
        }}
        cancel={cancel}
      />
    ),
  };
  if (act) {
    return acts[act]();
  }
  const names = ["correct", "excuse", ...(unit.state.seq > 0 || unit.reports[0]?.outcome === "held" ? ["void"] : [])];
  return (
    <p class="actions-row">
      {names.map((name) => (
        <button key={name} type="button" class="button" onClick={() => setAct(name)}>
          {say(name)}
        </button>
      ))}
    </p>
  );
}

function Tally({ unit: { state } }) {
  const { say, count, percent, time } = useLanguage();
  return (
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
  );
}

function Excused({ excuse: { status, into, until, note } }) {
  const { say, minute } = useLanguage();
  return (
    status && (
      <p>
        <span class="stamp">{say(`status.${status}`, into ?? (until && minute(until)))}</span> {note}
      </p>
    )
  );
}

// `isBeside`: it stands beside what it explains, which says the figures.
export function UnitView({ desk, code, isBeside }) {
  const { say } = useLanguage();
  const { answer: unit, problem, ask } = useAnswer(desk, `/v1/units/${code}?limit=${LINES}`, AGAIN_MS);
  const Title = isBeside ? "h2" : "h1";
  if (!unit) {
    return (
      <section>
        <Title>{problem ? say("unit.code.title", code) : say("loading")}</Title>
        <Fault problem={problem} />
      </section>
    );
  }
  return (
    <section class="history" aria-labelledby="unit">
      <header>
        <Title id="unit">
          {unit.name} <span class="soft">{say("unit", unit.commune_name, unit.unit)}</span>
        </Title>
        {unit.contact && (
          <p>
            <a class="button" href={`tel:${unit.contact.replace(/[^+\d]/g, "")}`}>
              {say("call", unit.contact)}
            </a>
          </p>
        )}
      </header>
      <Fault problem={problem} />
      {!isBeside && <Tally unit={unit} />}
      <Excused excuse={unit.excuse} />
      <Steps unit={unit} rounds={desk.about.election.rounds} />
      <History reports={unit.reports} next={unit.next} />
      {desk.may("decide") && <Acts desk={desk} unit={unit} done={ask} />}
    </section>
  );
}
