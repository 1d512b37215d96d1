// Why a unit is not heard: noted, so that nobody calls in vain.
import { useState } from "preact/hooks";
import { useLanguage } from "../language.jsx";
import { Fault } from "./fault.jsx";

const statuses = ["no-signal", "expected", "not-opening", "merged", "none"];

export function Excuse({ desk, unit, done, cancel }) {
  const { say } = useLanguage();
  const [status, setStatus] = useState(statuses[0]);
  const [into, setInto] = useState("");
  const [until, setUntil] = useState("");
  const [note, setNote] = useState("");
  const [problem, setProblem] = useState(null);
  const isWhole = (status !== "merged" || into.trim() !== "") && (status !== "expected" || until !== "");

  async function submit(event) {
    event.preventDefault();
    const now = desk.now();
    try {
      await desk.ask(`/v1/units/${unit.unit}/excuse`, {
        status,
        ...(status === "merged" && { into: into.trim() }),
        ...(status === "expected" && { until: `${now.slice(0, 11)}${until}:00${now.slice(19)}` }),
        ...(note.trim() !== "" && status !== "none" && { note: note.trim() }),
      });
      done();
    } catch (fault) {
      setProblem(fault);
    }
  }

  return (
    <form class="decide" onSubmit={submit}>
      <fieldset>
        <legend>{say("excuse.legend")}</legend>
        {statuses.map((value) => (
          <label key={value}>
            <input type="radio" name="status" checked={value === status} onChange={() => setStatus(value)} /> {say(`excuse.${value}`)}
          </label>
        ))}
      </fieldset>
      {status === "merged" && (
        <>
          <label for="into">{say("excuse.into")}</label>
          <input id="into" type="text" autocomplete="off" value={into} onInput={(event) => setInto(event.currentTarget.value)} />
        </>
      )}
      {status === "expected" && (
        <>
          <label for="until">{say("excuse.until")}</label>
          <input id="until" type="time" value={until} onInput={(event) => setUntil(event.currentTarget.value)} />
        </>
      )}
      {status !== "none" && (
        <>
          <label for="excuse-note">{say("note")}</label>
          <input id="excuse-note" type="text" autocomplete="off" maxLength={150} value={note} onInput={(event) => setNote(event.currentTarget.value)} />
        </>
      )}
      <Fault problem={problem} />
      <div class="case__acts">
        <button type="submit" class="button button--main" disabled={!isWhole}>
          {say("excuse.submit")}
        </button>
        <button type="button" class="button" onClick={cancel}>
          {say("cancel")}
        </button>
      </div>
    </form>
  );
}
