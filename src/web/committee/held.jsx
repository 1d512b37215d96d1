// Reports that wait for a decision: what counts, what is held, what would change; released or rejected with a reason.
import { useState } from "preact/hooks";
import { fold, useLanguage } from "../language.jsx";
import { Decide } from "./decide.jsx";
import { useAnswer } from "./desk.js";
import { Fault } from "./fault.jsx";
import { UnitView } from "./unit.jsx";
import { UnitLink } from "./unit_list.jsx";

const LISTED = 50;
const AGAIN_MS = 5000;

const reasons = { release: ["telephone", "roll", "other"], reject: ["telephone", "wrong", "other"] };

function Case({ desk, held, isOpen, open, decided }) {
  const { say, knows, count, change, time } = useLanguage();
  const [decision, setDecision] = useState(null);
  const { answer: unit } = useAnswer(desk, `/v1/units/${held.unit}?limit=1`);
  const begin = (what) => {
    setDecision(what);
    open();
  };
  const codes = held.flags ? held.flags.split(",") : [held.code];
  return (
    <article class={isOpen ? "case is-open" : "case"}>
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
            <button type="button" class="button" onClick={() => begin("release")}>
              {say("release")}
            </button>
            <button type="button" class="button" onClick={() => begin("reject")}>
              {say("reject")}
            </button>
          </div>
        )
      )}
    </article>
  );
}

// `#/held?open=0101-001.2`: beside them the history of the open one's unit, of the first where none was opened.
export function Held({ desk, address, recount }) {
  const { say, count } = useLanguage();
  const { answer, problem, ask } = useAnswer(desk, `/v1/held?limit=${LISTED}`, AGAIN_MS);
  const decided = () => {
    ask();
    recount();
  };
  const { find = "", open } = address.query;
  const found = answer?.held.filter((held) => [held.unit, held.name].some((text) => fold(text).includes(fold(find)))) ?? [];
  const opened = found.find(({ id }) => id === open) ?? found[0];
  return (
    <div class="held">
      <section aria-labelledby="held">
        <header>
          <h1 id="held">{answer ? say("held.count", count(answer.total)) : say("loading")}</h1>
          <p class="small soft">{say("held.order")}</p>
        </header>
        {answer?.held.length > 1 && (
          <p class="find">
            <label for="find">{say("find")}</label>
            <input id="find" type="search" autocomplete="off" placeholder={say("find.hint")} value={find} onInput={(event) => address.change({ find: event.currentTarget.value })} />
          </p>
        )}
        <Fault problem={problem} />
        {found.map((held) => (
          <Case key={held.id} desk={desk} held={held} isOpen={held === opened} open={() => address.change({ open: held.id })} decided={decided} />
        ))}
        {answer?.next && <p class="soft">{say("held.more", count(answer.held.length))}</p>}
      </section>
      {opened && <UnitView key={opened.unit} desk={desk} code={opened.unit} isBeside />}
    </div>
  );
}
