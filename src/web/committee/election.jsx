// Phase and publication: each change asks for the election's id, so that nobody makes it by a slip.
import { useState } from "preact/hooks";
import { useLanguage } from "../language.jsx";
import { Fault } from "./fault.jsx";

const phases = { rehearsal: ["open"], open: ["closed"], closed: ["open"] };
const modes = ["live", "rounds", "hold"];

function Switch({ desk, title, kind, current, options, change, changed }) {
  const { say } = useLanguage();
  const [wanted, setWanted] = useState(null);
  const [id, setId] = useState("");
  const [fingerprint, setFingerprint] = useState("");
  const [problem, setProblem] = useState(null);
  const { election } = desk.about;
  async function submit(event) {
    event.preventDefault();
    try {
      // Asked again after `too-early`, it is meant.
      await change(wanted, { fingerprint: wanted === "open" ? fingerprint.trim() : undefined, early: problem?.code === "too-early" || undefined });
      setWanted(null);
      setProblem(null);
      setId("");
      changed(wanted);
    } catch (fault) {
      setProblem(fault);
    }
  }
  return (
    <section class="case" aria-labelledby={kind}>
      <h2 id={kind}>
        {title} <span class="stamp">{say(`${kind}.${current}`)}</span>
      </h2>
      <p class="case__why">{say(`${kind}.${current}.means`)}</p>
      {wanted ? (
        <form class="decide" onSubmit={submit}>
          <p>
            <b>{say(`${kind}.${wanted}.do`)}</b>. {say(`${kind}.${wanted}.means`)}
          </p>
          <label for={`${kind}-id`}>{say("type.id", election.id)}</label>
          <input id={`${kind}-id`} type="text" autocomplete="off" spellcheck={false} value={id} onInput={(event) => setId(event.currentTarget.value)} />
          {wanted === "open" && (
            <>
              <label for="fingerprint">{say("type.fingerprint")}</label>
              <input id="fingerprint" type="text" autocomplete="off" spellcheck={false} value={fingerprint} onInput={(event) => setFingerprint(event.currentTarget.value)} />
            </>
          )}
          <Fault problem={problem} />
          <div class="case__acts">
            <button type="submit" class="button button--main" disabled={id !== election.id}>
              {say(problem?.code === "too-early" ? "close.early" : `${kind}.${wanted}.do`)}
            </button>
            <button
              type="button"
              class="button"
              onClick={() => {
                setWanted(null);
                setProblem(null);
              }}
            >
              {say("cancel")}
            </button>
          </div>
        </form>
      ) : (
        <div class="case__acts">
          {options.map((option) => (
            <button key={option} type="button" class="button" onClick={() => setWanted(option)}>
              {say(`${kind}.${option}.do`)}…
            </button>
          ))}
        </div>
      )}
    </section>
  );
}

export function Election({ desk, change }) {
  const { say } = useLanguage();
  const { phase, publication, election } = desk.about;
  const mode = publication ?? "live";
  return (
    <div class="cases">
      <h1>{election.name}</h1>
      <Switch
        desk={desk}
        kind="phase"
        title={say("phase")}
        current={phase}
        options={phases[phase]}
        change={(wanted, more) => desk.ask("/v1/phase", { election: election.id, phase: wanted, ...more })}
        changed={(phase) => change({ phase })}
      />
      <Switch
        desk={desk}
        kind="publication"
        title={say("publication")}
        current={mode}
        options={modes.filter((option) => option !== mode)}
        change={(wanted) => desk.ask("/v1/publication", { mode: wanted })}
        changed={(publication) => change({ publication })}
      />
    </div>
  );
}
