// Reports that wait for a decision: what counts, what is held, what would change; released or rejected with a reason.
import { useState } from "preact/hooks";
import { useLanguage } from "../language.jsx";
import { Decide } from "./decide.jsx";
import { useAnswer } from "./desk.js";
import { Fault } from "./fault.jsx";
import { UnitLink } from "./unit.jsx";

const LISTED = 50;
const AGAIN_MS = 5000;

const reasons = { release: ["telephone", "roll", "other"], reject: ["telephone", "wrong", "other"] };

function Case({ desk, held, decided }) {
  const { say, knows, count, change, time } = useLanguage();
  const [decision, setDecision] = useState(null);
  const { answer: unit } = useAnswer(desk, `/v1/units/${held.unit}?limit=1`);
  const codes = held.flags ? held.flags.split(",") : [held.code];
  return (
    <article class={decision ? "case is-open" : "case"}>
      <h2>
        <UnitLink code={held.unit}>
          {held.name} <span class="soft">{held.unit}</span>
        </UnitLink>{" "}
        <span class="stamp stamp--hold">{say("held.since", time(held.received))}</span>
      </h2>
      <p class="case__why">
        {codes.map((code) => (knows(`code.${code}`) ? say(`code.${code}`) : code)).join(" ")}
        {held.registered !== null && unit && ` ${say("roll.from.to", count(unit.state.registered), count(held.registered))}`}
        {held.reason && ` ${say(`why.${held.reason}`)}.`}
        {held.note && ` “${held.note}”`}
      </p>
      <dl class="case__figures">
        <div>
          <dt>{say("counts.now")}</dt>
          <dd>{unit && unit.state.seq > 0 ? count(unit.state.voted) : "–"}</dd>
        </div>
        <div class="would">
          <dt>{say("is.held")}</dt>
          <dd>{count(held.voted)}</dd>
        </div>
        <div>
          <dt>{say("if.released")}</dt>
          <dd>{unit ? change(held.voted - unit.state.voted) : "–"}</dd>
        </div>
      </dl>
      {decision ? (
        <Decide
          key={decision}
          legend={say(`${decision}.legend`)}
          submit={say(`${decision}.submit`, count(held.voted))}
          choices={reasons[decision]}
          act={async (reason) => {
            await desk.ask(`/v1/held/${held.id}`, { decision, reason });
            decided();
          }}
          cancel={() => setDecision(null)}
        />
      ) : (
        desk.may("decide") && (
          <div class="case__acts">
            <button type="button" class="button" onClick={() => setDecision("release")}>
              {say("release")}
            </button>
            <button type="button" class="button" onClick={() => setDecision("reject")}>
              {say("reject")}
            </button>
          </div>
        )
      )}
    </article>
  );
}

export function Held({ desk, recount }) {
  const { say, count } = useLanguage();
  const { answer, problem, ask } = useAnswer(desk, `/v1/held?limit=${LISTED}`, AGAIN_MS);
  const decided = () => {
    ask();
    recount();
  };
  return (
    <section class="cases" aria-labelledby="held">
      <header>
        <h1 id="held">{answer ? say("held.count", count(answer.total)) : say("loading")}</h1>
        <p class="small soft">{say("held.order")}</p>
      </header>
      <Fault problem={problem} />
      {answer?.held.map((held) => (
        <Case key={held.id} desk={desk} held={held} decided={decided} />
      ))}
      {answer?.next && <p class="soft">{say("held.more", count(answer.held.length))}</p>}
    </section>
  );
}
