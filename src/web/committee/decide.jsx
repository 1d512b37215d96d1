// A decision that needs a reason: one of a few, or in words of one's own.
import { useId, useState } from "preact/hooks";
import { useLanguage } from "../language.jsx";
import { Fault } from "./fault.jsx";

export function Decide({ legend, submit, act, cancel, choices }) {
  const { say } = useLanguage();
  const [choice, setChoice] = useState(choices[0]);
  const [note, setNote] = useState("");
  const [problem, setProblem] = useState(null);
  const id = useId();
  const words = choice === "other" ? "" : say(`reason.${choice}`);
  const reason = [words, note.trim()].filter(Boolean).join(": ");
  return (
    <form
      class="decide"
      onSubmit={async (event) => {
        event.preventDefault();
        try {
          await act(reason);
        } catch (fault) {
          setProblem(fault);
        }
      }}
    >
      <fieldset>
        <legend>{legend}</legend>
        {choices.map((value) => (
          <label key={value}>
            <input type="radio" name={`${id}-reason`} checked={value === choice} onChange={() => setChoice(value)} /> {say(`reason.${value}`)}
          </label>
        ))}
        <label class="vh" for={`${id}-note`}>
          {say("note")}
        </label>
        <textarea
          id={`${id}-note`}
          rows={2}
          maxLength={150}
          placeholder={say("note")}
          value={note}
          onInput={(event) => setNote(event.currentTarget.value)}
        />
      </fieldset>
      <p class="small soft">{say("recorded")}</p>
      <Fault problem={problem} />
      <div class="case__acts">
        <button type="submit" class="button button--main" disabled={reason === ""}>
          {submit}
        </button>
        <button class="button" type="button" onClick={cancel}>
          {say("cancel")}
        </button>
      </div>
    </form>
  );
}
