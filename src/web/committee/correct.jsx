// A correction in the name of a unit that cannot send it: a report for which the office vouches by a relay's token, since nobody
// decides about reports of their own making. Log and ledger name that token.
import { useState } from "preact/hooks";
import { useLanguage } from "../language.jsx";
import { Fault } from "./fault.jsx";

const reasons = ["miscount", "mistyped", "wrong-unit", "roll-changed", "other"];
const DIGITS_MAX = 7;

function Figure({ id, label, value, set }) {
  return (
    <>
      <label for={id}>{label}</label>
      <input id={id} type="text" inputmode="numeric" autocomplete="off" value={value} onInput={(event) => set(event.currentTarget.value.replace(/\D/g, "").slice(0, DIGITS_MAX))} />
    </>
  );
}

export function Correct({ desk, unit, done, failed, cancel }) {
  const { say, count, change } = useLanguage();
  const [voted, setVoted] = useState("");
  const [roll, setRoll] = useState("");
  const [reason, setReason] = useState("");
  const [note, setNote] = useState("");
  const [token, setToken] = useState(desk.relayToken);
  const [problem, setProblem] = useState(null);
  const [isHeld, setHeld] = useState(false);
  const { state } = unit;
  const registered = roll === "" ? state.registered : Number(roll);
  const isTooMany = voted !== "" && Number(voted) > registered;
  const isWhole = voted !== "" && reason !== "" && token.trim() !== "" && !isTooMany;

  async function submit(event) {
    event.preventDefault();
    const report = {
      election: desk.about.election.id,
      unit: unit.unit,
      seq: unit.next_seq,
      as_of: desk.now(),
      voted: Number(voted),
      ...(roll !== "" && { registered }),
      kind: "correction",
      reason,
      ...(note.trim() !== "" && { note: note.trim() }),
      ...(desk.about.phase === "rehearsal" && { test: true }),
    };
    try {
      const { status } = await desk.ask("/v1/reports", report, token.trim());
      desk.relayToken = token.trim();
      if (status === "held") {
        setHeld(true);
      } else {
        done();
      }
    } catch (fault) {
      setProblem(fault);
      failed(); // the unit may have reported meanwhile: its next number is another
    }
  }

  if (isHeld) {
    return (
      <div class="decide" role="status">
        <p>{say("correct.held")}</p>
        <div class="case__acts">
          <button type="button" class="button" onClick={done}>
            {say("done")}
          </button>
        </div>
      </div>
    );
  }
  return (
    <form class="decide" onSubmit={submit}>
      <p>
        <b>{say("correct.legend", unit.unit)}</b>
      </p>
      <Figure id="correct-voted" label={say("ask")} value={voted} set={setVoted} />
      <Figure id="correct-roll" label={say("correct.roll", count(state.registered))} value={roll} set={setRoll} />
      {isTooMany && <p class="error">{say("correct.too.many", count(registered))}</p>}
      <label for="correct-reason">{say("correct.why")}</label>
      <select id="correct-reason" value={reason} onChange={(event) => setReason(event.currentTarget.value)}>
        <option value="">–</option>
        {reasons.map((value) => (
          <option key={value} value={value}>
            {say(`why.${value}`)}
          </option>
        ))}
      </select>
      <label for="correct-note">{say("note")}</label>
      <input id="correct-note" type="text" autocomplete="off" maxLength={150} value={note} onInput={(event) => setNote(event.currentTarget.value)} />
      <label for="correct-token">{say("correct.token")}</label>
      <input id="correct-token" type="password" autocomplete="off" spellcheck={false} value={token} onInput={(event) => setToken(event.currentTarget.value)} />
      <p class="small soft">{say("correct.recorded")}</p>
      <Fault problem={problem} />
      <div class="case__acts">
        <button type="submit" class="button button--main" disabled={!isWhole}>
          {voted === "" ? say("correct.submit") : say("correct.submit.figure", count(Number(voted)), change(Number(voted) - state.voted))}
        </button>
        <button type="button" class="button" onClick={cancel}>
          {say("cancel")}
        </button>
      </div>
    </form>
  );
}
